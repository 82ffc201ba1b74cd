/** Deliveries of a set of ops to a fresh replica, in any order and in any runs; and everything that it then shows. */
import fc from 'fast-check'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { equalBytes, toHex } from '../../shared/base/bytes.ts'
import { must, openDevice, REACH, restart, type Device } from '../support/replicas.ts'
import { KEYS, SITE, type Signed } from './histories.ts'

const idle = new Map<Signer, Device[]>()

/**
 * Lends a replica of the site that holds nothing, under a key of nobody's or of a member's; what it takes in is
 * forgotten afterwards.
 */
export function withReader<T>(work: (device: Device) => T, key = 0): T {
  const signer = KEYS[key % KEYS.length]
  if (!signer) throw new Error('there are keys')
  const waiting = idle.get(signer) ?? []
  idle.set(signer, waiting)
  const device = waiting.pop() ?? openDevice('Reader', signer, SITE)
  try {
    return device.sql.rehearse(() => {
      restart(device)
      return work(device)
    })
  } finally {
    device.sql.failAt(0)
    waiting.push(device)
  }
}

/** How to deliver: where each op goes, which of them come twice, and which go on with the op before in one run. */
export type Delivery = {
  readonly order: readonly number[]
  readonly again: readonly number[]
  readonly joined: readonly boolean[]
}

const MOST = 96
export const delivery: fc.Arbitrary<Delivery> = fc.record({
  order: fc.array(fc.nat(1_000_000), { minLength: MOST, maxLength: MOST }),
  again: fc.array(fc.nat(MOST), { maxLength: 6 }),
  joined: fc.array(fc.boolean(), { minLength: MOST, maxLength: MOST }),
})

/** Authors one after another, each from its first op to its last: what depends on others waits in the inbox. */
export const asWritten: Delivery = { order: [], again: [], joined: [] }

export function runsOf(ops: readonly Signed[], { order, again, joined }: Delivery): Run[] {
  const runs: { run: Run; at: number; last: Uint8Array }[] = []
  for (const [i, op] of ops.entries()) {
    const before = joined[i % MOST] ? runs.findLast(({ last }) => equalBytes(last, op.prev)) : undefined
    if (before) {
      before.run = { ...before.run, ops: [...before.run.ops, op.bytes], signature: op.signature }
      before.last = op.hash
    } else
      runs.push({
        run: { actor: op.actor, first: op.seq, ops: [op.bytes], signature: op.signature },
        at: order[i % MOST] ?? i,
        last: op.hash,
      })
  }
  const twice = again
    .flatMap((i) => runs[i % runs.length] ?? [])
    .map(({ run, at }) => ({ run, at: (at * 7919) % 1_000_003 }))
  return [...runs, ...twice].sort((a, b) => a.at - b.at).map(({ run }) => run)
}

/** Gives the runs in their order, and offers again what an admission was missing for. */
export function deliver(replica: Replica, runs: readonly Run[], from: ActorId = replica.actor): void {
  let left = runs
  while (left.length > 0) {
    const waiting = left.filter((run) => {
      const received = replica.receive(run, from)
      if (received.outcome === 'refused') throw new Error(received.reason)
      return received.outcome === 'unadmitted'
    })
    if (waiting.length === left.length) throw new Error('nobody admits these authors')
    left = waiting
  }
}

/** Lends a replica that was given these ops. */
export const readingFrom = <T>(
  ops: readonly Signed[],
  how: Delivery,
  work: (replica: Replica, device: Device) => T,
  key = 0,
): T =>
  withReader((device) => {
    deliver(device.replica, runsOf(ops, how))
    return work(device.replica, device)
  }, key)

/** All that a replica answers from its log, for comparison with another one's. */
export function observe(replica: Replica): unknown {
  const ask = <Q extends Parameters<Replica['query']>[0]>(
    query: Q,
    input: Parameters<Replica['query']>[1],
  ): unknown => must(replica.query(query, input, REACH))
  const { rows, ...board } = must(replica.query('board', { limit: 1000 }, REACH))
  return {
    status: replica.status(),
    digest: replica.digest(),
    board: { ...board, rows },
    records: rows.map(({ record }) => ask('record', { record })),
    feed: ask('feed', { limit: 1000 }),
    conflicts: ask('conflicts', {}),
    review: ask('review', {}),
    requests: ask('requests', {}),
    rights: ask('rights', {}),
    stock: ask('stock', {}),
    parcels: ask('parcels', {}),
    members: ask('members', {}),
  }
}

/** How every op is judged, by its hash, and the state that comes of it: the same under whatever key the log is held. */
export function judgements({ sql, replica }: Device): unknown {
  const rows = sql
    .prepare('SELECT lower(hex(hash)) AS op, judgement, reason, dismissed FROM op ORDER BY hash')
    .all<{ op: string; judgement: number; reason: string | null; dismissed: number }>()
  return [replica.status().state_hash, toHex(replica.digest()), rows]
}
