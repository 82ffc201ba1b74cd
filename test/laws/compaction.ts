/** Replicas that compact at every checkpoint as soon as they hear of it, and what must not tell them from others. */
import fc from 'fast-check'
import { parseOp } from '../../shared/op/op.ts'
import type { Run } from '../../shared/op/run.ts'
import { Compaction } from '../../shared/replica/compacting.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { coreOf } from '../support/crafting.ts'
import { restart, type Device } from '../support/replicas.ts'
import { begin } from '../support/snapshots.ts'
import { observe } from './delivery.ts'
import { KEYS, SITE, type Signed } from './histories.ts'

/** How long each op is on its way, counted in ops: most come as they are written, some late. */
export const delays: fc.Arbitrary<readonly number[]> = fc.array(
  fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(12) }, fc.nat(200)),
  { minLength: 40, maxLength: 40 },
)

/** The ops one by one, in the order in which they come. */
export function coming(ops: readonly Signed[], late: readonly number[]): Run[] {
  return ops
    .map((op, i) => {
      const parsed = parseOp(op.bytes)
      if (!parsed.ok) throw new Error(parsed.error)
      const { actor, seq, bytes, signature } = op
      const run = { actor, first: seq, ops: [bytes], signature }
      return { run, at: parsed.value.lamport + (late[i % late.length] ?? 0) }
    })
    .sort((a, b) => a.at - b.at)
    .map(({ run }) => run)
}

/** What happened, that a law held not of nothing. `late`: ops that came after a pass and know less than its checkpoint. */
export type Compacted = { passes: number; sealed: number; dropped: number; late: number }

/** Takes in the runs, and compacts whenever a checkpoint is new. Answers whether all it went by are in force at the end. */
export function compactingReader(device: Device, runs: readonly Run[], seen: Compacted): boolean {
  const went = new Set<number>()
  let left = runs
  while (left.length > 0) {
    const waiting = left.filter((run) => {
      const before = device.replica.end()
      const received = device.replica.receive(run, device.replica.actor)
      if (received.outcome === 'refused') throw new Error(received.reason)
      if (went.size > 0) seen.late += device.replica.end() - before
      compactOnce(device, went, seen)
      return received.outcome === 'unadmitted'
    })
    if (waiting.length === left.length) throw new Error('nobody admits these authors')
    left = waiting
  }
  const inForce = new Set(coreOf(device).control().membership.checkpoints.map(({ op }) => op.no))
  return [...went].every((no) => inForce.has(no))
}

function compactOnce(device: Device, went: Set<number>, seen: Compacted): void {
  const last = coreOf(device).control().membership.checkpoints.at(-1)
  if (!last || went.has(last.op.no)) return
  went.add(last.op.no)
  while (!device.replica.isSettled()) device.replica.work()
  compact(device)
  seen.passes += 1
  seen.sealed = count(device, 'SELECT count(*) AS n FROM touch WHERE sealed = 1')
  seen.dropped += count(device, 'SELECT count(*) AS n FROM imprint')
  if (went.size % 2 === 0) restart(device)
}

/** Everything beneath the last checkpoint, at once. */
export function compact(device: Device): void {
  const core = coreOf(device)
  const last = core.control().membership.checkpoints.at(-1)
  if (!last) return
  const pass = new Compaction(core, last.op)
  device.sql.transaction(() => {
    while (pass.step());
  })
}

/** A replica in a new database, under a key of nobody's, begun from a snapshot; throws where that is not sound. */
export function beginFrom(
  parts: readonly Uint8Array[],
  seen: { snapshots: number; dropped: number; beyond: number },
): Device {
  const [signer] = KEYS
  if (!signer) throw new Error('there are keys')
  const device = begin('Newcomer', signer, SITE, parts)
  seen.snapshots += 1
  seen.dropped += count(device, 'SELECT count(*) AS n FROM imprint')
  return device
}

const count = ({ sql }: Device, text: string): number => sql.prepare(text).get<{ n: number }>()?.n ?? 0

/** All that a replica answers, but for history: what is in the feed, and how many bytes the log has. */
export function shown(replica: Replica): unknown {
  const { feed: _, status, ...rest } = observe(replica) as {
    readonly feed: unknown
    readonly status: ReturnType<Replica['status']>
  }
  const { checkpoint } = status
  return {
    ...rest,
    status: { ...status, log: status.log.ops, checkpoint: checkpoint && { ...checkpoint, history: null } },
  }
}

/** How each op that is here is judged, by its hash. */
export function kept({ sql }: Device): Record<string, unknown> {
  const rows = sql
    .prepare('SELECT lower(hex(hash)) AS op, judgement, reason, dismissed FROM op')
    .all<{ op: string; judgement: number; reason: string | null; dismissed: number }>()
  return Object.fromEntries(rows.map(({ op, ...judged }) => [op, judged]))
}
