/**
 * Words that come as content and not as ops: the updates of another device's text, placed in a copy of the text as it
 * is here. Nothing of them is kept as it came; what the copy then reads is written anew by whoever takes it over.
 */
import * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { clockOf, transactExactly } from './document.ts'
import { readUpdate } from './read-update.ts'
import { isTextBlock } from './schema.ts'
import { endOf, type ClockRange, type Struct, type StructId } from './struct.ts'
import { writeUpdate } from './write-update.ts'

/** Clocks of another client whose words were told anew, and the clock of one's own at which they begin. */
export type Retold = ClockRange & { readonly own: number }

/**
 * Applies an update of `client` to a copy. False where it does not find its place: words before it are missing, or
 * other words of that client stand where it says that its own do. The copy is then of no more use.
 */
export function placeUpdate(copy: Y.Doc, bytes: Bytes, client: number): boolean {
  const update = readUpdate(bytes)
  if (!update.ok || (update.value.client !== null && update.value.client !== client)) return false
  const first = update.value.structs[0]
  if (first && first.clock !== clockOf(copy, client)) return false
  try {
    transactExactly(copy, () => {
      Y.applyUpdate(copy, bytes)
    })
  } catch {
    return false
  }
  return copy.store.pendingStructs === null && copy.store.pendingDs === null
}

/** The words that an update inserts, a line for each block; empty where it only deletes or marks. */
export function wordsOf(bytes: Bytes): string {
  const update = readUpdate(bytes)
  if (!update.ok) return ''
  let words = ''
  for (const { content } of update.value.structs) {
    if (content.kind === 'string') words += content.text
    else if (content.kind === 'element' && isTextBlock(content.name) && words !== '') words += '\n'
    else if (content.kind === 'element' && content.name === 'hardBreak') words += '\n'
  }
  return words
}

/**
 * The same words and deletions in one's own name: what the update makes gets clocks of `client` from `start` on, and
 * so does what was retold before wherever the update points to it. Null for what is no update.
 */
export function retell(
  bytes: Bytes,
  {
    client,
    start,
    before,
  }: { readonly client: number; readonly start: number; readonly before: readonly Retold[] },
): { readonly update: Bytes; readonly retold: readonly Retold[] } | null {
  const read = readUpdate(bytes)
  if (!read.ok) return null
  const { structs, deletes, client: author } = read.value
  const [first, last] = [structs[0], structs.at(-1)]
  const made: Retold[] =
    first && last && author !== null
      ? [{ client: author, from: first.clock, to: endOf(last), own: start }]
      : []
  const retold = [...before, ...made]
  const update = writeUpdate({
    client: author === null ? null : client,
    structs: structs.map((struct) => renamed(struct, client, start - (first?.clock ?? 0), retold)),
    deletes: deletes.flatMap((range) => renamedRanges(range, client, retold)),
  })
  return { update, retold }
}

function renamed(struct: Struct, client: number, shift: number, retold: readonly Retold[]): Struct {
  const at = (id: StructId): StructId => {
    const found = retold.find(
      (each) => each.client === id.client && each.from <= id.clock && id.clock < each.to,
    )
    return found ? { client, clock: found.own + id.clock - found.from } : id
  }
  const { origin, rightOrigin, parent } = struct
  return {
    ...struct,
    clock: struct.clock + shift,
    origin: origin && at(origin),
    rightOrigin: rightOrigin && at(rightOrigin),
    parent: parent === null || typeof parent === 'string' ? parent : at(parent),
  }
}

/** A range is cut where one of what was retold begins or ends. */
function renamedRanges(range: ClockRange, client: number, retold: readonly Retold[]): ClockRange[] {
  const found = retold.find(
    (each) => each.client === range.client && each.from < range.to && range.from < each.to,
  )
  if (!found) return [range]
  const [from, to] = [Math.max(range.from, found.from), Math.min(range.to, found.to)]
  const shift = found.own - found.from
  return [
    ...(range.from < from ? renamedRanges({ ...range, to: from }, client, retold) : []),
    { client, from: from + shift, to: to + shift },
    ...(to < range.to ? renamedRanges({ ...range, from: to }, client, retold) : []),
  ]
}
