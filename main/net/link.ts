/** One WebSocket to one member, driven by one sync session. It moves bytes and performs the session's effects. */
import type { WebSocket } from 'ws'
import type { ActorId } from '../../shared/model/ids.ts'
import type { CloseReason } from '../../shared/sync/close.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { Session, type Effect, type SessionOptions } from '../../shared/sync/session.ts'
import type { Turns, Worker } from './turns.ts'

export type LinkEnd = { readonly by: 'us' | 'peer'; readonly reason: CloseReason; readonly detail: string }

type LinkOptions = {
  readonly socket: WebSocket
  /** Whose key the TLS handshake proved. */
  readonly peer: ActorId
  /** Who called. */
  readonly dialled: boolean
  readonly via: 'lan' | 'wan'
  readonly address: string
  readonly session: SessionOptions
  readonly turns: Turns
  /** ms of a clock that only goes forward. */
  readonly monotonic: () => number
  readonly onGreeted: (link: Link) => void
  readonly onAuthorityHeard: (age: number) => void
  /** The replica threw (a full disk, a broken invariant): the link ends, the node goes on. */
  readonly onFault: (link: Link, error: unknown) => void
  /** Once, when the socket is gone. */
  readonly onEnd: (link: Link, end: LinkEnd) => void
}

const LOST: LinkEnd = { by: 'peer', reason: 'lost', detail: '' }
/** ms for the goodbye to leave before the socket is destroyed. */
const LAST_WORDS = 1_000

export class Link implements Worker {
  readonly peer: ActorId
  readonly dialled: boolean
  readonly via: 'lan' | 'wan'
  readonly address: string
  readonly #options: LinkOptions
  readonly #session: Session
  #greeted = false
  #heard: number
  #end: LinkEnd | null = null
  readonly #gone: Promise<void>

  constructor(options: LinkOptions) {
    this.#options = options
    this.peer = options.peer
    this.dialled = options.dialled
    this.via = options.via
    this.address = options.address
    this.#heard = options.monotonic()
    this.#session = new Session(options.session, this.#heard)
    this.#gone = this.#listen(options.socket)
  }

  #listen(socket: WebSocket): Promise<void> {
    socket.on('message', (data, isBinary) => {
      if (isBinary && data instanceof Buffer) this.#receive(plain(data))
      else void this.leave('malformed', 'a text frame')
    })
    // Every error is followed by a close.
    socket.on('error', () => socket.terminate())
    return new Promise((resolve) => {
      socket.once('close', () => {
        resolve()
        this.#options.onEnd(this, this.#end ?? LOST)
      })
    })
  }

  /** Greeted both ways and not ended: ops flow. */
  get up(): boolean {
    return this.#greeted && this.#end === null
  }

  get ended(): boolean {
    return this.#end !== null
  }

  get busy(): boolean {
    return this.#session.busy && !this.#isUnread()
  }

  /** When the last frame came, by the monotonic clock. */
  get heard(): number {
    return this.#heard
  }

  /** Also of an ended link: what its peer had last said. */
  lag(): number | null {
    return this.#session.lag()
  }

  open(): void {
    this.#drive(() => this.#session.open())
  }

  work(): void {
    this.#drive((now) => this.#session.step(now))
  }

  tick(): void {
    this.#drive((now) => this.#session.tick(now))
    const { socket } = this.#options
    if (socket.isPaused && !this.#mustWait()) socket.resume()
  }

  committed(): void {
    this.#drive((now) => this.#session.committed(now))
  }

  #drive(event: (now: number) => readonly Effect[]): void {
    try {
      this.#perform(event(this.#options.monotonic()))
    } catch (error) {
      this.#options.onFault(this, error)
      this.#perform(this.#session.leave('fault'))
    }
  }

  /** Says goodbye and ends; resolves when the socket is gone. */
  leave(reason: CloseReason, detail = ''): Promise<void> {
    this.#perform(this.#session.leave(reason, detail))
    return this.#gone
  }

  #receive(bytes: Uint8Array): void {
    this.#heard = this.#options.monotonic()
    this.#drive((now) => this.#session.receive(bytes, now))
    if (this.#mustWait()) this.#options.socket.pause()
    if (this.#greeted || this.#session.peer === null || this.#session.closed) return
    this.#greeted = true
    this.#options.onGreeted(this)
  }

  /** What was sent lies here still: the peer does not read, and what it asks for would only pile up. */
  #isUnread(): boolean {
    return this.#options.socket.bufferedAmount > LIMITS.sendBytes
  }

  /** Nothing more is read for now, and TCP tells the peer to wait. A later tick reads on. */
  #mustWait(): boolean {
    return this.#end === null && (this.#session.slowed || this.#isUnread())
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'send') this.#options.socket.send(effect.bytes)
      else if (effect.kind === 'authority-heard') this.#options.onAuthorityHeard(effect.age)
      else this.#close(effect)
    }
    this.#options.turns.wake(this)
  }

  #close({ by, reason, detail }: LinkEnd): void {
    this.#end = { by, reason, detail }
    const { socket } = this.#options
    socket.close(1000)
    const timer = setTimeout(() => socket.terminate(), LAST_WORDS)
    socket.once('close', () => clearTimeout(timer))
  }
}

/** The engine knows plain byte strings: a Buffer's `slice` would share its memory. */
const plain = (data: Buffer): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.length)
