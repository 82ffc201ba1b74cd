/**
 * One process at a time owns a data folder. The lock is an exclusive transaction held open on a tiny SQLite file:
 * the operating system frees it when the process ends, however it ends. Beside it a note names the holder, for
 * people; the note decides nothing.
 */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { TallydeskError } from '../../shared/api/errors.ts'
import { createPrivately, hasCode, inFolder, readIfThere, writeInOldRoom } from './files.ts'
import { asTallydeskError, isNoRoom } from './sqlite-errors.ts'

/** How long to wait for a holder that has just begun to write its name. */
const NAME_TRIES = 10
const NAME_PAUSE_MS = 20

/** Keeps every lock reachable until it is released: a connection that is garbage-collected would free it silently. */
const held = new Set<Database.Database>()

export interface FolderLock {
  release(): void
}

/** Throws `data-folder-in-use` with the holder's `pid`. */
export function lockFolder(folder: string): FolderLock {
  const note = join(folder, 'lock.json')
  const lock = holdExclusively(join(folder, 'lock'), note)
  held.add(lock)
  const release = (): void => {
    lock.close()
    held.delete(lock)
  }
  try {
    inFolder(() => writeInOldRoom(note, `${JSON.stringify({ pid: process.pid })}\n`))
  } catch (error) {
    if (isNoRoom(error)) return { release }
    release()
    throw error
  }
  return { release }
}

function holdExclusively(file: string, note: string): Database.Database {
  let database: Database.Database | null = null
  try {
    createPrivately(file)
    database = new Database(file, { timeout: 0 })
    // Nothing is ever written into it, and on a full disk there is no room for a journal.
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (hasCode(error, 'SQLITE_BUSY')) throw new TallydeskError('data-folder-in-use', { pid: holder(note) })
    throw asTallydeskError(error)
  }
}

/** The pid that the note names; a note of a process that is gone is about to be overwritten. */
function holder(note: string): string | number {
  for (let tries = 0; tries < NAME_TRIES; tries += 1) {
    const pid = pidIn(readIfThere(note))
    if (pid !== null && isAlive(pid)) return pid
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAME_PAUSE_MS)
  }
  return '?'
}

function pidIn(text: string | null): number | null {
  const pid = /"pid":(\d+)/.exec(text ?? '')?.[1]
  return pid === undefined ? null : Number(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
