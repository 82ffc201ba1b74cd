/** `node scripts/docs.ts`: writes into the pages of docs/ what is made from the program. A test holds them to it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { ROOT } from './built.ts'
import { withParts } from './docs/markdown.ts'
import { PAGES } from './docs/pages.ts'

for (const [name, parts] of Object.entries(PAGES)) {
  const file = join(ROOT, 'docs', name)
  const style = await resolveConfig(file)
  const page = await format(withParts(readFileSync(file, 'utf8'), parts()), { ...style, filepath: file })
  writeFileSync(file, page)
}
