/**
 * Files that are copied, hashed and made durable a chunk a turn of the event loop, so that a node goes on answering
 * while gigabytes pass. A copy has its name only when it is whole.
 */
import { createHash, type Hash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { inFolder, makeFolder, PRIVATE, syncFolderOf } from './files.ts'

const CHUNK = 1024 * 1024
const SHA256 = /^[0-9a-f]{64}$/

export type Measured = { readonly bytes: number; readonly sha256: string }
export type BlobFile = { readonly sha256: string; readonly path: string }

/** Throws `data-folder-unreadable`. */
export async function measured(file: string): Promise<Measured> {
  return through(file, () => undefined)
}

/** The copy, durable, and what was in it; whoever asked compares before relying on it. Throws `disk-full`. */
export async function copied(from: string, to: string): Promise<Measured> {
  const unfinished = `${to}.unfinished`
  inFolder(() => makeFolder(dirname(to)))
  const target = inFolder(() => openSync(unfinished, 'w', PRIVATE))
  try {
    const found = await through(from, (part) => inFolder(() => writeWhole(target, part)))
    inFolder(() => {
      fsyncSync(target)
      renameSync(unfinished, to)
      syncFolderOf(to)
    })
    return found
  } finally {
    closeSync(target)
    rmSync(unfinished, { force: true })
  }
}

/** The files of attachments under a folder, two characters a folder, in order of their names. */
export function* blobFiles(folder: string): Generator<BlobFile> {
  for (const beginning of namesIn(folder))
    for (const sha256 of namesIn(join(folder, beginning)))
      if (SHA256.test(sha256) && sha256.startsWith(beginning))
        yield { sha256, path: join(folder, beginning, sha256) }
}

export const blobPath = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256)

/** Empty where there is no such folder. */
export function namesIn(folder: string): readonly string[] {
  return inFolder(() => (existsSync(folder) ? readdirSync(folder).toSorted() : []))
}

async function through(file: string, take: (part: Buffer) => void): Promise<Measured> {
  const source = inFolder(() => openSync(file, 'r'))
  const hash: Hash = createHash('sha256')
  const chunk = Buffer.alloc(CHUNK)
  let bytes = 0
  try {
    for (;;) {
      const length = inFolder(() => readSync(source, chunk))
      if (length === 0) return { bytes, sha256: hash.digest('hex') }
      const part = chunk.subarray(0, length)
      hash.update(part)
      take(part)
      bytes += length
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    closeSync(source)
  }
}

function writeWhole(target: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(target, bytes, at)
}
