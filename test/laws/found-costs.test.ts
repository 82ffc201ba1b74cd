/** What cost others far more than it cost its author, each by itself: counted, not timed. */
import { expect, test } from 'vitest'
import type { Content, Struct } from '../../shared/merge/text/struct.ts'
import { compact, expectAlike } from '../support/compacted.ts'
import { craft } from '../support/crafting.ts'
import { copyOf, must, pull, restart, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, setTitle } from '../support/site.ts'
import { Note } from './forged-note.ts'

/** Statements and rows at a device. */
function workOf({ sql }: Device, work: () => void): number {
  const before = sql.work()
  work()
  return sql.work() - before
}

/** Nodes within nodes, 60 levels deeper by every effect, in few ops; then the deletion of the outermost. */
function tower(note: Note, device: Device): void {
  const levels = (from: number): Struct[] =>
    Array.from({ length: 60 }, (_, i) => {
      const clock = from + i
      const parent = clock === 0 ? 'default' : { client: note.clientOf(device), clock: clock - 1 }
      return {
        clock,
        length: 1,
        origin: null,
        rightOrigin: null,
        parent,
        attribute: null,
        content: { kind: 'text' },
      }
    })
  for (const op of [0, 1])
    craft(device, [
      note.declared(),
      ...Array.from({ length: 60 }, (_, i) => note.words(device, levels((op * 60 + i) * 60))),
    ])
  craft(device, [note.words(device, [], [{ client: note.clientOf(device), from: 0, to: 1 }])])
  restart(device)
}

test('TXT-27 a tower of thousands of nodes that is deleted at its root keeps nobody from reading, writing and letting go', () => {
  const note = new Note()
  const { hq, desk, tablet } = note.site
  tower(note, tablet)
  expect(note.textAt(tablet)).toBe('abc')
  for (const device of [desk, ...note.three]) pull(device, tablet)
  restart(hq)
  must(desk.replica.execute('note.edit', { record: note.record, note: note.note, text: 'abXc' }))
  for (const device of note.three) pull(device, desk)
  compact(hq, note.three)
  pull(note.three[1], hq)
  expectAlike(note.three, [note.record])
  for (const device of note.three) {
    restart(device)
    expect(note.textAt(device)).toBe('abXc')
  }
})

test('TXT-28 an op of thirty thousand deletions asks as little of a long note as one of a few', () => {
  const costs = (deletions: number): number => {
    const note = new Note()
    const { hq, desk, tablet } = note.site
    const client = note.clientOf(desk)
    note.say(desk, note.declared(), note.letter(desk, 0, 'd', 2, null))
    for (let i = 1; i < 300; i += 1) craft(desk, [note.letter(desk, i, 'd', { client, clock: i - 1 }, null)])
    restart(desk)
    for (const device of [tablet, hq]) pull(device, desk)
    const deletes = Array.from({ length: deletions }, (_, i) => ({
      client,
      from: i % 120,
      to: (i % 120) + 1,
    }))
    const op = note.say(tablet, note.declared(), note.words(tablet, [], deletes))
    const work = workOf(hq, () => {
      pull(hq, tablet)
    })
    expect(judged(hq, op)).toBe('accepted')
    return work
  }
  expect(costs(30_000)).toBeLessThan(costs(10) * 2)
})

test('TXT-28 values of a million clocks that do not count are passed over at once', () => {
  const note = new Note()
  const { hq, desk, tablet } = note.site
  const value = (content: Content, clock: number, length: number, origin: Struct['origin']): Struct => {
    const [parent, attribute] = origin === null ? [note.paragraph, 'level'] : [null, null]
    return { clock, length, origin, rightOrigin: null, parent, attribute, content }
  }
  note.say(desk, note.declared(), note.words(desk, [value({ kind: 'value', value: 1 }, 0, 1, null)]))
  pull(tablet, desk)
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'Lost' }))
  const length = 2 ** 20
  let origin: Struct['origin'] = { client: note.clientOf(desk), clock: 0 }
  const effects = Array.from({ length: 200 }, (_, i) => {
    const struct = value({ kind: 'deleted', length }, i * length, length, origin)
    origin = { client: note.clientOf(tablet), clock: (i + 1) * length - 1 }
    return note.words(tablet, [struct])
  })
  const op = note.say(tablet, note.declared(), ...effects)
  for (const from of [desk, tablet]) pull(hq, from)
  expect(judged(hq, op)).toBe('rejected cut')
  expect(note.textAt(hq)).toBe('abc')
})

test('TXT-25 a fork of somebody who wrote in a note makes what others write there cost no more than before', () => {
  const costs = (edits: number, forks: boolean): number => {
    const note = new Note()
    const { hq, desk, tablet } = note.site
    const clone = copyOf(tablet)
    note.say(tablet, note.declared())
    newJob(clone)
    note.say(clone, note.declared())
    pull(hq, tablet)
    if (forks) pull(hq, clone)
    const client = note.clientOf(desk)
    note.say(desk, note.declared(), note.letter(desk, 0, 'd', 2, null))
    for (let i = 1; i < edits; i += 1)
      craft(desk, [note.letter(desk, i, 'd', { client, clock: i - 1 }, null)])
    return workOf(hq, () => {
      pull(hq, desk)
    })
  }
  expect(costs(200, true)).toBeLessThan(costs(50, true) * 8)
})

test.each(['adopt', 'dismiss'] as const)(
  'REV-14 to %s many at once takes work as they are many, and not as their square',
  (how) => {
    const costs = (n: number): number => {
      const { hq, desk, tablet } = aSite()
      const record = newJob(hq)
      for (const device of [desk, tablet]) pull(device, hq)
      must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'Lost' }))
      const ops = Array.from({ length: n }, (_, i) => setTitle(tablet, record, `T${i}`))
      for (const from of [hq, tablet]) pull(desk, from)
      pull(hq, tablet)
      if (how === 'adopt') must(desk.replica.execute('review.adopt', { ops }))
      else must(desk.replica.execute('review.dismiss', { ops, reason: 'No' }))
      return workOf(hq, () => {
        pull(hq, desk)
      })
    }
    expect(costs(200)).toBeLessThan(costs(50) * 8)
  },
)
