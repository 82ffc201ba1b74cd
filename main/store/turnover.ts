/**
 * A new identity takes the place of another in one data folder. It is made ready in `next/`, whole, and only then is
 * each of its files moved up, the old one of that name going aside first. A crash between any two moves is finished
 * at the next opening; nothing of the old identity is deleted.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeFolder, readIfThere, syncFolderOf, writePrivately } from './files.ts'
import type { FolderPaths } from './folder.ts'

/** Says that `next/` is whole, and names the folder for the old identity. */
const MARK = 'ready'
/** What SQLite keeps beside a database goes with it. */
const BESIDE = ['-wal', '-shm']

/** From here on the folder belongs to the new identity; the old one's database must be closed. */
export function turnOver(paths: FolderPaths, wall: number): void {
  const aside = `aside-${new Date(wall).toISOString().slice(0, 19).replaceAll(':', '-')}`
  writePrivately(join(paths.next, MARK), unused(paths.root, aside))
  finishTurnover(paths)
}

/** Does nothing where no turnover was begun. */
export function finishTurnover(paths: FolderPaths): void {
  const aside = readIfThere(join(paths.next, MARK))
  if (aside === null) return
  const old = join(paths.root, basename(aside))
  makeFolder(old)
  for (const file of [paths.database, paths.opKey, paths.tlsKey, paths.tlsCert, paths.witness])
    replace(file, paths.next, old)
  moveOwed(paths)
  syncFolderOf(join(old, MARK))
  syncFolderOf(paths.database)
  rmSync(paths.next, { recursive: true, force: true })
}

/** A file that has moved up already is not there to move again; a witness is made anew by its identity. */
function replace(file: string, next: string, old: string): void {
  const name = basename(file)
  const made = existsSync(join(next, name))
  if (!made && !name.startsWith('witness')) return
  for (const each of [name, ...BESIDE.map((end) => name + end)]) {
    const from = join(file, '..', each)
    if (existsSync(from) && !existsSync(join(old, each))) renameSync(from, join(old, each))
  }
  if (made) renameSync(join(next, name), file)
}

function moveOwed({ next, owed }: FolderPaths): void {
  const made = join(next, basename(owed))
  if (!existsSync(made)) return
  makeFolder(owed)
  for (const name of readdirSync(made)) renameSync(join(made, name), join(owed, name))
  syncFolderOf(join(owed, MARK))
}

function unused(root: string, name: string): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? name : `${name}.${n}`
    if (!existsSync(join(root, candidate))) return candidate
  }
}
