/**
 * Cuts a long update into several that pass the check one after the other: a long note is several ops (design
 * 4). Structs keep their order and their ids, a long text is cut between letters, and deletions come last,
 * when all that they could name is there.
 */
import { LIMITS } from '../../op/limits.ts'
import type { Bytes } from '../../base/bytes.ts'
import { invariant } from '../../base/invariant.ts'
import { readUpdate } from './read-update.ts'
import type { Struct } from './struct.ts'
import { sizeOf, writeUpdate } from './write-update.ts'

/** Bytes an update takes beside its structs or ranges: counts, the client and the first clock. */
const ENVELOPE = 64
/** Bytes a struct takes at most beside its text: two ids or a parent, and lengths. */
const HEAD = 64
/** Bytes of a range of deletions at most, with its client. */
const RANGE = 40

/**
 * `update` is one that `editPlain`, `newText` or an editor made; it may be longer than an op. The parts come
 * in the order in which they must be applied, each at most `maxBytes` long, and together they do what
 * `update` does.
 */
export function splitUpdate(update: Bytes, maxBytes: number): Bytes[] {
  const read = readUpdate(update)
  invariant(read.ok, 'only an update of our own is split')
  const { client, structs, deletes } = read.value
  if (update.length <= maxBytes && structs.length <= LIMITS.textStructs) return [update]
  const room = maxBytes - ENVELOPE
  const pieces = client === null ? [] : structs.flatMap((struct) => cutStruct(struct, client, room - HEAD))
  return [
    ...grouped(pieces, sizeOf, room).map((group) => ({ client, structs: group, deletes: [] })),
    ...grouped(deletes, () => RANGE, room).map((group) => ({ client: null, structs: [], deletes: group })),
  ].map(writeUpdate)
}

/** In order, as many as fit into each group. */
function grouped<T>(items: readonly T[], sizeOfItem: (item: T) => number, room: number): T[][] {
  const groups: T[][] = []
  let left = 0
  for (const item of items) {
    const size = sizeOfItem(item)
    invariant(size <= room, 'every struct fits into one part')
    const group = groups.at(-1)
    if (group && size <= left && group.length < LIMITS.textStructs) group.push(item)
    else groups.push([item])
    left = (groups.at(-1)?.length === 1 ? room : left) - size
  }
  return groups
}

/** A text longer than `most` bytes as several that follow each other, as Yjs itself would split it. */
function cutStruct(struct: Struct, client: number, most: number): Struct[] {
  if (struct.content.kind !== 'string') return [struct]
  let clock = struct.clock
  return cutText(struct.content.text, most).map((text, i) => {
    const content = { kind: 'string', text } as const
    const piece = { ...struct, clock, length: text.length, content }
    clock += text.length
    if (i === 0) return piece
    return { ...piece, origin: { client, clock: piece.clock - 1 }, parent: null, attribute: null }
  })
}

/** Between letters, by their length in UTF-8. */
function cutText(text: string, most: number): string[] {
  const parts: string[] = []
  let [start, end, bytes] = [0, 0, 0]
  for (const letter of text) {
    const size = utf8Length(letter)
    if (bytes + size > most) {
      parts.push(text.slice(start, end))
      start = end
      bytes = 0
    }
    bytes += size
    end += letter.length
  }
  parts.push(text.slice(start))
  return parts
}

function utf8Length(letter: string): number {
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  return code < 0x10000 ? 3 : 4
}
