/**
 * Whether out/ holds what the sources say: the build leaves a stamp, and any source file or folder that
 * changed after it makes the build stale.
 */
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const ROOT = dirname(import.meta.dirname)

const STAMP = join(ROOT, 'out', 'built.txt')
const FOLDERS = ['shared', 'main', 'renderer']
const FILES = ['package-lock.json', 'electron.vite.config.ts', 'vite.config.ts']

/** ms since 1970. A folder's own time tells of files that went away. */
function changed(path: string): number {
  return statSync(path).mtimeMs
}

function* sources(): Generator<string> {
  for (const file of FILES) yield join(ROOT, file)
  for (const folder of FOLDERS) {
    yield join(ROOT, folder)
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      yield join(ROOT, folder, entry)
    }
  }
}

export function isBuilt(): boolean {
  if (!existsSync(STAMP)) return false
  const built = changed(STAMP)
  return [...sources()].every((path) => changed(path) <= built)
}

/** `began` in ms since 1970: what changed while the build ran is stale again. */
export function stampBuilt(began: number): void {
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, `${new Date(began).toISOString()}\n`)
  utimesSync(STAMP, began / 1000, began / 1000)
}
