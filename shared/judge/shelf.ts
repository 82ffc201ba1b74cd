/**
 * The part of the control state that is final (decision 20) lies on a shelf, piece by piece, and is read when it is
 * asked for: what was decided of a job a year ago need not be in memory, nor be folded again, for the next decision.
 */

/** What lies there, by name: a request by its op, what is said of a record by its id, a refusal by the op's number. */
export type ShelfKind = 'request' | 'turns' | 'sign-offs' | 'about' | 'numbers' | 'refused'

export interface Shelf {
  read(kind: ShelfKind, key: string): unknown
  keys(kind: ShelfKind): readonly string[]
  /** Requests, those with the highest lamports first. */
  newest(most: number): readonly unknown[]
}

/** A map of which the older part lies on a shelf. Its values are never changed, but replaced. */
export class Layered<K extends string, V> {
  readonly kind: ShelfKind
  readonly #shelf: Shelf | null
  readonly #changed = new Map<K, V>()

  constructor(kind: ShelfKind, shelf: Shelf | null) {
    this.kind = kind
    this.#shelf = shelf
  }

  get(key: K): V | undefined {
    return this.#changed.get(key) ?? (this.#shelf?.read(this.kind, key) as V | undefined)
  }

  set(key: K, value: V): void {
    this.#changed.set(key, value)
  }

  /** What is not on the shelf, or otherwise there. */
  get changed(): ReadonlyMap<K, V> {
    return this.#changed
  }

  /** Every key, also those on the shelf. */
  keys(): Set<K> {
    return new Set([...((this.#shelf?.keys(this.kind) ?? []) as readonly K[]), ...this.#changed.keys()])
  }
}
