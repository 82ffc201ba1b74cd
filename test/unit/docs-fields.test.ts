/** docs/fields.md answers for every field of every kind, as the kinds are declared. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLASSES, kindSection, kindSections, siteTable, summary } from '../../scripts/docs/field-tables.ts'
import { narrow, partOf, withParts } from '../../scripts/docs/markdown.ts'
import { SITE_FACTS } from '../../scripts/docs/site-facts.ts'
import { KINDS, type Field, type KindName } from '../../shared/model/kinds.ts'

const page = narrow(readFileSync(join(import.meta.dirname, '../../docs/fields.md'), 'utf8'))
const kinds = Object.entries(KINDS) as [KindName, { readonly fields: Readonly<Record<string, Field>> }][]

/** The cells of the one line of a section that tells of a field. */
function lineOf(section: string, field: string): readonly string[] {
  const lines = section.split('\n').filter((line) => line.startsWith(`| \`${field}\` |`))
  expect(lines, field).toHaveLength(1)
  return (lines[0] ?? '').split('|').map((cell) => cell.trim())
}

describe('docs/fields.md', () => {
  test('DOC-10 says what the declarations of kinds say', () => {
    expect(partOf(page, 'summary')).toBe(narrow(summary()))
    expect(partOf(page, 'kinds')).toBe(narrow(kindSections()))
    expect(partOf(page, 'site')).toBe(narrow(siteTable()))
  })

  test('DOC-10 classifies every field of every kind and of its children, once', () => {
    for (const [kind, { fields }] of kinds) {
      const section = narrow(kindSection(kind))
      for (const [name, { children, frozen }] of Object.entries(fields)) {
        for (const field of [name, ...Object.keys(children ?? {}).map((child) => `${name}.${child}`)]) {
          const [, , answer, closing] = lineOf(section, field)
          expect(Object.values(CLASSES).some((one) => answer?.startsWith(one))).toBe(true)
          expect(closing).toBe(frozen ? 'frozen' : '')
        }
      }
    }
  })

  test('DOC-10 knows what merges, what is a right, and what only the authority says', () => {
    const answer = (kind: KindName, field: string) => lineOf(narrow(kindSection(kind)), field)[2]
    expect(answer('case', 'owner')).toBe('edited locally with a CRDT (multi-value register)')
    expect(answer('incident', 'notes.body')).toBe('edited locally with a CRDT (Yjs text)')
    expect(answer('incident', 'sign_offs')).toBe('central authority')
    expect(answer('stock', 'on_hand')).toBe('right in advance')
    expect(answer('job', 'number')).toBe('right in advance')
    expect(answer('job', 'progress')).toBe('derived')
  })

  test('DOC-11 says of the site’s own facts who changes them, each effect of control once', () => {
    const effects = SITE_FACTS.flatMap((fact) => fact.effects)
    expect(effects).toHaveLength(new Set(effects).size)
    for (const needed of ['members and persons', 'roles', 'zones', 'retention policy'])
      expect(SITE_FACTS.map(({ fact }) => fact)).toContain(needed)
    expect(SITE_FACTS.find(({ fact }) => fact === 'retention policy')?.of).toBe('authority')
  })

  test('DOC-10 a page that has parted from the program is told from one that has not', () => {
    const parted = withParts(page, { kinds: kindSections().replace('frozen', '') })
    expect(partOf(narrow(parted), 'kinds')).not.toBe(narrow(kindSections()))
    expect(() => withParts('a page without marks', { kinds: '' })).toThrow('no part')
  })
})
