/**
 * What a peer is known to hold: the heads that stand for it. Each is an op by hash, so that a head on one branch of an
 * actor's chain says nothing of another.
 */
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import type { Head } from '../op/run.ts'
import type { SyncStore } from './store.ts'

/** Heads kept of an actor before those in the chain of another are dropped. */
const FEW = 4

type Kept = { heads: readonly Head[]; most: number }

export class Holding {
  readonly #store: Pick<SyncStore, 'leaves' | 'holds'>
  readonly #byActor = new Map<ActorId, Kept>()
  /** Heads that were not here when they were named: a peer can make up as many as it likes. */
  #unseen = 0

  constructor(store: Pick<SyncStore, 'leaves' | 'holds'>, heads: Iterable<Head> = []) {
    this.#store = store
    for (const head of heads) this.add(head)
  }

  /** Of heads that are not here only so many are kept: what is forgotten is sent once too often. */
  add(head: Head): void {
    if (!this.#store.holds(head)) {
      if (this.#unseen >= LIMITS.unseenHeads) return
      this.#unseen += 1
    }
    const kept = this.#byActor.get(head.actor) ?? { heads: [], most: FEW }
    kept.heads = [...kept.heads, head]
    if (kept.heads.length > kept.most) {
      kept.heads = this.#store.leaves(kept.heads).slice(-LIMITS.heads)
      kept.most = Math.max(FEW, 2 * kept.heads.length)
    }
    this.#byActor.set(head.actor, kept)
  }

  of(actor: ActorId): readonly Head[] {
    return this.#byActor.get(actor)?.heads ?? []
  }

  all(): Head[] {
    return [...this.#byActor.values()].flatMap(({ heads }) => heads)
  }
}
