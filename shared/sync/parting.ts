/**
 * Heads that the peer named and that are not here. Mostly the peer is ahead, and what it is ahead of is on its way. But
 * where this replica has an op of the actor at that seq, the peer is on another branch: each side then names some of its
 * ops of that actor, ever sparser towards the beginning, and each sends its branch from the last that the other holds.
 */
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { headKey, type Head } from '../op/run.ts'
import type { SyncStore } from './store.ts'

export class Parting {
  readonly #store: SyncStore
  #missing = new Map<string, Head>()
  /** Actors of whom the peer said where its branches run, with the ops that both hold. */
  readonly #located = new Map<ActorId, readonly Head[]>()
  readonly #asked = new Set<ActorId>()
  #toAsk: ActorId[] = []

  constructor(store: SyncStore) {
    this.#store = store
  }

  /** The peer named all its heads. */
  begin(heads: readonly Head[]): void {
    this.#missing = new Map()
    this.note(heads)
  }

  /** Takes note of heads that the peer named. */
  note(heads: readonly Head[]): void {
    const missing = heads.filter((head) => !this.#store.holds(head))
    if (missing.length === 0) return
    const own = new Map(this.#store.heads().map(({ actor, seq }) => [actor, seq] as const))
    for (const head of missing) {
      this.expect(head)
      if ((own.get(head.actor) ?? 0) >= head.seq) this.#ask(head.actor)
    }
  }

  /** The peer has this op, which is not here yet. */
  expect(head: Head): void {
    if (this.#missing.size < LIMITS.actors) this.#missing.set(headKey(head), head)
  }

  /** The peer named ops of its branches: those that are here too. */
  locate(actor: ActorId, heads: readonly Head[]): readonly Head[] {
    // Of whom nothing is here there is nothing to send.
    if (this.#store.lackingFrom([], actor) === null) return []
    const common = heads.filter((head) => this.#store.holds(head))
    this.#located.set(actor, common)
    this.#ask(actor)
    return common
  }

  common(): readonly Head[] {
    return [...this.#located.values()].flat()
  }

  toAsk(): readonly ActorId[] {
    const actors = this.#toAsk
    this.#toAsk = []
    return actors
  }

  /** Heads that have come since they were named. */
  come(): readonly Head[] {
    const come = [...this.#missing.values()].filter((head) => this.#store.holds(head))
    for (const head of come) this.#missing.delete(headKey(head))
    return come
  }

  /** What to go by: once an actor is located, a head that is not here tells nothing more. */
  judged(heads: readonly Head[]): readonly Head[] {
    if (this.#located.size === 0) return heads
    return heads.filter((head) => !this.#located.has(head.actor) || this.#store.holds(head))
  }

  #ask(actor: ActorId): void {
    if (this.#asked.has(actor)) return
    this.#asked.add(actor)
    this.#toAsk.push(actor)
  }
}
