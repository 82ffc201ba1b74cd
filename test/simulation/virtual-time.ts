/** A clock that turns only as far as something is due: what is due at one moment happens in the order in which it was planned. */
type Planned = { readonly at: number; readonly order: number; readonly run: () => void }

export class VirtualTime {
  #queue: Planned[] = []
  #now = 0
  #order = 0

  /** ms. */
  get now(): number {
    return this.#now
  }

  at(at: number, run: () => void): void {
    this.#order += 1
    const planned = { at, order: this.#order, run }
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#queue[middle]
      if (other && (other.at < at || (other.at === at && other.order < planned.order))) low = middle + 1
      else high = middle
    }
    this.#queue.splice(low, 0, planned)
  }

  /** Lets so many ms go by. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = this.#queue[0]
      if (!next || next.at > end) break
      this.#queue.shift()
      this.#now = next.at
      next.run()
    }
    this.#now = end
  }
}
