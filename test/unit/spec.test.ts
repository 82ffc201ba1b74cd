/** Rules and proofs hold together: every rule has a test, and every test names a rule that stands. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')

const rules = new Set(
  [...readFileSync(join(ROOT, 'shared', 'SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(
    ([, id]) => id ?? '',
  ),
)

/** The numbers at the beginning of titles, also where a title is put together. */
const TITLE = /\b(?:test|it|describe)(?:\.\w+(?:\([^)]*\))?)*\(\s*['"`]([A-Z]+-\d+)\b/g

function provenIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .flatMap((entry) => [...readFileSync(join(entry.parentPath, entry.name), 'utf8').matchAll(TITLE)])
    .map(([, id]) => id ?? '')
}

const proven = new Set(provenIn(join(ROOT, 'test')))

test('SPEC-1 every rule of SPEC.md is named by the title of a test', () => {
  expect([...rules].filter((rule) => !proven.has(rule))).toEqual([])
})

test('SPEC-1 every number in a test title is a rule of SPEC.md', () => {
  expect([...proven].filter((rule) => !rules.has(rule))).toEqual([])
})
