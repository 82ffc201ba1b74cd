/**
 * The passage of time, sleep included: ms that only go forward. The clock behind `performance.now` stands still while
 * a device sleeps, so that what was heard before would look fresh after; the wall clock tells of the gap.
 */
type Clocks = { readonly monotonic: () => number; readonly wall: () => number }

/** ms. Less is no sleep but a clock that was set right by a little. */
const GAP = 5_000

export class Passage {
  readonly #clocks: Clocks
  /** How far the wall clock was ahead of the other when last asked. */
  #ahead: number
  #slept = 0
  #looked: number
  #hasSlept = false

  constructor(clocks: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() }) {
    this.#clocks = clocks
    this.#ahead = clocks.wall() - clocks.monotonic()
    this.#looked = clocks.monotonic()
  }

  now(): number {
    const { monotonic, wall } = this.#clocks
    const now = monotonic()
    const ahead = wall() - now
    if (ahead - this.#ahead > GAP) {
      this.#slept += ahead - this.#ahead
      this.#hasSlept = true
    }
    this.#ahead = ahead
    return now + this.#slept
  }

  /** To be asked some times a second: has this device slept, or been held up, since it was last asked? */
  hasWoken(): boolean {
    const now = this.now()
    const woke = this.#hasSlept || now - this.#looked > GAP
    this.#looked = now
    this.#hasSlept = false
    return woke
  }
}
