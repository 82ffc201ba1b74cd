/** Writes the recordings and the fingerprint anew; run by `node scripts/record-formats.ts`. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { complaints, fingerprint, kept, writtenFingerprint } from './fingerprint.ts'
import { FOLDER, record } from './recordings.ts'

const FINGERPRINT = join(import.meta.dirname, 'fingerprint.json')

function released(): boolean {
  if (!existsSync(FINGERPRINT)) return false
  const before = kept()
  const problems = before.released ? complaints(before, fingerprint()) : []
  const raised = problems.filter((problem) => problem.includes('raise it'))
  if (raised.length > 0) throw new Error(raised.join('\n'))
  return before.released
}

const isReleased = released()
if (isReleased)
  process.stdout.write(
    'Format 1 is released: its recordings stay as they are; only the fingerprint is written.\n',
  )
else {
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, content] of Object.entries(record())) writeFileSync(join(FOLDER, name), content)
}
writeFileSync(FINGERPRINT, writtenFingerprint(isReleased))
process.stdout.write(`Recorded in ${FOLDER}\n`)
