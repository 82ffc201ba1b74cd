/** docs/permissions.md shows, for every effect, which roles the judgement lets write it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { narrow, partOf } from '../../scripts/docs/markdown.ts'
import { permissionTables } from '../../scripts/docs/permission-tables.ts'
import { permits } from '../../shared/judge/permissions.ts'
import { ROLES } from '../../shared/model/roles.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'

const page = narrow(readFileSync(join(import.meta.dirname, '../../docs/permissions.md'), 'utf8'))

describe('docs/permissions.md', () => {
  test('DOC-12 says what the table of permissions says', () => {
    expect(partOf(page, 'permissions')).toBe(narrow(permissionTables()))
  })

  test('DOC-12 has one line for each effect, with what it does and each role as it is judged', () => {
    const lines = page.split('\n').filter((line) => /^\| `\w+` \|/.test(line))
    const effects = lines.map((line) => line.split('`')[1] as KnownEffect['type'])
    expect(effects).toHaveLength(new Set(effects).size)
    for (const [at, effect] of effects.entries()) {
      const [, , sentence, ...roles] = (lines[at] ?? '').split('|').map((cell) => cell.trim())
      expect(sentence).not.toBe('')
      expect(roles.slice(0, ROLES.length)).toEqual(ROLES.map((role) => (permits(role, effect) ? 'yes' : '')))
    }
    expect(effects).toEqual(expect.arrayContaining(['create', 'admit', 'spend', 'adopt', 'handover']))
  })
})
