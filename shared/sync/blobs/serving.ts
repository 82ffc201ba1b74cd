/**
 * What one peer is given: answers to what it seeks, and one chunk at a time. It keeps at most one chunk in memory, and
 * holds the peer to what a device that keeps to the rules would ever ask.
 */
import type { BlobChunk, BlobHave, BlobSeek, BlobWant } from './messages.ts'
import { BLOB } from './limits.ts'
import type { BlobStore } from './ports.ts'

type Chunk =
  | { readonly at: 'none' }
  | { readonly at: 'reading'; readonly want: BlobWant }
  | { readonly at: 'ready'; readonly chunk: BlobChunk }

export class Serving {
  readonly #store: BlobStore
  readonly #wake: () => void
  #chunk: Chunk = { at: 'none' }
  /** The last chunk lies with the transport still: a peer that reads nothing gets nothing more. */
  #leaving = false
  /** To be told at the next occasion. */
  readonly #held = new Set<string>()
  readonly #gone = new Set<string>()
  /** Sought before, and not here then. */
  readonly #sought = new Set<string>()
  readonly #served = new Map<string, number>()

  constructor(store: BlobStore, wake: () => void) {
    this.#store = store
    this.#wake = wake
  }

  get speaks(): boolean {
    return this.#isReady || this.#held.size > 0 || this.#gone.size > 0
  }

  get #isReady(): boolean {
    return this.#chunk.at === 'ready' && !this.#leaving
  }

  /** Null, or how the peer broke the rules. */
  seek({ files }: BlobSeek): string | null {
    if (this.#held.size + this.#gone.size > 2 * BLOB.named) return 'seeks without end'
    for (const file of files) {
      if (this.#store.offers(file)) this.#tell(file)
      else this.#lacks(file)
    }
    return null
  }

  want(want: BlobWant): string | null {
    if (this.#chunk.at !== 'none') return 'wants two chunks at once'
    const { sha256, from } = want
    const times = (this.#served.get(sha256) ?? 0) + 1
    this.#served.set(sha256, times)
    if (this.#served.size > BLOB.sought) this.#forgetOldest()
    if (!this.#store.offers(sha256)) this.#lacks(sha256)
    else this.#read(want, from, times)
    return null
  }

  #forgetOldest(): void {
    const [oldest] = this.#served.keys()
    if (oldest !== undefined) this.#served.delete(oldest)
  }

  #read(want: BlobWant, from: number, times: number): void {
    this.#chunk = { at: 'reading', want }
    const { sha256 } = want
    this.#store.read(sha256, from, BLOB.chunk, (read) => {
      if (read === null || read.bytes.length === 0 || times > BLOB.servings(read.size)) {
        this.#chunk = { at: 'none' }
        this.#gone.add(sha256)
      } else {
        const { bytes, size } = read
        this.#chunk = { at: 'ready', chunk: { kind: 'blob-chunk', sha256, at: from, size, bytes } }
      }
      this.#wake()
    })
  }

  #lacks(file: string): void {
    this.#gone.add(file)
    this.#held.delete(file)
    this.#sought.add(file)
    if (this.#sought.size <= BLOB.sought) return
    const [oldest] = this.#sought
    if (oldest !== undefined) this.#sought.delete(oldest)
  }

  #tell(file: string): void {
    this.#gone.delete(file)
    this.#held.add(file)
  }

  /** It is durably here now: said to everybody, which acknowledges it to who gave it. */
  kept(file: string): void {
    this.#sought.delete(file)
    this.#tell(file)
    this.#wake()
  }

  /** It was let go here. */
  lost(file: string): void {
    this.#held.delete(file)
    this.#gone.add(file)
    this.#wake()
  }

  /** What is said goes before what is given. */
  next(): BlobHave | BlobChunk | null {
    const said = this.#say()
    if (said !== null || this.#chunk.at !== 'ready' || this.#leaving) return said
    const { chunk } = this.#chunk
    this.#chunk = { at: 'none' }
    this.#leaving = true
    return chunk
  }

  #say(): BlobHave | null {
    if (this.#held.size === 0 && this.#gone.size === 0) return null
    return { kind: 'blob-have', held: taken(this.#held), gone: taken(this.#gone) }
  }

  /** The transport passed on what it was given. */
  passedOn(): void {
    this.#leaving = false
    this.#wake()
  }
}

function taken(from: Set<string>): string[] {
  const some = [...from].slice(0, BLOB.named)
  for (const one of some) from.delete(one)
  return some
}
