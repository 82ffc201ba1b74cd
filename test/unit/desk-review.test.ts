/** The pure parts of the review: entries and their groups, what a batch becomes, keys; and the name of a saved file. */
import { describe, expect, test } from 'vitest'
import type { ParcelItem, ParcelRow, ReviewItem } from '../../shared/api/rows.ts'
import { reviewVerb } from '../../renderer/conflicts/review-keys.ts'
import {
  adoptable,
  batchOf,
  editEntry,
  fits,
  groupsOf,
  needsReopening,
  parcelEntries,
  withNeeded,
  type Entry,
} from '../../renderer/conflicts/review.ts'
import { fileName } from '../../renderer/app/file-name.ts'

const LUIS = 'b'.repeat(64)
const PUMP = '1'.repeat(32)
const VALVE = '2'.repeat(32)

const frozen = { code: 'frozen', params: { number: 'A-2026-0001' }, text: 'It is closed.' }

const edit = (seq: number, over: Partial<ReviewItem> = {}): ReviewItem => ({
  op: `${LUIS}:${seq}`,
  adoptable: true,
  obstacle: null,
  state: 'open',
  settled: null,
  own: false,
  author: LUIS,
  name: 'Luis',
  wall: seq,
  judgement: 'late',
  reason: frozen,
  effects: [],
  record: PUMP,
  title: 'Pump',
  ...over,
})

const item = (nth: number, over: Partial<ParcelItem> = {}): ParcelItem => ({
  item: nth,
  effects: [],
  title: 'Pump',
  state: 'open',
  obstacle: null,
  ...over,
})

const parcel = (id: string, items: readonly ParcelItem[]): ParcelRow => ({
  parcel: id,
  author: LUIS,
  name: 'Tablet 3',
  cause: 'cut',
  handed_in_by: 'Desk 1',
  wall: 1,
  complete: true,
  items,
})

describe('groups', () => {
  test('DESK-100 edits of one record stand together, as they were made, the newest record first, after the parcels', () => {
    const edits = [edit(4), edit(3, { record: VALVE, title: 'Valve' }), edit(2), edit(1, { record: null })]
    const groups = groupsOf(edits.map(editEntry), parcelEntries(parcel('c'.repeat(32), [item(0), item(1)])))
    expect(groups.map(({ entries }) => entries.map(({ key }) => key))).toEqual([
      [`${'c'.repeat(32)}#0`, `${'c'.repeat(32)}#1`],
      [`${LUIS}:2`, `${LUIS}:4`],
      [`${LUIS}:3`],
      [`${LUIS}:1`],
    ])
  })

  test('DESK-103 an entry stands under open or settled, and one’s own edit beside that under its own heading', () => {
    const shown = (entry: Entry) => (['open', 'settled', 'own'] as const).filter((one) => fits(one, entry))
    expect(shown(editEntry(edit(1)))).toEqual(['open'])
    expect(shown(editEntry(edit(1, { state: 'dismissed', own: true })))).toEqual(['settled', 'own'])
    const [taken] = parcelEntries(parcel('c'.repeat(32), [item(0, { state: 'taken' })]))
    expect(taken && shown(taken)).toEqual(['settled'])
  })
})

describe('batches', () => {
  test('DESK-101 all edits of a batch are one command, and the items of each parcel one of their own', () => {
    const first = 'c'.repeat(32)
    const second = 'd'.repeat(32)
    const entries = [
      ...parcelEntries(parcel(first, [item(0), item(2)])),
      editEntry(edit(1)),
      ...parcelEntries(parcel(second, [item(1)])),
      editEntry(edit(2)),
    ]
    expect(batchOf(entries)).toEqual({
      ops: [`${LUIS}:1`, `${LUIS}:2`],
      parcels: [
        { parcel: first, items: [0, 2] },
        { parcel: second, items: [1] },
      ],
    })
  })

  test('DESK-102 only a freeze is an obstacle that a reopening takes away', () => {
    expect(needsReopening(editEntry(edit(1, { adoptable: false, obstacle: frozen })))).toBe(true)
    const other = { code: 'not-permitted', params: {}, text: 'It may not.' }
    expect(needsReopening(editEntry(edit(1, { adoptable: false, obstacle: other })))).toBe(false)
    expect(needsReopening(editEntry(edit(1)))).toBe(false)
  })

  test('DESK-106 an item with an obstacle, or one that is settled, cannot be taken over', () => {
    const states = [item(0), item(1, { obstacle: frozen }), item(2, { state: 'dismissed' })]
    expect(parcelEntries(parcel('c'.repeat(32), states)).map(({ isAdoptable }) => isAdoptable)).toEqual([
      true,
      false,
      false,
    ])
  })
})

describe('items that go with others', () => {
  const needs = (nth: number) => ({
    code: 'parcel-needs',
    params: { item: nth },
    text: 'It goes with another.',
  })
  const entries = parcelEntries(
    parcel('c'.repeat(32), [
      item(0),
      item(1, { obstacle: needs(1) }),
      item(2, { obstacle: needs(2) }),
      item(3, { obstacle: frozen }),
      item(4, { obstacle: needs(4) }),
    ]),
  )
  const numbers = (some: readonly Entry[]) => some.map((entry) => entry.of === 'parcel' && entry.item.item)
  const [, second, third, , fifth] = entries

  test('DESK-106 an item comes with all that it goes with, in order', () => {
    expect(third && numbers(withNeeded(third, entries))).toEqual([0, 1, 2])
  })

  test('DESK-106 it can be taken over together with them, not without, and not when one of them has an obstacle', () => {
    expect(numbers(adoptable(entries))).toEqual([0, 1, 2])
    expect(second && numbers(adoptable([second]))).toEqual([])
    expect(fifth && numbers(adoptable(withNeeded(fifth, entries)))).toEqual([])
  })
})

describe('keys', () => {
  const press = (key: string, held: Partial<Record<'shiftKey' | 'ctrlKey', boolean>> = {}) =>
    reviewVerb({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held })

  test('DESK-101 the list walks by arrows, selects with Shift, adopts by Enter and dismisses by Delete', () => {
    expect(press('ArrowDown')).toEqual({ verb: 'step', by: 1, extend: false })
    expect(press('ArrowUp', { shiftKey: true })).toEqual({ verb: 'step', by: -1, extend: true })
    expect(press('J', { shiftKey: true })).toEqual({ verb: 'step', by: 1, extend: true })
    expect(press('Enter')).toEqual({ verb: 'adopt' })
    expect(press('Delete')).toEqual({ verb: 'dismiss' })
    expect(press('Enter', { shiftKey: true })).toBeNull()
    expect(press('ArrowDown', { ctrlKey: true })).toBeNull()
    expect(press('q')).toBeNull()
  })
})

describe('a saved file', () => {
  test('DESK-110 is named after its device, without what a file system may refuse', () => {
    expect(fileName('Tablet 3')).toBe('tallydesk-Tablet-3.parcel')
    expect(fileName('../Almacén: “Ñ”')).toBe('tallydesk-Almacén-Ñ.parcel')
    expect(fileName('***')).toBe('tallydesk-device.parcel')
  })
})
