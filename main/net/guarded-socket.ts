/**
 * A multicast socket that survives what strangers send: a packet that makes a parser throw is dropped and reported,
 * and beyond a steady rate packets are dropped unread. It has the few methods that multicast-dns calls on a socket.
 */
import type { RemoteInfo, Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import { LIMITS } from '../../shared/op/limits.ts'

export class GuardedSocket extends EventEmitter {
  readonly #socket: Socket
  readonly #onError: (error: Error) => void
  #second = 0
  #packets = 0

  constructor(socket: Socket, onError: (error: Error) => void) {
    super()
    this.#socket = socket
    this.#onError = onError
    socket.on('message', (packet, from) => this.#pass(packet, from))
    socket.on('error', onError)
  }

  #pass(packet: Buffer, from: RemoteInfo): void {
    if (packet.length > LIMITS.mdnsBytes || this.#isFlood()) return
    try {
      this.emit('message', packet, from)
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #isFlood(): boolean {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) this.#packets = 0
    this.#second = second
    this.#packets += 1
    return this.#packets > LIMITS.mdnsPackets
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
