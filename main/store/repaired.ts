/**
 * A database that was made anew from a damaged one, on its way to that one's place. It is whole before it has its name;
 * a crash on the way is finished at the next opening, and the damaged file stays beside it.
 */
import { existsSync, renameSync } from 'node:fs'
import { syncFolderOf } from './files.ts'
import type { FolderPaths } from './folder.ts'

/** What SQLite keeps beside a database goes with it. */
const BESIDE = ['', '-wal', '-shm']

export const repairedPath = ({ database }: FolderPaths): string => `${database}.repaired`

/** Answers where the damaged one went; does nothing where none was made anew. */
export function putRepaired(paths: FolderPaths, wall = Date.now()): string | null {
  const repaired = repairedPath(paths)
  if (!existsSync(repaired)) return null
  const aside = existsSync(paths.database) ? unused(`${paths.database}.damaged-${stamp(wall)}`) : null
  if (aside !== null) {
    // The database goes last: while it stands, so does everything that belongs to it.
    for (const end of BESIDE.toReversed())
      if (existsSync(paths.database + end)) renameSync(paths.database + end, aside + end)
  }
  renameSync(repaired, paths.database)
  syncFolderOf(paths.database)
  return aside
}

const stamp = (wall: number): string => new Date(wall).toISOString().slice(0, 19).replaceAll(':', '-')

function unused(name: string): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? name : `${name}.${n}`
    if (!existsSync(candidate)) return candidate
  }
}
