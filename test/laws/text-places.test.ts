/** Members who write by hand between which letters of a note their words stand. */
import { expect, test } from 'vitest'
import { readUpdate } from '../../shared/merge/text/read-update.ts'
import type { Struct, StructId } from '../../shared/merge/text/struct.ts'
import { writeUpdate } from '../../shared/merge/text/write-update.ts'
import type { ChildId, RecordId } from '../../shared/model/ids.ts'
import type { Address, KnownEffect } from '../../shared/op/effect.ts'
import { compact, expectAlike, threeOf, type Three } from '../support/compacted.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { copyOf, idle, must, pull, restart, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page } from '../support/site.ts'

const SESSION = 7

type Letter = number | StructId

/** A note `abc` in a job, by headquarters; all have read it. */
class Note {
  readonly site = aSite()
  readonly three: Three = threeOf(this.site.hq, this.site.edge)
  readonly record: string = newJob(this.site.hq)
  readonly at: Address
  readonly #letters: readonly StructId[]

  constructor() {
    const { hq, desk, tablet, other } = this.site
    const { note } = must(hq.replica.execute('note.add', { record: this.record, text: 'abc' }))
    for (const device of [desk, tablet, other, ...this.three.slice(1)]) pull(device, hq)
    this.at = { record: this.record as RecordId, field: 20, child: note as ChildId, sub: 1 }
    const { sql } = coreOf(hq)
    const row = sql
      .prepare('SELECT bytes, client FROM text_update')
      .get<{ bytes: Uint8Array; client: number }>()
    const read = row && readUpdate(row.bytes)
    if (!row || !read?.ok) throw new Error('a new note has words')
    const words = read.value.structs.find(({ content }) => content.kind === 'string')
    this.#letters = [0, 1, 2].map((i) => ({ client: row.client, clock: (words?.clock ?? 0) + i }))
  }

  clientOf(device: Device): number {
    return coreOf(device).texts.clientOf(device.replica.actor, this.at, SESSION)
  }

  /** What says that a letter stands behind one and before another: by their numbers in `abc`, or their ids. */
  letter(device: Device, clock: number, text: string, left: Letter, right: Letter | null): KnownEffect {
    const idOf = (letter: Letter): StructId | null =>
      typeof letter === 'number' ? (this.#letters[letter] ?? null) : letter
    const struct: Struct = {
      clock,
      length: text.length,
      origin: idOf(left),
      rightOrigin: right === null ? null : idOf(right),
      parent: null,
      attribute: null,
      content: { kind: 'string', text },
    }
    const update = writeUpdate({ client: this.clientOf(device), structs: [struct], deletes: [] })
    return { type: 'text', at: this.at, n: SESSION, update }
  }

  declared(): KnownEffect {
    return { type: 'session', at: this.at, n: SESSION }
  }

  say(device: Device, ...effects: readonly KnownEffect[]): string {
    craft(device, effects)
    restart(device)
    return lastOp(device)
  }

  textAt(device: Device): string {
    return page(device, this.record).notes[0]?.text.trim() ?? ''
  }
}

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
