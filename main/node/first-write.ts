/**
 * After a start this device first asks what others know of it, before it writes: its data may be an old copy, and
 * another op may stand under its next number already. It asks for two seconds at most, and where it knows of nobody
 * to ask, not at all: work must go on alone.
 */
export const ASK_MS = 2_000

export type FirstWriteOptions = {
  /** Some peer has told what it knows of this device. */
  readonly compared: () => boolean
  /** There is somebody who could be asked. */
  readonly somebody: () => boolean
  /** Monotonic, ms. */
  readonly now: () => number
  readonly limit?: number | undefined
}

const LOOK_MS = 20

export class FirstWrite {
  readonly #options: FirstWriteOptions
  readonly #until: number
  #over = false

  constructor(options: FirstWriteOptions) {
    this.#options = options
    this.#until = options.now() + (options.limit ?? ASK_MS)
  }

  /** Once it may go ahead, it may ever after. */
  isOver(): boolean {
    const { compared, somebody, now } = this.#options
    this.#over ||= compared() || now() >= this.#until || !somebody()
    return this.#over
  }

  /** Nobody waits any longer: the node ends. */
  stop(): void {
    this.#over = true
  }

  async over(): Promise<void> {
    while (!this.isOver()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
