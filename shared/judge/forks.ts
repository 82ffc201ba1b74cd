/**
 * Stratum 2: two different ops under one seq. From there on only the branch stands that the authority's chain names
 * first, and only as far as that chain names it; the rest falls, on every replica, whichever branch it saw first. The
 * authority's own fork is settled by a handover alone, which names the op through which its chain stands.
 */
import type { ActorId } from '../model/ids.ts'
import type { Membership } from './membership.ts'
import type { Past, Placed } from './past.ts'

export interface ForkPast extends Past {
  /** The least seq at which two branches of the actor differ; null where it has but one. */
  forkedAt(actor: ActorId): number | null
  /** All ops stored under this name, in the order of their hashes. */
  branches(actor: ActorId, seq: number): readonly Placed[]
  /** The last op that stands in the log of an actor without a fork. */
  lastOf(actor: ActorId): Placed | null
}

export class Forks {
  readonly #past: ForkPast
  readonly #members: Membership
  /** By forked actor: the op at the fork whose branch stands; null while the authority named none. */
  readonly #standing = new Map<ActorId, Placed | null>()

  constructor(past: ForkPast, members: Membership) {
    this.#past = past
    this.#members = members
  }

  /** Does the op stand, as far as forks go? */
  stands(op: Placed): boolean {
    const fork = this.#past.forkedAt(op.actor)
    if (fork === null || op.seq < fork) return true
    const tenure = this.#members.tenures.find(({ actor }) => actor === op.actor)
    if (tenure) return tenure.end !== null && this.#past.knows(tenure.end, op)
    const branch = this.#branch(op.actor, fork)
    return branch !== null && this.#past.knows(op, branch) && this.#named(op)
  }

  #branch(actor: ActorId, fork: number): Placed | null {
    const known = this.#standing.get(actor)
    if (known !== undefined) return known
    const found = this.#firstNamed(this.#past.branches(actor, fork))
    this.#standing.set(actor, found)
    return found
  }

  /** The one that the authority's chain named first; of several named by one op, that with the least hash. */
  #firstNamed(candidates: readonly Placed[]): Placed | null {
    for (const { actor, since, through } of this.#members.tenures) {
      const last = this.#lastOfTenure(actor, through)
      let first: { readonly op: Placed; readonly seq: number } | null = null
      for (const op of candidates) {
        const seq = last && this.#seqNaming(actor, since.actor === actor ? since.seq : 1, last, op)
        if (seq !== null && (first === null || seq < first.seq)) first = { op, seq }
      }
      if (first) return first.op
    }
    return null
  }

  /** The first op of the authority that knows `op`: contexts only grow, so it is found by halving. */
  #seqNaming(authority: ActorId, from: number, last: Placed, op: Placed): number | null {
    if (!this.#past.knows(last, op)) return null
    let [low, high] = [from, last.seq]
    while (low < high) {
      const middle = (low + high) >> 1
      const at = this.#past.resolve(last, { actor: authority, seq: middle })
      if (at && this.#past.knows(at, op)) high = middle
      else low = middle + 1
    }
    return low
  }

  #named(op: Placed): boolean {
    return this.#members.tenures.some(({ actor, through }) => {
      const last = this.#lastOfTenure(actor, through)
      return last !== null && this.#past.knows(last, op)
    })
  }

  /** An authority that forked itself names nothing beyond its fork. */
  #lastOfTenure(actor: ActorId, through: number | null): Placed | null {
    const last = this.#past.lastOf(actor)
    const fork = this.#past.forkedAt(actor)
    const end = Math.min(through ?? Infinity, fork === null ? Infinity : fork - 1)
    return last && last.seq > end ? this.#past.resolve(last, { actor, seq: end }) : last
  }
}
