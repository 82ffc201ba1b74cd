/**
 * Devices that exchange files through the pure machine: their disks are maps, their links two queues. Nothing happens
 * by itself: the world takes one possible step after the other, in an order that the test chooses.
 */
import { createHash } from 'node:crypto'
import type { ActorId } from '../../../../shared/model/ids.ts'
import type { BlobFault, BlobLink } from '../../../../shared/sync/blobs/blob-link.ts'
import { BlobExchange } from '../../../../shared/sync/blobs/exchange.ts'
import { BLOB } from '../../../../shared/sync/blobs/limits.ts'
import type { BlobMessage } from '../../../../shared/sync/blobs/messages.ts'
import type { BlobHolders, BlobStore } from '../../../../shared/sync/blobs/ports.ts'
import { decodeMessage, encodeMessage } from '../../../../shared/sync/wire.ts'
import { actorNamed } from '../memory-store.ts'

export type TestFile = { readonly sha256: string; readonly bytes: Uint8Array }

/** A file of pseudo-random bytes, the same for the same seed. */
export function fileOf(seed: number, size: number): TestFile {
  const bytes = new Uint8Array(size)
  let state = seed * 2_654_435_761 + 1
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Survives a restart of its device; what was asked of it and not yet done does not. */
class TestDisk implements BlobStore {
  readonly whole = new Map<string, Uint8Array>()
  readonly parts = new Map<string, Uint8Array[]>()
  readonly unnamed = new Set<string>()
  isFull = false
  /** Gives other bytes than it holds. */
  lies = false
  tasks: (() => void)[] = []
  readonly #original: (sha256: string) => Buffer | undefined

  /** Comparing with the right bytes says the same as hashing, and takes a tenth of the time. */
  constructor(original: (sha256: string) => Buffer | undefined) {
    this.#original = original
  }

  offers(sha256: string): boolean {
    return this.whole.has(sha256) && !this.unnamed.has(sha256)
  }

  progress(sha256: string): number {
    return (this.parts.get(sha256) ?? []).reduce((sum, { length }) => sum + length, 0)
  }

  read(...[sha256, at, length, done]: Parameters<BlobStore['read']>): void {
    this.tasks.push(() => {
      const file = this.whole.get(sha256)
      if (!file) return done(null)
      const bytes = file.slice(at, at + length)
      if (this.lies && bytes.length > 0) bytes[0] = (bytes[0] ?? 0) ^ 1
      done({ bytes, size: file.length })
    })
  }

  append(...[sha256, at, bytes, done]: Parameters<BlobStore['append']>): void {
    this.tasks.push(() => {
      if (this.isFull) return done(false)
      if (this.progress(sha256) !== at) throw new Error('a chunk goes where the last one ended')
      this.parts.set(sha256, [...(this.parts.get(sha256) ?? []), bytes.slice()])
      done(true)
    })
  }

  finish(...[sha256, size, done]: Parameters<BlobStore['finish']>): void {
    this.tasks.push(() => {
      if (this.isFull) return done('failed')
      const bytes = Buffer.concat(this.parts.get(sha256) ?? [])
      if (bytes.length !== size) throw new Error('only what is complete is finished')
      const right = this.#original(sha256)?.compare(bytes) === 0
      this.parts.delete(sha256)
      if (right) this.whole.set(sha256, bytes)
      done(right ? 'whole' : 'wrong')
    })
  }

  drop(sha256: string): void {
    this.parts.delete(sha256)
  }
}

/** As the replica keeps it: over restarts. */
class TestHolders implements BlobHolders {
  readonly held = new Map<ActorId, Set<string>>()
  readonly named: () => readonly string[]

  constructor(named: () => readonly string[]) {
    this.named = named
  }

  holds(peer: ActorId, sha256: string): boolean {
    return this.held.get(peer)?.has(sha256) ?? false
  }

  heard(peer: ActorId, held: readonly string[], gone: readonly string[]): void {
    const known = this.held.get(peer) ?? new Set()
    for (const file of held) if (this.named().includes(file)) known.add(file)
    for (const file of gone) known.delete(file)
    this.held.set(peer, known)
  }

  unknownOf(peer: ActorId, after: string, most: number): string[] {
    return [...this.named()]
      .sort()
      .filter((file) => file > after && !this.holds(peer, file))
      .slice(0, most)
  }
}

export class TestPeer {
  readonly name: string
  readonly actor: ActorId
  readonly disk: TestDisk
  readonly holders: TestHolders
  readonly fetchesAll: boolean
  readonly #world: World
  exchange: BlobExchange
  readonly kept: string[] = []
  readonly wrong: { readonly peer: ActorId; readonly sha256: string }[] = []

  constructor(world: World, name: string, fetchesAll: boolean) {
    this.#world = world
    this.name = name
    this.actor = actorNamed(name)
    this.disk = new TestDisk((sha256) => {
      const bytes = world.files.get(sha256)?.bytes
      return bytes && Buffer.from(bytes.buffer)
    })
    this.fetchesAll = fetchesAll
    this.holders = new TestHolders(() => [...world.files.keys()])
    this.exchange = this.#start()
  }

  #start(): BlobExchange {
    return new BlobExchange({
      store: this.disk,
      holders: this.holders,
      fetchesAll: (peer) => this.#world.peer(peer).fetchesAll,
      onKept: (sha256) => this.kept.push(sha256),
      onWrong: (peer, sha256) => this.wrong.push({ peer, sha256 }),
      onChange: () => undefined,
    })
  }

  /** Killed and started: what the disk had not yet done never happens. */
  restart(): void {
    this.disk.tasks = []
    this.exchange = this.#start()
    for (const { sha256, bytes } of this.#world.wants(this)) this.exchange.want(sha256, bytes.length, false)
  }

  keep(file: TestFile): void {
    this.disk.whole.set(file.sha256, file.bytes)
    this.exchange.kept(file.sha256)
  }

  has(file: TestFile): boolean {
    return this.disk.whole.get(file.sha256)?.length === file.bytes.length
  }
}

type End = {
  readonly peer: TestPeer
  readonly link: BlobLink
  readonly inbox: Uint8Array[]
  /** A chunk that the transport has not passed on. */
  leaving: boolean
  fault: BlobFault | null
}

export class TestLink {
  readonly ends: readonly [End, End]
  /** Messages delivered so far. */
  frames = 0
  readonly sent: BlobMessage[] = []
  now = 0

  constructor(a: TestPeer, b: TestPeer) {
    this.ends = [this.#end(a, b), this.#end(b, a)]
  }

  #end(own: TestPeer, other: TestPeer): End {
    const link = own.exchange.link(other.actor, () => undefined)
    return { peer: own, link, inbox: [], leaving: false, fault: null }
  }

  other(end: End): End {
    return end === this.ends[0] ? this.ends[1] : this.ends[0]
  }

  speak(end: End): boolean {
    end.fault ??= end.link.fault
    if (end.fault !== null || !end.link.speaks) return false
    const message = end.link.next(this.now)
    if (message === null) return false
    this.sent.push(message)
    if (message.kind === 'blob-chunk') end.leaving = true
    this.other(end).inbox.push(encodeMessage(message))
    return true
  }

  deliver(end: End): boolean {
    const bytes = end.inbox.shift()
    if (bytes === undefined) return false
    const message = decodeMessage(bytes)
    if (!message.ok || !message.value.kind.startsWith('blob-')) throw new Error('no message about files')
    this.frames += 1
    end.fault ??= end.link.take(message.value as BlobMessage)
    return true
  }

  passOn(end: End): boolean {
    if (!end.leaving) return false
    end.leaving = false
    end.link.passedOn()
    return true
  }

  steps(): (() => boolean)[] {
    return this.ends.flatMap((end) => [
      () => this.deliver(end),
      () => this.speak(end),
      () => this.passOn(end),
    ])
  }

  end(): void {
    for (const { link } of this.ends) link.end()
  }
}

export class World {
  readonly files = new Map<string, TestFile>()
  readonly peers: TestPeer[] = []
  readonly links: TestLink[] = []
  readonly #needs = new Map<TestPeer, Set<TestFile>>()

  /** One that fetches everything is asked about everything. */
  join(name: string, fetchesAll = true): TestPeer {
    const peer = new TestPeer(this, name, fetchesAll)
    this.peers.push(peer)
    return peer
  }

  peer(actor: ActorId): TestPeer {
    const found = this.peers.find((peer) => peer.actor === actor)
    if (!found) throw new Error('no such peer')
    return found
  }

  name(...files: TestFile[]): void {
    for (const file of files) this.files.set(file.sha256, file)
  }

  want(peer: TestPeer, file: TestFile, first = false): void {
    this.name(file)
    this.#needs.set(peer, (this.#needs.get(peer) ?? new Set()).add(file))
    peer.exchange.want(file.sha256, file.bytes.length, first)
  }

  wants(peer: TestPeer): TestFile[] {
    return [...(this.#needs.get(peer) ?? [])].filter(({ sha256 }) => !peer.disk.whole.has(sha256))
  }

  link(a: TestPeer, b: TestPeer): TestLink {
    const link = new TestLink(a, b)
    this.links.push(link)
    return link
  }

  cut(link: TestLink): void {
    link.end()
    this.links.splice(this.links.indexOf(link), 1)
  }

  /** Ends the links of a device and starts it again. */
  restart(peer: TestPeer): void {
    for (const link of [...this.links]) if (link.ends.some((end) => end.peer === peer)) this.cut(link)
    peer.restart()
  }

  steps(): (() => boolean)[] {
    const disks = this.peers.map(({ disk }) => () => {
      const task = disk.tasks.shift()
      task?.()
      return task !== undefined
    })
    return [...this.links.flatMap((link) => link.steps()), ...disks]
  }

  /** Until nothing more happens, or `until` holds. */
  run(until: () => boolean = () => false): this {
    for (let moved = true; moved;) {
      moved = false
      for (const step of this.steps()) {
        if (until()) return this
        moved = step() || moved
      }
    }
    return this
  }

  pass(ms: number): this {
    for (const link of this.links) {
      link.now += ms
      for (const { link: one } of link.ends) one.tick(link.now)
    }
    return this.run()
  }
}

/** How often each chunk was sent over these links. */
export function sendings(links: readonly TestLink[]): number {
  return links.flatMap(({ sent }) => sent).filter(({ kind }) => kind === 'blob-chunk').length
}

export const chunksOf = (file: TestFile): number => Math.ceil(file.bytes.length / BLOB.chunk)
