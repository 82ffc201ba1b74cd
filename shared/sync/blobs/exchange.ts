/**
 * The transfer of files between this device and its peers, as a state machine without I/O: what is needed here, which
 * link gives it, and what comes of it. The links of all peers share it, so that a file comes from one at a time and
 * goes on from another where that one ends.
 *
 * What it keeps true: nothing is acknowledged that is not durably here, whole and verified; a file goes on from where
 * it stands; on each link at most one chunk is asked for, and it is asked for only once the last one is durable.
 */
import type { ActorId } from '../../model/ids.ts'
import { BlobLink } from './blob-link.ts'
import { BLOB } from './limits.ts'
import type { BlobChunk } from './messages.ts'
import { Need } from './need.ts'
import type { BlobHolders, BlobStore } from './ports.ts'

export type ExchangeOptions = {
  readonly store: BlobStore
  readonly holders: BlobHolders
  /** Is this peer one of those that fetch everything? */
  readonly fetchesAll: (peer: ActorId) => boolean
  /** A file has come, whole and verified. */
  readonly onKept: (sha256: string) => void
  /** A peer alone gave bytes that are not what they are called. */
  readonly onWrong: (peer: ActorId, sha256: string) => void
  /** Something that a person sees has changed: how far a file is, or whether the disk takes it. */
  readonly onChange: () => void
}

/** How a needed file stands. `reachable`: a linked peer is known to hold it. */
export type Progress = { readonly done: number; readonly reachable: boolean }

export class BlobExchange {
  readonly #options: ExchangeOptions
  readonly #needs = new Map<string, Need>()
  readonly #links = new Map<ActorId, BlobLink>()
  /** Opened by a person, the last one first. */
  #front: readonly string[] = []
  #stopped: { since: number | null } | null = null

  constructor(options: ExchangeOptions) {
    this.#options = options
  }

  /** The disk refused; nothing comes until it is tried again. */
  get stopped(): boolean {
    return this.#stopped !== null
  }

  get needed(): number {
    return this.#needs.size
  }

  needs(sha256: string): boolean {
    return this.#needs.has(sha256)
  }

  progress(sha256: string): Progress | null {
    const need = this.#needs.get(sha256)
    if (!need) return null
    const reachable = need.work !== 'none' || [...this.#links.values()].some((link) => link.gives(sha256))
    return { done: need.at, reachable }
  }

  /** A record names it with this size. What says that it is larger than any may be is not fetched. */
  want(sha256: string, size: number, first: boolean, most: number = BLOB.most): void {
    if (size < 0 || size > most) return
    if (first) this.#front = [sha256, ...this.#front.filter((one) => one !== sha256)].slice(0, BLOB.named)
    const known = this.#needs.get(sha256)
    const need = known ?? new Need(sha256, this.#options.store.progress(sha256))
    need.sizes.add(size)
    need.unwanted = false
    this.#needs.set(sha256, need)
    if (need.complete && need.work === 'none') this.#finish(need)
    else if (!known) for (const link of this.#links.values()) link.seek(sha256)
    if (first) for (const link of this.#links.values()) link.wake()
  }

  /** No record names it any more. */
  forget(sha256: string): void {
    const need = this.#needs.get(sha256)
    if (!need) return
    need.unwanted = true
    if (need.work === 'none') this.#drop(need)
    this.#front = this.#front.filter((one) => one !== sha256)
    for (const link of this.#links.values()) link.done(sha256)
  }

  #drop({ sha256 }: Need): void {
    this.#needs.delete(sha256)
    this.#options.store.drop(sha256)
  }

  /** Who has it is of interest, though it is not needed here. */
  locate(sha256: string): void {
    for (const link of this.#links.values()) link.locate(sha256)
  }

  /** It is durably here, by whatever way. */
  kept(sha256: string): void {
    this.#needs.delete(sha256)
    this.#front = this.#front.filter((one) => one !== sha256)
    for (const link of this.#links.values()) {
      link.done(sha256)
      link.kept(sha256)
    }
    this.#options.onChange()
  }

  /** It was let go here. */
  lost(sha256: string): void {
    for (const link of this.#links.values()) link.lost(sha256)
    this.#options.onChange()
  }

  /** A peer is greeted. `wake` is called when the link has something to say. */
  link(peer: ActorId, wake: () => void): BlobLink {
    const { store, holders, fetchesAll } = this.#options
    const link = new BlobLink({ exchange: this, peer, store, holders, explores: fetchesAll(peer), wake })
    this.#links.set(peer, link)
    for (const sha256 of new Set([...this.#front, ...this.#needs.keys()])) link.seek(sha256)
    return link
  }

  unlink(link: BlobLink): void {
    if (this.#links.get(link.peer) === link) this.#links.delete(link.peer)
    this.wakeOthers(link)
    this.#options.onChange()
  }

  wakeOthers(link: BlobLink): void {
    for (const other of this.#links.values()) if (other !== link) other.wake()
  }

  /** What a link asks for next, among the files that its peer gives; `current` is not yet at the end of its turn. */
  upNext(link: BlobLink, gives: ReadonlySet<string>, current: string | null): Need | null {
    if (this.#stopped !== null) return null
    for (const sha256 of this.#front) {
      const need = gives.has(sha256) ? this.#free(sha256, link) : null
      if (need !== null) return need
    }
    // While its last chunk is being stored the link rests: another file would only come in between.
    if (current !== null && this.#needs.get(current)?.work === 'storing') return null
    const going = current !== null && gives.has(current) ? this.#free(current, link) : null
    if (going !== null) return going
    for (const sha256 of gives) {
      const need = this.#free(sha256, link)
      if (need !== null) return need
    }
    return null
  }

  #free(sha256: string, { peer }: BlobLink): Need | null {
    const need = this.#needs.get(sha256)
    if (need?.work !== 'none' || need.giver !== null || !need.mayGive(peer)) return null
    return need.waitsFor((one) => this.#links.has(one), peer) ? null : need
  }

  /** The link is about to ask for it. */
  begin(need: Need, { peer }: BlobLink): void {
    need.giver = peer
    if (!need.mustStartOver(peer)) return
    this.#options.store.drop(need.sha256)
    need.startOver()
  }

  /** A chunk that was asked for. */
  came(link: BlobLink, need: Need, { at, size, bytes }: BlobChunk): void {
    need.giver = null
    if (this.#needs.get(need.sha256) !== need || need.work !== 'none') return
    const fits = need.sizes.has(size) && at === need.at && bytes.length === Math.min(BLOB.chunk, size - at)
    if (!fits) {
      need.isBad(link.peer)
      link.done(need.sha256)
      this.wakeOthers(link)
      return
    }
    need.work = 'storing'
    this.#options.store.append(need.sha256, at, bytes, (kept) => {
      need.work = 'none'
      if (kept) need.gave(link.peer, bytes.length)
      this.#isKept(need, kept, size)
    })
  }

  #isKept(need: Need, kept: boolean, size: number): void {
    if (need.unwanted) this.#drop(need)
    else if (!kept) this.#stop()
    else if (need.at === size) this.#finish(need)
    this.#options.onChange()
    this.#wakeAll()
  }

  #finish(need: Need): void {
    const { sha256 } = need
    need.work = 'finishing'
    this.#options.store.finish(sha256, need.at, (outcome) => {
      need.work = 'none'
      if (outcome === 'whole') {
        this.kept(sha256)
        this.#options.onKept(sha256)
      } else if (outcome === 'wrong') this.#cameWrong(need)
      else this.#stop()
      this.#wakeAll()
    })
  }

  #cameWrong(need: Need): void {
    const blamed = need.cameWrong()
    if (blamed !== null) {
      this.#links.get(blamed)?.gaveWrong(need.sha256)
      this.#options.onWrong(blamed, need.sha256)
    }
    this.#options.onChange()
  }

  #stop(): void {
    this.#stopped = { since: null }
    this.#options.onChange()
  }

  #wakeAll(): void {
    for (const link of this.#links.values()) link.wake()
  }

  /** ms of a clock that only goes forward. */
  tick(now: number): void {
    if (this.#stopped === null) return
    this.#stopped.since ??= now
    if (now - this.#stopped.since < BLOB.again) return
    this.#stopped = null
    for (const need of [...this.#needs.values()])
      if (need.complete && need.work === 'none') this.#finish(need)
    this.#options.onChange()
    this.#wakeAll()
  }
}
