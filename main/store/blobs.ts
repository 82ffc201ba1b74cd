/**
 * The bytes of attachments, kept by their content: a file's name is its SHA-256, so the same picture is kept once and
 * a damaged one is noticed. A file is whole before it has its name.
 */
import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { TallydeskError } from '../../shared/api/errors.ts'
import { inFolder, PRIVATE, syncFolderOf } from './files.ts'

/** A photo has a few megabytes, a scanned manual some dozens. */
export const MOST_BLOB_BYTES = 100 * 1024 * 1024
/** Read and written in one turn of the event loop. */
const CHUNK = 1024 * 1024

export type Blob = { readonly sha256: string; readonly size: number }

export class Blobs {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  has(sha256: string): boolean {
    return /^[0-9a-f]{64}$/.test(sha256) && existsSync(this.#pathOf(sha256))
  }

  /** Copies a file in, durable when it answers. Throws `file-unreadable`, `too-large`, `disk-full`. */
  async keep(file: string): Promise<Blob> {
    const source = openReadable(file)
    const unfinished = join(this.#folder, `${randomUUID()}.unfinished`)
    try {
      inFolder(() => mkdirSync(this.#folder, { recursive: true, mode: 0o700 }))
      const blob = await this.#copy(source, unfinished)
      this.#finish(unfinished, blob)
      return blob
    } finally {
      closeSync(source)
      rmSync(unfinished, { force: true })
    }
  }

  /** Two characters a folder, so that no folder holds thousands of files. */
  #pathOf(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256)
  }

  async #copy(source: number, unfinished: string): Promise<Blob> {
    const target = inFolder(() => openSync(unfinished, 'wx', PRIVATE))
    const hash = createHash('sha256')
    const chunk = Buffer.alloc(CHUNK)
    let size = 0
    try {
      for (;;) {
        const length = readSync(source, chunk)
        if (length === 0) break
        size += length
        // It may grow while it is read.
        if (size > MOST_BLOB_BYTES) throw tooLarge(size)
        const part = chunk.subarray(0, length)
        hash.update(part)
        inFolder(() => writeWhole(target, part))
        await new Promise((resolve) => setImmediate(resolve))
      }
      inFolder(() => fsyncSync(target))
    } finally {
      closeSync(target)
    }
    return { sha256: hash.digest('hex'), size }
  }

  #finish(unfinished: string, { sha256 }: Blob): void {
    const path = this.#pathOf(sha256)
    inFolder(() => {
      mkdirSync(join(this.#folder, sha256.slice(0, 2)), { recursive: true, mode: 0o700 })
      renameSync(unfinished, path)
      syncFolderOf(path)
    })
  }
}

function writeWhole(target: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at)
}

/** A folder, a socket or a device is no file to keep. */
function openReadable(file: string): number {
  const unreadable = (reason: string, cause?: unknown) =>
    new TallydeskError('file-unreadable', { file, reason }, { cause })
  let stat
  try {
    stat = statSync(file)
    if (stat.isFile() && stat.size <= MOST_BLOB_BYTES) return openSync(file, 'r')
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : 'unknown', error)
  }
  throw stat.isFile() ? tooLarge(stat.size) : unreadable('it is no file')
}

const tooLarge = (size: number): TallydeskError =>
  new TallydeskError('too-large', { size, limit: MOST_BLOB_BYTES })
