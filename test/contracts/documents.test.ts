/** docs/commands.md says what the contract says. To bring its tables up to date: `node scripts/docs.ts`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allFieldTables, commandNames, errorTable, queryNames } from '../../scripts/docs/command-tables.ts'
import { narrow, partOf } from '../../scripts/docs/markdown.ts'
import { en } from '../../shared/api/messages/en.ts'
import { es } from '../../shared/api/messages/es.ts'

const document = narrow(readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8'))

test('DOC-1 the table of errors is the catalogue', () => {
  expect(partOf(document, 'errors')).toBe(narrow(errorTable()))
})

test('DOC-1 the tables of fields are the declarations', () => {
  expect(partOf(document, 'fields')).toBe(narrow(allFieldTables()))
})

test('DOC-1 every command and every query has its row', () => {
  for (const name of [...commandNames(), ...queryNames()])
    expect(document).toMatch(new RegExp(`^\\| \`${name}\``, 'm'))
})

test('DOC-2 both languages fill in the same parameters', () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted()
  const unique = (names: (string | undefined)[]) => [...new Set(names)]
  for (const [code, { message, hint }] of Object.entries(en)) {
    const spanish = Object.entries(es).find(([name]) => name === code)?.[1]
    expect([code, unique(holes(`${spanish?.message} ${spanish?.hint}`))]).toEqual([
      code,
      unique(holes(`${message} ${hint}`)),
    ])
  }
})

test('DOC-2 the catalogues stand in the order of their codes', () => {
  for (const catalogue of [en, es]) expect(Object.keys(catalogue)).toEqual(Object.keys(catalogue).toSorted())
})
