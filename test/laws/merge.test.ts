import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actorFor } from './actors.ts'
import {
  applyChange,
  EMPTY_STORE,
  join,
  type DotChange,
  type DotStore,
  type Entry,
} from '../../shared/merge/dots.ts'
import * as draft from '../../shared/merge/draft.ts'
import { assign, shownValue, valuesOf } from '../../shared/merge/register.ts'
import { insert, keysOf, remove } from '../../shared/merge/set.ts'
import { count, sumOf } from '../../shared/merge/tally.ts'
import { isPresent, joinPresences, removeSeen, touch, type Presences } from '../../shared/merge/map.ts'
import type { DotRef } from '../../shared/model/ids.ts'

const RUNS = { numRuns: 1000 }
const ACTORS = [0, 1, 2].map(actorFor)

const ref: fc.Arbitrary<DotRef> = fc.record({
  actor: fc.constantFrom(...ACTORS),
  seq: fc.integer({ min: 1, max: 4 }),
  index: fc.nat(1),
})

/** A dot names one value for ever, so the value is made from the dot; a few values are the same by chance. */
function entryAt(dot: DotRef): Entry {
  const n = ACTORS.indexOf(dot.actor) * 8 + dot.seq * 2 + dot.index
  return { dot, value: n % 5, lamport: dot.seq + (n % 3) }
}

const refs = fc.uniqueArray(ref, { maxLength: 5, selector: (dot) => JSON.stringify(dot) })

const registerChange = fc.tuple(ref, refs).map(([dot, over]) =>
  assign(
    entryAt(dot),
    over.filter((one) => !same(one, dot)),
  ),
)
const setChange = fc.oneof(
  ref.map((dot) => insert(entryAt(dot))),
  refs.map(remove),
)
const tallyChange = ref.map((dot) => count(entryAt(dot)))
const change: fc.Arbitrary<DotChange> = fc.oneof(registerChange, setChange, tallyChange)

const same = (a: DotRef, b: DotRef): boolean => a.actor === b.actor && a.seq === b.seq && a.index === b.index

const foldAll = (changes: readonly DotChange[]): DotStore => changes.reduce(applyChange, EMPTY_STORE)

/** A store in one canonical form. */
const plain = (store: DotStore): unknown => [
  [...store.live].sort(([a], [b]) => (a < b ? -1 : 1)),
  [...store.gone].sort(),
]

/** The same changes in another order, some of them twice. */
const reordered = <T>(changes: readonly T[]): fc.Arbitrary<T[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...changes], { minLength: changes.length, maxLength: changes.length }),
      fc.subarray([...changes]),
    )
    .map(([all, again]) => [...all, ...again])

const changes = fc.array(change, { maxLength: 12 })
const inAnyOrder = changes.chain((list) => fc.tuple(fc.constant(list), reordered(list)))

test('MRG-1 register, set and tally: changes in any order, some of them twice, give the same dots', () => {
  fc.assert(
    fc.property(inAnyOrder, ([list, other]) => {
      expect(plain(foldAll(other))).toEqual(plain(foldAll(list)))
    }),
    RUNS,
  )
})

test('MRG-1 register, set and tally show the same for every order of delivery', () => {
  fc.assert(
    fc.property(inAnyOrder, ([list, other]) => {
      const [a, b] = [[...foldAll(list).live.values()], [...foldAll(other).live.values()]]
      expect(valuesOf(b)).toEqual(valuesOf(a))
      expect(shownValue(b)).toEqual(shownValue(a))
      expect(keysOf(b)).toEqual(keysOf(a))
      expect(sumOf(b)).toBe(sumOf(a))
    }),
    RUNS,
  )
})

test('MRG-2 the join of two stores commutes, associates and is idempotent', () => {
  fc.assert(
    fc.property(changes, changes, changes, (first, second, third) => {
      const [a, b, c] = [foldAll(first), foldAll(second), foldAll(third)]
      expect(plain(join(a, b))).toEqual(plain(join(b, a)))
      expect(plain(join(join(a, b), c))).toEqual(plain(join(a, join(b, c))))
      expect(plain(join(a, a))).toEqual(plain(a))
      expect(plain(join(a, EMPTY_STORE))).toEqual(plain(a))
    }),
    RUNS,
  )
})

test('MRG-2 joining two stores is the same as delivering the changes of both', () => {
  fc.assert(
    fc.property(changes, changes, (first, second) => {
      expect(plain(join(foldAll(first), foldAll(second)))).toEqual(plain(foldAll([...first, ...second])))
    }),
    RUNS,
  )
})

test('MRG-3 draft: the greatest write by lamport and then by dot shows, in whatever order they came', () => {
  const writeAll = (dots: readonly DotRef[]): DotStore =>
    dots.reduce((store, dot) => applyChange(store, draft.write(entryAt(dot))), EMPTY_STORE)
  const dots = fc.uniqueArray(ref, { minLength: 1, maxLength: 10, selector: (dot) => JSON.stringify(dot) })
  fc.assert(
    fc.property(
      dots.chain((list) => fc.tuple(fc.constant(list), reordered(list))),
      ([list, other]) => {
        const [a, b] = [writeAll(list), writeAll(other)]
        expect(plain(b)).toEqual(plain(a))
        expect(a.live.size).toBe(list.length)
        expect(draft.lastWrite(a.live.values())).toEqual(draft.lastWrite(list.map(entryAt)))
      },
    ),
    RUNS,
  )
})

type Act = (presences: Presences) => Presences

const seen = fc.record({ actor: fc.constantFrom(...ACTORS), seq: fc.integer({ min: 1, max: 6 }) })
const act: fc.Arbitrary<Act> = fc.oneof(
  seen.map(
    ({ actor, seq }): Act =>
      (presences) =>
        touch(presences, actor, seq),
  ),
  fc.array(seen, { maxLength: 3 }).map(
    (all): Act =>
      (presences) =>
        removeSeen(presences, all),
  ),
)
const acts = fc.array(act, { maxLength: 12 })
const foldActs = (list: readonly Act[]): Presences =>
  list.reduce<Presences>((presences, one) => one(presences), new Map())
const plainPresences = (presences: Presences): unknown => [...presences].sort(([a], [b]) => (a < b ? -1 : 1))

test('MRG-4 map: touches and removals of a child in any order, some of them twice, give the same presence', () => {
  fc.assert(
    fc.property(
      acts.chain((list) => fc.tuple(fc.constant(list), reordered(list))),
      ([list, other]) => {
        expect(plainPresences(foldActs(other))).toEqual(plainPresences(foldActs(list)))
        expect(isPresent(foldActs(other).values())).toBe(isPresent(foldActs(list).values()))
      },
    ),
    RUNS,
  )
})

test('MRG-4 map: the join of two presences commutes, associates, is idempotent, and is delivery of both', () => {
  fc.assert(
    fc.property(acts, acts, acts, (first, second, third) => {
      const [a, b, c] = [foldActs(first), foldActs(second), foldActs(third)]
      expect(plainPresences(joinPresences(a, b))).toEqual(plainPresences(joinPresences(b, a)))
      expect(plainPresences(joinPresences(joinPresences(a, b), c))).toEqual(
        plainPresences(joinPresences(a, joinPresences(b, c))),
      )
      expect(plainPresences(joinPresences(a, a))).toEqual(plainPresences(a))
      expect(plainPresences(joinPresences(a, b))).toEqual(plainPresences(foldActs([...first, ...second])))
    }),
    RUNS,
  )
})
