/**
 * Small files of the data folder, written so that a reader or a power cut finds either the old text or the new one,
 * whole, and never with more rights than it should have.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { TallydeskError } from '../../shared/api/errors.ts'

/** Readable and writable by the owner alone. */
export const PRIVATE = 0o600

/** Durable when it returns; where the disk refuses, the file is as it was, and nothing is left beside it. */
export function writePrivately(file: string, content: string | Uint8Array): void {
  const unfinished = `${file}.unfinished`
  try {
    writeSynced(unfinished, content)
    renameSync(unfinished, file)
  } catch (error) {
    forgetUnfinished(file)
    throw error
  }
  syncFolderOf(file)
}

function writeSynced(file: string, content: string | Uint8Array): void {
  const handle = openSync(file, 'w', PRIVATE)
  try {
    writeWhole(handle, content)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** What a crash left of the writing of a file; the file is as it was. */
export function forgetUnfinished(file: string): void {
  rmSync(`${file}.unfinished`, { force: true })
}

/**
 * As `writePrivately`. On a full disk it writes over `old` in the room that this has, and gives it the name; a crash
 * then may leave half of it. For what only this start needs and the next writes anew.
 */
export function writeInOldRoom(file: string, content: string, old = file): void {
  try {
    writePrivately(file, content)
  } catch (error) {
    if (!isFull(error) || !existsSync(old)) throw error
    overwrite(old, content)
    renameSync(old, file)
  }
}

/** In place: a file system that does not copy on writing needs no room for it. Throws where there is no such file. */
export function overwrite(file: string, content: string): void {
  const bytes = Buffer.from(content)
  const handle = openSync(file, 'r+')
  try {
    writeWhole(handle, bytes)
    ftruncateSync(handle, bytes.length)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** One call may write less than it was given. */
function writeWhole(handle: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
}

/** Makes an empty file for the owner alone, where there is none: SQLite would make it readable for others. */
export function createPrivately(file: string): void {
  closeSync(openSync(file, 'a', PRIVATE))
}

/** Null when there is no such file. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Makes a rename durable. Windows has no handle for a folder; its file system orders renames itself. */
export function syncFolderOf(file: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(dirname(file), 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/**
 * Makes a folder, and those around it that are missing, for the owner alone. They are durable when it returns, also
 * where an earlier start made them and ended before it came to that.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  // One by one: where a file system makes no folders, the system's own recursion never ends.
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const one of missing.length > 0 ? missing : [folder]) makeOne(one)
  const first = missing[0] ?? folder
  for (let made = folder; made.length >= first.length; made = dirname(made)) syncFolderAround(made)
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!hasCode(error, 'EEXIST') || !statSync(folder).isDirectory()) throw error
  }
}

/** Where the folder around may not be read, or its file system syncs no folders, its names are left to the system. */
function syncFolderAround(folder: string): void {
  try {
    syncFolderOf(folder)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EINVAL'].some((code) => hasCode(error, code))) throw error
  }
}

export function syncFile(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

const isFull = (error: unknown): boolean => hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')

const UNREADABLE = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EISDIR',
  'ENOENT',
  'ELOOP',
  'ENAMETOOLONG',
  'EEXIST',
]

/** Runs `work`; what the file system refuses comes out in the product's words. */
export function inFolder<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw inOwnWords(error)
  }
}

/** The same for work that takes its time. */
export async function inFolderLater<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw inOwnWords(error)
  }
}

function inOwnWords(error: unknown): unknown {
  if (isFull(error)) return new TallydeskError('disk-full', {}, { cause: error })
  if (error instanceof Error && hasCode(error, 'EIO'))
    return new TallydeskError('storage-failed', { reason: error.message }, { cause: error })
  if (error instanceof Error && UNREADABLE.some((code) => hasCode(error, code)))
    return new TallydeskError('data-folder-unreadable', { reason: error.message }, { cause: error })
  return error
}
