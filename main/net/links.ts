/**
 * The links of this node, at most one to each peer. Two devices that call each other at once come to the same
 * answer without talking: the call of the lesser actor stays.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'

/** Tablets carry each other's ops, but each keeps few others: desks and edges link everyone (design 9). */
const TABLET_LINKS = 4

/** What of a link decides. */
type Linked = { readonly peer: ActorId; readonly dialled: boolean; readonly ended: boolean }

export type Verdict<L> =
  | { readonly take: true; readonly instead: L | null }
  /** `replaced`: the link that is there stays. `full`: enough tablets are linked. */
  | { readonly take: false; readonly why: 'replaced' | 'full' }

type Offer = Omit<Linked, 'ended'>

export class Links<L extends Linked> {
  readonly #own: ActorId
  readonly #roleOf: (actor: ActorId) => Role | null
  readonly #links = new Map<ActorId, L>()

  constructor(own: ActorId, roleOf: (actor: ActorId) => Role | null) {
    this.#own = own
    this.#roleOf = roleOf
  }

  /** May a link to this peer be added, and which one goes for it? Asked before a call is carried on, and again at its end. */
  judge(offer: Offer): Verdict<L> {
    const there = this.get(offer.peer)
    if (there !== null) return this.#settle(there, offer)
    return this.#isFull(offer.peer) ? { take: false, why: 'full' } : { take: true, instead: null }
  }

  #settle(there: L, offer: Offer): Verdict<L> {
    const stays = there.dialled === offer.dialled ? this.#fromOneSide(there) : this.#fromBothSides(there)
    return stays ? { take: false, why: 'replaced' } : { take: true, instead: there }
  }

  /** This side calls nobody twice; a peer that calls again has lost its earlier call. */
  #fromOneSide(there: L): boolean {
    return there.dialled
  }

  #fromBothSides(there: L): boolean {
    const ownIsLesser = this.#own < there.peer
    return there.dialled === ownIsLesser
  }

  #isFull(peer: ActorId): boolean {
    if (this.#roleOf(this.#own) !== 'technician' || this.#roleOf(peer) !== 'technician') return false
    return this.all().filter((link) => this.#roleOf(link.peer) === 'technician').length >= TABLET_LINKS
  }

  add(link: L): void {
    this.#links.set(link.peer, link)
  }

  /** False when another link took its place before. */
  remove(link: L): boolean {
    if (this.#links.get(link.peer) !== link) return false
    return this.#links.delete(link.peer)
  }

  /** Null where none is, or one that has ended and only waits for its socket to go. */
  get(peer: ActorId): L | null {
    const link = this.#links.get(peer)
    return link === undefined || link.ended ? null : link
  }

  all(): readonly L[] {
    return [...this.#links.values()].filter((link) => !link.ended)
  }
}
