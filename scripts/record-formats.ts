/** `node scripts/record-formats.ts`: records the bytes of today's format and its fingerprint (test/formats/README.md). */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './built.ts'

const done = spawnSync(process.execPath, [join(ROOT, 'test/formats/record.ts')], {
  cwd: ROOT,
  stdio: 'inherit',
})
process.exitCode = done.status ?? 1
