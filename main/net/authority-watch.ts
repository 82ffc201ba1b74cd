/**
 * How long ago the authority was heard, directly or through others. Every peer tells the age that it knows; an age
 * only grows on its way, so that two devices cannot assure each other of what neither has heard.
 */
export class AuthorityWatch {
  /** ms of the monotonic clock. */
  #heard: number | null = null

  /** The authority was heard `age` ms before `now`; an older word than the last changes nothing. */
  heard(age: number, now: number): void {
    this.#heard = Math.max(this.#heard ?? -Infinity, now - Math.max(0, age))
  }

  age(now: number): number | null {
    return this.#heard === null ? null : now - this.#heard
  }
}
