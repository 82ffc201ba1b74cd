/**
 * Stratum 2: two different ops under one seq. From there on only the branch stands that the authority's chain names
 * first, and only as far as that chain names it; the rest falls, on every replica, whichever branch it saw first. So it
 * goes at every fork of the branch that stands: one op stands under each seq. The authority's own fork is settled by a
 * handover alone, which names the op through which its chain stands.
 *
 * What an op knows may hold another branch of its own author, by way of others: only its chain tells its branch.
 */
import type { ActorId } from '../model/ids.ts'
import type { Membership } from './membership.ts'
import type { Past, Placed } from './past.ts'

export interface ForkPast extends Past {
  /** Every seq at which a branch of the actor leaves another, ascending; none where it has but one. */
  forksOf(actor: ActorId): readonly number[]
  /** All ops stored under this name, in the order of their hashes. */
  branches(actor: ActorId, seq: number): readonly Placed[]
  /** The last op that stands in the log of an actor without a fork. */
  lastOf(actor: ActorId): Placed | null
}

export class Forks {
  readonly #past: ForkPast
  readonly #members: Membership
  /** By actor and the op before the fork: the op whose branch stands; null while the authority named none. */
  readonly #standing = new Map<string, Placed | null>()

  /** By op at the seq of a fork: is its chain, up to it, on branches that stand? */
  readonly #chosen = new Map<number, boolean>()

  constructor(past: ForkPast, members: Membership) {
    this.#past = past
    this.#members = members
  }

  /** Does the op stand, as far as forks go? */
  stands(op: Placed): boolean {
    const forks = this.#past.forksOf(op.actor).filter((seq) => seq <= op.seq)
    if (forks.length === 0) return true
    const held = this.#members.tenures.some(({ actor }) => actor === op.actor)
    // What a checkpoint knows, the authority's chain has named: what it names later comes second.
    return held ? this.#standsAsHeld(op, forks) : this.#isChosen(op, forks) && this.#named(op)
  }

  /** Of who holds or held the role: no naming settles its forks, so what a checkpoint did not know must not count under it. */
  #standsAsHeld(op: Placed, all: readonly number[]): boolean {
    const checkpoint = this.#members.finalBy(op)
    const forks = checkpoint ? all.filter((seq) => this.#knowsFork(checkpoint, op.actor, seq)) : all
    if (forks.length === 0) return true
    if (forks.some((seq) => this.#comesSecond(op, seq))) return false
    const ends = this.#endsKnown(op.actor, checkpoint)
    if (ends === null) return this.#isChosen(op, forks) && this.#named(op)
    return ends.some((end) => this.#leadsTo(op, end))
  }

  #knowsFork(checkpoint: Placed, actor: ActorId, seq: number): boolean {
    const known = this.#past.branches(actor, seq).filter((one) => this.#past.knows(checkpoint, one))
    return known.length > 1
  }

  /** Where the actor's times as the authority ended, as far as the checkpoint knows; null: it knows of no such time. */
  #endsKnown(actor: ActorId, checkpoint: Placed | null): Placed[] | null {
    const { tenures } = this.#members
    const knows = (op: Placed | undefined): boolean =>
      checkpoint === null || (op !== undefined && this.#past.knows(checkpoint, op))
    const own = tenures.flatMap((tenure, i) =>
      tenure.actor === actor && knows(tenure.since)
        ? [{ end: knows(tenures[i + 1]?.since) ? tenure.end : null }]
        : [],
    )
    return own.length === 0 ? null : own.flatMap(({ end }) => end ?? [])
  }

  /** Does another branch stand for good, by a checkpoint that had not heard of this one? */
  #comesSecond(op: Placed, seq: number): boolean {
    const own = this.#inChain(op, seq)
    const rivals = this.#past.branches(op.actor, seq).filter(({ no }) => no !== own?.no)
    const before = (own && this.#members.finalBy(own)?.no) ?? Infinity
    return rivals.some((rival) => {
      const first = this.#members.finalBy(rival)
      return first !== null && first.no < before && this.stands(rival)
    })
  }

  /** Is `op` in the chain of the later op of the same actor? */
  #leadsTo(op: Placed, later: Placed): boolean {
    return op.seq <= later.seq && this.#inChain(later, op.seq)?.no === op.no
  }

  /** The op of the same actor at a seq in the chain that an op ends. */
  #inChain(op: Placed, seq: number): Placed | null {
    return seq === op.seq ? op : this.#past.resolve(op, { actor: op.actor, seq })
  }

  /** Is its chain, at every fork up to it, on the branch that stands? Found once for each op at a fork. */
  #isChosen(op: Placed, forks: readonly number[]): boolean {
    const open: Placed[] = []
    let chosen = true
    for (const seq of forks.toReversed()) {
      const own = this.#inChain(op, seq)
      const known = own && this.#chosen.get(own.no)
      if (own && known === undefined) open.push(own)
      else {
        chosen = known ?? false
        break
      }
    }
    for (const own of open.reverse()) {
      chosen &&= this.#isFirst(own)
      this.#chosen.set(own.no, chosen)
    }
    return chosen
  }

  /** Of all ops that leave the same one, is it the one whose branch stands? */
  #isFirst(own: Placed): boolean {
    const { actor, seq } = own
    const before = seq > 1 ? (this.#inChain(own, seq - 1)?.no ?? null) : null
    const key = `${actor} ${before}`
    const known = this.#standing.get(key)
    const first = known === undefined ? this.#choose(actor, seq, before) : known
    this.#standing.set(key, first)
    return first?.no === own.no
  }

  #choose(actor: ActorId, fork: number, before: number | null): Placed | null {
    const siblings = this.#past
      .branches(actor, fork)
      .filter((one) => fork === 1 || this.#inChain(one, fork - 1)?.no === before)
    const [only] = siblings
    return siblings.length === 1 && only ? only : this.#firstNamed(siblings)
  }

  /** The one that the authority's chain named first; of several named by one op, that with the least hash. */
  #firstNamed(candidates: readonly Placed[]): Placed | null {
    for (const { actor, since, end } of this.#members.tenures) {
      const last = end ?? this.#lastOf(actor)
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
    return this.#members.tenures.some(({ actor, end }) => {
      const last = end ?? this.#lastOf(actor)
      return last !== null && this.#past.knows(last, op)
    })
  }

  /** An authority that forked itself names nothing beyond its fork. */
  #lastOf(actor: ActorId): Placed | null {
    const last = this.#past.lastOf(actor)
    const [fork = Infinity] = this.#past.forksOf(actor)
    return last && last.seq >= fork ? this.#past.resolve(last, { actor, seq: fork - 1 }) : last
  }
}
