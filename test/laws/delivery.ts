/** Deliveries of a set of ops to a fresh replica, in any order and in any runs; and everything that it then shows. */
import fc from 'fast-check'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { must, openDevice, REACH, restart, signerFrom, type Device } from '../support/replicas.ts'
import { SITE, type Signed } from './histories.ts'

const reader = signerFrom('a reader')

const idle: Device[] = []

/** Lends a replica of the site that holds nothing, under a key of nobody's; what it takes in is forgotten afterwards. */
export function withReader<T>(work: (device: Device) => T): T {
  const device = idle.pop() ?? openDevice('Reader', reader, SITE)
  try {
    return device.sql.rehearse(() => {
      restart(device)
      return work(device)
    })
  } finally {
    device.sql.failAt(0)
    idle.push(device)
  }
}

/** How to deliver: where each op goes, which of them come twice, and which go on with the op before in one run. */
export type Delivery = {
  readonly order: readonly number[]
  readonly again: readonly number[]
  readonly joined: readonly boolean[]
}

const MOST = 64
export const delivery: fc.Arbitrary<Delivery> = fc.record({
  order: fc.array(fc.nat(1_000_000), { minLength: MOST, maxLength: MOST }),
  again: fc.array(fc.nat(MOST), { maxLength: 6 }),
  joined: fc.array(fc.boolean(), { minLength: MOST, maxLength: MOST }),
})

/** Authors one after another, each from its first op to its last: what depends on others waits in the inbox. */
export const asWritten: Delivery = { order: [], again: [], joined: [] }

export function runsOf(ops: readonly Signed[], { order, again, joined }: Delivery): Run[] {
  const runs: { run: Run; at: number }[] = []
  for (const [i, op] of ops.entries()) {
    const last = runs.at(-1)
    if (last && joined[i % MOST] && last.run.actor === op.actor)
      last.run = { ...last.run, ops: [...last.run.ops, op.bytes], signature: op.signature }
    else
      runs.push({
        run: { actor: op.actor, first: op.seq, ops: [op.bytes], signature: op.signature },
        at: order[i % MOST] ?? i,
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
): T =>
  withReader((device) => {
    deliver(device.replica, runsOf(ops, how))
    return work(device.replica, device)
  })

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
    members: ask('members', {}),
  }
}
