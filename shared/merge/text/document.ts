/**
 * The Yjs document of one text, and its state as editors take it.
 *
 * Nothing is collected (`gc: false`): a word that was deleted by an op that later falls comes back with a
 * refold, an attribute that was superseded likewise, and structs keep their place in the tree, which tells
 * what may stand beside them. The price is the memory of deleted words, which a note can pay.
 *
 * A document only takes updates; it never writes, so the random client id that Yjs gives it never shows.
 */
import * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { invariant } from '../../base/invariant.ts'
import { FRAGMENT } from './schema.ts'

export function emptyText(): Y.Doc {
  const doc = new Y.Doc({ gc: false, guid: '' })
  fragmentOf(doc)
  return doc
}

export const fragmentOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment(FRAGMENT)

/**
 * Runs `work` as one transaction that changes nothing but what `work` says. After remote changes Yjs would
 * tidy marks that look needless just then, by deletions of its own: two replicas that took the same updates
 * in another order would tidy otherwise. It does so for transactions that are not local, hence the flag,
 * which every `applyUpdate` inside clears. The other thing that Yjs does for remote changes alone is done
 * here: forgetting the remembered positions of types that changed.
 */
export function transactExactly(doc: Y.Doc, work: (transaction: Y.Transaction) => void): void {
  Y.transact(doc, (transaction) => {
    work(transaction)
    for (const type of transaction.changed.keys()) type._searchMarker?.splice(0)
    transaction.local = true
  })
}

/**
 * All that was given has found its place: what passes the check, in an order that respects causes, always
 * does.
 */
export function assertWhole(doc: Y.Doc): void {
  invariant(isWhole(doc), 'a text takes only updates whose causes it holds')
}

export const isWhole = (doc: Y.Doc): boolean =>
  doc.store.pendingStructs === null && doc.store.pendingDs === null

/** A document of its own with the same state, that writes as `client`. */
export function copyText(doc: Y.Doc, client: number): Y.Doc {
  const copy = emptyText()
  transactExactly(copy, () => {
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  })
  copy.clientID = client
  return copy
}

/** The update that `work` writes, or null when it changes nothing. */
export function recordUpdate(doc: Y.Doc, work: () => void): Bytes | null {
  const updates: Bytes[] = []
  const keep = (update: Bytes): void => void updates.push(update)
  doc.on('update', keep)
  Y.transact(doc, work)
  doc.off('update', keep)
  invariant(updates.length <= 1, 'one transaction writes one update')
  return updates[0] ?? null
}

/** The next clock of a client. */
export const clockOf = (doc: Y.Doc, client: number): number => Y.getState(doc.store, client)

/** How far the document reaches, per client: an editor hands it in to be sent only what it lacks. */
export const vectorOf = (doc: Y.Doc): Bytes => Y.encodeStateVector(doc)

/**
 * The state as one update: all of it, or what an editor with the vector `since` lacks. A vector that cannot
 * be read gives all of it, which is never wrong, since updates are idempotent.
 */
export function stateOf(doc: Y.Doc, since?: Bytes): Bytes {
  if (since === undefined) return Y.encodeStateAsUpdate(doc)
  try {
    return Y.encodeStateAsUpdate(doc, since)
  } catch {
    return Y.encodeStateAsUpdate(doc)
  }
}
