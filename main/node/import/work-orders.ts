/**
 * Work orders: CSV records become rows to import. The header names the columns; `work_order` is the key and `title`
 * must not be empty. A record that does not fit is reported with its line, its text and the reason.
 */
import { TallydeskError } from '../../../shared/api/errors.ts'
import { type ImportFault, importFault } from '../../../shared/api/messages/import-faults.ts'
import type { ImportReport } from '../../../shared/api/commands.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import { KINDS } from '../../../shared/model/kinds.ts'
import type { ImportRow } from '../../../shared/replica/contract.ts'
import { type CsvRecord, readCsv } from './csv.ts'

const REQUIRED = ['work_order', 'title'] as const
const TAGS = ['activity', 'equipment', 'symptom'] as const
const COLUMNS: readonly string[] = [...REQUIRED, ...TAGS, 'zone', 'assignee', 'priority']
const PRIORITIES = KINDS.job.fields.priority.value.of
type Priority = (typeof PRIORITIES)[number]

type Failure = ImportReport['failed'][number]
export type RowRead = { readonly row: ImportRow } | { readonly failed: Failure }
type Row = Extract<RowRead, { readonly row: ImportRow }>

/** A report shows this much of a line. */
const MOST_TEXT = 300

/** Errors: `bad-csv` where the header is missing or names what is not known. */
export function readWorkOrders(content: string): Result<Generator<RowRead, void, undefined>, TallydeskError> {
  const records = readCsv(content.startsWith('\uFEFF') ? content.slice(1) : content)
  const header = records.next()
  if (header.done) return err(badCsv('it is empty'))
  if ('broken' in header.value) return err(badCsv('its header line is broken'))
  const columns = header.value.fields.map((name) => name.trim().toLowerCase())
  const problem = headerProblem(columns)
  return problem === null ? ok(readRows(records, columns)) : err(badCsv(problem))
}

const badCsv = (reason: string): TallydeskError => new TallydeskError('bad-csv', { reason })

function headerProblem(columns: readonly string[]): string | null {
  const missing = REQUIRED.find((name) => !columns.includes(name))
  if (missing !== undefined) return `its header has no column "${missing}"`
  const unknown = columns.find((name) => !COLUMNS.includes(name))
  if (unknown !== undefined) {
    return `its header has the column "${unknown.slice(0, 80)}", which is none of ${COLUMNS.join(', ')}`
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i)
  return twice === undefined ? null : `its header has the column "${twice}" twice`
}

function* readRows(
  records: Generator<CsvRecord, void, undefined>,
  columns: readonly string[],
): Generator<RowRead, void, undefined> {
  const lineOf = new Map<string, number>()
  for (const record of records) {
    const read = readRow(record, columns)
    yield 'row' in read ? notTwice(read, lineOf) : read
  }
}

function notTwice(read: Row, lineOf: Map<string, number>): RowRead {
  const { key, line, text } = read.row
  const first = lineOf.get(key)
  if (first !== undefined) return failed({ line, text }, { code: 'duplicate-key', params: { key, first } })
  lineOf.set(key, line)
  return read
}

function readRow(record: CsvRecord, columns: readonly string[]): RowRead {
  if ('broken' in record) return failed(record, { code: record.broken, params: {} })
  const { fields } = record
  if (fields.length !== columns.length) {
    const params = { found: fields.length, expected: columns.length }
    return failed(record, { code: 'ragged-row', params })
  }
  const cell = (name: string) => (fields[columns.indexOf(name)] ?? '').trim()
  const empty = REQUIRED.find((name) => cell(name) === '')
  if (empty !== undefined) return failed(record, { code: 'empty-cell', params: { column: empty } })
  return rowOf(record, cell)
}

function rowOf(record: CsvRecord, cell: (name: string) => string): RowRead {
  const [zone, assignee, priority] = [cell('zone'), cell('assignee'), cell('priority').toLowerCase()]
  if (priority !== '' && !isPriority(priority)) {
    return failed(record, { code: 'unknown-priority', params: { found: priority.slice(0, 80) } })
  }
  const row: ImportRow = {
    line: record.line,
    key: cell('work_order'),
    title: cell('title'),
    tags: [...new Set(TAGS.map(cell).filter((tag) => tag !== ''))],
    text: record.text.slice(0, MOST_TEXT),
    ...(zone === '' ? {} : { zone }),
    ...(assignee === '' ? {} : { assignee }),
    ...(isPriority(priority) ? { priority } : {}),
  }
  return { row }
}

const isPriority = (text: string): text is Priority => PRIORITIES.some((known) => known === text)

function failed(
  { line, text }: { readonly line: number; readonly text: string },
  fault: ImportFault,
): RowRead {
  return { failed: { line, reason: importFault('en', fault), text: text.slice(0, MOST_TEXT), fault } }
}
