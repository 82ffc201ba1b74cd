/**
 * The fold of a text: from its valid stored updates, and which of them count, to one document (design 6,
 * "Text of ops that do not count"). The result depends on that set alone, not on the order in which it came.
 *
 * - Every valid update enters, so that later words always find their place.
 * - What does not count is then hidden: its words are deleted, its deletions and its attributes never
 *   happened.
 * - What stands where the schema has no place for it is deleted too.
 */
import * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { invariant } from '../../base/invariant.ts'
import { placeOf, rangesToSet, structsFrom, structsOf, type AnyStruct, type DeleteSet } from './deleted.ts'
import { assertWhole, emptyText, isWhole, transactExactly } from './document.ts'
import { hideStructs } from './hide.ts'
import { removeMisplaced } from './misplaced.ts'
import { readUpdate } from './read-update.ts'
import type { ClockRange, Update } from './struct.ts'
import { writeUpdate } from './write-update.ts'

/** An update that passed `checkUpdate`, with what the check found. */
export type StoredUpdate = {
  readonly bytes: Bytes
  readonly client: number
  readonly from: number
  readonly to: number
  /** Whether its op is judged accepted, or adopted. */
  readonly counts: boolean
}

/** What many updates say together, for good: all their structs, and what those of them deleted that count. */
export type TextBase = { readonly bytes: Bytes; readonly deletes: Bytes }

/**
 * `updates` in an order that respects causes, behind what is in `base`: the same document in any such order, for words
 * that all have neighbours (`neighbours.ts`).
 */
export function foldText(updates: readonly StoredUpdate[], base: TextBase | null = null): Y.Doc {
  const doc = gatherText(updates, base)
  assertWhole(doc)
  const hidden = updates.filter((update) => !update.counts)
  const deletes = deletesThatCount(updates, base)
  transactExactly(doc, (transaction) => {
    // Before anything is deleted: a node that is goes with all that is in it, however deep that is.
    removeMisplaced(transaction, structsOf(doc))
    Y.applyUpdate(doc, writeUpdate({ client: null, structs: [], deletes: rangesOf(deletes) }))
    if (hidden.length > 0) hideStructs(transaction, rangesToSet(hidden), deletes)
  })
  return doc
}

/**
 * All words of a text at their places, whichever of them count, and nothing deleted. Of two branches' words under one
 * name the first stand, and others may wait.
 */
export function gatherText(updates: readonly StoredUpdate[], base: TextBase | null): Y.Doc {
  const doc = emptyText()
  transactExactly(doc, () => {
    if (base) Y.applyUpdate(doc, base.bytes)
    for (const { bytes } of updates) applyWords(doc, bytes)
    // What came before its causes waits in Yjs for one more update, though all that it needs has come.
    for (const { bytes } of updates) if (!isWhole(doc)) applyWords(doc, bytes)
  })
  return doc
}

/** Brings the words of one more update to such a text. */
export function addWords(doc: Y.Doc, bytes: Bytes): void {
  transactExactly(doc, () => {
    applyWords(doc, bytes)
  })
}

function applyWords(doc: Y.Doc, bytes: Bytes): void {
  const update = stored(bytes)
  if (update.structs.length > 0)
    Y.applyUpdate(doc, update.deletes.length > 0 ? writeUpdate({ ...update, deletes: [] }) : bytes)
}

/** The base that updates and the one before make together. What does not count among them is still to be given as such. */
export function sealText(updates: readonly StoredUpdate[], base: TextBase | null): TextBase {
  const doc = gatherText(updates, base)
  assertWhole(doc)
  const deletes = rangesOf(deletesThatCount(updates, base))
  return {
    bytes: Y.encodeStateAsUpdate(doc),
    deletes: writeUpdate({ client: null, structs: [], deletes }),
  }
}

const rangesOf = (deletes: DeleteSet): ClockRange[] =>
  [...deletes.clients].flatMap(([client, items]) =>
    items.map(({ clock, len }) => ({ client, from: clock, to: clock + len })),
  )

/** How far each client's words in a base reach; null where its bytes are no update. */
export function textReach(bytes: Bytes): ReadonlyMap<number, number> | null {
  try {
    return Y.parseUpdateMeta(bytes).to
  } catch {
    return null
  }
}

/**
 * Adds one more update that counts, in place: the fast path. `hidden` are the structs of updates in `doc`
 * that do not count. Answers false where the update touches those, so that what is hidden changes: `doc` is
 * then of no more use, and the text must be folded anew.
 */
export function appendText(
  doc: Y.Doc,
  update: Omit<StoredUpdate, 'counts'>,
  hidden: readonly ClockRange[] = [],
): boolean {
  let alone = true
  transactExactly(doc, (transaction) => {
    Y.applyUpdate(doc, update.bytes)
    const added = structsFrom(doc, update.client, update.from)
    removeMisplaced(transaction, added)
    alone = hidden.length === 0 || !touches(transaction, added, update.bytes, rangesToSet(hidden))
  })
  assertWhole(doc)
  return alone
}

function touches(
  transaction: Y.Transaction,
  added: readonly AnyStruct[],
  bytes: Bytes,
  hidden: DeleteSet,
): boolean {
  let found = added.some((struct) => isBeside(struct, hidden))
  Y.iterateDeletedStructs(transaction, rangesToSet(stored(bytes).deletes), (struct) => {
    found ||= Y.isDeleted(hidden, struct.id) || isBeside(struct, hidden)
  })
  return found
}

/** Inside a hidden node, or the same attribute as a hidden one. */
function isBeside(struct: AnyStruct, hidden: DeleteSet): boolean {
  const place = placeOf(struct)
  if (place === null || !(struct instanceof Y.Item)) return false
  if (place._item !== null && Y.isDeleted(hidden, place._item.id)) return true
  if (struct.parentSub === null) return false
  for (let rival = place._map.get(struct.parentSub) ?? null; rival !== null; rival = rival.left)
    if (Y.isDeleted(hidden, rival.id)) return true
  return false
}

function deletesThatCount(updates: readonly StoredUpdate[], base: TextBase | null): DeleteSet {
  const counting = updates.filter((update) => update.counts)
  const own = rangesToSet(counting.flatMap((update) => stored(update.bytes).deletes))
  return base ? Y.mergeDeleteSets([own, Y.decodeUpdate(base.deletes).ds]) : own
}

function stored(bytes: Bytes): Update {
  const read = readUpdate(bytes)
  invariant(read.ok, 'only updates that passed the check are folded')
  return read.value
}
