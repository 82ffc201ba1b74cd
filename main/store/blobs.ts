/**
 * The bytes of attachments, kept by their content: a file's name is its SHA-256, so the same picture is kept once and
 * a damaged one is noticed. A file is whole and durable before it has its name.
 */
import { createHash, randomUUID, type Hash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { TallydeskError } from '../../shared/api/errors.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { hasCode, inFolder, inFolderLater, makeFolder, PRIVATE, syncFolderOf } from './files.ts'

/** Read and written in one turn of the event loop. */
const CHUNK = 1024 * 1024
/** What is being written and has no name yet; after a crash nobody knows what it was to be. */
const UNFINISHED = '.unfinished'

export type Blob = { readonly sha256: string; readonly size: number }

export interface BlobWriter {
  /** In order, one after the other. Throws `too-large`, `disk-full`; then only `abort` is left. */
  write(chunk: Uint8Array): Promise<void>
  /** Durable under its name when it answers. */
  finish(): Promise<Blob>
  /** Leaves nothing behind; does nothing after `finish`. */
  abort(): Promise<void>
}

/** Bytes that are here. `end` is the last byte that is read, as in an HTTP range. */
export type OpenBlob = {
  readonly size: number
  read(range?: { readonly start: number; readonly end: number }): Readable
}

/** A file that is here: `opened` is when somebody last looked at it, `kept` when it came; wall time, ms. */
export type KeptBlob = Blob & { readonly opened: number; readonly kept: number }

const isName = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

export class Blobs {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  has(sha256: string): boolean {
    return isName(sha256) && existsSync(this.pathOf(sha256))
  }

  /** Bytes; null for what is not here. */
  sizeOf(sha256: string): number | null {
    if (!isName(sha256)) return null
    return statSync(this.pathOf(sha256), { throwIfNoEntry: false })?.size ?? null
  }

  /** Copies a file in, durable when it answers. Throws `file-unreadable`, `too-large`, `disk-full`. */
  async keep(file: string): Promise<Blob> {
    const source = await openReadable(file)
    const writer = await this.begin()
    try {
      const chunk = Buffer.alloc(CHUNK)
      for (;;) {
        const { bytesRead } = await source.read(chunk, 0, CHUNK)
        if (bytesRead === 0) return await writer.finish()
        await writer.write(chunk.subarray(0, bytesRead))
      }
    } finally {
      await source.close()
      await writer.abort()
    }
  }

  /** Takes bytes whose name is known only when all of them have come. */
  begin(most: number = LIMITS.blobBytes): Promise<BlobWriter> {
    const unfinished = join(this.folder, `${randomUUID()}${UNFINISHED}`)
    return inFolderLater(async () => {
      makeFolder(this.folder)
      return new Writer(
        unfinished,
        await open(unfinished, 'wx', PRIVATE),
        (blob) => this.adopt(unfinished, blob.sha256),
        most,
      )
    })
  }

  /** Opens what is here for reading, and notes that it was looked at; null for what is not here. */
  open(sha256: string): OpenBlob | null {
    const size = this.sizeOf(sha256)
    if (size === null) return null
    const path = this.pathOf(sha256)
    this.touch(sha256)
    return { size, read: (range) => createReadStream(path, range) }
  }

  /** Somebody looked at it now: it is not the first that goes where room is needed. */
  touch(sha256: string): void {
    const stat = statSync(this.pathOf(sha256), { throwIfNoEntry: false })
    if (stat) utimesSync(this.pathOf(sha256), new Date(), stat.mtime)
  }

  /** Gives a whole, synced file its name. */
  adopt(file: string, sha256: string): void {
    const path = this.pathOf(sha256)
    inFolder(() => {
      makeFolder(join(this.folder, sha256.slice(0, 2)))
      renameSync(file, path)
      syncFolderOf(path)
    })
  }

  remove(sha256: string): void {
    if (isName(sha256)) inFolder(() => rmSync(this.pathOf(sha256), { force: true }))
  }

  /** The folders in which files are kept, for `list`: few thousand files stand in each. */
  folders(): string[] {
    return namesIn(this.folder).filter((name) => name.length === 2)
  }

  /** What is kept in one folder. */
  list(folder: string): KeptBlob[] {
    return namesIn(join(this.folder, folder))
      .filter((name) => isName(name))
      .flatMap((sha256) => this.#kept(sha256))
  }

  /** After a crash: what was being written then will never be whole. To be called before anything is begun. */
  sweep(): void {
    for (const name of namesIn(this.folder))
      if (name.endsWith(UNFINISHED)) rmSync(join(this.folder, name), { force: true })
  }

  /** Two characters a folder, so that no folder holds thousands of files. */
  pathOf(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256)
  }

  #kept(sha256: string): KeptBlob[] {
    const stat = statSync(this.pathOf(sha256), { throwIfNoEntry: false })
    return stat ? [{ sha256, size: stat.size, opened: stat.atimeMs, kept: stat.mtimeMs }] : []
  }
}

class Writer implements BlobWriter {
  readonly #path: string
  readonly #file: FileHandle
  readonly #adopt: (blob: Blob) => void
  readonly #most: number
  readonly #hash: Hash = createHash('sha256')
  #size = 0
  #open = true

  constructor(path: string, file: FileHandle, adopt: (blob: Blob) => void, most: number) {
    this.#path = path
    this.#file = file
    this.#adopt = adopt
    this.#most = most
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#size += chunk.length
    // It may grow while it is read.
    if (this.#size > this.#most) throw tooLarge(this.#size, this.#most)
    this.#hash.update(chunk)
    await inFolderLater(() => writeWhole(this.#file, chunk))
  }

  async finish(): Promise<Blob> {
    await inFolderLater(() => this.#file.sync())
    await this.#close()
    const blob = { sha256: this.#hash.digest('hex'), size: this.#size }
    this.#adopt(blob)
    return blob
  }

  async abort(): Promise<void> {
    await this.#close()
    rmSync(this.#path, { force: true })
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#file.close()
  }
}

/** One call may write less than it was given. `from`: the position in the file; where it stands, without it. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array, from?: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const place = from === undefined ? null : from + at
    at += (await file.write(bytes, at, bytes.length - at, place)).bytesWritten
  }
}

/** None of a folder that is not there. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return []
    throw error
  }
}

/** Whatever the disk answered, in the product's words. */
export const asOwn = (error: unknown): TallydeskError =>
  error instanceof TallydeskError
    ? error
    : new TallydeskError('data-folder-unreadable', {
        reason: error instanceof Error ? error.message : 'unknown',
      })

/** A folder, a socket or a device is no file to keep. */
async function openReadable(file: string): Promise<FileHandle> {
  const unreadable = (reason: string, cause?: unknown) =>
    new TallydeskError('file-unreadable', { file, reason }, { cause })
  let stat
  try {
    stat = statSync(file)
    if (stat.isFile() && stat.size <= LIMITS.blobBytes) return await open(file, 'r')
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : 'unknown', error)
  }
  throw stat.isFile() ? tooLarge(stat.size) : unreadable('it is no file')
}

const tooLarge = (size: number, limit: number = LIMITS.blobBytes): TallydeskError =>
  new TallydeskError('too-large', { size, limit })
