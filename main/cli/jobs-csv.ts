/**
 * The jobs of a site as a table for people: RFC 4180, UTF-8, one line a job. What a program of tables would take for a
 * formula stands behind an apostrophe, for titles are written by anybody.
 */
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { TallydeskError, type ErrorBody } from '../../shared/api/errors.ts'
import type { BoardRow } from '../../shared/api/rows.ts'
import type { Result } from '../../shared/base/result.ts'

const PAGE = 200

const COLUMNS: readonly (readonly [string, (row: BoardRow) => string | number | null])[] = [
  ['number', (row) => row.number],
  ['reference', (row) => row.reference],
  ['title', (row) => row.title],
  ['status', (row) => row.status],
  ['audit_number', (row) => row.audit_number],
  ['zone', (row) => row.zone],
  ['assignee', (row) => row.assignee],
  ['priority', (row) => row.priority],
  ['due', (row) => row.due],
  ['tags', (row) => row.tags.join(' ')],
  ['tasks_done', (row) => row.progress.done],
  ['tasks', (row) => row.progress.total],
  ['conflicts', (row) => row.conflicts],
  ['in_review', (row) => row.review],
  ['updated', (row) => new Date(row.updated).toISOString()],
  ['record', (row) => row.record],
]

/** Answers how many jobs were written. Throws `file-exists`, `file-unwritable`, and what the query refuses. */
export async function writeJobs(api: DeskApi, file: string): Promise<number> {
  if (existsSync(file)) throw new TallydeskError('file-exists', { file })
  const unfinished = `${file}.unfinished`
  try {
    const target = await open(unfinished, 'w')
    let jobs = 0
    try {
      await target.write(lineOf(COLUMNS.map(([name]) => name)))
      for await (const row of rowsOf(api)) {
        await target.write(lineOf(COLUMNS.map(([, read]) => cell(read(row)))))
        jobs += 1
      }
      await target.sync()
    } finally {
      await target.close()
    }
    await rename(unfinished, file)
    return jobs
  } catch (error) {
    await rm(unfinished, { force: true })
    if (error instanceof TallydeskError) throw error
    const reason = error instanceof Error ? error.message : 'unknown'
    throw new TallydeskError('data-folder-unreadable', { reason }, { cause: error })
  }
}

async function* rowsOf(api: DeskApi): AsyncGenerator<BoardRow> {
  for (let after: string | null | undefined; after !== null;) {
    const page = must(await api.query('board', { limit: PAGE, ...(after === undefined ? {} : { after }) }))
    yield* page.rows.filter(({ kind }) => kind === 'job')
    after = page.next
  }
}

function must<T>(result: Result<T, ErrorBody>): T {
  if (result.ok) return result.value
  throw new TallydeskError(result.error.code, result.error.params)
}

const cell = (value: string | number | null): string => {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
}

const lineOf = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
