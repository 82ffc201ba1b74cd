/** Import: rows of a named source become records whose ids are made from (site, source, key), so never twice. */
import type { ImportReport } from '../api/commands.ts'
import { sentence } from '../api/messages/catalogue.ts'
import { importRecord, type NewRecord } from '../intent/creating.ts'
import { Composer } from '../intent/composer.ts'
import type { RecordId } from '../model/ids.ts'
import { importedRecord } from '../op/identity.ts'
import { keysOf } from '../merge/set.ts'
import type { ImportRow } from './contract.ts'
import type { Core } from './core.ts'
import type { Signer } from './ports.ts'
import { shownOf } from './views.ts'
import { nextRef, write } from './writer.ts'
import { LIMITS } from '../op/limits.ts'

export type Tally = {
  imported: number
  known: number
  changed: ImportReport['changed'][number][]
  failed: ImportReport['failed'][number][]
}

export const emptyTally = (): Tally => ({ imported: 0, known: 0, changed: [], failed: [] })

/** Takes one row in, inside a transaction; what became of it is added to the tally. */
export function importRow(
  core: Core,
  signer: Signer,
  wall: number,
  source: string,
  row: ImportRow,
  tally: Tally,
): void {
  const key = clean(row.key)
  const id = importedRecord(core.sha256, core.site, 'job', source, key)
  const input = recordOf(row)
  const known = core.records.find(id)
  if (known && (core.origins.stands(known.no) || core.control().isClosed(id))) {
    compare(core, id, row, input, tally)
    return
  }
  const composer = new Composer(nextRef(core), core.sha256)
  const made = importRecord(composer, core.site, source, key, input)
  if (!made.ok) {
    const { message } = sentence('en', made.error.code, made.error.params)
    tally.failed.push({ line: row.line, reason: message, text: row.text })
    return
  }
  write(core, signer, wall, composer.effects)
  tally.imported += 1
}

/** Also without a byte order mark, which is no part of any text. One that fits no field stays as it is, to be reported. */
const clean = (text: string): string => (text.length > LIMITS.textValue ? text : text.normalize('NFC')).trim()

function recordOf(row: ImportRow): NewRecord {
  const optional = { zone: row.zone, assignee: row.assignee, priority: row.priority }
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) given[name] = clean(value)
  return {
    kind: 'job',
    fields: {
      reference: clean(row.key),
      title: clean(row.title),
      ...given,
    },
    tags: row.tags.map(clean),
    tasks: [],
  }
}

/** A row whose record says something else is reported and not applied: people may have changed it on purpose. */
function compare(core: Core, id: RecordId, row: ImportRow, input: NewRecord, tally: Tally): void {
  const found = core.records.find(id)
  if (!found) return
  const state = core.states.of(found.no)
  const fields = Object.entries(input.fields)
    .filter(([name, value]) => value !== undefined && shownOf(state, name) !== value)
    .map(([name]) => name)
  const tags = keysOf(state.live('tags'))
  if (input.tags.some((tag) => !tags.includes(tag))) fields.push('tags')
  if (fields.length === 0) tally.known += 1
  else tally.changed.push({ line: row.line, key: row.key, fields })
}
