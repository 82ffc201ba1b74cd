/** Members who write updates by hand: any struct that passes the check, at any place that its author knows. */
import fc from 'fast-check'
import { checkUpdate } from '../../shared/merge/text/check.ts'
import type { StoredUpdate } from '../../shared/merge/text/fold.ts'
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

export type Wish = {
  readonly client: number
  readonly content: Content
  readonly at: number
  readonly origin: number
  readonly right: number
  readonly attribute: boolean
  readonly remove: number
  readonly counts: boolean
}

export const wish = (kinds: readonly Content['kind'][] | null = null): fc.Arbitrary<Wish> =>
  fc.record({
    client: fc.constantFrom(3, 5, 8),
    content: fc.constantFrom(...contents.filter(({ kind }) => kinds === null || kinds.includes(kind))),
    at: fc.nat(),
    origin: fc.nat(),
    right: fc.nat(),
    attribute: fc.boolean(),
    remove: fc.nat({ max: 40 }),
    counts: fc.boolean(),
  })

/** The update that a wish makes of what its author knows; null where the check refuses it. */
export function forged(want: Wish, known: readonly StructId[], clock: number): StoredUpdate | null {
  const bytes = writeUpdate({
    client: want.client,
    structs: [structOf(want, clock, known)],
    deletes: rangeOf(want, known),
  })
  const knows = new Set(known.map(({ client, clock: at }) => `${client}/${at}`))
  const covers = (client: number, from: number, to: number): boolean =>
    Array.from({ length: to - from }, (_, i) => from + i).every((at) => knows.has(`${client}/${at}`))
  const checked = checkUpdate(bytes, { client: want.client, next: clock, covers })
  if (!checked.ok) return null
  return { bytes, client: want.client, from: clock, to: checked.value.to, counts: want.counts }
}

export const idsOf = ({ client, from, to }: StoredUpdate): StructId[] =>
  Array.from({ length: to - from }, (_, i) => ({ client, clock: from + i }))

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
