/** The pure parts of the conflict queue: rules, choices, selection, what differs, keys. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chosenValue,
  resolutionOf,
  stillStands,
  withWriters,
  type Conflict,
} from '../../renderer/conflicts/conflict.ts'
import { differences } from '../../renderer/conflicts/difference.ts'
import { listVerb } from '../../renderer/conflicts/keys.ts'
import { pickBy } from '../../renderer/conflicts/rules.ts'
import { EMPTY_SELECTION, extend, follow, step, stepTo, toggle } from '../../renderer/conflicts/selection.ts'

const MAYA = 'a'.repeat(64)
const LUIS = 'b'.repeat(64)
const NOBODY = 'c'.repeat(64)

const value = (author: string, text: string | null, wall: number, seq = 1) => ({
  dot: `${author}:${seq}.0`,
  value: text,
  author,
  name: author === MAYA ? 'Maya' : 'Luis',
  wall,
})

const conflict = (...values: Conflict['values'][number][]): Conflict => ({
  record: 'd'.repeat(32),
  child: null,
  field: 'title',
  title: 'Pump',
  reference: 'WO-1',
  number: null,
  zone: null,
  values,
})

const anyConflict = fc
  .array(
    fc.tuple(
      fc.constantFrom(MAYA, LUIS),
      fc.string({ unit: 'grapheme' }),
      fc.nat(5),
      fc.integer({ min: 1, max: 9 }),
    ),
    { minLength: 2, maxLength: 5 },
  )
  .map((rows) => conflict(...rows.map(([author, text, wall, seq]) => value(author, text, wall, seq))))

describe('rules', () => {
  test('DESK-50 newest takes the latest time shown, and the greater dot among equals', () => {
    const both = conflict(value(MAYA, 'old', 10), value(LUIS, 'new', 20))
    expect(pickBy({ rule: 'newest' }, both)?.value).toBe('new')
    const equal = conflict(value(LUIS, 'of Luis', 20), value(MAYA, 'of Maya', 20))
    expect(pickBy({ rule: 'newest' }, equal)?.value).toBe('of Luis')
  })

  test('DESK-50 longest counts characters as people do, and an empty value is the shortest', () => {
    const family = '👨‍👩‍👧'
    const texts = conflict(value(MAYA, 'pump', 1), value(LUIS, family, 9), value(LUIS, null, 9, 2))
    expect(pickBy({ rule: 'longest' }, texts)?.value).toBe('pump')
    expect(pickBy({ rule: 'longest' }, conflict(value(MAYA, null, 9), value(LUIS, '', 1)))?.value).toBe('')
  })

  test('DESK-50 an author without a value leaves the field open', () => {
    const both = conflict(value(MAYA, 'one', 10), value(LUIS, 'two', 20))
    expect(pickBy({ rule: 'mine', actor: MAYA }, both)?.value).toBe('one')
    expect(pickBy({ rule: 'mine', actor: NOBODY }, both)).toBeNull()
    expect(pickBy({ rule: 'author', actor: LUIS, name: 'Luis' }, both)?.value).toBe('two')
  })

  test('DESK-50 the order in which the values stand changes nothing', () => {
    const rules = [{ rule: 'newest' }, { rule: 'longest' }, { rule: 'mine', actor: LUIS }] as const
    fc.assert(
      fc.property(anyConflict, fc.constantFrom(...rules), (given, rule) => {
        const distinct = [...new Map(given.values.map((one) => [one.dot, one])).values()]
        const there = pickBy(rule, { ...given, values: distinct })
        const back = pickBy(rule, { ...given, values: distinct.toReversed() })
        expect(back).toEqual(there)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('choices', () => {
  const both = conflict(value(MAYA, 'one', 10), value(LUIS, 'two', 20))
  const pick = { how: 'pick', dot: `${MAYA}:1.0`, rule: null } as const
  const merge = { how: 'merge', value: 'both', over: both.values.map(({ dot }) => dot) } as const

  test('DESK-57 a pick stands while its value is there', () => {
    expect(stillStands(both, pick)).toBe(true)
    expect(chosenValue(both, pick)).toBe('one')
    const gone = conflict(value(LUIS, 'two', 20), value(LUIS, 'three', 30, 2))
    expect(stillStands(gone, pick)).toBe(false)
    expect(chosenValue(gone, pick)).toBeUndefined()
  })

  test('DESK-57 a value of one’s own stands only over the very values it was made from', () => {
    expect(stillStands(both, merge)).toBe(true)
    expect(stillStands(conflict(...both.values, value(LUIS, 'three', 30, 2)), merge)).toBe(false)
    expect(stillStands(conflict(value(MAYA, 'one', 10), value(LUIS, 'four', 40, 3)), merge)).toBe(false)
  })

  test('DESK-57 a choice names its field, and the child only where there is one', () => {
    expect(resolutionOf(both, pick)).toEqual({ record: both.record, field: 'title', pick: pick.dot })
    const child = 'e'.repeat(32)
    expect(resolutionOf({ ...both, child, field: 'text' }, merge)).toEqual({
      record: both.record,
      child,
      field: 'text',
      value: 'both',
    })
  })
})

describe('after an undo', () => {
  test('DESK-61 a value that was set anew keeps the name and time of who wrote it', () => {
    const before = conflict(value(MAYA, 'one', 10), value(LUIS, 'two', 20))
    const anew = conflict(value(NOBODY, 'one', 90, 4), value(NOBODY, 'three', 90, 5))
    const shown = withWriters(anew, before.values)
    expect(shown.values[0]).toEqual({ ...before.values[0], dot: `${NOBODY}:4.0` })
    expect(shown.values[1]).toEqual(anew.values[1])
    expect(withWriters(anew, undefined)).toBe(anew)
  })
})

describe('selection', () => {
  const keys = ['a', 'b', 'c', 'd', 'e']

  test('DESK-51 a row that is settled hands the cursor to the row that took its place', () => {
    const at = stepTo(EMPTY_SELECTION, 'c')
    expect(follow(at, keys, ['a', 'b', 'd', 'e']).cursor).toBe('d')
    expect(follow(stepTo(EMPTY_SELECTION, 'e'), keys, ['a', 'b']).cursor).toBe('b')
    expect(follow(at, keys, []).cursor).toBeNull()
    expect(follow(EMPTY_SELECTION, [], keys).cursor).toBe('a')
  })

  test('DESK-51 cursor and selection stay on their rows, whatever comes and goes', () => {
    const lists = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f', 'g'))
    fc.assert(
      fc.property(
        lists,
        lists,
        fc.subarray(keys),
        fc.constantFrom(...keys),
        (before, now, chosen, cursor) => {
          const after = follow({ cursor, anchor: cursor, selected: new Set(chosen) }, before, now)
          expect([...after.selected]).toEqual(chosen.filter((key) => now.includes(key)))
          if (now.includes(cursor)) expect(after.cursor).toBe(cursor)
          else
            expect(after.cursor === null ? now.length : now.indexOf(after.cursor)).toBeGreaterThanOrEqual(0)
          expect(after.cursor === null).toBe(now.length === 0)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('DESK-51 a step stays inside the list', () => {
    expect(step(stepTo(EMPTY_SELECTION, 'a'), keys, -1).cursor).toBe('a')
    expect(step(stepTo(EMPTY_SELECTION, 'd'), keys, 8).cursor).toBe('e')
    expect(step(stepTo(EMPTY_SELECTION, 'd'), keys, -Infinity).cursor).toBe('a')
  })

  test('DESK-52 a range runs from where it began to the cursor, beside what was selected', () => {
    const begun = toggle(stepTo(toggle(EMPTY_SELECTION, 'a'), 'c'), 'c')
    const down = extend(extend(begun, keys, 1), keys, 1)
    expect([...down.selected].sort()).toEqual(['a', 'c', 'd', 'e'])
    expect(down.cursor).toBe('e')
    const up = extend(stepTo(EMPTY_SELECTION, 'c'), keys, -1)
    expect([...up.selected].sort()).toEqual(['b', 'c'])
  })
})

describe('differences', () => {
  test('DESK-53 shared beginnings and ends are told from what is each value’s own', () => {
    const [left, right] = differences(['replace filter today', 'replace old filter today'])
    expect(left?.filter(({ own }) => own).map(({ text }) => text)).toEqual([])
    expect(right?.filter(({ own }) => own).map(({ text }) => text)).toEqual(['old '])
  })

  test('DESK-53 the pieces of each text give the text again', () => {
    const word = fc.constantFrom('pump', 'filter', ' ', '  ', 'leak', 'é')
    const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
        const joined = differences(texts).map((runs) => runs.map((run) => run.text).join(''))
        expect(joined).toEqual(texts)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('keys', () => {
  const press = (key: string, held: { shiftKey?: boolean; ctrlKey?: boolean } = {}) =>
    listVerb({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held })

  test('DESK-58 digits choose, arrows move, Shift selects, and other modifiers are left alone', () => {
    expect(press('2')).toEqual({ verb: 'choose', nth: 2 })
    expect(press('0')).toBeNull()
    expect(press('ArrowDown')).toEqual({ verb: 'step', by: 1, extend: false })
    expect(press('ArrowUp', { shiftKey: true })).toEqual({ verb: 'step', by: -1, extend: true })
    expect(press('J', { shiftKey: true })).toEqual({ verb: 'step', by: 1, extend: true })
    expect(press('X', { shiftKey: true })).toEqual({ verb: 'range' })
    expect(press('ArrowDown', { ctrlKey: true })).toBeNull()
    expect(press('Enter')).toEqual({ verb: 'preview' })
  })
})
