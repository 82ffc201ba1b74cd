/**
 * One sync session with one peer, as a state machine without I/O: events in, effects out. It calls the store
 * synchronously; it owns no clock, no timer and no socket. `now` is in ms and only goes forward.
 *
 * The driver
 * - calls `open` once, then `receive` for every frame, `committed` after every commit of the replica
 *   (whoever wrote it), and `tick` about once a second;
 * - while `busy`, calls `step` in further turns of its loop, one call a turn: a step takes one received run or
 *   reads the log once, so that no turn grows long;
 * - performs the effects in their order. After a `close` effect every further call answers with nothing.
 *
 * What it keeps true: nothing is sent that is not committed; nothing is acknowledged that is not committed;
 * a peer that the store does not admit (any more) gets a goodbye and nothing else.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'
import type { BlobFault, BlobLink } from './blobs/blob-link.ts'
import { Allowance } from './allowance.ts'
import { parseCloseReason, type CloseReason } from './close.ts'
import type { Effect } from './effect.ts'
import { CursorRelay } from './cursor-relay.ts'
import { readGreeting } from './greeting.ts'
import { Heartbeat } from './heartbeat.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { PACE } from './pace.ts'
import { Repair } from './repair.ts'
import type { Snapshot, State } from './session-state.ts'
import type { SyncStore } from './store.ts'
import type { Addresses, Told } from './told.ts'
import { PROTOCOL, type Versions } from './versions.ts'
import {
  decodeMessage,
  encodeMessage,
  type Ack,
  type Beat,
  type ForeignHello,
  type Goodbye,
  type Hello,
  type Message,
  type RunMessage,
  type Vector,
} from './wire.ts'

export type SessionOptions = {
  readonly store: SyncStore
  /** May the key that the transport has proved speak for this actor? `cut` is the reason to tell a cut device. */
  readonly admits: (
    actor: ActorId,
  ) => { readonly ok: true } | { readonly ok: false; readonly cut: string | null }
  /** How many ms ago the authority was heard here; null: never. */
  readonly authorityAge?: (now: number) => number | null
  /** What the peer may still take of this device's time, from its last session on; all of it without one. */
  readonly allowance?: Allowance
  /** The versions of the protocol to offer; this build's without it. */
  readonly speaks?: Versions
  /** The files' part of the session with this peer; none travel without it. */
  readonly blobs?: (peer: ActorId) => BlobLink
}

export class Session {
  readonly #store: SyncStore
  readonly #options: SessionOptions
  readonly #outgoing: Outgoing
  readonly #incoming: Incoming
  readonly #heartbeat: Heartbeat
  readonly #repair: Repair
  readonly #cursors: CursorRelay
  readonly #allowance: Allowance
  readonly #speaks: Versions
  #version: number | null = null
  /** From the greeting to the end. */
  #blobs: BlobLink | null = null
  #state: State = { at: 'new' }
  #effects: Effect[] = []
  #unknown = 0

  constructor(options: SessionOptions, now: number) {
    this.#options = options
    this.#store = options.store
    this.#speaks = options.speaks ?? PROTOCOL
    this.#outgoing = new Outgoing(options.store)
    this.#incoming = new Incoming(options.store)
    this.#heartbeat = new Heartbeat(now)
    this.#repair = new Repair(now)
    this.#cursors = new CursorRelay(options.store)
    this.#allowance = options.allowance ?? new Allowance()
  }

  /** Known from the peer's hello on, also after the close. */
  get peer(): ActorId | null {
    return this.#state.at === 'syncing' || this.#state.at === 'closed' ? this.#state.peer : null
  }

  get closed(): boolean {
    return this.#state.at === 'closed'
  }

  /** `step` has something to do. */
  get busy(): boolean {
    if (this.#state.at !== 'syncing') return false
    if (this.#mayTake() || (!this.#state.awaitsVector && this.#outgoing.wantsToSend)) return true
    return this.#blobs !== null && (this.#blobs.fault !== null || (this.#isQuiet && this.#blobs.speaks))
  }

  /** No op waits, here or on its way: files may have the link until one does. */
  get #isQuiet(): boolean {
    const { at } = this.#state
    return at === 'syncing' && !this.#state.awaitsVector && this.#outgoing.idle && !this.#incoming.waits
  }

  /** The peer has had its share for now: nothing more is to be read from it before a later tick. */
  get slowed(): boolean {
    return this.#state.at === 'syncing' && this.#allowance.isSpent(this.#state.peer)
  }

  /** The version of the protocol in which both go on; null before the peer's hello. */
  get version(): number | null {
    return this.#version
  }

  /** Messages of kinds that only a newer version knows. */
  get unknownMessages(): number {
    return this.#unknown
  }

  /** How many ops are here that the peer, as last heard, has not committed; null before it said anything. */
  lag(): number | null {
    const { at } = this.#state
    return at === 'syncing' || (at === 'closed' && this.peer !== null) ? this.#outgoing.lag() : null
  }

  open(): Effect[] {
    const snapshot = { digest: this.#store.digest(), heads: this.#store.heads(), end: this.#store.end() }
    this.#state = { at: 'greeting', snapshot }
    const { site, actor } = this.#store
    const { digest } = snapshot
    this.#send({ kind: 'hello', speaks: this.#speaks, site, actor, digest, authority: this.#cursors.tag() })
    return this.#flush()
  }

  receive(bytes: Bytes, now: number): Effect[] {
    if (this.#state.at === 'closed') return []
    this.#heartbeat.heard(now)
    this.#allowance.look(now)
    const message = decodeMessage(bytes, this.#speaks)
    if (message.ok && this.#state.at === 'syncing')
      this.#allowance.read(this.#state.peer, message.value.kind, bytes)
    if (!message.ok) this.#leave('malformed', message.error)
    else if (message.value.kind === 'unknown') this.#unknown += 1
    else this.#take(message.value, now)
    return this.#flush()
  }

  /** After each commit of the replica: a member may be one no longer, and there may be something to push. */
  committed(_now: number): Effect[] {
    if (this.#state.at !== 'syncing') return []
    this.#repair.committed()
    const come = this.#outgoing.more()
    if (this.#isMember(this.#state.peer) && come.length > 0) this.#store.acknowledged(this.#state.peer, come)
    return this.#flush()
  }

  /** Takes one received run, or reads the log once for sending. */
  step(now: number): Effect[] {
    if (this.#state.at !== 'syncing') return []
    this.#allowance.look(now)
    if (this.#mayTake()) this.#commitOne(this.#state.peer, now)
    else if (!this.#state.awaitsVector && this.#outgoing.wantsToSend) this.#sendSome(now)
    else if (this.#blobs) this.#sendOfFiles(this.#blobs, now)
    return this.#flush()
  }

  /** The transport has passed on what was `bulk`. */
  passedOn(): void {
    this.#blobs?.passedOn()
  }

  /** The transport has gone without a word. */
  lost(): void {
    if (this.#state.at !== 'closed') this.#close('peer', 'lost', '')
    this.#flush()
  }

  tick(now: number): Effect[] {
    if (this.#state.at === 'closed' || this.#state.at === 'new') return []
    const greeted = this.#state.at === 'syncing'
    this.#allowance.look(now)
    // What it says meanwhile is not read.
    if (this.slowed) this.#heartbeat.heard(now)
    if (this.#heartbeat.isSilent(now, greeted)) this.#leave('silent', '')
    else if (greeted) this.#keepUp(now)
    if (greeted) this.#blobs?.tick(now)
    return this.#flush()
  }

  /** Tells the peer where others may be reached: also one that is about to be sent away. */
  tell(told: readonly Told[]): Effect[] {
    if (this.#state.at !== 'closed') this.#send({ kind: 'addresses', told })
    return this.#flush()
  }

  /** Something has happened to this device or its network: the peer is asked at once, and given little time. */
  probe(now: number): Effect[] {
    if (this.#state.at === 'syncing') this.#heartbeat.doubt(now)
    return this.tick(now)
  }

  /** Ends the session for a reason of the driver's. */
  leave(reason: CloseReason, detail = ''): Effect[] {
    if (this.#state.at !== 'closed') this.#leave(reason, detail)
    return this.#flush()
  }

  #take(message: Message, now: number): void {
    if (message.kind === 'goodbye') {
      this.#close('peer', parseCloseReason(message.reason), message.detail)
    } else if (message.kind === 'addresses') {
      // Also in the place of a greeting: who has links enough says where others are before its goodbye.
      this.#effects.push({ kind: 'told', told: message.told })
    } else if (this.#state.at === 'greeting') {
      this.#greet(message, this.#state.snapshot, now)
    } else if (this.#state.at === 'syncing') {
      this.#takeFromPeer(message, this.#state.peer, now)
    }
  }

  #takeFromPeer(message: Exclude<Message, Goodbye | Addresses>, peer: ActorId, now: number): void {
    switch (message.kind) {
      case 'hello':
      case 'foreign-hello':
        this.#leave('malformed', 'a second hello')
        break
      case 'vector':
        this.#takeVector(message, peer)
        break
      case 'run':
        this.#takeRun(message, now)
        break
      case 'ack':
        this.#takeAck(message, peer, now)
        break
      case 'locate':
        this.#outgoing.located(message)
        this.#askWhereTheyPart()
        break
      case 'start':
        this.#effects.push({ kind: 'start', run: message.run })
        break
      case 'authority':
        if (this.#cursors.take(message.bytes)) this.#effects.push({ kind: 'authority-signed' })
        break
      case 'ping':
      case 'pong':
        this.#takeBeat(message, now)
        break
      default:
        this.#endFor(this.#blobs?.take(message) ?? null)
    }
  }

  #greet(message: Message, snapshot: Snapshot, now: number): void {
    const { site, actor } = this.#store
    const greeting = readGreeting(message, { site, actor, speaks: this.#speaks })
    if (greeting.hello === null) {
      this.#leave(greeting.reason, greeting.detail)
      return
    }
    this.#version = greeting.version
    if (this.#isMember(greeting.hello.actor)) this.#compare(greeting.hello, snapshot, now)
  }

  /** Both sides compare the same two digests, so both come to the same answer. */
  #compare(hello: Hello, snapshot: Snapshot, now: number): void {
    const equal = equalBytes(hello.digest, snapshot.digest)
    this.#cursors.peerHolds(hello.authority)
    this.#state = { at: 'syncing', peer: hello.actor, awaitsVector: !equal }
    this.#blobs = this.#options.blobs?.(hello.actor) ?? null
    if (!equal) {
      this.#sendVector(now)
      return
    }
    this.#outgoing.startEqual(snapshot.heads, snapshot.end)
    this.#incoming.startEqual(snapshot.heads)
    this.#store.acknowledged(hello.actor, snapshot.heads)
  }

  #isMember(actor: ActorId): boolean {
    const admitted = this.#options.admits(actor)
    if (admitted.ok) return true
    this.#leave(admitted.cut === null ? 'not-member' : 'cut', admitted.cut ?? '')
    return false
  }

  #takeVector(vector: Vector, peer: ActorId): void {
    if (!this.#outgoing.sent(vector.through)) {
      this.#leave('malformed', 'acknowledges what was never sent')
      return
    }
    this.#state = { at: 'syncing', peer, awaitsVector: false }
    this.#store.acknowledged(peer, vector.heads, true)
    this.#outgoing.startFrom(vector.heads, vector.through)
    if (this.#outgoing.isBeneath) this.#send({ kind: 'start', run: this.#store.snapshotRun() })
    this.#askWhereTheyPart()
    this.#cursors.offerAgain()
  }

  /** Each side names ops of its own branches of an actor, so that the other can send from where they part. */
  #askWhereTheyPart(): void {
    for (const locate of this.#outgoing.toLocate()) this.#send(locate)
  }

  #takeRun(message: RunMessage, now: number): void {
    const problem = this.#incoming.queue(message)
    if (problem !== null) {
      this.#leave(problem, `batch ${message.batch}`)
      return
    }
    this.#repair.run(now)
  }

  #takeAck(ack: Ack, peer: ActorId, now: number): void {
    if (!this.#outgoing.sent(ack.through)) {
      this.#leave('malformed', 'acknowledges what was never sent')
      return
    }
    if (ack.heads.length > 0) this.#store.acknowledged(peer, ack.heads)
    this.#outgoing.acknowledged(ack.heads, ack.through)
    this.#askWhereTheyPart()
    this.#relayCursor(now)
  }

  #takeBeat(beat: Beat, now: number): void {
    if (beat.age !== null) this.#effects.push({ kind: 'authority-heard', age: beat.age })
    const digest = this.#store.digest()
    if (this.#outgoing.idle && !this.#incoming.waits && this.#repair.isQuiet(now)) {
      this.#repair.compared(equalBytes(beat.digest, digest))
    }
    if (beat.kind === 'ping') this.#send({ kind: 'pong', digest, age: this.#age(now) })
  }

  /** Is there a run whose author has had less than its share? */
  #mayTake(): boolean {
    const { next } = this.#incoming
    return next !== null && !this.#allowance.isSpent(next.actor)
  }

  #commitOne(peer: ActorId, now: number): void {
    const taken = this.#incoming.take(peer)
    if (taken === null) return
    this.#repair.run(now)
    const { outcome } = taken.received
    this.#allowance.took(peer, taken.run, taken.received)
    if (outcome === 'stored' || outcome === 'known') this.#outgoing.cameFromPeer(taken.run)
    if (
      outcome === 'unadmitted' ||
      outcome === 'unstored' ||
      (outcome === 'stored' && taken.received.waiting > 0)
    )
      this.#repair.leftOut()
    if (taken.received.outcome === 'refused' && this.#incoming.refusals >= PACE.refusals) {
      this.#leave('refused', taken.received.reason)
      return
    }
    const ack = this.#incoming.ack()
    if (ack !== null) this.#send(ack)
  }

  #sendSome(now: number): void {
    const runs = this.#outgoing.next()
    for (const run of runs) this.#send(run)
    if (runs.length > 0) this.#repair.run(now)
    this.#relayCursor(now)
  }

  /** One message about files, a chunk at most: then it is looked again whether an op waits. */
  #sendOfFiles(blobs: BlobLink, now: number): void {
    this.#endFor(blobs.fault)
    const message = this.#isQuiet ? blobs.next(now) : null
    if (message?.kind === 'blob-chunk')
      this.#effects.push({ kind: 'send', bytes: encodeMessage(message), bulk: true })
    else if (message) this.#send(message)
  }

  #endFor(fault: BlobFault | null): void {
    if (fault !== null) this.#leave(fault.reason, fault.detail)
  }

  #keepUp(now: number): void {
    if (this.#heartbeat.isDue(now))
      this.#send({ kind: 'ping', digest: this.#store.digest(), age: this.#age(now) })
    if (this.#repair.isDue(now)) this.#sendVector(now)
    this.#relayCursor(now)
  }

  #sendVector(now: number): void {
    this.#repair.sent(now)
    this.#send(this.#incoming.vector())
  }

  #relayCursor(now: number): void {
    const bytes = this.#outgoing.idle ? this.#cursors.next(now) : null
    if (bytes !== null) this.#send({ kind: 'authority', bytes })
  }

  #age(now: number): number | null {
    const age = this.#options.authorityAge?.(now) ?? null
    return age === null ? null : Math.max(0, Math.round(age))
  }

  #send(message: Exclude<Message, ForeignHello>): void {
    this.#effects.push({ kind: 'send', bytes: encodeMessage(message) })
  }

  #leave(reason: CloseReason, detail: string): void {
    this.#send({ kind: 'goodbye', reason, detail })
    this.#close('us', reason, detail)
  }

  #close(by: 'us' | 'peer', reason: CloseReason, detail: string): void {
    this.#effects.push({ kind: 'close', by, reason, detail })
    this.#state = { at: 'closed', peer: this.peer }
    this.#blobs?.end()
    this.#blobs = null
  }

  #flush(): Effect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}
