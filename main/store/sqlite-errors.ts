/**
 * What SQLite reports, in the product's own words: a full disk, one that fails, an unreadable folder, a damaged file. Anything
 * else is a broken invariant of ours and goes up as it is.
 */
import Database from 'better-sqlite3'
import { TallydeskError } from '../../shared/api/errors.ts'

const DAMAGED = /^SQLITE_(CORRUPT|NOTADB)/
const FAILED = 'SQLITE_IOERR'
const UNREADABLE = /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH|NOLFS|BUSY|LOCKED)/

/** The error of the product for an error of SQLite; everything else unchanged. */
export function asTallydeskError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const reason = `${error.message} (${error.code})`
  if (error.code === 'SQLITE_FULL') return new TallydeskError('disk-full', {}, { cause: error })
  if (DAMAGED.test(error.code)) return new TallydeskError('database-damaged', { reason }, { cause: error })
  if (error.code.startsWith(FAILED)) return new TallydeskError('storage-failed', { reason }, { cause: error })
  if (UNREADABLE.test(error.code)) {
    return new TallydeskError('data-folder-unreadable', { reason }, { cause: error })
  }
  return error
}

/** The disk takes nothing now and may again; what is on it may well be read. */
export const isNoRoom = (error: unknown): error is TallydeskError =>
  error instanceof TallydeskError && (error.code === 'disk-full' || error.code === 'storage-failed')

/** Runs `work`; what SQLite throws comes out in the product's words, and `tell` hears of it. */
export function translated<T>(work: () => T, tell?: (error: TallydeskError) => void): T {
  try {
    return work()
  } catch (error) {
    const known = asTallydeskError(error)
    if (known instanceof TallydeskError) tell?.(known)
    throw known
  }
}
