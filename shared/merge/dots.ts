/**
 * The one shape that all merge types but text share: a set of live dots with values. An effect adds its own
 * dot and removes dots that it names; since an effect can only name what its author had seen, and ops are
 * delivered causally, what is removed is always here before. `DotStore` drops that assumption: it remembers
 * removed dots too, so that any order of delivery gives the same state; the laws are proved on it, and the
 * tables of the replica are held equal to it.
 */
import { formatDot, type ActorId, type Dot, type DotRef } from '../model/ids.ts'
import type { Scalar } from '../op/effect.ts'

export type Entry = { readonly dot: DotRef; readonly value: Scalar; readonly lamport: number }

/** What one effect does to the live dots of its address. */
export type DotChange = { readonly add: readonly Entry[]; readonly remove: readonly DotRef[] }

export type DotStore = { readonly live: ReadonlyMap<Dot, Entry>; readonly gone: ReadonlySet<Dot> }

export const EMPTY_STORE: DotStore = { live: new Map(), gone: new Set() }

export function applyChange(store: DotStore, change: DotChange): DotStore {
  const live = new Map(store.live)
  const gone = new Set(store.gone)
  for (const dot of change.remove) {
    gone.add(formatDot(dot))
    live.delete(formatDot(dot))
  }
  for (const entry of change.add) {
    const dot = formatDot(entry.dot)
    if (!gone.has(dot)) live.set(dot, entry)
  }
  return { live, gone }
}

/** The least state that holds both: what either removed is removed, all else that either has is live. */
export function join(a: DotStore, b: DotStore): DotStore {
  const merged = applyChange({ live: a.live, gone: new Set([...a.gone, ...b.gone]) }, NOTHING)
  const live = new Map(merged.live)
  for (const [dot, entry] of b.live) live.set(dot, entry)
  for (const dot of merged.gone) live.delete(dot)
  return { live, gone: merged.gone }
}

const NOTHING: DotChange = { add: [], remove: [] }

/** Total order over dots, for everything that must come out the same everywhere. */
export function compareDots(a: DotRef, b: DotRef): number {
  return compareActors(a.actor, b.actor) || a.seq - b.seq || a.index - b.index
}

/** The order in which values were set, as far as causes tell, and any one order where they do not. */
export const compareEntries = (a: Entry, b: Entry): number => a.lamport - b.lamport || compareValues(a, b)

/** By dot; where an adopted op of a forked device has the dot of another op that counts, by value. */
export const compareValues = (a: Pick<Entry, 'dot' | 'value'>, b: Pick<Entry, 'dot' | 'value'>): number =>
  compareDots(a.dot, b.dot) || compareScalars(a.value, b.value)

function compareScalars(a: Scalar, b: Scalar): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

export const compareActors = (a: ActorId, b: ActorId): number => (a < b ? -1 : a > b ? 1 : 0)
