/** Which parts of which pages are made from the program. */
import { allFieldTables, errorTable } from './command-tables.ts'
import { kindSections, siteTable, summary } from './field-tables.ts'
import { limitTables } from './limit-tables.ts'
import { permissionTables } from './permission-tables.ts'

export const PAGES: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  'commands.md': () => ({ fields: allFieldTables(), errors: errorTable() }),
  'fields.md': () => ({ summary: summary(), kinds: kindSections(), site: siteTable() }),
  'limits.md': () => ({ limits: limitTables() }),
  'permissions.md': () => ({ permissions: permissionTables() }),
}
