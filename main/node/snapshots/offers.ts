/**
 * Which of the snapshots that peers name is gone for. One at a time, and only where it says what is not here already. What
 * the authority known here has signed goes before what somebody else did, who may have the role by now for all that is
 * known here. What turned out to be none is not taken again, and a peer that named such again and again is not heard.
 */
import { concatBytes, toHex } from '../../../shared/base/bytes.ts'
import type { ActorId } from '../../../shared/model/ids.ts'
import type { Run } from '../../../shared/op/run.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { World } from '../../../shared/replica/ports.ts'
import { checkRun } from '../../../shared/replica/receiving.ts'
import { startIn, type NamedStart } from './beginning.ts'

/** How many that were none a peer may name. */
const MOST_FAULTS = 3
/** How many that were none are remembered. */
const MOST_REFUSED = 100
/** How long one of whom it is not known whether the authority signed it may keep another such from its place, ms. */
const CLAIM_MS = 600_000

type Offer = {
  readonly start: NamedStart
  readonly name: string
  readonly isVouched: boolean
  readonly peers: Set<ActorId>
  readonly since: number
}

export type OffersOptions = {
  readonly replica: Replica
  readonly world: Pick<World, 'crypto' | 'vocabulary'>
  /** ms of a clock that only goes forward. */
  readonly now: () => number
}

export class Offers {
  readonly #options: OffersOptions
  readonly #refused = new Set<string>()
  readonly #faults = new Map<ActorId, number>()
  #offer: Offer | null = null

  constructor(options: OffersOptions) {
    this.#options = options
  }

  /** A peer names a snapshot: the one that is to be gone for, if that is it. */
  take(peer: ActorId, run: Run): NamedStart | null {
    if (this.#isLeft(peer)) return null
    const start = startIn(run)
    if (start === null || this.#isHere(start)) return null
    const name = this.#nameOf(run)
    if (this.#refused.has(name)) return null
    if (this.#offer?.name !== name) return this.#consider(peer, start, name)
    this.#offer.peers.add(peer)
    return this.#offer.start
  }

  #consider(peer: ActorId, start: NamedStart, name: string): NamedStart | null {
    const signed = this.#signedBy(start.run)
    if (signed === 'nobody') {
      this.#blame(peer)
      return null
    }
    const offer = {
      start,
      name,
      isVouched: signed === 'authority',
      peers: new Set([peer]),
      since: this.#options.now(),
    }
    if (!this.#goesBefore(offer, peer)) return null
    this.#offer = offer
    return start
  }

  /** It cannot be begun from. */
  refuse(start: NamedStart): void {
    const name = this.#nameOf(start.run)
    const [oldest] = this.#refused
    if (this.#refused.size >= MOST_REFUSED && oldest !== undefined) this.#refused.delete(oldest)
    this.#refused.add(name)
    if (this.#offer?.name !== name) return
    for (const peer of this.#offer.peers) this.#blame(peer)
    this.#offer = null
  }

  get anyRefused(): boolean {
    return this.#refused.size > 0
  }

  /** Who holds its checkpoint holds all that is under it. */
  #isHere({ run, checkpoint }: NamedStart): boolean {
    return this.#options.replica.heads().some(({ actor, seq }) => actor === run.actor && seq >= checkpoint)
  }

  #goesBefore(offer: Offer, peer: ActorId): boolean {
    const before = this.#offer
    if (before === null) return true
    if (before.isVouched !== offer.isVouched) return offer.isVouched
    const isLater =
      offer.start.run.actor === before.start.run.actor && offer.start.checkpoint > before.start.checkpoint
    if (offer.isVouched || before.peers.has(peer)) return isLater
    return offer.since - before.since > CLAIM_MS
  }

  /** Of whom no admission is here the signature cannot be checked yet. */
  #signedBy(run: Run): 'authority' | 'another' | 'nobody' {
    const { replica, world } = this.#options
    const checked = checkRun(run, replica.site, (actor) => replica.member(actor)?.opKey ?? null, world)
    if (!checked.ok) return checked.error === 'unadmitted' ? 'another' : 'nobody'
    return run.actor === replica.authority() ? 'authority' : 'another'
  }

  /** By all of it: nobody else can have what another said refused. */
  #nameOf({ ops, signature }: Run): string {
    return toHex(this.#options.world.crypto.sha256(concatBytes(...ops, signature)))
  }

  #blame(peer: ActorId): void {
    this.#faults.set(peer, (this.#faults.get(peer) ?? 0) + 1)
  }

  #isLeft(peer: ActorId): boolean {
    return (this.#faults.get(peer) ?? 0) >= MOST_FAULTS
  }
}
