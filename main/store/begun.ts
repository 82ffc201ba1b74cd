/**
 * A database that was begun anew from a snapshot, on its way to the place of the one before, of which it has all that is
 * of use. It is whole before it has its name; a crash on the way is finished at the next opening.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import type { SqlDatabase } from './database.ts'
import { syncFolderOf } from './files.ts'
import type { FolderPaths } from './folder.ts'

/** What SQLite keeps beside a database, and what it keeps there while it changes how. */
export const BESIDE = ['-shm', '-wal', '-journal'] as const

export const begunPath = ({ database }: FolderPaths): string => `${database}.begun`

/** Where it is until it is whole. */
export const unfinishedPath = (paths: FolderPaths): string => `${begunPath(paths)}.unfinished`

/** Takes a database away, with all that is beside it. */
export function removeDatabase(file: string): void {
  for (const end of [...BESIDE, '']) if (existsSync(file + end)) rmSync(file + end, { force: true })
}

/** Closes a database that is of no use, and takes it away. A disk that fails may refuse the closing; it goes all the same. */
export function abandonDatabase(sql: SqlDatabase | null, file: string): void {
  try {
    sql?.close()
  } finally {
    removeDatabase(file)
  }
}

/** To be called while none is open. Where none was begun it only takes away what a crash left of one. */
export function putBegun(paths: FolderPaths): void {
  removeDatabase(unfinishedPath(paths))
  const begun = begunPath(paths)
  if (!existsSync(begun)) return
  for (const end of BESIDE) rmSync(paths.database + end, { force: true })
  // What belongs to the one before is gone for good before another has its name: SQLite would take it for its own.
  syncFolderOf(paths.database)
  renameSync(begun, paths.database)
  syncFolderOf(paths.database)
}
