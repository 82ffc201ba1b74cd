/** Replicas that let go what is final as soon as they hear of it, or begin from a snapshot, and what must not tell them from others. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { parseOp } from '../../shared/op/op.ts'
import type { Run } from '../../shared/op/run.ts'
import { Compaction, PASSES } from '../../shared/replica/compacting.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { coreOf } from '../support/crafting.ts'
import { restart, type Device } from '../support/replicas.ts'
import { begin, snapshotOf } from '../support/snapshots.ts'
import { asWritten, deliver, judgements, observe, readingFrom, withReader } from './delivery.ts'
import { KEYS, opsOf, SITE, type Signed, type Story } from './histories.ts'

/** How long each op is on its way, counted in ops: most come as they are written, some late. */
export const delays: fc.Arbitrary<readonly number[]> = fc.array(
  fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(12) }, fc.nat(200)),
  { minLength: 40, maxLength: 40 },
)

/**
 * What happened, so that a law holds not of nothing: passes over a log or beginnings from a snapshot, ops that were
 * dropped, and ops that came behind it.
 */
export type Seen = { passes: number; dropped: number; late: number }
export const NOTHING_YET: Seen = { passes: 0, dropped: 0, late: 0 }

export function compactsUnseen(told: Story, late: readonly number[], seen: Seen): void {
  const ops = opsOf(told)
  const whole = readingFrom(ops, asWritten, (replica, device) => ({
    shown: shown(replica),
    kept: kept(device),
  }))
  withReader((device) => {
    const isInForce = compactingReader(device, coming(ops, late), seen)
    // What the recovery key took the force from was no checkpoint: history does not come back.
    if (isInForce) expectSame(device, whole)
  })
}

export function beginsAlike(told: Story, late: readonly number[], at: number, seen: Seen): void {
  const ops = opsOf(told)
  const whole = readingFrom(ops, asWritten, (replica, device) => ({
    shown: shown(replica),
    kept: kept(device),
    snapshot: snapshotOf(device, at),
  }))
  const [signer] = KEYS
  if (!whole.snapshot || !signer) return
  const device = begin('Newcomer', signer, SITE, whole.snapshot)
  try {
    seen.passes += 1
    seen.dropped += dropped(device)
    const before = device.replica.end()
    deliver(device.replica, coming(ops, late))
    seen.late += device.replica.end() - before
    expectSame(device, whole)
  } finally {
    device.sql.close()
  }
}

function expectSame(device: Device, whole: { readonly shown: unknown; readonly kept: unknown }): void {
  expect(shown(device.replica)).toEqual(whole.shown)
  expect(whole.kept).toEqual(expect.objectContaining(kept(device)))
  expect(device.replica.diagnose().findings).toEqual([])
}

/** The ops one by one, in the order in which they come. */
function coming(ops: readonly Signed[], late: readonly number[]): Run[] {
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

/** Takes in the runs, and compacts whenever a checkpoint is new. Answers whether all it went by are in force at the end. */
function compactingReader(device: Device, runs: readonly Run[], seen: Seen): boolean {
  const went = new Set<number>()
  offer(device, runs, (longer) => {
    if (went.size > 0) seen.late += longer
    compactOnce(device, went, seen)
  })
  const inForce = new Set(
    coreOf(device)
      .control()
      .membership.checkpoints.map(({ op }) => op.no),
  )
  return [...went].every((no) => inForce.has(no))
}

/** Gives the runs one by one, again those that an admission was missing for; `then` hears by how many ops the log grew. */
function offer(device: Device, runs: readonly Run[], then: (longer: number) => void): void {
  let left = runs
  while (left.length > 0) {
    const waiting = left.filter((run) => {
      const before = device.replica.end()
      const received = device.replica.receive(run, device.replica.actor)
      if (received.outcome === 'refused') throw new Error(received.reason)
      then(device.replica.end() - before)
      return received.outcome === 'unadmitted'
    })
    if (waiting.length === left.length) throw new Error('nobody admits these authors')
    left = waiting
  }
}

/** Everything beneath the last checkpoint, at once; every second time with a restart behind it. */
function compactOnce(device: Device, went: Set<number>, seen: Seen): void {
  while (!device.replica.isSettled()) device.replica.work()
  const core = coreOf(device)
  const last = core.control().membership.checkpoints.at(-1)
  if (!last || went.has(last.op.no)) return
  went.add(last.op.no)
  const before = dropped(device)
  const pass = new Compaction(core, last.op, PASSES[went.size % PASSES.length])
  device.sql.transaction(() => {
    while (pass.step());
  })
  seen.passes += 1
  seen.dropped += dropped(device) - before
  if (went.size % 2 === 0) {
    keepControl(device)
    restart(device)
  }
}

/** The control state at the last checkpoint in force, as data; answers whether that was new. */
function keepControl(device: Device): boolean {
  const core = coreOf(device)
  const { folding } = core.judging
  const last = core.control().membership.checkpoints.at(-1)
  const pass = last && folding.keptAt !== last.op.no ? folding.keeping(last.op) : null
  if (!pass) return false
  while (pass.step(3));
  device.sql.transaction(() => pass.keep())
  return true
}

/** Keeps the control state at most checkpoints that come, and goes on from there, now and then after a restart. */
export function keepsControlUnseen(told: Story, late: readonly number[], seen: Seen): void {
  const ops = opsOf(told)
  const whole = readingFrom(ops, asWritten, (replica, device) => [judgements(device), observe(replica)])
  withReader((device) => {
    let turn = 0
    offer(device, coming(ops, late), (longer) => {
      if (seen.passes > 0) seen.late += longer
      while (!device.replica.isSettled()) device.replica.work()
      turn += 1
      if (turn % 4 === 0 || !keepControl(device)) return
      seen.passes += 1
      restart(device)
    })
    expect([judgements(device), observe(device.replica)]).toEqual(whole)
    expect(device.replica.diagnose().findings).toEqual([])
  })
}

const dropped = ({ sql }: Device): number =>
  sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0

/** All that a replica answers, but for history: what is in the feed, how many bytes the log has, and what was cleared. */
function shown(replica: Replica): unknown {
  const {
    feed: _,
    status,
    ...rest
  } = observe(replica) as {
    readonly feed: unknown
    readonly status: ReturnType<Replica['status']>
  }
  const checkpoint = status.checkpoint && { ...status.checkpoint, history: null }
  return { ...rest, status: { ...status, log: status.log.ops, checkpoint } }
}

/** How each op that is here is judged, by its hash. */
function kept({ sql }: Device): Record<string, unknown> {
  const rows = sql
    .prepare('SELECT lower(hex(hash)) AS op, judgement, reason, dismissed FROM op')
    .all<{ op: string; judgement: number; reason: string | null; dismissed: number }>()
  return Object.fromEntries(rows.map(({ op, ...judged }) => [op, judged]))
}
