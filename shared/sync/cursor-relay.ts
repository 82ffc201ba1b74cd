/** The authority's signed cursor on its way through a session: the newest, once, and not with every op. */
import type { Bytes } from '../base/bytes.ts'
import { PACE } from './pace.ts'
import type { SyncStore } from './store.ts'
import { tagOf } from './wire.ts'

export class CursorRelay {
  readonly #store: Pick<SyncStore, 'authorityCursor' | 'receiveAuthorityCursor'>
  /** Names the cursor that both sides hold. */
  #shared: number | null = null
  #sent = -Infinity

  constructor(store: Pick<SyncStore, 'authorityCursor' | 'receiveAuthorityCursor'>) {
    this.#store = store
  }

  /** Names the cursor that is held here, for the hello. */
  tag(): number | null {
    const bytes = this.#store.authorityCursor()
    return bytes === null ? null : tagOf(bytes)
  }

  /** What the peer's hello named. */
  peerHolds(tag: number | null): void {
    this.#shared = tag === this.tag() ? tag : null
  }

  /** The peer began anew: what it could not check before, it may be able to now. */
  offerAgain(): void {
    this.#shared = null
  }

  /**
   * One that cannot be checked yet (the genesis op is not here) is nobody's fault; it is offered again. True when the
   * authority has said something new by it.
   */
  take(bytes: Bytes): boolean {
    const before = this.tag()
    const taken = this.#store.receiveAuthorityCursor(bytes)
    if (taken && tagOf(bytes) === this.tag()) this.#shared = tagOf(bytes)
    return taken && this.tag() !== before
  }

  /** The cursor to be sent now, to a peer that has all the ops that it speaks of; null when none is due. */
  next(now: number): Bytes | null {
    if (now - this.#sent < PACE.cursor) return null
    const bytes = this.#store.authorityCursor()
    if (bytes === null || tagOf(bytes) === this.#shared) return null
    this.#shared = tagOf(bytes)
    this.#sent = now
    return bytes
  }
}
