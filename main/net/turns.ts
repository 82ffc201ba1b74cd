/**
 * Shares the event loop among links: one step of one link in each turn, in the order in which they asked, so that
 * a peer far behind holds nobody up and no turn grows long.
 */
export interface Worker {
  /** One bounded piece of work. */
  work(): void
  readonly busy: boolean
}

export class Turns {
  #waiting = new Set<Worker>()
  #scheduled: NodeJS.Immediate | null = null

  wake(worker: Worker): void {
    if (!worker.busy) return
    this.#waiting.add(worker)
    this.#scheduled ??= setImmediate(() => this.#turn())
  }

  stop(): void {
    this.#waiting.clear()
    if (this.#scheduled !== null) clearImmediate(this.#scheduled)
    this.#scheduled = null
  }

  #turn(): void {
    this.#scheduled = null
    const [worker] = this.#waiting
    if (worker === undefined) return
    this.#waiting.delete(worker)
    if (worker.busy) worker.work()
    this.wake(worker)
    if (this.#waiting.size > 0) this.#scheduled ??= setImmediate(() => this.#turn())
  }
}
