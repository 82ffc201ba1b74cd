/** Members who write by hand between which letters of a note their words stand. */
import { expect, test } from 'vitest'
import { compact, expectAlike } from '../support/compacted.ts'
import { copyOf, idle, pull } from '../support/replicas.ts'
import { judged, newJob } from '../support/site.ts'
import { Note } from './forged-note.ts'

const FORGED = 'rejected bad-text'

/** Of the letters a, b and c: the wrong way round, and with what one was written beside between them. */
const forgeries: readonly [left: number, right: number][] = [
  [2, 0],
  [2, 1],
  [1, 0],
  [0, 2],
]

test.each(forgeries)(
  'TXT-25 words between letters %i and %i of one word can have stood nowhere, and are refused',
  (left, right) => {
    const note = new Note()
    const { hq, tablet } = note.site
    const op = note.say(tablet, note.declared(), note.letter(tablet, 0, 'X', left, right))
    pull(hq, tablet)
    expect([judged(tablet, op), judged(hq, op)]).toEqual([FORGED, FORGED])
    expect(note.textAt(hq)).toBe('abc')
  },
)

test('TXT-25 whoever hears of words in another order, or lets them go, reads the same', () => {
  for (const [left, right] of forgeries) {
    const note = new Note()
    const { hq, desk, tablet, other } = note.site
    note.say(desk, note.declared(), note.letter(desk, 0, 'F', left, right))
    note.say(desk, note.declared(), note.letter(desk, 0, 'D', 0, 1))
    note.say(tablet, note.declared(), note.letter(tablet, 0, 'T', 0, 1))
    note.say(other, note.declared(), note.letter(other, 0, 'F', 2, 0))
    note.say(other, note.declared(), note.letter(other, 0, 'O', 2, null))
    const [, one, forgetful] = note.three
    for (const from of [desk, tablet]) pull(hq, from)
    for (const from of [other, tablet, desk]) pull(one, from)
    compact(hq, note.three)
    for (const device of note.three)
      for (const from of [desk, tablet, other, hq]) if (from !== device) pull(device, from)
    expectAlike(note.three, [note.record])
    expect(note.textAt(forgetful)).toMatch(/^a(DT|TD)bcO$/)
  }
})

test('TXT-25 of an op none is taken where a later one of its words can have stood nowhere', () => {
  const note = new Note()
  const { hq, tablet } = note.site
  const own = { client: note.clientOf(tablet), clock: 0 }
  const op = note.say(
    tablet,
    note.declared(),
    note.letter(tablet, 0, 'X', 0, 1),
    note.letter(tablet, 1, 'Y', own, 0),
  )
  expect(judged(tablet, op)).toBe(FORGED)
  const honest = note.say(
    tablet,
    note.declared(),
    note.letter(tablet, 0, 'X', 0, 1),
    note.letter(tablet, 1, 'Y', own, 1),
  )
  pull(hq, tablet)
  expect([judged(tablet, honest), judged(hq, honest)]).toEqual(['accepted', 'accepted'])
  expect(note.textAt(hq)).toBe('aXYbc')
})

test('TXT-25 beside the words of one branch the same words are refused, whether or not another branch is known', () => {
  const note = new Note()
  const { hq, desk, tablet, other } = note.site
  const clone = copyOf(tablet)
  note.say(tablet, note.declared(), note.letter(tablet, 0, 'T', 0, 1))
  note.say(clone, note.declared(), note.letter(clone, 0, 'U', 2, null))
  pull(desk, tablet)
  const beside = { client: note.clientOf(tablet), clock: 0 }
  const forged = note.say(desk, note.declared(), note.letter(desk, 0, 'X', 1, beside))
  const honest = note.say(desk, note.declared(), note.letter(desk, 0, 'X', beside, 1))
  pull(other, desk)
  for (const from of [clone, desk]) pull(hq, from)
  for (const device of [desk, other, hq]) expect(judged(device, forged)).toBe(FORGED)
  expect(judged(other, honest)).toBe('accepted')
  newJob(hq)
  for (const device of [desk, other]) for (const from of [clone, tablet, hq]) pull(device, from)
  pull(hq, tablet)
  for (const device of [desk, other, hq]) idle(device)
  expect(new Set([desk, other, hq].map((device) => judged(device, honest))).size).toBe(1)
  expect(new Set([desk, other, hq].map((device) => note.textAt(device))).size).toBe(1)
})

test('TXT-25 words beside those of a branch that fell are set aside with them, also where its sibling is sealed', () => {
  const note = new Note()
  const { hq, desk, tablet } = note.site
  const clone = copyOf(tablet)
  note.say(tablet, note.declared(), note.letter(tablet, 0, 'T', 0, 1))
  note.say(clone, note.declared(), note.letter(clone, 0, 'U', 2, null))
  const last = { client: note.clientOf(clone), clock: 1 }
  note.say(clone, note.letter(clone, 1, 'V', { ...last, clock: 0 }, null))
  pull(desk, clone)
  const honest = note.say(desk, note.declared(), note.letter(desk, 0, 'X', last, null))
  const upon = note.say(desk, note.letter(desk, 1, 'Y', { client: note.clientOf(desk), clock: 0 }, null))
  for (const device of note.three) pull(device, tablet)
  compact(hq, note.three)
  for (const device of note.three) pull(device, desk)
  newJob(hq)
  for (const device of note.three) if (device !== hq) pull(device, hq)
  expectAlike(note.three, [note.record])
  for (const device of note.three)
    expect([judged(device, honest), judged(device, upon)]).toEqual(Array(2).fill('rejected rests-on'))
})

test('TXT-25 who knew two branches is refused between letters of others that never stood side by side', () => {
  for (const [left, right] of forgeries) {
    const note = new Note()
    const { hq, desk, tablet, other } = note.site
    const clone = copyOf(tablet)
    note.say(tablet, note.declared(), note.letter(tablet, 0, 'T', 0, 1))
    note.say(clone, note.declared(), note.letter(clone, 0, 'U', 2, null))
    for (const from of [tablet, clone]) for (const device of [desk, other]) pull(device, from)
    note.say(other, note.declared(), note.letter(other, 0, 'F', right, left))
    const forged = note.say(desk, note.declared(), note.letter(desk, 0, 'F', left, right))
    const honest = note.say(desk, note.declared(), note.letter(desk, 0, 'D', 0, 1))
    for (const device of note.three) pull(device, desk)
    newJob(hq)
    compact(hq, note.three)
    for (const device of note.three) for (const from of [other, hq]) if (from !== device) pull(device, from)
    expectAlike(note.three, [note.record])
    for (const device of note.three)
      expect([judged(device, forged), judged(device, honest)]).toEqual([FORGED, 'accepted'])
  }
})
