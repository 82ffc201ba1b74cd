/** Ranges of clocks as Yjs keeps them, and the structs of a document by clock. */
import * as Y from 'yjs'
import type { ClockRange, StructId } from './struct.ts'
import { writeUpdate } from './write-update.ts'

export type DeleteSet = ReturnType<typeof Y.createDeleteSet>

export type AnyStruct = Y.Item | Y.GC

/** Sorted and merged, as `Y.isDeleted` needs it; empty ranges are left out. */
export function rangesToSet(ranges: readonly ClockRange[]): DeleteSet {
  const deletes = ranges.filter((range) => range.from < range.to)
  return Y.mergeDeleteSets([Y.decodeUpdate(writeUpdate({ client: null, structs: [], deletes })).ds])
}

export const structsOf = (doc: Y.Doc): AnyStruct[] => [...doc.store.clients.values()].flat()

/**
 * A client's structs from a clock on, the latest first. Within the transaction that added them, no earlier
 * clock is in them.
 */
export function structsFrom(doc: Y.Doc, client: number, from: number): AnyStruct[] {
  const structs = doc.store.clients.get(client) ?? []
  const found: AnyStruct[] = []
  for (let i = structs.length - 1; i >= 0; i -= 1) {
    const struct = structs[i]
    if (!struct || struct.id.clock < from) break
    found.push(struct)
  }
  return found
}

/** The item that holds a letter, or what else takes one clock; null where it is not here, or was collected. */
export function itemAt(doc: Y.Doc, { client, clock }: StructId): Y.Item | null {
  if (clock >= Y.getState(doc.store, client)) return null
  const struct: AnyStruct = Y.getItem(doc.store, Y.createID(client, clock))
  return struct instanceof Y.Item && placeOf(struct) !== null ? struct : null
}

/** The type that an integrated struct stands in; null for what was collected. */
export const placeOf = (struct: AnyStruct): Y.AbstractType<unknown> | null =>
  struct instanceof Y.Item && struct.parent instanceof Y.AbstractType ? struct.parent : null
