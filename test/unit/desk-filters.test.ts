/** What the board shows and is narrowed to: remembered whole, and never by what cannot be read. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cleared,
  filterInput,
  isFiltered,
  NO_FILTERS,
  readFilters,
  stagesOf,
  withKind,
  writeFilters,
} from '../../renderer/board/filters.ts'
import { faultsOf, isStricter, NO_POLICY, retentionOf, typedOf } from '../../renderer/policy/retention.ts'
import { readAmount } from '../../renderer/stock/amount.ts'
import { askedBy, heldBy, holdersOf, listed } from '../../renderer/stock/figures.ts'
import { SITE_COMMANDS } from '../../shared/api/commands.ts'
import { RECORD_KINDS, type RequestRow, type StockRow } from '../../shared/api/rows.ts'
import * as v from 'valibot'
import { hueOf, initialsOf } from '../../renderer/ui/initials.ts'

const chosen = fc.option(fc.string({ minLength: 1 }), { nil: null })
const filters = fc.record({
  kind: fc.constantFrom(...RECORD_KINDS),
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
        expect(RECORD_KINDS).toContain(kind)
        expect(text).toBe('')
      }),
    )
    expect(readFilters(null)).toEqual(NO_FILTERS)
  })

  test('DESK-8 ask the node for nothing that is not chosen', () => {
    expect(filterInput(NO_FILTERS)).toEqual({ kind: 'job' })
    expect(isFiltered(NO_FILTERS)).toBe(false)
    expect(filterInput({ ...NO_FILTERS, zone: 'Yard', text: '  pump ' })).toEqual({
      kind: 'job',
      zone: 'Yard',
      text: 'pump',
    })
  })

  test('DESK-120 keep the kind of record when they are cleared, and are none but it then', () => {
    fc.assert(
      fc.property(filters, (all) => {
        expect(cleared(all)).toEqual({ ...NO_FILTERS, kind: all.kind })
        expect(isFiltered(cleared(all))).toBe(false)
      }),
    )
  })

  test('DESK-120 of fields that a kind lacks never narrow it', () => {
    const zoned = { ...NO_FILTERS, zone: 'Yard', assignee: 'Maya', tag: 'wet' }
    expect(withKind(zoned, 'incident')).toEqual({ ...zoned, kind: 'incident', zone: null })
    expect(withKind({ ...zoned, text: 'belt' }, 'stock')).toEqual({
      ...NO_FILTERS,
      kind: 'stock',
      text: 'belt',
    })
    expect(withKind(zoned, 'job')).toEqual(zoned)
  })

  test('DESK-121 what has no checklist is open, waiting or closed, and never half done', () => {
    expect(stagesOf('job')).toEqual(['todo', 'doing', 'waiting', 'closed'])
    expect(stagesOf('incident')).toEqual(['todo', 'waiting', 'closed'])
    expect(stagesOf('case')).toEqual(stagesOf('incident'))
    expect(stagesOf('stock')).toEqual([])
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

describe('the stock', () => {
  const item = (name: string, held: Readonly<Record<string, number>> = {}): StockRow => ({
    record: `id of ${name}`,
    name,
    location: 'Aisle 4',
    unit: 'boxes',
    on_hand: 0,
    drawn: 0,
    held: Object.entries(held).map(([actor, amount]) => ({ actor, name: actor, amount })),
  })
  const names = (items: readonly StockRow[]) => items.map(({ name }) => name)

  test('DESK-123 is narrowed by every word of a search, and sorted as people count', () => {
    const items = ['Belt 10', 'Belt 9', 'filter', 'Árbol'].map((name) => item(name))
    expect(names(listed(items, '', 'es'))).toEqual(['Árbol', 'Belt 9', 'Belt 10', 'filter'])
    expect(names(listed(items, 'AISLE belt', 'en'))).toEqual(['Belt 9', 'Belt 10'])
    expect(names(listed(items, 'belt filter', 'en'))).toEqual([])
  })

  test('DESK-123 says what a device holds, and who holds most', () => {
    const belts = item('Belt', { desk: 3, tablet: 0, hq: 40 })
    expect(['desk', 'tablet', 'stranger', null].map((actor) => heldBy(belts, actor))).toEqual([3, 0, 0, 0])
    expect(holdersOf(belts).map(({ actor }) => actor)).toEqual(['hq', 'desk'])
  })

  test('DESK-125 counts what this device asked for and waits for, and nothing else', () => {
    const belts = item('Belt')
    const asked = (change: Partial<RequestRow>): RequestRow => ({
      request: 'r',
      action: 'stock',
      record: belts.record,
      kind: 'stock',
      detail: { amount: 5 },
      signed: [],
      mine: false,
      title: 'Belt',
      reference: null,
      number: null,
      by: 'desk',
      name: 'desk',
      state: 'waiting',
      waits_for: null,
      since: 0,
      decided: null,
      decided_by: null,
      reason: null,
      audit_number: null,
      ...change,
    })
    const others = [
      { by: 'tablet' },
      { state: 'accepted' as const },
      { record: 'another' },
      { action: 'check' as const },
    ]
    expect(askedBy([asked({}), asked({ detail: { amount: 2 } }), ...others.map(asked)], 'desk', belts)).toBe(
      7,
    )
  })
})

describe('an amount', () => {
  test('DESK-124 is a whole number from 1 to a million, or none', () => {
    expect(['1', ' 12 ', '1000000'].map(readAmount)).toEqual([1, 12, 1_000_000])
    const none = ['', '0', '-3', '1.5', '1e3', '1000001', 'ten', '99999999999999999999']
    expect(none.map(readAmount)).toEqual(none.map(() => null))
    fc.assert(
      fc.property(fc.string(), (text) => {
        const amount = readAmount(text)
        expect(amount === null || (Number.isInteger(amount) && amount >= 1 && amount <= 1_000_000)).toBe(true)
      }),
    )
  })
})

describe('the retention policy', () => {
  const typed = (size: string, types: string, days: string) => ({ size, types, days })

  test('DESK-127 is sent as the contract takes it, and stands in the form as it was typed', () => {
    const full = retentionOf(typed('2,5', 'image/*, Application/PDF, image/*', '365'))
    expect(full).toEqual({ max_bytes: 2_500_000, types: ['image/*', 'application/pdf'], max_days: 365 })
    expect(retentionOf(typed('', ' ', ''))).toEqual(NO_POLICY)
    for (const policy of [full, NO_POLICY]) expect(v.is(SITE_COMMANDS['policy.set'], policy)).toBe(true)
    expect(typedOf({ max_bytes: 2_500_000, types: ['image/*'], max_days: null })).toEqual(
      typed('2.5', 'image/*', ''),
    )
  })

  test('DESK-127 names each field that cannot be read', () => {
    expect([...faultsOf(typed('0', 'pictures', '1.5'))]).toEqual(['size', 'types', 'days'])
    expect([...faultsOf(typed('', '', ''))]).toEqual([])
    expect([...faultsOf(typed('big', 'image/*,', '7'))]).toEqual(['size'])
  })

  test('DESK-127 is stricter when something that may stay now would have to go', () => {
    const now = { max_bytes: 5_000_000, types: ['image/*', 'text/plain'], max_days: null }
    expect(isStricter(now, now)).toBe(false)
    expect(isStricter(NO_POLICY, now)).toBe(false)
    expect(isStricter({ ...now, max_bytes: 4_000_000 }, now)).toBe(true)
    expect(isStricter({ ...now, max_days: 30 }, now)).toBe(true)
    expect(isStricter({ ...now, types: ['image/*'] }, now)).toBe(true)
    expect(isStricter({ ...now, types: ['image/*', 'text/plain', 'video/mp4'] }, now)).toBe(false)
    expect(isStricter({ ...now, types: ['image/*'] }, { ...now, types: ['image/png'] })).toBe(false)
    expect(isStricter({ ...now, types: ['image/png'] }, { ...now, types: ['image/*'] })).toBe(true)
  })
})
