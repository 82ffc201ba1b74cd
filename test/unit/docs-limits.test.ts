/** docs/limits.md shows every bound on what comes from outside, as the program holds it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { limitTables } from '../../scripts/docs/limit-tables.ts'
import { narrow, partOf } from '../../scripts/docs/markdown.ts'
import { LIMIT_GROUPS, LIMITS } from '../../shared/op/limits.ts'

const page = narrow(readFileSync(join(import.meta.dirname, '../../docs/limits.md'), 'utf8'))

test('LIM-1 docs/limits.md says of every limit what it bounds, how far, why, and what happens beyond it', () => {
  expect(partOf(page, 'limits')).toBe(narrow(limitTables()))
  const lines = page.split('\n').filter((line) => /^\| `\w+` \|/.test(line))
  expect(lines).toHaveLength(Object.keys(LIMITS).length)
  for (const line of lines) expect(line).toMatch(/^\|(?: [^|]+ \|){5}$/)
  const names = Object.values(LIMIT_GROUPS).flatMap((group) => Object.keys(group))
  expect(new Set(names).size).toBe(names.length)
})
