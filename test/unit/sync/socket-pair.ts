/** Two sessions joined by two queues that the test flushes: bytes in order, cut at any moment. */
import type { CloseReason } from '../../../shared/sync/close.ts'
import type { Effect } from '../../../shared/sync/effect.ts'
import { Session, type SessionOptions } from '../../../shared/sync/session.ts'
import { decodeMessage, type Incoming } from '../../../shared/sync/wire.ts'
import { PROTOCOL, type Versions } from '../../../shared/sync/versions.ts'
import type { SyncStore } from '../../../shared/sync/store.ts'

type Closed = { readonly by: 'us' | 'peer'; readonly reason: CloseReason; readonly detail: string }

const NO_KEY = new Uint8Array(32)

export class Side {
  readonly session: Session
  readonly store: SyncStore
  readonly #speaks: Versions
  readonly sent: Uint8Array[] = []
  readonly kinds: Incoming['kind'][] = []
  readonly heard: number[] = []
  closed: Closed | null = null
  sentBytes = 0
  opsSent = 0

  constructor(store: SyncStore, now: number, options: Partial<SessionOptions> = {}) {
    this.store = store
    this.#speaks = options.speaks ?? PROTOCOL
    this.session = new Session({ store, admits: (actor) => store.admits(actor, NO_KEY), ...options }, now)
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'send') this.#send(effect.bytes)
      // A queue passes on at once whatever it is given.
      if (effect.kind === 'send' && effect.bulk) this.session.passedOn()
      if (effect.kind === 'close') this.closed = effect
      if (effect.kind === 'authority-heard') this.heard.push(effect.age)
    }
  }

  #send(bytes: Uint8Array): void {
    this.sent.push(bytes)
    this.sentBytes += bytes.length
    const message = decodeMessage(bytes, this.#speaks)
    if (!message.ok) throw new Error(`A session sent what cannot be read: ${message.error}`)
    this.kinds.push(message.value.kind)
    if (message.value.kind === 'run') this.opsSent += message.value.run.ops.length
  }

  count(kind: Incoming['kind']): number {
    return this.kinds.filter((each) => each === kind).length
  }
}

export class SocketPair {
  now = 1_000_000
  readonly left: Side
  readonly right: Side

  constructor(
    left: SyncStore,
    right: SyncStore,
    options: { readonly left?: Partial<SessionOptions>; readonly right?: Partial<SessionOptions> } = {},
  ) {
    this.left = new Side(left, this.now, options.left)
    this.right = new Side(right, this.now, options.right)
  }

  open(): this {
    this.left.perform(this.left.session.open())
    this.right.perform(this.right.session.open())
    return this
  }

  /** Delivers one frame from one side to the other; false when none was on its way. */
  deliver(from: Side): boolean {
    const bytes = from.sent.shift()
    if (bytes === undefined) return false
    const to = from === this.left ? this.right : this.left
    to.perform(to.session.receive(bytes, this.now))
    return true
  }

  step(side: Side): boolean {
    if (!side.session.busy) return false
    const before = side.store.end()
    side.perform(side.session.step(this.now))
    if (side.store.end() > before) this.committed(side)
    return true
  }

  committed(side: Side): void {
    side.perform(side.session.committed(this.now))
  }

  /** Until nothing is on its way and nobody has anything to do. */
  flush(): this {
    let moved = true
    while (moved) {
      moved = false
      for (const side of [this.left, this.right]) moved = this.deliver(side) || this.step(side) || moved
    }
    return this
  }

  /** Lets time pass in ticks of a second, everything being delivered in between. */
  pass(seconds: number): this {
    for (let i = 0; i < seconds; i += 1) {
      this.now += 1000
      for (const side of [this.left, this.right]) side.perform(side.session.tick(this.now))
      this.flush()
    }
    return this
  }
}
