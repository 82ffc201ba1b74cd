/** The control state as it is kept at a checkpoint, and what is made of it. */
import { expect, test } from 'vitest'
import { Compaction } from '../../shared/replica/compacting.ts'
import { coreOf } from '../support/crafting.ts'
import {
  foundSite,
  joinSite,
  must,
  pull,
  REACH,
  restart,
  signerFrom,
  type Device,
  idle,
} from '../support/replicas.ts'
import { begin, snapshotOf } from '../support/snapshots.ts'
import { newJob } from '../support/site.ts'

const keptAt = (device: Device): number | null => coreOf(device).judging.folding.keptAt

const pieces = ({ sql }: Device): number =>
  sql.prepare('SELECT count(*) AS n FROM control_base').get<{ n: number }>()?.n ?? 0

/** Everything that follows from control, as a device answers it. */
const said = ({ replica }: Device): readonly unknown[] => [
  replica.status().state_hash,
  must(replica.query('requests', {}, REACH)),
  must(replica.query('rights', {}, REACH)),
  must(replica.query('members', {}, REACH)),
  must(replica.query('board', {}, REACH)),
]

function closeOne({ replica }: Device, record: string): void {
  must(replica.execute('request.close', { record }))
  expect(replica.decideWaiting(1)).toBe(1)
}

/** A site with closed jobs under a checkpoint and more beyond it, whose authority keeps the control state. */
function worn(): { hq: Device; desk: Device; closed: string } {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 20, to: desk.replica.actor }))
  pull(desk, hq)
  const [closed, open] = [newJob(desk), newJob(desk)]
  pull(hq, desk)
  closeOne(hq, closed)
  must(hq.replica.execute('checkpoint.publish', {}))
  idle(hq)
  closeOne(hq, open)
  must(hq.replica.execute('request.reopen', { record: closed }))
  return { hq, desk, closed }
}

test('CKP-60 the control state is kept at the last checkpoint that says what is here, and what comes behind goes on from it', () => {
  const { hq } = worn()
  const first = keptAt(hq)
  expect(first).not.toBeNull()
  const before = said(hq)
  restart(hq)
  expect(said(hq)).toEqual(before)
  must(hq.replica.execute('checkpoint.publish', {}))
  idle(hq)
  expect(keptAt(hq)).toBeGreaterThan(first ?? 0)
  expect(hq.replica.diagnose().findings).toEqual([])
})

/** What no act of control under the last checkpoint could be read from any more. */
function spoilActs({ sql }: Device, checkpoint: number): void {
  const spoil =
    "UPDATE op SET bytes = x'00' WHERE control = 1 AND no < ? AND no NOT IN (SELECT op FROM creation)"
  expect(sql.prepare(spoil).run(checkpoint).changes).toBeGreaterThan(3)
}

const lastCheckpoint = (device: Device): number =>
  coreOf(device).control().membership.checkpoints.at(-1)?.op.no ?? 0

test('CKP-60 a start reads no act of control under that checkpoint', () => {
  const { hq } = worn()
  const before = said(hq)
  spoilActs(hq, lastCheckpoint(hq))
  restart(hq)
  expect(said(hq)).toEqual(before)
})

test('CKP-67 nor does one of a device that began from a snapshot of it', () => {
  const { hq } = worn()
  must(hq.replica.execute('checkpoint.publish', {}))
  const begun = begin('New', signerFrom('new'), hq.replica.site, snapshotOf(hq, 0) ?? [])
  const before = said(begun)
  expect(keptAt(begun)).toBe(lastCheckpoint(begun))
  spoilActs(begun, lastCheckpoint(begun))
  restart(begun)
  expect(said(begun)).toEqual(before)
  expect(begun.replica.status().state_hash).toBe(hq.replica.status().state_hash)
})

test('CKP-61 who is or was the authority told anew, all of it is folded from the log', () => {
  const { hq, desk } = worn()
  pull(desk, hq)
  idle(desk)
  expect(keptAt(desk)).not.toBeNull()
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(desk, hq)
  const first = coreOf(desk).control().membership.checkpoints[0]?.op.no ?? 0
  for (const device of [hq, desk]) {
    restart(device)
    expect(coreOf(device).control().authority).toBe(desk.replica.actor)
  }
  expect(said(desk).at(0)).toBe(hq.replica.status().state_hash)
  must(desk.replica.execute('checkpoint.publish', {}))
  idle(desk)
  expect(keptAt(desk)).toBeGreaterThan(first)
  expect(desk.replica.diagnose().findings).toEqual([])
})

test('CKP-62 what another build kept, or what is of a checkpoint that is not here, is left unread', () => {
  const { hq } = worn()
  const before = said(hq)
  for (const spoil of [
    `UPDATE control_base SET value = json_set(value, '$.form', 99) WHERE kind = 'site'`,
    `UPDATE control_base SET value = json_set(value, '$.vocabulary', 'another') WHERE kind = 'site'`,
    `UPDATE control_base SET value = json_set(value, '$.hash.bytes', '${'00'.repeat(32)}') WHERE kind = 'site'`,
  ]) {
    hq.sql.exec(spoil)
    restart(hq)
    expect(keptAt(hq)).toBeNull()
    expect(said(hq)).toEqual(before)
    idle(hq)
    expect(keptAt(hq)).not.toBeNull()
  }
})

test('CKP-63 the doctor finds what is kept and is not what the log says, and a repair makes it anew', () => {
  const { hq, closed } = worn()
  const before = said(hq)
  hq.sql.exec("DELETE FROM control_base WHERE kind = 'turns'")
  restart(hq)
  expect(hq.replica.diagnose().findings).toContainEqual({ what: 'control', detail: closed })
  hq.replica.rebuild()
  expect(said(hq)).toEqual(before)
  expect(hq.replica.diagnose().findings).toEqual([])
  expect(pieces(hq)).toBe(0)
  idle(hq)
  expect(pieces(hq)).toBeGreaterThan(0)
})

test('CKP-60 a role that reaches back over later work is judged as without what is kept', () => {
  const { hq, desk } = worn()
  const late = newJob(desk)
  must(hq.replica.execute('member.setRole', { actor: desk.replica.actor, role: 'technician' }))
  const closing = desk.replica.execute('request.close', { record: late })
  expect(closing.ok).toBe(true)
  pull(hq, desk)
  const kept = said(hq)
  hq.sql.exec('DELETE FROM control_base')
  restart(hq)
  expect(said(hq)).toEqual(kept)
})

test('CKP-64 the bytes of the log are told after a start as they are, whatever was dropped and came since', () => {
  const { hq } = worn()
  const sum = (): number =>
    hq.sql.prepare('SELECT sum(length(bytes)) AS n FROM op').get<{ n: number }>()?.n ?? 0
  const title = (value: string): void =>
    void must(hq.replica.execute('field.set', { record, field: 'title', value }))
  const record = newJob(hq)
  for (const value of ['One', 'Two', 'Three']) title(value)
  must(hq.replica.execute('checkpoint.publish', {}))
  idle(hq)
  title('Four')
  const core = coreOf(hq)
  const before = sum()
  const pass = new Compaction(
    core,
    core.control().membership.checkpoints.at(-1)?.op ?? { no: 0, seq: 0, actor: core.self },
  )
  hq.sql.transaction(() => {
    while (pass.step());
  })
  expect(sum()).toBeLessThan(before)
  restart(hq)
  expect(hq.replica.status().log.bytes).toBe(sum())
  expect(hq.sql.prepare("SELECT 1 AS here FROM meta WHERE key = 'log-bytes'").get()).toBeDefined()
})

test('CKP-65 what is kept of the site does not grow with its checkpoints, each of which is kept on its own', () => {
  const { hq } = worn()
  const publish = (): void => {
    newJob(hq)
    must(hq.replica.execute('checkpoint.publish', {}))
    idle(hq)
  }
  const kept = (kind: string): { rows: number; bytes: number } =>
    hq.sql
      .prepare(
        'SELECT count(*) AS rows, coalesce(sum(length(value)), 0) AS bytes FROM control_base WHERE kind = ?',
      )
      .get<{ rows: number; bytes: number }>(kind) ?? { rows: 0, bytes: 0 }
  publish()
  const before = kept('site')
  for (let i = 0; i < 5; i += 1) publish()
  const inForce = coreOf(hq).control().membership.checkpoints
  expect(inForce.length).toBeGreaterThan(5)
  expect(kept('checkpoint').rows).toBe(inForce.length)
  expect(kept('site').bytes - before.bytes).toBeLessThan(20)
  const whole = said(hq)
  restart(hq)
  expect(coreOf(hq).control().membership.checkpoints).toEqual(inForce)
  expect(said(hq)).toEqual(whole)
  expect(hq.replica.diagnose().findings).toEqual([])
})
