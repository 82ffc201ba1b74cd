/**
 * What the node does when nobody asks: the authority's decisions, then work that the replica put off, then, after a
 * quiet while, emptying the write-ahead log. One small piece a turn of the event loop, so that no asker waits.
 */
import type { Logger } from 'pino'

/** Quiet time before the write-ahead log is emptied, ms. */
const QUIET_MS = 2_000
/** Pause after a failure, such as a full disk, before the next try, ms. */
const AFTER_FAILURE_MS = 5_000

export type SlicesOptions = {
  /** Each does one piece and answers whether more is left; the first that has work goes first. */
  readonly work: readonly (() => boolean)[]
  readonly whenQuiet: () => void
  readonly log: Logger
}

export class Slices {
  readonly #options: SlicesOptions
  #turn: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  /** When what failed last did, ms of a clock that only goes forward. */
  readonly #failed = new Map<() => boolean, number>()
  #stopped = false

  constructor(options: SlicesOptions) {
    this.#options = options
  }

  /** To be called after every commit, and when something may have become possible. */
  wake(): void {
    if (this.#stopped || this.#turn !== undefined) return
    clearTimeout(this.#timer)
    this.#turn = setImmediate(() => this.#work())
  }

  stop(): void {
    this.#stopped = true
    clearImmediate(this.#turn)
    clearTimeout(this.#timer)
  }

  #work(): void {
    this.#turn = undefined
    const now = performance.now()
    if (this.#options.work.some((piece) => this.#did(piece, now))) this.wake()
    else if (this.#failed.size > 0) this.#later(AFTER_FAILURE_MS, () => this.wake())
    else this.#later(QUIET_MS, () => this.#options.whenQuiet())
  }

  /** What fails rests for a while, and keeps nothing else from being done. */
  #did(piece: () => boolean, now: number): boolean {
    if (now - (this.#failed.get(piece) ?? -Infinity) < AFTER_FAILURE_MS) return false
    this.#failed.delete(piece)
    try {
      return piece()
    } catch (error) {
      this.#options.log.error(error, 'work in the background failed')
      this.#failed.set(piece, now)
      return false
    }
  }

  #later(ms: number, then: () => void): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#safely(then), ms)
    this.#timer.unref()
  }

  #safely(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#options.log.error(error, 'work in the background failed')
    }
  }
}
