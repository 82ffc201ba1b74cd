import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportSite } from '../../main/node/keeping/exporting.ts'
import { openMachine } from '../../main/node/machine.ts'
import type { OpId } from '../../shared/model/ids.ts'
import type { ImportRow } from '../../shared/replica/contract.ts'
import { passDue } from '../../shared/replica/policies.ts'
import type { Effect } from '../../shared/sync/effect.ts'
import { Session } from '../../shared/sync/session.ts'
import { scratchFolder } from '../support/node-process.ts'
import { publish } from '../support/compacted.ts'
import { coreOf, craft, nextOp, runOf } from '../support/crafting.ts'
import {
  foundSite,
  joinSite,
  keeping,
  must,
  pull,
  REACH,
  signerFrom,
  type Device,
  idle,
} from '../support/replicas.ts'
import { judged, lastOp, page } from '../support/site.ts'

const DAY = 86_400_000
const FILE = 'ab'.repeat(32)

const dropped = ({ sql }: Device): number =>
  sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0

const titles = (device: Device, record: string): unknown[] =>
  (page(device, record).fields.title?.values ?? []).map(({ value }) => value).sort()

function retitled({ replica }: Device, record: string, ...values: readonly string[]): string {
  let last = ''
  for (const value of values) last = must(replica.execute('field.set', { record, field: 'title', value })).op
  return last
}

test('CKP-18 a revocation of what was dropped is judged as where it is still here', () => {
  const hq = keeping(foundSite(), 0)
  const desk = joinSite(hq, 'Desk', 'supervisor')
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  const title = retitled(hq, record, 'Pump 1')
  retitled(hq, record, 'Pump 2')
  const { record: item } = must(hq.replica.execute('stock.create', { name: 'Seal' }))
  const name = must(hq.replica.execute('field.set', { record: item, field: 'name', value: 'Seal 4' })).op
  must(hq.replica.execute('field.set', { record: item, field: 'name', value: 'Seal 40' }))
  pull(desk, hq)
  const revoke = (dot: string): string =>
    must(desk.replica.execute('fact.revoke', { dot, reason: 'A mistake' })).op
  const [late, timely] = [revoke(`${title}.0`), revoke(`${name}.0`)]
  must(hq.replica.execute('request.close', { record }))
  expect(hq.replica.decideWaiting(1)).toBe(1)
  publish(hq)
  idle(hq)
  expect(dropped(hq)).toBe(2)
  pull(hq, desk)
  pull(desk, hq)
  expect([late, timely].map((op) => judged(hq, op))).toEqual(['rejected frozen', 'accepted'])
  const review = ({ replica }: Device): unknown =>
    must(replica.query('review', {}, REACH)).items.map(({ op, reason, record, effects }) => [
      op,
      reason,
      record,
      effects,
    ])
  expect(review(hq)).toEqual(review(desk))
  expect(hq.replica.status().state_hash).toBe(desk.replica.status().state_hash)
})

/** A site whose authority has dropped what it wrote first, and a tablet that knows the job as it was then. */
function compacted(): { hq: Device; tablet: Device; record: string } {
  const hq = keeping(foundSite(), 0)
  const tablet = joinSite(hq, 'Tablet 1', 'technician')
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump', tasks: ['inspect'] }))
  retitled(hq, record, 'Pump 1', 'Pump 2')
  pull(tablet, hq)
  retitled(hq, record, 'Pump 3', 'Pump 4', 'Pump 5')
  publish(hq)
  idle(hq)
  return { hq, tablet, record }
}

test('CKP-13 what is superseded beneath a checkpoint is dropped, and nothing shows it', () => {
  const hq = keeping(foundSite(), 0)
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump', tasks: ['inspect'] }))
  retitled(hq, record, 'Pump 1', 'Pump 2', 'Pump 3')
  const whole = [page(hq, record), must(hq.replica.query('board', {}, REACH))]
  must(hq.replica.execute('checkpoint.publish', {}))
  idle(hq)
  expect(dropped(hq)).toBe(0)
  publishSnapshot(hq)
  idle(hq)
  expect(dropped(hq)).toBe(2)
  const [before, board] = whole as [ReturnType<typeof page>, unknown]
  expect({ ...page(hq, record), final: before.final }).toEqual(before)
  expect(must(hq.replica.query('board', {}, REACH))).toEqual(board)
  expect(hq.replica.diagnose().findings).toEqual([])
})

function publishSnapshot({ replica }: Device): void {
  const { checkpoint } = replica.status()
  expect(replica.snapshotMade((checkpoint?.op ?? '') as OpId, FILE, 1000)).toBe(true)
}

test('CKP-13 history stays as long as it is to be kept, and where a device finds another state', () => {
  const start = Date.UTC(2026, 0, 5)
  let now = start
  const hq = keeping(foundSite('site', { now: () => now }), 30 * DAY)
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  retitled(hq, record, 'Pump 1', 'Pump 2')
  publish(hq)
  idle(hq)
  now = start + 29 * DAY
  idle(hq)
  expect(dropped(hq)).toBe(0)
  now = start + 30 * DAY
  idle(hq)
  expect(dropped(hq)).toBe(1)
  hq.sql.exec('UPDATE checkpoint SET agreed = 0')
  retitled(hq, record, 'Pump 3')
  publish(hq)
  hq.sql.exec('UPDATE checkpoint SET agreed = 0')
  now = start + 90 * DAY
  idle(hq)
  expect(dropped(hq)).toBe(1)
})

test('CKP-66 a pass looks at what is quiet, after thirty days at all that is not sealed, and at everything once there is a quarter more', () => {
  const start = Date.UTC(2026, 0, 5)
  let now = start
  const hq = keeping(foundSite('site', { now: () => now }), 0)
  const { record: left } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  const { record: busy } = must(hq.replica.execute('stock.create', { name: 'Seal' }))
  const touched = (): void =>
    void must(hq.replica.execute('field.set', { record: busy, field: 'name', value: `Seal ${now}` }))
  const unsealed = (): number =>
    hq.sql
      .prepare(
        'SELECT count(*) AS n FROM touch JOIN record ON record.no = touch.record WHERE sealed = 0 AND kind = ?',
      )
      .get<{ n: number }>('stock')?.n ?? 0
  const lookedAt = (days: number): string => {
    now = start + days * DAY
    touched()
    publish(hq)
    const next = coreOf(hq).control().membership.checkpoints.at(-1)
    const kind = next ? passDue(coreOf(hq), next) : ''
    touched()
    idle(hq)
    return kind
  }
  retitled(hq, left, ...Array.from({ length: 50 }, (_, i) => `Pump ${i}`))
  expect(lookedAt(0)).toBe('whole')
  expect(lookedAt(1)).toBe('quiet')
  expect(unsealed()).toBeGreaterThan(1)
  expect(lookedAt(31)).toBe('unsealed')
  expect(unsealed()).toBe(1)
  retitled(hq, left, ...Array.from({ length: 50 }, (_, i) => `Pump ${i}`))
  expect(lookedAt(40)).toBe('quiet')
  expect(lookedAt(71)).toBe('whole')
})

test('CKP-14 late work that names a dropped op as what it had seen is taken, and is a conflict with what it had not', () => {
  const { hq, tablet, record } = compacted()
  expect(dropped(hq)).toBeGreaterThan(3)
  retitled(tablet, record, 'Seen late')
  pull(hq, tablet)
  expect(judged(hq, lastOp(tablet))).toBe('accepted')
  expect(titles(hq, record)).toEqual(['Pump 5', 'Seen late'])
  expect(hq.replica.diagnose().findings).toEqual([])
})

test('CKP-14 a name with another hash, and a lamport that does not fit a dropped cause, are not taken', () => {
  const { hq, tablet } = compacted()
  const op = nextOp(tablet, [{ type: 'create', kind: 'job' }])
  const [cause] = op.causes
  if (!cause) throw new Error('the tablet has seen something')
  const wrong = { ...cause, hash: cause.hash.map((byte) => byte ^ 1) }
  const waits = hq.replica.receive(runOf(tablet.signer, { ...op, causes: [wrong] }), tablet.replica.actor)
  expect(waits).toEqual({ outcome: 'stored', committed: 0, waiting: 1 })
  const early = runOf(tablet.signer, { ...op, lamport: op.lamport + 1 })
  expect(hq.replica.receive(early, tablet.replica.actor)).toMatchObject({ outcome: 'refused' })
})

test('CKP-15 who lacks what was dropped is sent nothing, and told what to begin from', () => {
  const { hq, tablet } = compacted()
  expect(hq.replica.isBeneath([])).toBe(true)
  expect(hq.replica.isBeneath(tablet.replica.heads())).toBe(true)
  expect(hq.replica.isBeneath(hq.replica.heads())).toBe(false)
  const heard = talk(hq, tablet)
  const start = heard.find(({ kind }) => kind === 'start')
  expect(start).toMatchObject({ run: { actor: hq.replica.actor } })
  expect(tablet.replica.heads()).not.toEqual(hq.replica.heads())
  expect(tablet.replica.status().log.ops).toBeLessThan(hq.replica.status().log.ops)
})

/** Lets two devices talk until neither says more; answers what they hear besides messages. */
function talk(a: Device, b: Device): Effect[] {
  const [one, two] = [a, b].map(
    ({ replica }) => new Session({ store: replica, admits: () => ({ ok: true }) }, 0),
  )
  if (!one || !two) return []
  const heard: Effect[] = []
  const queue: [Session, Effect][] = []
  const say = (to: Session, effects: readonly Effect[]): void => {
    for (const effect of effects) queue.push([to, effect])
  }
  say(two, one.open())
  say(one, two.open())
  for (let left = 1000; left > 0; left -= 1) {
    const next = queue.shift()
    if (next?.[1].kind === 'send') say(next[0] === one ? two : one, next[0].receive(next[1].bytes, 1))
    else if (next) heard.push(next[1])
    else if (one.busy) say(two, one.step(1))
    else if (two.busy) say(one, two.step(1))
    else break
  }
  return heard
}

test('CKP-16 only the authority names a snapshot, and only of its own checkpoint', () => {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  must(hq.replica.execute('job.create', { title: 'Pump' }))
  const { op } = must(hq.replica.execute('checkpoint.publish', {}))
  pull(desk, hq)
  const seq = Number(op.slice(op.lastIndexOf(':') + 1))
  const snapshot = {
    type: 'snapshot',
    checkpoint: seq,
    file: new Uint8Array(32).fill(0xab),
    size: 10,
  } as const
  craft(desk, [snapshot])
  expect(judged(desk, lastOp(desk))).toBe('rejected not-permitted')
  expect(hq.replica.snapshotMade(`${hq.replica.actor}:${seq - 1}` as OpId, FILE, 10)).toBe(false)
  expect(hq.replica.snapshotMade(op as OpId, FILE, 10)).toBe(true)
  expect(hq.replica.snapshot()).toEqual({ file: FILE, size: 10 })
  pull(desk, hq)
  expect(desk.replica.snapshot()).toEqual({ file: FILE, size: 10 })
})

test('CKP-17 of a revoked value that is final nothing comes back, in whatever order all of it arrives', () => {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  const second = retitled(hq, record, 'Pump 2')
  pull(desk, hq)
  must(desk.replica.execute('fact.revoke', { dot: `${second}.0`, reason: 'wrong' }))
  expect(titles(desk, record)).toEqual(['Pump'])
  must(hq.replica.execute('checkpoint.publish', {}))
  pull(desk, hq)
  idle(desk)
  expect(titles(desk, record)).toEqual([])
  pull(hq, desk)
  expect(titles(hq, record)).toEqual([])
  expect(hq.replica.status().state_hash).toBe(desk.replica.status().state_hash)
})

test('CKP-17 what a checkpoint knew to be revoked came back, and stays', () => {
  const hq = keeping(foundSite(), 0)
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  const second = retitled(hq, record, 'Pump 2')
  must(hq.replica.execute('fact.revoke', { dot: `${second}.0`, reason: 'wrong' }))
  publish(hq)
  idle(hq)
  expect(titles(hq, record)).toEqual(['Pump'])
  expect(coreOf(hq).control().membership.snapshots).toHaveLength(1)
  expect(hq.replica.diagnose().findings).toEqual([])
})

test('CKP-19 a snapshot is due where there is none, after a week, and after ten thousand ops', () => {
  let now = Date.UTC(2026, 0, 5)
  const hq = foundSite('snapshots', { now: () => (now += 1) })
  const rows = (from: number, count: number): ImportRow[] =>
    Array.from({ length: count }, (_, i) => ({
      line: i,
      key: `${from + i}`,
      title: `Job ${from + i}`,
      tags: [],
      text: '',
    }))
  const isDue = (): boolean => {
    must(hq.replica.execute('checkpoint.publish', {}))
    return hq.replica.snapshotDue() !== null
  }
  const work = (from: number, count: number): void =>
    void must(hq.replica.importRows('a list', rows(from, count)))
  work(0, 900)
  expect(isDue()).toBe(false)
  work(900, 200)
  expect(isDue()).toBe(true)
  publishSnapshot(hq)
  now += 6 * DAY
  work(1100, 10)
  expect(isDue()).toBe(false)
  now += DAY
  work(1110, 10)
  expect(isDue()).toBe(true)
  publishSnapshot(hq)
  work(2000, 9_000)
  expect(isDue()).toBe(false)
  work(11_000, 1_500)
  expect(isDue()).toBe(true)
})

test('KEEP-36 what was dropped beneath a checkpoint that lost its force is in no archive until another one knows it', async () => {
  const hq = keeping(foundSite(), 0)
  const desk = joinSite(hq, 'Desk', 'supervisor')
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  retitled(hq, record, 'Pump 1', 'Pump 2', 'Pump 3')
  pull(desk, hq)
  must(desk.replica.execute('field.set', { record, field: 'title', value: 'Pump 4' }))
  publish(hq)
  idle(hq)
  expect(dropped(hq)).toBe(2)
  expect(hq.replica.basis()).toHaveProperty('checkpoint')
  must(desk.replica.recover(signerFrom('site/recovery')))
  pull(hq, desk)
  expect(coreOf(hq).control().membership.checkpoints).toEqual([])
  expect(hq.replica.basis()).toBe('none')
  const folder = scratchFolder()
  const machine = await openMachine(join(folder.path, 'data'))
  const file = join(folder.path, 'archive')
  const exported = exportSite(machine, hq.replica, file)
  await expect(exported).rejects.toMatchObject({ code: 'history-not-final' })
  machine.close()
  expect(readdirSync(folder.path)).toEqual(['data'])
  folder.remove()
  must(desk.replica.execute('checkpoint.publish', {}))
  pull(hq, desk)
  expect(hq.replica.basis()).toMatchObject({ checkpoint: lastOp(desk) })
})

test('CKP-13 a pass ends with the force of the checkpoint beneath which it goes', () => {
  const hq = keeping(foundSite(), 0)
  const desk = joinSite(hq, 'Desk', 'supervisor')
  pull(desk, hq)
  must(desk.replica.execute('job.create', { title: 'Pump' }))
  const many = 30
  const records = Array.from(
    { length: many },
    () => must(hq.replica.execute('job.create', { title: 'Pump' })).record,
  )
  for (const record of records) retitled(hq, record, 'Pump 1', 'Pump 2')
  publish(hq)
  while (dropped(hq) === 0) hq.replica.work()
  const before = dropped(hq)
  expect(before).toBeLessThan(many)
  must(desk.replica.recover(signerFrom('site/recovery')))
  pull(hq, desk)
  idle(hq)
  expect(dropped(hq)).toBe(before)
})
