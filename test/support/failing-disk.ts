/** A disk that is full or fails whenever a test says so, under a real node: see failing.c. Wants a C compiler (`cc`). */
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scratchFolder, type Surroundings } from './node-process.ts'

export type FailingDisk = {
  /** A data folder on it. */
  readonly data: string
  /** For the node that runs there. */
  readonly surroundings: Surroundings
  fail(how: 'full' | 'broken'): void
  mend(): void
  remove(): void
}

export function failingDisk(): FailingDisk {
  const scratch = scratchFolder()
  const at = (name: string): string => join(scratch.path, name)
  const library = at('failing.so')
  const source = fileURLToPath(new URL('failing.c', import.meta.url))
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
  const [data, flag] = [at('data'), at('fails')]
  const env = { LD_PRELOAD: library, TALLYDESK_FAILING_ROOT: data, TALLYDESK_FAILING_FLAG: flag }
  return {
    data,
    surroundings: { node: [], env },
    fail: (how) => writeFileSync(flag, how),
    mend: () => rmSync(flag),
    remove: () => scratch.remove(),
  }
}
