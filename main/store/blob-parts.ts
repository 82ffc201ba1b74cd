/**
 * Files on their way: what is here of each stands in `HASH.part` until it is whole and its hash is right. A chunk is
 * durable before it counts, so that a crash costs the chunk that was being written and no more. One file is worked on by
 * one step at a time; several files may be at once.
 */
import { createHash, type Hash } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { TallydeskError } from '../../shared/api/errors.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { BlobStore } from '../../shared/sync/blobs/ports.ts'
import { asOwn, type Blobs, namesIn, writeWhole } from './blobs.ts'
import { inFolder, inFolderLater, PRIVATE, syncFolderOf } from './files.ts'

const PART = '.part'
/** Read in one turn of the event loop, of a file that is checked from its beginning. */
const SLICE = 1024 * 1024

/** What was hashed so far, while the node runs; what is from before is hashed at the end. */
type Hashed = { readonly hash: Hash; at: number }

export class BlobParts implements Omit<BlobStore, 'offers'> {
  readonly #blobs: Blobs
  readonly #onTrouble: (error: TallydeskError | null) => void
  readonly #at = new Map<string, number>()
  readonly #hashed = new Map<string, Hashed>()
  /** The last step of each file that is worked on. */
  readonly #steps = new Map<string, Promise<void>>()

  /** `onTrouble` hears why the disk refused, and null when it took something again. */
  constructor(blobs: Blobs, onTrouble: (error: TallydeskError | null) => void) {
    this.#blobs = blobs
    this.#onTrouble = onTrouble
  }

  /** The files of which something is here. */
  list(): string[] {
    return namesIn(this.#blobs.folder).flatMap((name) =>
      name.endsWith(PART) ? [name.slice(0, -PART.length)] : [],
    )
  }

  /** When something was last added to it, wall time; null for what is not here. */
  touched(sha256: string): number | null {
    return statSync(this.#pathOf(sha256), { throwIfNoEntry: false })?.mtimeMs ?? null
  }

  progress(sha256: string): number {
    const known = this.#at.get(sha256)
    if (known !== undefined) return known
    const size = statSync(this.#pathOf(sha256), { throwIfNoEntry: false })?.size ?? 0
    // The last piece may be torn, or the one that ends the file: it comes again.
    const at = size - (size % LIMITS.blobChunk)
    this.#at.set(sha256, at)
    return at
  }

  append(sha256: string, at: number, bytes: Uint8Array, done: (kept: boolean) => void): void {
    this.#step(sha256, () => this.#append(sha256, at, bytes).then(() => true), false, done)
  }

  finish(sha256: string, size: number, done: (outcome: 'whole' | 'wrong' | 'failed') => void): void {
    const work = async () => ((await this.#finish(sha256, size)) ? 'whole' : 'wrong')
    this.#step<'whole' | 'wrong' | 'failed'>(sha256, work, 'failed', done)
  }

  drop(sha256: string): void {
    this.#at.set(sha256, 0)
    this.#hashed.delete(sha256)
    this.#step(
      sha256,
      () => rm(this.#pathOf(sha256), { force: true }),
      undefined,
      () => undefined,
    )
  }

  read(
    sha256: string,
    at: number,
    length: number,
    done: (read: { readonly bytes: Uint8Array; readonly size: number } | null) => void,
  ): void {
    readPiece(this.#blobs.pathOf(sha256), at, length).then(done, () => done(null))
  }

  /** Resolves when nothing is being written any more, and everybody who waits for it knows. */
  async idle(): Promise<void> {
    // Who hears that one step is done may begin the next.
    while (this.#steps.size > 0) await Promise.all(this.#steps.values())
  }

  #pathOf(sha256: string): string {
    return join(this.#blobs.folder, sha256 + PART)
  }

  /** After the steps before it; `done` hears `failed` where the disk refused. */
  #step<T>(sha256: string, work: () => Promise<T>, failed: T, done: (outcome: T) => void): void {
    const before = this.#steps.get(sha256) ?? Promise.resolve()
    const step = before.then(work).then(
      (value) => {
        this.#onTrouble(null)
        return value
      },
      (error: unknown) => {
        this.#onTrouble(asOwn(error))
        return failed
      },
    )
    const over = step.then((outcome) => {
      if (this.#steps.get(sha256) === over) this.#steps.delete(sha256)
      this.#tell(() => done(outcome))
    })
    this.#steps.set(sha256, over)
  }

  /** Who hears it may find that the disk takes nothing from it either. */
  #tell(done: () => void): void {
    try {
      done()
    } catch (error) {
      this.#onTrouble(asOwn(error))
    }
  }

  async #append(sha256: string, at: number, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(sha256)
    await inFolderLater(async () => {
      if (at === 0) mkdirSync(this.#blobs.folder, { recursive: true, mode: 0o700 })
      const file = await open(path, at === 0 ? 'w' : 'r+', PRIVATE)
      try {
        await file.truncate(at)
        await writeWhole(file, bytes, at)
        await file.datasync()
      } finally {
        await file.close()
      }
      if (at === 0) syncFolderOf(path)
    })
    this.#at.set(sha256, at + bytes.length)
    this.#hash(sha256, at, bytes)
  }

  #hash(sha256: string, at: number, bytes: Uint8Array): void {
    if (at === 0) this.#hashed.set(sha256, { hash: createHash('sha256'), at: 0 })
    const hashed = this.#hashed.get(sha256)
    if (hashed?.at !== at) return
    hashed.hash.update(bytes)
    hashed.at += bytes.length
  }

  async #finish(sha256: string, size: number): Promise<boolean> {
    const path = this.#pathOf(sha256)
    if (size === 0) await this.#append(sha256, 0, new Uint8Array(0))
    const hashed = this.#hashed.get(sha256)
    const found =
      hashed?.at === size ? hashed.hash.digest('hex') : await inFolderLater(() => hashOf(path, size))
    this.#hashed.delete(sha256)
    this.#at.delete(sha256)
    if (found === sha256) this.#blobs.adopt(path, sha256)
    else inFolder(() => rmSync(path, { force: true }))
    return found === sha256
  }
}

async function readPiece(
  path: string,
  at: number,
  length: number,
): Promise<{ readonly bytes: Uint8Array; readonly size: number }> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)))
    await readWhole(file, bytes, at)
    return { bytes, size }
  } finally {
    await file.close()
  }
}

/** Throws where the file ends before the bytes are full. */
async function readWhole(file: FileHandle, bytes: Uint8Array, from: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at)
    if (bytesRead === 0) throw new Error('the file is shorter than it was')
    at += bytesRead
  }
}

async function hashOf(path: string, size: number): Promise<string> {
  const file = await open(path, 'r')
  try {
    const hash = createHash('sha256')
    const slice = new Uint8Array(SLICE)
    for (let at = 0; at < size;) {
      const part = slice.subarray(0, Math.min(SLICE, size - at))
      await readWhole(file, part, at)
      hash.update(part)
      at += part.length
    }
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}
