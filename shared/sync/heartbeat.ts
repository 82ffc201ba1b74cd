/** When to ask whether the peer is there, and when to give it up. Times are ms of any clock that only goes forward. */
import { PACE } from './pace.ts'

export class Heartbeat {
  #heard: number
  #asked: number
  #looked: number

  constructor(now: number) {
    this.#heard = now
    this.#asked = now
    this.#looked = now
  }

  heard(now: number): void {
    this.#heard = now
  }

  /** Asked whatever the traffic is: the answer also carries the peer's digest. */
  isDue(now: number): boolean {
    if (now - this.#asked < PACE.ping) return false
    this.#asked = now
    return true
  }

  /** Whatever was heard before counts for little now: the peer is asked next, and has `PACE.doubt` to answer. */
  doubt(now: number): void {
    this.#asked = -Infinity
    this.#looked = now
    this.#heard = now - (PACE.silence - PACE.doubt)
  }

  /**
   * To be asked at every tick. A tick that comes late says that this device slept or was held up: what the peer sent
   * meanwhile is still unread, so that its silence counts only from here.
   */
  isSilent(now: number, greeted: boolean): boolean {
    const wasAway = now - this.#looked > PACE.stall
    this.#looked = now
    if (wasAway) this.#heard = Math.max(this.#heard, now - PACE.ping)
    return now - this.#heard > (greeted ? PACE.silence : PACE.greeting)
  }
}
