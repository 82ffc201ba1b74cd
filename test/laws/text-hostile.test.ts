/**
 * Members who write by hand what no editor would. The document must stay one that can be read, edited and hashed, and
 * be the same wherever their words are heard of in whatever order.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as Y from 'yjs'
import { toHex } from '../../shared/base/bytes.ts'
import { editPlain } from '../../shared/merge/text/edit.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import {
  addWords,
  appendText,
  foldText,
  gatherText,
  sealText,
  textReach,
  type StoredUpdate,
} from '../../shared/merge/text/fold.ts'
import { haveNeighbours } from '../../shared/merge/text/neighbours.ts'
import { newText } from '../../shared/merge/text/new-text.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import type { Content, StructId } from '../../shared/merge/text/struct.ts'
import { forged, idsOf, wish, type Wish } from './text-forgers.ts'

/** Makes of each wish an update in the context of all before it; those that are refused are left out. */
function updatesOf(wishes: readonly Wish[]): StoredUpdate[] {
  const ids: StructId[] = []
  const stored: StoredUpdate[] = []
  for (const want of wishes) {
    const clock = ids.filter(({ client }) => client === want.client).length
    const update = forged(want, ids, clock)
    if (!update) continue
    ids.push(...idsOf(update))
    stored.push(update)
  }
  return stored
}

const shown = (doc: Y.Doc): string => toHex(textFingerprint(doc))

const hostile = fc.array(wish(), { minLength: 3, maxLength: 25 }).map(updatesOf)

test('TXT-13 whatever stands can be read, hashed and edited', () => {
  fc.assert(
    fc.property(hostile, fc.string({ maxLength: 8 }), (updates, text) => {
      const doc = foldText(updates)
      expect(shown(foldText(updates))).toBe(shown(doc))
      const bytes = editPlain(doc, text, 99)
      if (bytes) {
        expect(appendText(doc, { bytes, client: 99, from: 0, to: 1 })).toBe(true)
      }
      expect(plainText(doc)).toBe(text)
    }),
    { numRuns: 5000 },
  )
})

/** A note that all of them know, and their updates, each with those before it that its author knew. */
type Known = { readonly update: StoredUpdate; readonly past: ReadonlySet<Known> }

const AUTHOR = 100
const NOTE: StoredUpdate = {
  bytes: newText('abc\nd', 'paragraphs', AUTHOR),
  client: AUTHOR,
  from: 0,
  to: textReach(newText('abc\nd', 'paragraphs', AUTHOR))?.get(AUTHOR) ?? 0,
  counts: true,
}

/** Of what each forger makes, hearing of others now and then, what can stand. */
function standing(wishes: readonly { readonly want: Wish; readonly hears: readonly number[] }[]): Known[] {
  const all: Known[] = []
  const knows = new Map<number, Set<Known>>()
  for (const { want, hears } of wishes) {
    const past = new Set(knows.get(want.client))
    for (const other of hears.flatMap((n) => all[n % Math.max(all.length, 1)] ?? []))
      for (const known of [...other.past, other]) past.add(known)
    const before = [NOTE, ...[...past].map(({ update }) => update)]
    const ids = before.flatMap(idsOf)
    const update = forged(want, ids, ids.filter(({ client }) => client === want.client).length)
    if (!update || !canStand(update, before)) continue
    // Whoever knows more is of one mind with its author.
    expect(canStand(update, [NOTE, ...all.map((known) => known.update)])).toBe(true)
    const known = { update, past }
    all.push(known)
    knows.set(want.client, new Set([...past, known]))
  }
  return all
}

function canStand(update: StoredUpdate, before: readonly StoredUpdate[]): boolean {
  const doc = gatherText(before, null)
  addWords(doc, update.bytes)
  return haveNeighbours(doc, update.client, update.from)
}

/** Another order that respects causes. */
function inOrder(all: readonly Known[], picks: readonly number[]): StoredUpdate[] {
  const left = new Set(all)
  const ordered: StoredUpdate[] = []
  for (let i = 0; left.size > 0; i += 1) {
    const ready = [...left].filter(({ past }) => [...past].every((known) => !left.has(known)))
    const next = ready[(picks[i % picks.length] ?? 0) % ready.length]
    if (!next) throw new Error('no update knows of itself')
    left.delete(next)
    ordered.push(next.update)
  }
  return ordered
}

const apart = (kinds: readonly Content['kind'][]): fc.Arbitrary<Known[]> =>
  fc
    .array(fc.record({ want: wish(kinds), hears: fc.array(fc.nat(), { maxLength: 2 }) }), {
      minLength: 20,
      maxLength: 60,
    })
    .map(standing)

const orders = fc.tuple(
  fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
  fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
  fc.nat(),
)

test.each<[string, readonly Content['kind'][]]>([
  ['letters and marks', ['string', 'format']],
  ['nodes and attributes', ['element', 'text', 'value', 'string']],
])(
  'TXT-25 %s that can stand do so in one order, whatever comes first and what of it is sealed',
  (_, kinds) => {
    let stood = 0
    fc.assert(
      fc.property(apart(kinds), orders, (all, [some, others, cut]) => {
        const [one, two] = [inOrder(all, some), inOrder(all, others)]
        const whole = shown(foldText([NOTE, ...one]))
        expect(shown(foldText([NOTE, ...two]))).toBe(whole)
        const under = cut % (two.length + 1)
        const base = sealText([NOTE, ...two.slice(0, under)], null)
        const hidden = two.slice(0, under).filter(({ counts }) => !counts)
        expect(shown(foldText([...hidden, ...two.slice(under)], base))).toBe(whole)
        stood += all.length
      }),
      { numRuns: 1000 },
    )
    expect(stood).toBeGreaterThan(3000)
  },
)
