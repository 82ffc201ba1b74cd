/**
 * When to send the vector again. Two occasions: a run had to wait for something that has come since, and a
 * quiet peer whose digest still differs. Each vector that brings nothing doubles the wait before the next.
 */
import { PACE } from './pace.ts'

export class Repair {
  #lastRun: number
  #lastVector: number
  #wait: number = PACE.vectorLeast
  /** A run was left out, or waits for its causes. */
  #owed = false
  /** Something was committed since the last vector. */
  #grown = false
  #differs = false

  constructor(now: number) {
    this.#lastRun = now
    this.#lastVector = now
  }

  /** A run went either way. */
  run(now: number): void {
    this.#lastRun = now
    this.#differs = false
  }

  leftOut(): void {
    this.#owed = true
  }

  committed(): void {
    this.#grown = true
    this.#wait = PACE.vectorLeast
  }

  /** What the peer's last digest said, at a moment when nothing was under way. */
  compared(equal: boolean): void {
    this.#differs = !equal
    if (!equal) return
    this.#wait = PACE.vectorLeast
    this.#owed = false
  }

  isDue(now: number): boolean {
    const missing = (this.#owed && this.#grown) || this.#differs
    return missing && this.isQuiet(now) && now - this.#lastVector >= this.#wait
  }

  isQuiet(now: number): boolean {
    return now - this.#lastRun >= PACE.quiet
  }

  sent(now: number): void {
    this.#lastVector = now
    this.#wait = Math.min(2 * this.#wait, PACE.vectorMost)
    this.#owed = false
    this.#grown = false
    this.#differs = false
  }
}
