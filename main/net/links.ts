/**
 * The links of this node, at most one to each peer. Two devices that call each other at once come to the same
 * answer without talking: the call of the lesser actor stays.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import { neighboursOf, TABLET_LINKS } from './neighbours.ts'

/** What of a link decides. */
type Linked = { readonly peer: ActorId; readonly dialled: boolean; readonly ended: boolean }

export type Verdict<L> =
  | { readonly take: true; readonly instead: null }
  /** `replaced`: an earlier link to the same peer. `full`: to a tablet that stands further away on the ring. */
  | { readonly take: true; readonly instead: L; readonly because: 'replaced' | 'full' }
  /** `replaced`: the link that is there stays. `full`: enough tablets are linked, all nearer than this one. */
  | { readonly take: false; readonly why: 'replaced' | 'full' }

type Offer = Omit<Linked, 'ended'>

export class Links<L extends Linked> {
  readonly #own: ActorId
  readonly #roleOf: (actor: ActorId) => Role | null
  /** Members that are there for all that is known, linked or not. */
  readonly #there: () => readonly ActorId[]
  readonly #links = new Map<ActorId, L>()

  constructor(
    own: ActorId,
    roleOf: (actor: ActorId) => Role | null,
    there: () => readonly ActorId[] = () => [],
  ) {
    this.#own = own
    this.#roleOf = roleOf
    this.#there = there
  }

  /** May a link to this peer be added, and which one goes for it? Asked before a call is carried on, and again at its end. */
  judge(offer: Offer): Verdict<L> {
    const there = this.get(offer.peer)
    if (there !== null) return this.#settle(there, offer)
    return this.#makeRoom(offer.peer)
  }

  #settle(there: L, offer: Offer): Verdict<L> {
    const stays = there.dialled === offer.dialled ? this.#fromOneSide(there) : this.#fromBothSides(there)
    return stays ? { take: false, why: 'replaced' } : { take: true, instead: there, because: 'replaced' }
  }

  /** This side calls nobody twice; a peer that calls again has lost its earlier call. */
  #fromOneSide(there: L): boolean {
    return there.dialled
  }

  #fromBothSides(there: L): boolean {
    const ownIsLesser = this.#own < there.peer
    return there.dialled === ownIsLesser
  }

  /** Is a link to this peer worth a call? Nobody calls a tablet that stands far away on the ring. */
  wants(peer: ActorId): boolean {
    if (this.get(peer) !== null) return false
    return !this.#areTablets(peer) || this.#near(peer).has(peer)
  }

  /** A tablet that has links enough takes one that stands nearer, and lets go of one that does not. */
  #makeRoom(peer: ActorId): Verdict<L> {
    const tablets = this.#areTablets(peer) ? this.tablets() : []
    if (tablets.length < TABLET_LINKS) return { take: true, instead: null }
    const near = this.#near(peer)
    const spare = tablets.findLast((link) => !near.has(link.peer))
    if (!near.has(peer) || spare === undefined) return { take: false, why: 'full' }
    return { take: true, instead: spare, because: 'full' }
  }

  #near(peer: ActorId): ReadonlySet<ActorId> {
    const there = this.#there().filter((actor) => this.#roleOf(actor) === 'technician')
    return neighboursOf(this.#own, [...this.tablets().map((link) => link.peer), ...there, peer])
  }

  #areTablets(peer: ActorId): boolean {
    return this.#roleOf(this.#own) === 'technician' && this.#roleOf(peer) === 'technician'
  }

  /** The links to tablets. */
  tablets(): readonly L[] {
    return this.all().filter((link) => this.#roleOf(link.peer) === 'technician')
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
