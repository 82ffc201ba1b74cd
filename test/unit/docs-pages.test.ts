/** The pages of docs/ lead where they say, and name only commands that there are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRight } from '../../shared/model/rights.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
const textOf = (page: string): string => readFileSync(page, 'utf8')

/** The anchor that a heading gets on the usual hosts. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''))

/** Every link of a page that stays in the repository, as file and anchor. */
function linksOf(page: string): { readonly file: string; readonly anchor: string | null }[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? page : normalize(join(dirname(page), file))
      return { file: target, anchor: anchor ?? null }
    })
}

const cliCommands = readdirSync(join(ROOT, 'main', 'cli', 'commands')).map((file) => file.replace('.ts', ''))

describe('the pages of docs/', () => {
  test('DOC-13 lead only to files and headings that are there', () => {
    for (const page of pages.map((name) => join(ROOT, 'docs', name))) {
      for (const { file, anchor } of linksOf(page)) {
        expect(existsSync(file), `${page} leads to ${file}`).toBe(true)
        if (anchor !== null) expect(anchorsOf(file), `${page} leads to #${anchor}`).toContain(anchor)
      }
    }
    expect(linksOf(join(ROOT, 'docs', 'worst-day.md')).length).toBeGreaterThan(6)
  })

  test('DOC-13 name only commands of the program', () => {
    const named = pages.flatMap((name) => [
      ...textOf(join(ROOT, 'docs', name)).matchAll(/`?tallydesk (?:-- )?([a-z]+)\b/g),
    ])
    const words = new Set(named.map(([, word]) => word ?? ''))
    expect([...words].filter((word) => !cliCommands.includes(word))).toEqual([])
    expect(words).toContain('recover')
  })

  test('DOC-13 name rights as they are read', () => {
    const rights = textOf(join(ROOT, 'docs', 'rights.md'))
    const names = [...rights.matchAll(/\| `([a-z-]+(?::[a-z]+)?(?::[A-Z]+)?)` +\|/g)].map(
      ([, name]) => name ?? '',
    )
    const filled = names.map((name) => name.replace('RECORD', 'a'.repeat(32)).replace('ZONE', 'Yard'))
    expect(filled.length).toBe(5)
    expect(filled.filter((name) => parseRight(name) === null)).toEqual([])
  })
})
