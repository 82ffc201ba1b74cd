/** Tables of Markdown, and the parts of a page that are made from the program's declarations. */

export type Row = readonly string[]

export function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export const code = (text: string): string => `\`${text}\``
export const cell = (text: string): string => text.replaceAll('|', '\\|')

/** However wide the columns are drawn. */
export const narrow = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---')

const from = (name: string): string => `<!-- made from the program: ${name} -->`
const TO = '<!-- as far as here -->'

/** What stands between a part's two marks; null where the page has no such part. */
export function partOf(page: string, name: string): string | null {
  const [, after] = page.split(from(name))
  return after?.includes(TO) === true ? (after.split(TO)[0] ?? '').trim() : null
}

/** The page with the named parts made anew. */
export function withParts(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((now, [name, text]) => {
    const old = partOf(now, name)
    if (old === null) throw new Error(`the page has no part “${name}”`)
    const [before = '', after = ''] = now.split(from(name))
    const rest = after.slice(after.indexOf(TO))
    return `${before}${from(name)}\n\n${text}\n\n${rest}`
  }, page)
}
