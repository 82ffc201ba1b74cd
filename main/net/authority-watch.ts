/**
 * How long ago the authority was heard, directly or through others. Every peer tells the age that it knows; an age
 * only grows on its way, so that two devices cannot assure each other of what neither has heard. A peer may lie: the
 * authority signs its cursor anew every 15 s, and what peers say is believed only a while beyond the last that came.
 */

/** Of two minutes: cursors are relayed once the ops that they speak of are, which takes a while after an outage. ms. */
const BORNE_OUT = 120_000

export class AuthorityWatch {
  /** ms of the monotonic clock. */
  #heard: number | null = null
  #signed: number

  /** At the start peers are believed for the same while. */
  constructor(now: number) {
    this.#signed = now
  }

  /** The authority itself was heard `age` ms before `now`; an older word than the last changes nothing. */
  heard(age: number, now: number): void {
    this.#heard = Math.max(this.#heard ?? -Infinity, now - Math.max(0, age))
  }

  /** A peer says so. */
  told(age: number, now: number): void {
    this.heard(Math.max(age, now - (this.#signed + BORNE_OUT)), now)
  }

  /** Something new under its signature has come. */
  signed(now: number): void {
    this.#signed = now
  }

  age(now: number): number | null {
    return this.#heard === null ? null : now - this.#heard
  }
}
