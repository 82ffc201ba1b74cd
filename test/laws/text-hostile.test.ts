/**
 * Members who write by hand what no editor would: any struct that passes the check, at any place its context has. The
 * document must stay one that can be read, edited and hashed.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as Y from 'yjs'
import { toHex } from '../../shared/base/bytes.ts'
import { checkUpdate } from '../../shared/merge/text/check.ts'
import { editPlain } from '../../shared/merge/text/edit.ts'
import { textFingerprint } from '../../shared/merge/text/fingerprint.ts'
import { appendText, foldText, type StoredUpdate } from '../../shared/merge/text/fold.ts'
import { plainText } from '../../shared/merge/text/plain.ts'
import type { Content, Struct, StructId } from '../../shared/merge/text/struct.ts'
import { writeUpdate } from '../../shared/merge/text/write-update.ts'

const contents: readonly Content[] = [
  { kind: 'element', name: 'paragraph' },
  { kind: 'element', name: 'codeBlock' },
  { kind: 'element', name: 'listItem' },
  { kind: 'element', name: 'hardBreak' },
  { kind: 'text' },
  { kind: 'string', text: 'ab' },
  { kind: 'string', text: '😀' },
  { kind: 'format', mark: 'bold', value: {} },
  { kind: 'value', value: 1 },
  { kind: 'deleted', length: 1 },
  { kind: 'collected', length: 1 },
]

type Wish = {
  readonly client: number
  readonly content: Content
  readonly at: number
  readonly origin: number
  readonly right: number
  readonly attribute: boolean
  readonly remove: number
  readonly counts: boolean
}

const wish: fc.Arbitrary<Wish> = fc.record({
  client: fc.constantFrom(3, 5, 8),
  content: fc.constantFrom(...contents),
  at: fc.nat(),
  origin: fc.nat(),
  right: fc.nat(),
  attribute: fc.boolean(),
  remove: fc.nat({ max: 40 }),
  counts: fc.boolean(),
})

/** Makes of each wish an update in the context of all before it; those that are refused are left out. */
function updatesOf(wishes: readonly Wish[]): StoredUpdate[] {
  const ids: StructId[] = []
  const next = new Map<number, number>()
  const stored: StoredUpdate[] = []
  for (const want of wishes) {
    const clock = next.get(want.client) ?? 0
    const bytes = writeUpdate({
      client: want.client,
      structs: [structOf(want, clock, ids)],
      deletes: rangeOf(want, ids),
    })
    const covers = (client: number, _from: number, to: number): boolean => to <= (next.get(client) ?? 0)
    const checked = checkUpdate(bytes, { client: want.client, next: clock, covers })
    if (!checked.ok) continue
    for (let at = checked.value.from; at < checked.value.to; at += 1)
      ids.push({ client: want.client, clock: at })
    next.set(want.client, checked.value.to)
    stored.push({ bytes, client: want.client, from: clock, to: checked.value.to, counts: want.counts })
  }
  return stored
}

/** 0 picks none. */
const pick = (ids: readonly StructId[], n: number): StructId | null =>
  n % 3 === 0 ? null : (ids[n % Math.max(ids.length, 1)] ?? null)

function structOf(want: Wish, clock: number, ids: readonly StructId[]): Struct {
  const { content } = want
  const length = content.kind === 'string' ? content.text.length : 1
  const [origin, rightOrigin] = [pick(ids, want.origin), pick(ids, want.right)]
  const told = origin === null && rightOrigin === null && content.kind !== 'collected'
  const parent = told ? (pick(ids, want.at) ?? 'default') : null
  const attribute = told && want.attribute ? 'level' : null
  const free = content.kind === 'collected' ? { origin: null, rightOrigin: null } : { origin, rightOrigin }
  return { clock, length, ...free, parent, attribute, content }
}

function rangeOf(want: Wish, ids: readonly StructId[]): { client: number; from: number; to: number }[] {
  const id = want.remove < 10 ? ids[want.remove] : undefined
  return id ? [{ client: id.client, from: id.clock, to: id.clock + 1 }] : []
}

const shown = (doc: Y.Doc): string => toHex(textFingerprint(doc))

const hostile = fc.array(wish, { minLength: 3, maxLength: 25 }).map(updatesOf)

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
