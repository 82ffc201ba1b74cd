/**
 * Hides what ops inserted that do not count, in a document where their deletions were never applied.
 *
 * Words and marks are deleted. A node stays as long as something in it counts, so that words typed by others
 * inside a hidden paragraph are still read; when nothing is left in it, it goes. An attribute goes back to
 * the value that the hidden one had superseded.
 */
import * as Y from 'yjs'
import { placeOf, type DeleteSet } from './deleted.ts'

/** `hidden`: the structs to hide. `deletes`: all that updates that count delete. */
export function hideStructs(transaction: Y.Transaction, hidden: DeleteSet, deletes: DeleteSet): void {
  const items: Y.Item[] = []
  Y.iterateDeletedStructs(transaction, hidden, (struct) => {
    if (struct instanceof Y.Item && placeOf(struct) !== null) items.push(struct)
  })
  const attributes = items.filter((item) => item.parentSub !== null)
  const listed = items.filter((item) => item.parentSub === null && !item.deleted)
  for (const item of listed) if (!(item.content instanceof Y.ContentType)) item.delete(transaction)
  const nodes = new Set(listed.filter((item) => !item.deleted))
  for (const node of nodes) deleteIfEmpty(transaction, node, nodes)
  const shown = new Set(attributes.map((item) => placeOf(item)?._map.get(item.parentSub ?? '')))
  for (const last of shown) if (last) restoreAttribute(transaction, last, hidden, deletes)
}

/** Recursion is bounded: nodes deeper than the schema allows are gone already. */
function deleteIfEmpty(transaction: Y.Transaction, node: Y.Item, nodes: ReadonlySet<Y.Item>): void {
  if (node.deleted || !(node.content instanceof Y.ContentType)) return
  for (const child of childrenOf(node.content.type))
    if (nodes.has(child)) deleteIfEmpty(transaction, child, nodes)
  if (!childrenOf(node.content.type).some((child) => child.countable)) node.delete(transaction)
}

function childrenOf(type: Y.AbstractType<unknown>): Y.Item[] {
  const children: Y.Item[] = []
  for (let item = type._start; item !== null; item = item.right) if (!item.deleted) children.push(item)
  return children
}

/**
 * Yjs shows only the last of an attribute's values. When that one is hidden it takes over the content of the
 * latest one that counts, so that the ids and their order, by which later values find their place, stay as
 * they are.
 */
function restoreAttribute(
  transaction: Y.Transaction,
  last: Y.Item,
  hidden: DeleteSet,
  deletes: DeleteSet,
): void {
  if (last.deleted || !Y.isDeleted(hidden, last.id)) return
  const content = contentThatCounts(last, hidden, deletes)
  if (content === null) last.delete(transaction)
  else Y.getItemCleanStart(transaction, last.lastId).content = content
}

/** Values of one client that Yjs no longer shows are one item once a text was read again: each is looked at by its clock. */
function contentThatCounts(last: Y.Item, hidden: DeleteSet, deletes: DeleteSet): Y.Item['content'] | null {
  for (let item: Y.Item | null = last; item !== null; item = item.left) {
    if (isWithin(hidden, item)) continue
    for (let i = item.length - 1; i >= 0; i -= 1) {
      const id = Y.createID(item.id.client, item.id.clock + i)
      if (Y.isDeleted(deletes, id)) return null
      if (Y.isDeleted(hidden, id)) continue
      const content = item.content.copy()
      return showsOnly(content, i) ? content : null
    }
  }
  return null
}

/** Is all of an item in a set? What takes a million clocks is said in a few bytes. */
const isWithin = ({ clients }: DeleteSet, { id, length }: Y.Item): boolean =>
  clients.get(id.client)?.some(({ clock, len }) => clock <= id.clock && id.clock + length <= clock + len) ??
  false

/** Makes of values one of them; false: they are none. */
function showsOnly(content: unknown, index: number): boolean {
  if (!(content instanceof Y.ContentAny)) return false
  content.arr = content.arr.slice(index, index + 1)
  return true
}
