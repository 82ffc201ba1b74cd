/**
 * Deletes what stands where the schema has no place for it: letters among blocks, blocks among letters,
 * attributes of anything but a node, nodes too deep. An update's bytes alone do not show it, since a struct
 * may tell its place only by its neighbour; an editor would crash on it or delete the whole node. Where a
 * struct stands never changes, so every replica deletes the same.
 */
import { LIMITS } from '../../op/limits.ts'
import * as Y from 'yjs'
import { placeOf, structsFrom, type AnyStruct } from './deleted.ts'

export function removeMisplaced(transaction: Y.Transaction, structs: readonly AnyStruct[]): void {
  const levels = new Map<Y.AbstractType<unknown>, number>()
  const found: { readonly item: Y.Item; readonly level: number }[] = []
  for (const item of structs) {
    const place = placeOf(item)
    if (place === null || !(item instanceof Y.Item) || item.deleted) continue
    const level = levelOf(place, levels)
    if (level > LIMITS.textDepth || !fits(item, place)) found.push({ item, level })
  }
  // The deepest first: deleting a node deletes its children by recursion, which then finds none left.
  found.sort((a, b) => b.level - a.level)
  for (const { item } of found) item.delete(transaction)
}

/** Do a client's structs from a clock on stand no deeper than anything may? */
export function areShallow(doc: Y.Doc, client: number, from: number): boolean {
  const levels = new Map<Y.AbstractType<unknown>, number>()
  return structsFrom(doc, client, from).every((struct) => {
    const place = placeOf(struct)
    return place === null || levelOf(place, levels) <= LIMITS.textDepth
  })
}

function fits(item: Y.Item, place: Y.AbstractType<unknown>): boolean {
  const { content } = item
  if (item.parentSub !== null) return place instanceof Y.XmlElement && content instanceof Y.ContentAny
  if (place instanceof Y.XmlText)
    return content instanceof Y.ContentString || content instanceof Y.ContentFormat
  return content instanceof Y.ContentType
}

function levelOf(place: Y.AbstractType<unknown>, levels: Map<Y.AbstractType<unknown>, number>): number {
  const path: Y.AbstractType<unknown>[] = []
  let at: Y.AbstractType<unknown> | null = place
  while (at !== null && !levels.has(at)) {
    path.push(at)
    at = at.parent
  }
  let level = at === null ? -1 : (levels.get(at) ?? 0)
  for (const type of path.reverse()) {
    level += 1
    levels.set(type, level)
  }
  return level
}
