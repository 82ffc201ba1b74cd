/** One WebSocket to one member, driven by one sync session. It moves bytes and performs the session's effects. */
import type { WebSocket } from 'ws'
import type { ActorId } from '../../shared/model/ids.ts'
import type { CloseReason } from '../../shared/sync/close.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Told } from '../../shared/sync/told.ts'
import type { BlobExchange } from '../../shared/sync/blobs/exchange.ts'
import type { Effect } from '../../shared/sync/effect.ts'
import { Session, type SessionOptions } from '../../shared/sync/session.ts'
import type { Turns, Worker } from './turns.ts'

export type LinkEnd = { readonly by: 'us' | 'peer'; readonly reason: CloseReason; readonly detail: string }

export type Ends = { readonly local: string; readonly remote: string }

type LinkOptions = {
  readonly socket: WebSocket
  /** Whose key the TLS handshake proved. */
  readonly peer: ActorId
  /** Who called. */
  readonly dialled: boolean
  readonly via: 'lan' | 'wan'
  readonly address: string
  /** The IP addresses at this and at the other end. */
  readonly ends: Ends
  readonly session: Omit<SessionOptions, 'blobs'>
  /** What files travel by; none do without it. */
  readonly exchange?: BlobExchange | null
  readonly turns: Turns
  /** ms of a clock that only goes forward. */
  readonly monotonic: () => number
  readonly onGreeted: (link: Link) => void
  readonly onAuthorityHeard: (age: number) => void
  readonly onTold: (link: Link, told: readonly Told[]) => void
  readonly onAuthoritySigned: () => void
  /** What this device lacks the peer has dropped: a snapshot to begin from, if it has one. */
  readonly onStart: (link: Link, run: Run | null) => void
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
  readonly ends: Ends
  #greeted = false
  #heard: number
  /** Came, and waits for this link's turn. */
  #frames: Uint8Array[] = []
  /** Bytes that were given to the socket. */
  #sent = 0
  /** How many of them the peer had taken when it last took some, and when that was. */
  #taken = { bytes: 0, at: 0 }
  #end: LinkEnd | null = null
  readonly #gone: Promise<void>

  constructor(options: LinkOptions) {
    this.#options = options
    this.peer = options.peer
    this.dialled = options.dialled
    this.via = options.via
    this.address = options.address
    this.ends = options.ends
    this.#heard = options.monotonic()
    const { exchange } = options
    const blobs = exchange ? { blobs: (peer: ActorId) => exchange.link(peer, () => this.#wake()) } : {}
    this.#session = new Session({ ...options.session, ...blobs }, this.#heard)
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
        while (this.#frames.length > 0) this.#takeFrame()
        resolve()
        this.#session.lost()
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
    return (this.#mayTake() || this.#session.busy) && !this.#isUnread()
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

  /** What came goes first: it is soon read, and a question among it is answered before the long work. */
  work(): void {
    if (this.#mayTake()) this.#takeFrame()
    else this.#drive((now) => this.#session.step(now))
  }

  tick(): void {
    this.#drive((now) => this.#session.tick(now))
    this.#readOn()
    if (this.#isStalled()) this.#abandon()
  }

  /** Asks the peer at once whether it is there, and gives it little time. */
  probe(): void {
    this.#drive((now) => this.#session.probe(now))
  }

  /** Says where others may be reached. */
  tell(told: readonly Told[]): void {
    this.#drive(() => this.#session.tell(told))
  }

  /** This device's end of it is gone. */
  drop(): void {
    this.#options.socket.terminate()
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

  /** Every frame waits for a turn: a peer that sends much delays itself and nobody else. */
  #receive(bytes: Uint8Array): void {
    this.#heard = this.#options.monotonic()
    this.#frames.push(bytes)
    this.#readOn()
    this.#options.turns.wake(this)
  }

  #mayTake(): boolean {
    return this.#frames.length > 0 && !this.#session.slowed
  }

  #takeFrame(): void {
    const bytes = this.#frames.shift()
    if (bytes === undefined) return
    this.#drive((now) => this.#session.receive(bytes, now))
    this.#readOn()
    if (this.#greeted || this.#session.peer === null || this.#session.closed) return
    this.#greeted = true
    this.#options.onGreeted(this)
  }

  /** What was sent lies here still: the peer does not read, and what it asks for would only pile up. */
  #isUnread(): boolean {
    return this.#options.socket.bufferedAmount > LIMITS.sendBytes
  }

  /** Where nothing more is to be read for now, TCP tells the peer to wait. */
  #readOn(): void {
    const { socket } = this.#options
    const isFull = this.#frames.length >= (socket.isPaused ? LIMITS.queueFrames / 2 : LIMITS.queueFrames)
    const mustWait = this.#end === null && (this.#session.slowed || this.#isUnread() || isFull)
    if (mustWait && !socket.isPaused) socket.pause()
    else if (!mustWait && socket.isPaused) socket.resume()
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'send') this.#send(effect)
      else if (effect.kind === 'told') this.#options.onTold(this, effect.told)
      else if (effect.kind === 'authority-heard') this.#options.onAuthorityHeard(effect.age)
      else if (effect.kind === 'authority-signed') this.#options.onAuthoritySigned()
      else if (effect.kind === 'start') this.#options.onStart(this, effect.run)
      else this.#close(effect)
    }
    this.#wake()
  }

  #wake(): void {
    this.#options.turns.wake(this)
  }

  #send({ bytes, bulk }: { readonly bytes: Uint8Array; readonly bulk?: true }): void {
    const { socket } = this.#options
    if (bulk) socket.send(bytes, () => this.#session.passedOn())
    else socket.send(bytes)
    this.#sent += bytes.length
  }

  /** Has the peer something to take, and has taken nothing of it for too long? */
  #isStalled(): boolean {
    const now = this.#options.monotonic()
    const left = this.#options.socket.bufferedAmount
    const bytes = this.#sent - left
    if (left === 0 || bytes > this.#taken.bytes) this.#taken = { bytes, at: now }
    return left > 0 && now - this.#taken.at > LIMITS.unreadFor
  }

  /** A peer that reads nothing would not read a goodbye either. */
  #abandon(): void {
    this.#end ??= { by: 'us', reason: 'flow', detail: 'the peer does not take what is sent to it' }
    this.#options.socket.terminate()
  }

  #close({ by, reason, detail }: LinkEnd): void {
    this.#end ??= { by, reason, detail }
    const { socket } = this.#options
    if (socket.isPaused) socket.resume()
    socket.close(1000)
    // Who has said nothing for long is not waited for.
    const timer = setTimeout(() => socket.terminate(), reason === 'silent' ? 0 : LAST_WORDS)
    socket.once('close', () => clearTimeout(timer))
  }
}

/** The engine knows plain byte strings: a Buffer's `slice` would share its memory. */
const plain = (data: Buffer): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.length)
