/**
 * Who is calling, before anything is known of them but an address: how many of its connections are no link yet, and how
 * often it calls. Whoever floods the port loses its own oldest connections, and others still get through.
 */
import type { Socket } from 'node:net'
import { LIMITS } from '../../shared/op/limits.ts'

/** What an address may still do at once, and when that was so. */
type Credit = { calls: number; at: number }

const NONE: ReadonlySet<Socket> = new Set()

/** Of an open connection: no two have the same. */
const keyOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
  `${remoteAddress ?? '?'} ${remotePort ?? 0}`

export class Callers {
  /** By address, the one that called longest ago first. */
  readonly #credits = new Map<string, Credit>()
  /** By address, the oldest first. */
  readonly #pending = new Map<string, Set<Socket>>()
  readonly #byKey = new Map<string, Socket>()

  /** May this connection go on to a handshake? Where not it is gone already. `now` in ms of a clock that only goes forward. */
  take(socket: Socket, now: number): boolean {
    const address = socket.remoteAddress
    if (address === undefined || !this.#pay(address, now)) {
      socket.destroy()
      return false
    }
    const key = keyOf(socket)
    const sockets = this.#pending.get(address) ?? new Set()
    this.#pending.set(address, sockets.add(socket))
    this.#byKey.set(key, socket)
    socket.once('close', () => this.#forget(address, key, socket))
    this.#makeRoom(address)
    return !socket.destroyed
  }

  /** The connection became a link. */
  linked(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
    const raw = this.#byKey.get(keyOf(socket))
    if (raw && socket.remoteAddress !== undefined) this.#forget(socket.remoteAddress, keyOf(socket), raw)
  }

  /** How many connections are no link yet. */
  get pending(): number {
    return this.#byKey.size
  }

  /** How many addresses are kept in mind. */
  get addresses(): number {
    return this.#credits.size
  }

  #pay(address: string, now: number): boolean {
    const last = this.#credits.get(address) ?? { calls: LIMITS.callsBurst, at: now }
    const gained = ((now - last.at) * LIMITS.callsPerSecond) / 1000
    const calls = Math.min(LIMITS.callsBurst, last.calls + gained)
    this.#credits.delete(address)
    this.#credits.set(address, { calls: Math.max(0, calls - 1), at: now })
    const [longest] = this.#credits.keys()
    if (this.#credits.size > LIMITS.callers && longest !== undefined) this.#credits.delete(longest)
    return calls >= 1
  }

  #makeRoom(address: string): void {
    if (this.#of(address).size > LIMITS.pendingPerAddress) this.#dropOldest(address)
    if (this.pending <= LIMITS.pending) return
    let busiest = address
    for (const other of this.#pending.keys())
      if (this.#of(other).size > this.#of(busiest).size) busiest = other
    this.#dropOldest(busiest)
  }

  #of(address: string): ReadonlySet<Socket> {
    return this.#pending.get(address) ?? NONE
  }

  #dropOldest(address: string): void {
    const [oldest] = this.#of(address)
    if (!oldest) return
    this.#forget(address, keyOf(oldest), oldest)
    oldest.destroy()
  }

  #forget(address: string, key: string, socket: Socket): void {
    const sockets = this.#pending.get(address)
    if (!sockets?.delete(socket)) return
    this.#byKey.delete(key)
    if (sockets.size === 0) this.#pending.delete(address)
  }
}
