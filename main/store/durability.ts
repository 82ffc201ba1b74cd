/**
 * The promise that what is committed stays committed: WAL with `synchronous=FULL`, and on macOS `fullfsync`, since
 * a plain fsync there leaves the data in the drive's cache. SQLite may fall back to less without saying so: on a
 * new file the setting reads FULL until the first write and NORMAL after it, and a network disk may refuse WAL.
 * So it is read back after a first write on every open, and less than the promise is refused.
 */
import type Database from 'better-sqlite3'
import { TallydeskError } from '../../shared/api/errors.ts'

const FULL = 2
/** After a checkpoint the WAL shrinks to this; without a limit it keeps the size of its largest burst. */
const JOURNAL_BYTES = 4 * 1024 * 1024

/** Pages in the WAL after which a commit also checkpoints: a megabyte, so that no commit waits long for it. */
const CHECKPOINT_PAGES = 256

export function makeDurable(database: Database.Database): void {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  database.pragma(`journal_size_limit = ${JOURNAL_BYTES}`)
  if (process.platform === 'darwin') {
    database.pragma('fullfsync = ON')
    database.pragma('checkpoint_fullfsync = ON')
  }
  writeOnce(database)
  confirmDurable(database)
}

/** From now on a commit does not wait for the disk: what follows in the WAL takes it along, and a power cut may undo it. */
export function stopWaiting(database: Database.Database): void {
  database.pragma('synchronous = NORMAL')
}

/** Each commit waits for the disk again; false where that cannot be had, as in a transaction that could not be ended. */
export function waitAgain(database: Database.Database): boolean {
  try {
    database.pragma('synchronous = FULL')
    return database.pragma('synchronous', { simple: true }) === FULL
  } catch {
    return false
  }
}

/** Memory for pages of a database that is made in one go, where rows of all ages are asked for, KiB. */
const MAKING_CACHE_KIB = 64 * 1024

/**
 * For a database that is of no use before it is whole: nobody else may look into it, what undoes a transaction is in
 * memory, and nothing is synced.
 */
export function makeFast(database: Database.Database): void {
  database.pragma('locking_mode = EXCLUSIVE')
  database.pragma('journal_mode = MEMORY')
  database.pragma('synchronous = OFF')
  database.pragma(`cache_size = -${MAKING_CACHE_KIB}`)
  writeOnce(database)
}

/** Throws `data-folder-not-durable` unless the open database keeps the promise now. */
export function confirmDurable(database: Database.Database): void {
  demand(database, 'journal_mode', 'wal')
  demand(database, 'synchronous', FULL)
  if (process.platform === 'darwin') demand(database, 'fullfsync', 1)
}

/** A write that changes nothing: the version that SQLite keeps for its user, set to what it is. */
function writeOnce(database: Database.Database): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  database.pragma(`user_version = ${version}`)
}

function demand(database: Database.Database, pragma: string, wanted: string | number): void {
  const found = database.pragma(pragma, { simple: true })
  if (found === wanted) return
  throw new TallydeskError('data-folder-not-durable', { reason: `${pragma} is ${String(found)}` })
}
