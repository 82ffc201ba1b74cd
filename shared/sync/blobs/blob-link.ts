/**
 * Files on one link, both ways: asks the peer what it holds and for one chunk at a time, and answers the same. It
 * says nothing by itself: the session asks `next` when no op waits.
 */
import type { ActorId } from '../../model/ids.ts'
import type { BlobExchange } from './exchange.ts'
import { BLOB } from './limits.ts'
import type { BlobChunk, BlobHave, BlobMessage } from './messages.ts'
import type { Need } from './need.ts'
import type { BlobHolders, BlobStore } from './ports.ts'
import { Serving } from './serving.ts'

/** A chunk that the peer owes. `since`: ms; once it has let the patience pass, others are asked. */
type Owed = { readonly need: Need; readonly at: number; readonly since: number; late: boolean }

/** Why the session must end, as far as files go. */
export type BlobFault = { readonly reason: 'flow' | 'refused'; readonly detail: string }

export type BlobLinkOptions = {
  readonly exchange: BlobExchange
  readonly peer: ActorId
  readonly store: BlobStore
  readonly holders: BlobHolders
  /** Is the peer one of those that fetch everything, so that it is asked about everything? */
  readonly explores: boolean
  /** There is something to say, or to end for. */
  readonly wake: () => void
}

export class BlobLink {
  readonly peer: ActorId
  readonly #options: BlobLinkOptions
  readonly #serving: Serving
  /** Needed files that the peer holds, as far as known; whose turn is next comes first. */
  readonly #gives = new Set<string>()
  readonly #toSeek = new Set<string>()
  /** Asked and not yet answered. */
  readonly #seeking = new Set<string>()
  /** The name up to which the peer was asked about everything; null: asked about all. */
  #explored: string | null
  #owed: Owed | null = null
  #current: string | null = null
  #turn = 0
  #unasked = 0
  #wrong = 0
  #fault: BlobFault | null = null

  constructor(options: BlobLinkOptions) {
    this.#options = options
    this.peer = options.peer
    this.#explored = options.explores ? '' : null
    this.#serving = new Serving(options.store, options.wake)
  }

  get fault(): BlobFault | null {
    return this.#fault
  }

  /** Has `next` something? */
  get speaks(): boolean {
    return this.#serving.speaks || this.#maySeek || this.#upNext() !== null
  }

  get #maySeek(): boolean {
    return this.#seeking.size === 0 && (this.#toSeek.size > 0 || this.#explored !== null)
  }

  next(now: number): BlobMessage | null {
    const seek = this.#maySeek ? this.#nextSeek() : null
    if (seek !== null) return seek
    const need = this.#upNext()
    return need === null ? this.#serving.next() : this.#want(need, now)
  }

  #nextSeek(): BlobMessage | null {
    const files = this.#toSeek.size > 0 ? [...this.#toSeek].slice(0, BLOB.named) : this.#explore()
    if (files.length === 0) return null
    for (const file of files) {
      this.#toSeek.delete(file)
      this.#seeking.add(file)
    }
    return { kind: 'blob-seek', files }
  }

  #explore(): readonly string[] {
    if (this.#explored === null) return []
    const files = this.#options.holders.unknownOf(this.peer, this.#explored, BLOB.named)
    this.#explored = files.at(-1) ?? null
    return files
  }

  #want(need: Need, now: number): BlobMessage {
    if (this.#current !== need.sha256 || this.#turn >= BLOB.turn) this.#turn = 0
    this.#current = need.sha256
    this.#options.exchange.begin(need, this)
    this.#owed = { need, at: need.at, since: now, late: false }
    return { kind: 'blob-want', sha256: need.sha256, from: need.at }
  }

  /** What is opened goes first, then the one under way until its turn is over. */
  #upNext(): Need | null {
    if (this.#owed !== null) return null
    const { exchange } = this.#options
    return exchange.upNext(this, this.#gives, this.#turn < BLOB.turn ? this.#current : null)
  }

  /** Null, or how the peer broke the rules. */
  take(message: BlobMessage): BlobFault | null {
    switch (message.kind) {
      case 'blob-seek':
        return flow(this.#serving.seek(message))
      case 'blob-want':
        return flow(this.#serving.want(message))
      case 'blob-have':
        this.#hear(message)
        return null
      case 'blob-chunk':
        return this.#takeChunk(message)
    }
  }

  #hear({ held, gone }: BlobHave): void {
    const { exchange, holders } = this.#options
    for (const file of [...held, ...gone]) this.#seeking.delete(file)
    if (held.length + gone.length > 0) holders.heard(this.peer, held, gone)
    for (const file of held) if (exchange.needs(file)) this.#gives.add(file)
    for (const file of gone) this.#isGone(file)
    this.#options.wake()
  }

  #isGone(file: string): void {
    this.#gives.delete(file)
    if (this.#owed?.need.sha256 !== file) return
    this.#release(this.#owed)
    this.#owed = null
  }

  #takeChunk(chunk: BlobChunk): BlobFault | null {
    const owed = this.#owed
    if (owed?.need.sha256 !== chunk.sha256 || owed.at !== chunk.at) return this.#unaskedFor()
    this.#owed = null
    if (owed.late) {
      // Somebody else may be giving it by now; that this one answers again makes it a source again.
      if (this.#options.exchange.needs(chunk.sha256)) this.#gives.add(chunk.sha256)
      return null
    }
    this.#turn += 1
    if (this.#turn >= BLOB.turn) this.#isLast(chunk.sha256)
    this.#options.exchange.came(this, owed.need, chunk)
    return null
  }

  #isLast(file: string): void {
    if (this.#gives.delete(file)) this.#gives.add(file)
  }

  #unaskedFor(): BlobFault | null {
    this.#unasked += 1
    return this.#unasked > BLOB.refusals ? { reason: 'flow', detail: 'sends what nobody asked for' } : null
  }

  #release({ need, late }: Owed): void {
    if (!late && need.giver === this.peer) need.giver = null
  }

  /** A file is needed here. */
  seek(file: string): void {
    if (this.#gives.has(file) || this.#toSeek.has(file)) return
    if (this.#options.holders.holds(this.peer, file)) this.#gives.add(file)
    else this.#toSeek.add(file)
    this.#options.wake()
  }

  /** Of a file that is not needed here, only those are asked who should have it. */
  locate(file: string): void {
    if (!this.#options.explores || this.#options.holders.holds(this.peer, file)) return
    this.#toSeek.add(file)
    this.#options.wake()
  }

  gives(file: string): boolean {
    return this.#gives.has(file)
  }

  /** It is here, or no longer needed. */
  done(file: string): void {
    this.#gives.delete(file)
    this.#toSeek.delete(file)
  }

  /** What this peer alone gave had another hash than its name. */
  gaveWrong(file: string): void {
    this.#gives.delete(file)
    this.#wrong += 1
    if (this.#wrong >= BLOB.refusals)
      this.#fault = { reason: 'refused', detail: 'files that are not what they are called' }
    this.#options.wake()
  }

  kept(file: string): void {
    this.#serving.kept(file)
  }

  lost(file: string): void {
    this.#serving.lost(file)
  }

  passedOn(): void {
    this.#serving.passedOn()
  }

  wake(): void {
    this.#options.wake()
  }

  tick(now: number): void {
    this.#options.exchange.tick(now)
    const owed = this.#owed
    if (owed === null || owed.late || now - owed.since < BLOB.patience) return
    this.#release(owed)
    owed.late = true
    this.#gives.delete(owed.need.sha256)
    this.#options.exchange.wakeOthers(this)
  }

  end(): void {
    if (this.#owed !== null) this.#release(this.#owed)
    this.#owed = null
    this.#options.exchange.unlink(this)
  }
}

const flow = (detail: string | null): BlobFault | null =>
  detail === null ? null : { reason: 'flow', detail }
