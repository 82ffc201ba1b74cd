/** What the board is narrowed to: remembered whole, and never by what cannot be read. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  filterInput,
  isFiltered,
  NO_FILTERS,
  readFilters,
  writeFilters,
} from '../../renderer/board/filters.ts'
import { hueOf, initialsOf } from '../../renderer/ui/initials.ts'

const chosen = fc.option(fc.string({ minLength: 1 }), { nil: null })
const filters = fc.record({
  kind: fc.constantFrom('job' as const, 'case' as const, null),
  zone: chosen,
  assignee: chosen,
  tag: chosen,
  text: fc.constant(''),
})

describe('the filters of the board', () => {
  test('DESK-8 are read as they were written', () => {
    fc.assert(
      fc.property(filters, (all) => {
        expect(readFilters(writeFilters(all))).toEqual(all)
      }),
    )
  })

  test('DESK-8 that cannot be read are none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (kept) => {
        const { zone, kind, text } = readFilters(kept)
        expect(zone).not.toBe('')
        expect([null, 'job', 'case']).toContain(kind)
        expect(text).toBe('')
      }),
    )
    expect(readFilters(null)).toEqual(NO_FILTERS)
  })

  test('DESK-8 ask the node for nothing that is not chosen', () => {
    expect(filterInput(NO_FILTERS)).toEqual({})
    expect(isFiltered(NO_FILTERS)).toBe(false)
    expect(filterInput({ ...NO_FILTERS, zone: 'Yard', text: '  pump ' })).toEqual({
      zone: 'Yard',
      text: 'pump',
    })
  })
})

describe('a name', () => {
  test('DESK-7 gives the same one or two letters and one of twelve hues, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(initialsOf(name)).not.toBe('')
        expect(hueOf(name) % 30).toBe(15)
        expect(hueOf(name)).toBe(hueOf(name))
      }),
    )
    expect([initialsOf('Maya Ortiz'), initialsOf('Tablet 3 · Luis'), initialsOf('edge')]).toEqual([
      'MO',
      'TL',
      'ED',
    ])
  })
})
