/** What told replicas that let history go from others, or one order of arrival from another, each by itself. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { newText } from '../../shared/merge/text/new-text.ts'
import type { ChildId, RecordId } from '../../shared/model/ids.ts'
import type { Address } from '../../shared/op/effect.ts'
import {
  compact,
  dotsOf,
  expectAlike,
  hashOf,
  publish,
  refOf,
  revoke,
  threeOf,
  type Three,
} from '../support/compacted.ts'
import { coreOf, craft, nextOp, runOf } from '../support/crafting.ts'
import { edits } from '../support/editor.ts'
import {
  copyOf,
  idle,
  must,
  openDevice,
  pull,
  restart,
  signerFrom,
  type Device,
} from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, setTitle } from '../support/site.ts'
import { beginAs, snapshotOf } from '../support/snapshots.ts'

type Scene = {
  readonly hq: Device
  readonly desk: Device
  readonly tablet: Device
  readonly three: Three
  readonly record: string
}

/** A job with two tasks that all know. */
function scene(): Scene {
  const { hq, desk, edge, tablet } = aSite()
  const three = threeOf(hq, edge)
  const record = newJob(hq, ['Close valve', 'Empty it'])
  for (const device of [desk, tablet, ...three.slice(1)]) pull(device, hq)
  return { hq, desk, tablet, three, record }
}

const hear = (three: readonly Device[], ...from: readonly Device[]): void => {
  for (const one of from) for (const device of three) if (device !== one) pull(device, one)
}

/** A title that others superseded, so that it is dropped where history goes. */
function superseded({ hq, tablet, three, record }: Scene): string {
  const op = setTitle(tablet, record, 'One')
  for (const title of ['Two', 'Three']) setTitle(tablet, record, title)
  hear(three, tablet)
  compact(hq, three)
  return op
}

const title = (record: string): Address => ({ record: record as RecordId, field: 3, child: null, sub: 0 })

test('CKP-70 an adoption of what counted and was dropped is shown as where it is still here', () => {
  const all = scene()
  const { hq, desk, three, record } = all
  const op = superseded(all)
  pull(desk, hq)
  craft(desk, [{ type: 'adopt', op: refOf(op), hash: hashOf(hq, op) }])
  hear(three, desk)
  hear(three, hq)
  expectAlike(three, [record])
})

/** The last byte of a hash turned round. */
const falsified = (hash: Uint8Array): Uint8Array => hash.map((byte, i) => (i === 31 ? byte ^ 1 : byte))

test('CKP-71 of an op that was dropped all of its hash tells whether it is meant', () => {
  const all = scene()
  const { hq, desk, tablet, three, record } = all
  const op = superseded(all)
  pull(desk, hq)
  craft(desk, [{ type: 'dismiss', op: refOf(op), hash: falsified(hashOf(hq, op)), reason: 'No' }])
  const lamport = (coreOf(hq).log.find({ ...refOf(op), hash: hashOf(hq, op) })?.lamport ?? 0) + 1
  const next = nextOp(tablet, [{ type: 'create', kind: 'job' }])
  const prev = falsified(hashOf(hq, op))
  const forged = runOf(tablet.signer, { ...next, seq: refOf(op).seq + 1, prev, causes: [], lamport })
  for (const { replica } of three) replica.receive(forged, desk.replica.actor)
  hear(three, desk)
  hear(three, hq)
  expect(three.map((device) => judged(device, lastOp(desk)))).toEqual(Array(3).fill('rejected unknown-op'))
  expectAlike(three, [record])
})

test('REV-10 of several revocations in one op each counts by itself: a removal that one names is not undone, nor does a desk take back what is frozen', () => {
  const { hq, desk, tablet, three, record } = scene()
  const task = (page(hq, record).tasks[0]?.task ?? '') as ChildId
  const seen = [{ actor: hq.replica.actor, seq: refOf(lastOp(hq)).seq }]
  craft(tablet, [
    { type: 'assign', at: title(record), value: 'X', over: dotsOf(tablet, record, 'title') },
    { type: 'drop', record: record as RecordId, field: 10, child: task, seen },
  ])
  const both = refOf(lastOp(tablet))
  restart(tablet)
  setTitle(tablet, record, 'Last')
  hear(three, tablet)
  compact(hq, three)
  craft(hq, [
    { type: 'revoke', dot: { ...both, index: 0 }, reason: 'One' },
    { type: 'revoke', dot: { ...both, index: 1 }, reason: 'Other' },
  ])
  restart(hq)
  const closed = newJob(hq, [], 'Closed')
  const open = newJob(hq, [], 'Open')
  must(hq.replica.execute('request.close', { record: closed }))
  hq.replica.decideWaiting(1)
  pull(desk, hq)
  const [frozen, free] = [closed, open].flatMap((one) => dotsOf(hq, one, 'title'))
  if (!frozen || !free) throw new Error('both have a title')
  craft(desk, [
    { type: 'revoke', dot: frozen, reason: 'One' },
    { type: 'revoke', dot: free, reason: 'Other' },
  ])
  hear(three, hq, desk)
  expect(three.map((device) => page(device, record).tasks.length)).toEqual([1, 1, 1])
  expect(three.map((device) => page(device, closed).title)).toEqual(['Closed', 'Closed', 'Closed'])
  expectAlike(three, [record, closed, open])
})

test('CKP-72 what rests on a making that a later adoption lets count is not sealed in another record either', () => {
  const { hq, desk, tablet, three, record } = scene()
  const through = tablet.replica.ownSeq()
  const second = newJob(tablet, [], 'Second')
  const making = lastOp(tablet)
  pull(desk, tablet)
  craft(desk, [
    { type: 'assign', at: title(record), value: 'By the desk', over: dotsOf(desk, record, 'title') },
    { type: 'assign', at: { ...title(second), field: 4 }, value: 'North', over: [] },
  ])
  const crossing = refOf(lastOp(desk))
  restart(desk)
  craft(hq, [{ type: 'setRole', actor: tablet.replica.actor, role: 'edge', through }])
  restart(hq)
  for (const from of [tablet, desk]) pull(hq, from)
  expect(judged(hq, making)).toBe('rejected not-permitted')
  hear(three, hq)
  publish(hq)
  pull(desk, hq)
  must(desk.replica.execute('review.adopt', { op: making }))
  hear(three.slice(1), hq, desk)
  for (const device of three.slice(1)) idle(device)
  craft(hq, [{ type: 'setRole', actor: desk.replica.actor, role: 'technician', through: crossing.seq }])
  restart(hq)
  hear(three, hq, desk)
  expectAlike(three, [record])
})

test('CKP-73 an editing session that was declared ahead of its words outlives its op', () => {
  const { hq, tablet, three, record } = scene()
  craft(tablet, [{ type: 'child', record: record as RecordId, field: 20 }])
  restart(tablet)
  const note = (page(tablet, record).notes[0]?.note ?? '') as ChildId
  const at: Address = { record: record as RecordId, field: 20, child: note, sub: 1 }
  craft(tablet, [{ type: 'session', at, n: 5 }])
  restart(tablet)
  for (const one of ['X', 'Y']) setTitle(tablet, record, one)
  hear(three, tablet)
  compact(hq, three)
  const newcomer = openDevice('Newcomer', signerFrom('nobody'), hq.replica.site)
  expect(beginAs(newcomer, snapshotOf(hq, 0) ?? []).replica.status().log.ops).toBeGreaterThan(0)
  const client = coreOf(tablet).texts.clientOf(tablet.replica.actor, at, 5)
  craft(tablet, [{ type: 'text', at, n: 5, update: newText('Later', 'paragraphs', client) }])
  for (const device of three) restart(device)
  hear(three, tablet)
  hear(three, hq)
  expectAlike(three, [record])
})

test('REV-11 who revokes a making on a branch that fell takes nothing from the branch that stands', () => {
  const { hq, desk, tablet, three, record } = scene()
  const clone = copyOf(tablet)
  must(tablet.replica.execute('task.add', { record, text: 'On this branch' }))
  must(clone.replica.execute('task.add', { record, text: 'On the other' }))
  pull(hq, tablet)
  newJob(hq)
  hear(three, hq)
  compact(hq, three)
  pull(desk, clone)
  revoke(desk, `${lastOp(clone)}.0`)
  hear(three, hq, desk)
  hear(three, hq)
  expectAlike(three, [record])
})

test.each(['here', 'sealed'] as const)(
  'TXT-23 words in a note of two branches, by somebody who knows both, stand with the branch that stands, whose words are %s',
  (where) => {
    const { hq, desk, tablet, three, record } = scene()
    const clone = copyOf(tablet)
    const { note } = must(tablet.replica.execute('note.add', { record, text: 'one branch' }))
    must(clone.replica.execute('note.add', { record, text: 'two branch' }))
    pull(hq, tablet)
    newJob(hq)
    if (where === 'sealed') {
      hear(three, hq)
      compact(hq, three)
    }
    pull(hq, clone)
    newJob(hq)
    pull(desk, hq)
    const { op } = must(desk.replica.execute('note.edit', { record, note, text: 'one branch and more' }))
    pull(hq, desk)
    hear(three.slice(1), clone, tablet, hq)
    expect(three.map((device) => judged(device, op))).toEqual(['accepted', 'accepted', 'accepted'])
    expectAlike(three, [record])
  },
)

test('TXT-24 an attribute that was set again and again shows what counts of it, also where the text was sealed and read again', () => {
  const { hq, desk, tablet, three, record } = scene()
  const { note } = must(hq.replica.execute('note.add', { record, text: 'abc' }))
  for (const device of [desk, tablet]) pull(device, hq)
  const setLevels = (device: Device, ...levels: readonly number[]): void => {
    const edit = edits(device, record, note)
    for (const level of levels)
      edit((fragment) => {
        const [element] = fragment.toArray()
        if (element instanceof Y.XmlElement) element.setAttribute('level', `${level}`)
      })
  }
  setLevels(desk, 1, 2, 3)
  pull(tablet, desk)
  const through = tablet.replica.ownSeq()
  setLevels(tablet, 9)
  craft(hq, [{ type: 'setRole', actor: tablet.replica.actor, role: 'edge', through }])
  restart(hq)
  for (const from of [desk, tablet]) pull(hq, from)
  hear(three, hq)
  expect(judged(hq, lastOp(tablet))).toBe('rejected not-permitted')
  compact(hq, three)
  for (const device of three) restart(device)
  must(desk.replica.execute('note.edit', { record, note, text: 'abcd' }))
  hear(three, desk)
  hear(three, hq)
  expectAlike(three, [record])
})

test('CKP-74 the op up to which a lost authority stands stays, however long ago that was', () => {
  const { hq, desk, edge, tablet } = aSite()
  const record = newJob(hq)
  for (const device of [desk, tablet, edge]) pull(device, hq)
  const clone = copyOf(tablet)
  newJob(tablet)
  pull(hq, tablet)
  for (const device of [desk, edge]) pull(device, hq)
  setTitle(hq, record, 'By headquarters')
  pull(desk, hq)
  must(desk.replica.recover(signerFrom('a small warehouse/recovery')))
  setTitle(hq, record, 'Beyond its time')
  for (const over of ['Over it', 'Over it again']) setTitle(desk, record, over)
  pull(desk, hq)
  setTitle(desk, record, 'And once more')
  const [, whole, forgetful] = threeOf(desk, copyOf(edge))
  const three: Three = [desk, whole, forgetful]
  hear(three, desk)
  compact(desk, three)
  for (const device of three) {
    idle(device)
    restart(device)
  }
  newJob(clone, [], 'On the other branch')
  hear(three, tablet, clone)
  hear(three, desk)
  expectAlike(three, [record])
})

test('JDG-74 a word that reaches further back than the fork that it tells of reaches as far', () => {
  const { hq, tablet } = aSite()
  for (let jobs = 0; jobs < 2; jobs += 1) newJob(tablet)
  const clone = copyOf(tablet)
  newJob(tablet)
  newJob(clone, [], 'On the other branch')
  for (const from of [tablet, clone]) pull(hq, from)
  craft(hq, [{ type: 'setRole', actor: tablet.replica.actor, role: 'edge', through: 0 }])
  idle(hq)
  expect(hq.replica.diagnose().findings).toEqual([])
})
