/** Finds a file of the project from wherever this module runs: a checkout, a bundle in out/, a packed application. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The first of the paths that exists under this module's folder or one above it, the nearest folder first. */
export function findUpwards(...paths: readonly string[]): string {
  let folder = import.meta.dirname
  for (;;) {
    for (const path of paths) if (existsSync(join(folder, path))) return join(folder, path)
    const above = dirname(folder)
    if (above === folder) throw new Error(`${paths.join(' or ')} is missing from this installation`)
    folder = above
  }
}
