/**
 * Whether words stand between letters that can have stood side by side. An author sees two letters next to one another
 * and writes between them: so neither was written with something between itself and the other. Where this holds of all
 * words, they come to stand in one order, whichever are heard of first; who writes updates by hand could name any two
 * letters, and each device would show the text in the order in which it came.
 *
 * Letters say what they were written between, and where they stand to one another never changes: any document that
 * holds what the author knew gives the same answer.
 */
import * as Y from 'yjs'
import { itemAt, placeOf, structsFrom } from './deleted.ts'
import { isSameId, structAt, type Struct, type StructId, type Update } from './struct.ts'

/** What a letter, or anything else that takes one clock, was written between; null: the end of its list. */
type Neighbours = Pick<Struct, 'origin' | 'rightOrigin'>
/** What a letter says of itself; null where nothing is known of it. */
type Said = (id: StructId) => Neighbours | null

/** Do a client's structs from a clock on, which `doc` holds, stand so? */
export function haveNeighbours(doc: Y.Doc, client: number, from: number): boolean {
  const said: Said = (id) => saidIn(doc, id)
  const lists = new Lists(doc)
  return structsFrom(doc, client, from).every((struct) => {
    // What was collected stands nowhere.
    if (!(struct instanceof Y.Item) || placeOf(struct) === null) return true
    return isWrittenSo(struct, said) || standBetween(struct, said, lists)
  })
}

/**
 * The same where it shows without a look at how letters stand, as it does of what is typed, save beside what several
 * wrote at one place at once. Without a document it shows of words that stand beside and in nothing but each other.
 */
export function wereWrittenSo(
  { client, structs }: Pick<Update, 'client' | 'structs'>,
  doc: Y.Doc | null,
): boolean {
  const own = (id: StructId): Struct | null => (id.client === client ? structAt(structs, id.clock) : null)
  const said: Said = (id) => {
    const struct = own(id)
    return struct ? saidOf(struct, struct.clock, id) : doc && saidIn(doc, id)
  }
  const isIn = ({ parent }: Struct): boolean =>
    doc !== null || parent === null || typeof parent === 'string' || own(parent) !== null
  return structs.every((struct) => isIn(struct) && isWrittenSo(struct, said))
}

/**
 * Does anything depend on words of some clients where a client's structs from a clock on stand: a letter beside them,
 * or one that such a letter was written beside, and so on?
 */
export function dependOn(doc: Y.Doc, client: number, from: number, clients: ReadonlySet<number>): boolean {
  const met = new Set<string>()
  const left: StructId[] = structsFrom(doc, client, from).map(({ id }) => id)
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    const key = `${id.client}/${id.clock}`
    if (met.has(key)) continue
    met.add(key)
    if (clients.has(id.client)) return true
    const said = saidIn(doc, id)
    for (const next of [said?.origin, said?.rightOrigin]) if (next) left.push(next)
  }
  return false
}

/** Was one of the two letters written beside the other, or nothing beside the only one? */
function isWrittenSo({ origin, rightOrigin }: Neighbours, said: Said): boolean {
  const [left, right] = [origin && said(origin), rightOrigin && said(rightOrigin)]
  if (origin !== null && rightOrigin !== null)
    return isSameId(right?.origin, origin) || isSameId(left?.rightOrigin, rightOrigin)
  if (origin !== null) return left?.rightOrigin === null
  return rightOrigin === null || right?.origin === null
}

/** Do the two letters stand in their order, and what each was written beside not between them? */
function standBetween({ origin, rightOrigin }: Neighbours, said: Said, lists: Lists): boolean {
  if (origin === null || rightOrigin === null || !lists.inOrder(origin, rightOrigin)) return false
  const [before, after] = [said(rightOrigin)?.origin, said(origin)?.rightOrigin]
  return (!before || lists.inOrder(before, origin)) && (!after || lists.inOrder(rightOrigin, after))
}

function saidIn(doc: Y.Doc, id: StructId): Neighbours | null {
  const item = itemAt(doc, id)
  return item && saidOf(item, item.id.clock, id)
}

/** Of the letter `id` in what was written at once from the clock `first` on. */
const saidOf = (
  { origin, rightOrigin }: Neighbours,
  first: number,
  { client, clock }: StructId,
): Neighbours => ({
  origin: clock > first ? { client, clock: clock - 1 } : origin,
  rightOrigin,
})

/** How the items of a document stand in their lists: counted where two of a list must be compared. */
class Lists {
  readonly #doc: Y.Doc
  readonly #orders = new Map<Y.Item, ReadonlyMap<Y.Item, number>>()

  constructor(doc: Y.Doc) {
    this.#doc = doc
  }

  inOrder(a: StructId, b: StructId): boolean {
    const [one, other] = [itemAt(this.#doc, a), itemAt(this.#doc, b)]
    if (one === null || other === null) return false
    if (one === other) return a.clock < b.clock
    const order = this.#orders.get(one) ?? this.#count(one)
    const [first, second] = [order.get(one), order.get(other)]
    return first !== undefined && second !== undefined && first < second
  }

  #count(item: Y.Item): ReadonlyMap<Y.Item, number> {
    const order = new Map<Y.Item, number>()
    let first = item
    while (first.left !== null) first = first.left
    for (let next: Y.Item | null = first; next !== null; next = next.right) {
      order.set(next, order.size)
      this.#orders.set(next, order)
    }
    return order
  }
}
