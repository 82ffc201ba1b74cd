/**
 * The way out to one client. A client that reads slowly is not read from until it has caught up, and of a watched
 * answer only the newest waits for it: what the node holds for a client is bounded, whatever the client does.
 */
import type { WebSocket } from 'ws'
import { LIMITS } from '../../shared/op/limits.ts'

/** Bytes on their way to the client above which it counts as slow, and below which it has caught up. */
const HIGH = LIMITS.controlBuffer
const LOW = 256 * 1024

export class Outlet {
  readonly #socket: WebSocket
  /** The newest answer of each watch that could not be sent yet, by id. */
  readonly #held = new Map<number, string>()

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Sends in any case: a request is answered once, and while the client is slow no new ones are read. */
  answer(text: string): void {
    this.#send(text)
    if (this.#socket.bufferedAmount > HIGH) this.#socket.pause()
  }

  watched(id: number, text: string): void {
    if (this.#held.size > 0 || this.#socket.bufferedAmount > HIGH) this.#held.set(id, text)
    else this.#send(text)
  }

  forget(id: number): void {
    this.#held.delete(id)
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(text, () => this.#drained())
  }

  #drained(): void {
    if (this.#socket.bufferedAmount > LOW) return
    if (this.#socket.isPaused) this.#socket.resume()
    const [next] = this.#held
    if (next === undefined) return
    this.#held.delete(next[0])
    this.#send(next[1])
  }
}
