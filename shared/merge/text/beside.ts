/**
 * An editor's update on its way into an op. Editors write words between two letters side by side; but Yjs, when it
 * takes back a deletion inside of what was itself deleted and brought back, may name one letter as both neighbours, or
 * two the wrong way round. Nobody could tell where such words stand, and the op would be refused. So their neighbours
 * are told anew, by where the editor shows them.
 */
import type * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { copyText } from './document.ts'
import { itemAt } from './deleted.ts'
import { placeUpdate } from './handed-in.ts'
import { haveNeighbours, wereWrittenSo } from './neighbours.ts'
import { readUpdate } from './read-update.ts'
import { endOf, type Struct, type StructId } from './struct.ts'
import { writeUpdate } from './write-update.ts'

/** The update of `client` as it can stand in the text `doc`: itself, but where its words are told anew. */
export function besideNeighbours(doc: Y.Doc, bytes: Bytes, client: number): Bytes {
  const read = readUpdate(bytes)
  const [first] = read.ok ? read.value.structs : []
  if (!read.ok || !first || wereWrittenSo(read.value, doc)) return bytes
  const copy = copyText(doc, 0)
  if (!placeUpdate(copy, bytes, client) || haveNeighbours(copy, client, first.clock)) return bytes
  const structs = read.value.structs.map((struct) => asItStands(copy, client, struct))
  return writeUpdate({ ...read.value, structs })
}

/** With the letters that it stands between as its neighbours; what its client wrote later was not there yet. */
function asItStands(doc: Y.Doc, client: number, struct: Struct): Struct {
  const [first, last] = [
    itemAt(doc, { client, clock: struct.clock }),
    itemAt(doc, { client, clock: endOf(struct) - 1 }),
  ]
  if (!first || !last || first.parentSub !== null) return struct
  const isLater = (item: Y.Item): boolean => item.id.client === client && item.id.clock >= struct.clock
  const origin =
    first.id.clock < struct.clock ? { client, clock: struct.clock - 1 } : endBefore(first, isLater)
  const rightOrigin = startBehind(last, isLater)
  if (origin === null && rightOrigin === null) return struct
  return { ...struct, origin, rightOrigin, parent: null, attribute: null }
}

function endBefore(item: Y.Item, isPassed: (item: Y.Item) => boolean): StructId | null {
  let left = item.left
  while (left !== null && isPassed(left)) left = left.left
  return left?.lastId ?? null
}

function startBehind(item: Y.Item, isPassed: (item: Y.Item) => boolean): StructId | null {
  let right = item.right
  while (right !== null && isPassed(right)) right = right.right
  return right?.id ?? null
}
