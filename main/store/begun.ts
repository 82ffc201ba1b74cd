/**
 * A database that was begun anew from a snapshot, on its way to the place of the one before, of which it has all that is
 * of use. It is whole before it has its name; a crash on the way is finished at the next opening.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { syncFolderOf } from './files.ts'
import type { FolderPaths } from './folder.ts'

/** What SQLite keeps beside a database goes before it: it must not stand beside another. */
const BESIDE = ['-shm', '-wal', '']

export const begunPath = ({ database }: FolderPaths): string => `${database}.begun`

/** Does nothing where none was begun. */
export function putBegun(paths: FolderPaths): void {
  const begun = begunPath(paths)
  if (!existsSync(begun)) return
  for (const end of BESIDE) rmSync(paths.database + end, { force: true })
  renameSync(begun, paths.database)
  syncFolderOf(paths.database)
}
