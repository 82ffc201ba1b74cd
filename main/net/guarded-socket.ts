/**
 * A multicast socket that survives what strangers send: a packet that makes a parser throw is dropped and reported,
 * and beyond a steady rate packets are dropped unread. It has the few methods that multicast-dns calls on a socket.
 */
import type { RemoteInfo, Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { LIMITS } from '../../shared/op/limits.ts'
import { isLoopback } from './interfaces.ts'

type Guarded = Pick<EventEmitter, 'on'> &
  Pick<Socket, 'send' | 'dropMembership'> & { close(done?: () => void): unknown }

export class GuardedSocket extends EventEmitter {
  readonly #socket: Guarded
  readonly #now: () => number
  readonly #onError: (error: Error) => void
  #second = 0
  #packets = 0
  /** By sender, within this second. */
  readonly #bySender = new Map<string, number>()

  constructor(socket: Guarded, onError: (error: Error) => void, now = () => performance.now()) {
    super()
    this.#now = now
    this.#socket = socket
    this.#onError = onError
    socket.on('message', (packet: Buffer, from: RemoteInfo) => this.#pass(packet, from))
    socket.on('error', onError)
  }

  #pass(packet: Buffer, from: RemoteInfo): void {
    if (packet.length > LIMITS.mdnsBytes || this.#isFlood(from.address)) return
    try {
      this.emit('message', packet, from)
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** The devices of one machine share its loopback address. */
  #isFlood(sender: string): boolean {
    const second = Math.floor(this.#now() / 1000)
    if (second !== this.#second) {
      this.#packets = 0
      this.#bySender.clear()
    }
    this.#second = second
    const ofSender = (this.#bySender.get(sender) ?? 0) + 1
    if (this.#packets >= LIMITS.mdnsPackets) return true
    this.#bySender.set(sender, ofSender)
    if (ofSender > LIMITS.mdnsPacketsOfOne && !isLoopback(sender)) return true
    this.#packets += 1
    return false
  }

  /** Errors of sending (an interface that went down) are no reason to stop. */
  send(
    packet: Buffer,
    offset: number,
    length: number,
    port: number,
    address: string,
    done: () => void,
  ): void {
    this.#socket.send(packet, offset, length, port, address, (error) => {
      if (error) this.#onError(error)
      done()
    })
  }

  dropMembership(group: string, address: string): void {
    this.#socket.dropMembership(group, address)
  }

  close(done?: () => void): void {
    this.#socket.close(done)
  }
}
