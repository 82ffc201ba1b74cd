/**
 * Live queries. A change of the node marks every watched query; soon after, each is asked once for all who watch
 * it, in a turn of the event loop of its own, and told only where its answer differs. Changes that come faster are
 * gathered: nobody is told more often than once in `GATHER_MS`, and nothing is told later than that.
 */
import type { DeskPort, Outcome, Watched } from './port.ts'

const GATHER_MS = 100
/** After a quiet time a change shows at once, bar what comes in the same breath. */
const BREATH_MS = 10

type Listener = (watched: Watched) => void
type Watch = {
  readonly query: string
  readonly input: unknown
  readonly listeners: Set<Listener>
  last: Watched | null
  stale: boolean
}

export class Watches {
  readonly #port: Pick<DeskPort, 'query' | 'isSettled' | 'absence'>
  readonly #watches = new Map<string, Watch>()
  #timer: NodeJS.Timeout | undefined
  #lastSweep = -GATHER_MS
  #sweeping = false
  #closed = false

  constructor(port: Pick<DeskPort, 'query' | 'isSettled' | 'absence'>) {
    this.#port = port
  }

  /**
   * Calls `listener` with the present answer before it returns, or as soon as the node can be asked, then with every other
   * one, until told to stop.
   */
  watch(query: string, input: unknown, listener: Listener): () => void {
    const key = JSON.stringify([query, input])
    const watch = this.#watches.get(key) ?? { query, input, listeners: new Set(), last: null, stale: true }
    this.#watches.set(key, watch)
    const mayAsk = this.#port.absence() === null
    if (mayAsk && (watch.stale || watch.last === null)) this.#ask(watch)
    if (watch.last !== null) listener(watch.last)
    // A listener of its own for each call, so that the same function may watch twice.
    const own: Listener = (watched) => listener(watched)
    watch.listeners.add(own)
    if (!mayAsk) this.#schedule()
    return () => {
      watch.listeners.delete(own)
      if (watch.listeners.size === 0 && this.#watches.get(key) === watch) this.#watches.delete(key)
    }
  }

  /** To be called after every commit and every change of the network; cheap. */
  changed(): void {
    for (const watch of this.#watches.values()) watch.stale = true
    this.#schedule()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#watches.clear()
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#sweeping || this.#closed || this.#watches.size === 0) return
    const wait = Math.max(BREATH_MS, this.#lastSweep + GATHER_MS - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      // Asking now would finish in one long turn what the node does in small ones; it tells when it is done.
      if (!this.#port.isSettled()) return this.#schedule()
      this.#sweeping = true
      this.#lastSweep = performance.now()
      this.#sweep([...this.#watches.values()].filter((watch) => watch.stale))
    }, wait)
  }

  /** One watch a turn, so that many watches do not add up to one long turn. */
  #sweep(left: Watch[]): void {
    const watch = left.pop()
    if (this.#closed) return
    if (watch === undefined) {
      this.#sweeping = false
      if ([...this.#watches.values()].some(({ stale }) => stale)) this.#schedule()
      return
    }
    if (!this.#port.isSettled()) {
      this.#sweeping = false
      return this.#schedule()
    }
    if (watch.listeners.size > 0 && watch.stale) this.#ask(watch)
    setImmediate(() => this.#sweep(left))
  }

  #ask(watch: Watch): void {
    watch.stale = false
    const outcome = this.#port.query(watch.query, watch.input)
    const json = jsonOf(outcome)
    if (watch.last?.json === json && watch.last.outcome.ok === outcome.ok) return
    watch.last = { outcome, json }
    for (const listener of [...watch.listeners]) listener(watch.last)
  }
}

export function jsonOf(outcome: Outcome): string {
  return JSON.stringify(outcome.ok ? outcome.value : outcome.error)
}
