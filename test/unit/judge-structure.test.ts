import { expect, test } from 'vitest'
import { toHex } from '../../shared/base/bytes.ts'
import { formatOpId, type ActorId, type ChildId, type DotRef, type RecordId } from '../../shared/model/ids.ts'
import type { Address, ControlEffect, DataEffect } from '../../shared/op/effect.ts'
import { childAt, importedRecord, recordAt } from '../../shared/op/identity.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { coreOf, craft, craftRaw, nextOp } from '../support/crafting.ts'
import { must, pull, restart, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, page, requestsAt, setTitle, settle } from '../support/site.ts'

const crypto = createCrypto()
const sha256 = (bytes: Uint8Array): Uint8Array => crypto.sha256(bytes)

const TITLE = 3
const PRIORITY = 5
const LABEL = 8
const TAGS = 9
const TASKS = 10
const LABOUR = 11
const NOTES = 20

const at = (record: string, field: number): Address => ({
  record: record as RecordId,
  field,
  child: null,
  sub: 0,
})
const inTask = (record: string, task: string, sub: number): Address => ({
  record: record as RecordId,
  field: TASKS,
  child: task as ChildId,
  sub,
})

/** The verdict on one op with these effects, as its author judges it; `elsewhere` must judge it alike. */
function verdictOn(
  author: Device,
  effects: readonly (DataEffect | ControlEffect)[],
  elsewhere: Device,
): string {
  const { actor, seq } = nextOp(author, effects)
  expect(craft(author, effects).outcome).toBe('stored')
  const op = formatOpId({ actor, seq })
  pull(elsewhere, author)
  expect(judged(elsewhere, op)).toBe(judged(author, op))
  return judged(author, op)
}

const unseen = (actor: ActorId): DotRef => ({ actor, seq: 99, index: 0 })

test('JDG-6 an op that supersedes or removes what its author had not seen is rejected', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk, ['inspect valve'])
  settle(site)
  const task = page(tablet, record).tasks[0]?.task ?? ''
  const dot = unseen(desk.replica.actor)
  const child = task as ChildId
  const sets: DataEffect[] = [
    { type: 'assign', at: at(record, TITLE), value: 'x', over: [dot] },
    { type: 'remove', at: at(record, TAGS), dots: [dot] },
    {
      type: 'drop',
      record: record as RecordId,
      field: TASKS,
      child,
      seen: [{ actor: dot.actor, seq: dot.seq }],
    },
  ]
  for (const effect of sets) expect(verdictOn(tablet, [effect], hq)).toBe('rejected unseen-dot')
  const own = nextOp(tablet, sets)
  const itself = { actor: own.actor, seq: own.seq, index: 0 }
  expect(verdictOn(tablet, [{ type: 'assign', at: at(record, TITLE), value: 'x', over: [itself] }], hq)).toBe(
    'rejected unseen-dot',
  )
})

test('JDG-6 an op on a record or part that its author cannot have seen is rejected, wherever that stands already', () => {
  const { desk, tablet, hq, other } = aSite()
  const record = newJob(desk, ['inspect valve'])
  const task = page(desk, record).tasks[0]?.task ?? ''
  pull(hq, desk)
  const title: DataEffect = { type: 'assign', at: at(record, TITLE), value: 'guessed', over: [] }
  expect(verdictOn(tablet, [title], hq)).toBe('rejected unknown-record')
  expect(verdictOn(tablet, [{ type: 'child', record: record as RecordId, field: TASKS }], hq)).toBe(
    'rejected unknown-record',
  )
  expect(page(hq, record).review).toEqual([])
  pull(other, tablet)
  pull(other, desk)
  expect(other.replica.status().state_hash).toBe(hq.replica.status().state_hash)
  pull(tablet, desk)
  const strange = childAt(sha256, { actor: tablet.replica.actor, seq: 2, index: 0 })
  expect(
    verdictOn(tablet, [{ type: 'assign', at: inTask(record, strange, 1), value: 'x', over: [] }], hq),
  ).toBe('rejected unknown-child')
  expect(verdictOn(tablet, [{ type: 'assign', at: inTask(record, task, 1), value: 'x', over: [] }], hq)).toBe(
    'accepted',
  )
})

test('JDG-6 a field takes only its own kind of change, and only values of its type', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk, ['inspect valve'])
  settle(site)
  const wrongField: DataEffect[] = [
    { type: 'draft', at: at(record, TITLE), value: 'x' },
    { type: 'assign', at: at(record, LABEL), value: 'x', over: [] },
    { type: 'insert', at: at(record, TITLE), key: 'x' },
    { type: 'count', at: at(record, TAGS), amount: 1 },
    { type: 'assign', at: at(record, 30), value: 'closed', over: [] },
    { type: 'child', record: record as RecordId, field: TAGS },
  ]
  for (const effect of wrongField) expect(verdictOn(tablet, [effect], hq)).toBe('rejected bad-field')
  const wrongValue: DataEffect[] = [
    { type: 'assign', at: at(record, TITLE), value: null, over: [] },
    { type: 'assign', at: at(record, TITLE), value: 'x'.repeat(501), over: [] },
    { type: 'assign', at: at(record, PRIORITY), value: 'whenever', over: [] },
    { type: 'draft', at: at(record, LABEL), value: 7 },
    { type: 'insert', at: at(record, TAGS), key: '' },
    { type: 'count', at: at(record, LABOUR), amount: 1_000_001 },
  ]
  for (const effect of wrongValue) expect(verdictOn(tablet, [effect], hq)).toBe('rejected bad-value')
  expect(page(hq, record).review.length).toBe(wrongField.length + wrongValue.length)
})

test('JDG-14 nobody ticks in the name of another', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk, ['inspect valve'])
  settle(site)
  const task = page(tablet, record).tasks[0]?.task ?? ''
  const tickAs = (who: Device): DataEffect => ({
    type: 'insert',
    at: inTask(record, task, 2),
    key: who.replica.actor,
  })
  expect(verdictOn(tablet, [tickAs(desk)], hq)).toBe('rejected bad-value')
  expect(verdictOn(tablet, [tickAs(tablet)], hq)).toBe('accepted')
  expect(page(hq, record).tasks[0]?.by).toEqual(['Tablet 1'])
})

test('JDG-15 an act of control stands alone, or beside what its own op creates and nobody else can have', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk) as RecordId
  settle(site)
  const ask: ControlEffect = { type: 'request', action: 'close', record }
  expect(verdictOn(tablet, [ask, { type: 'assign', at: at(record, TITLE), value: 'x', over: [] }], hq)).toBe(
    'rejected mixed-control',
  )
  expect(verdictOn(tablet, [ask, ask], hq)).toBe('rejected mixed-control')
  const imported = importedRecord(sha256, hq.replica.site, 'job', 'orders', 'W-1')
  const importing: DataEffect[] = [
    { type: 'import', kind: 'job', source: 'orders', key: 'W-1' },
    { type: 'assign', at: at(imported, TITLE), value: 'x', over: [] },
  ]
  expect(verdictOn(tablet, [...importing, { ...ask, record: imported }], hq)).toBe('rejected mixed-control')
  const own = recordAt(sha256, { ...nextOp(tablet, [ask]), index: 0 }, 'job')
  const making: DataEffect[] = [
    { type: 'create', kind: 'job' },
    { type: 'assign', at: at(own, TITLE), value: 'Done already', over: [] },
  ]
  expect(verdictOn(tablet, [...making, { ...ask, record: own }], hq)).toBe('accepted')
  expect(requestsAt(hq).map((one) => one.title)).toEqual(['Done already'])
})

test('JDG-7 an op of a newer version is kept and sent on byte for byte, and held', () => {
  const { desk, tablet, hq, other } = aSite()
  newJob(tablet)
  const raw = craftRaw(tablet, [
    [1, 1],
    [60, 'something new', [1, 2]],
  ])
  expect(raw.outcome).toBe('stored')
  const after = setTitle(tablet, newJob(tablet), 'Goes on')
  pull(desk, tablet)
  pull(hq, desk)
  pull(other, hq)
  const op = formatOpId({ actor: tablet.replica.actor, seq: 2 })
  for (const device of [tablet, desk, hq, other]) {
    expect(judged(device, op)).toBe('held newer-version')
    expect(judged(device, after)).toBe('accepted')
  }
  const bytes = (device: Device): string => {
    const core = coreOf(device)
    const no = core.log.numberAt({ actor: tablet.replica.actor, seq: 2 })
    return toHex(core.log.rowByNumber(no ?? 0).bytes)
  }
  expect(bytes(other)).toBe(bytes(tablet))
  expect(other.replica.status().review).toBe(0)
})

test('JDG-7 an op of a newer version stays held, whatever its author is', () => {
  const { edge, hq } = aSite()
  craftRaw(edge, [[60]])
  pull(hq, edge)
  restart(hq)
  expect(judged(hq, formatOpId({ actor: edge.replica.actor, seq: 1 }))).toBe('held newer-version')
})

test('JDG-16 words for a note that their author cannot have seen leave no trace in what its session says later', () => {
  const { desk, tablet, hq, other } = aSite()
  const record = newJob(desk)
  const { note } = must(desk.replica.execute('note.add', { record, text: 'Filter was cracked' }))
  const body: Address = { record: record as RecordId, field: NOTES, child: note as ChildId, sub: 1 }
  const update = Uint8Array.of(0)
  pull(hq, desk)
  const say: DataEffect[] = [
    { type: 'session', at: body, n: 3 },
    { type: 'text', at: body, n: 3, update },
  ]
  expect(verdictOn(tablet, say, hq)).toBe('rejected unknown-record')
  pull(tablet, desk)
  expect(verdictOn(tablet, [{ type: 'text', at: body, n: 3, update }], hq)).toBe('rejected bad-text')
  pull(other, tablet)
  // What each may do about it is its own.
  const inReview = ({ replica }: Device): unknown =>
    must(replica.query('review', {}, { why: null, since: null })).items.map((item) => ({
      ...item,
      own: null,
      adoptable: null,
      obstacle: null,
    }))
  expect(inReview(other)).toEqual(inReview(hq))
})
