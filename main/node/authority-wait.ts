/**
 * After a start the authority first listens: its database may be an old copy, and a peer may hold newer words of its
 * own. It decides once a peer has compared logs with it, or after a minute, for a desk that is alone in the morning
 * must be able to work. An authority without other members need not ask.
 */
import type { PeerLink } from '../net/contract.ts'

const MINUTE = 60_000

export type AuthorityWaitOptions = {
  readonly others: () => number
  readonly peers: () => readonly PeerLink[]
  /** Monotonic, ms. */
  readonly now: () => number
  readonly limit?: number | undefined
}

export class AuthorityWait {
  readonly #options: AuthorityWaitOptions
  readonly #until: number
  #over = false

  constructor(options: AuthorityWaitOptions) {
    this.#options = options
    this.#until = options.now() + (options.limit ?? MINUTE)
    this.#over = options.others() === 0
  }

  /** Whole ms, rounded up, until it is over at the latest: a timer drops fractions and would fire before that. */
  left(): number {
    return Math.max(0, Math.ceil(this.#until - this.#options.now()) + 1)
  }

  isOver(): boolean {
    this.#over ||= this.#options.now() >= this.#until || this.#options.peers().some(hasCompared)
    return this.#over
  }
}

/** A peer's lag is known once its cursor has been seen. */
const hasCompared = ({ link, lag }: PeerLink): boolean => link === 'up' && lag !== null
