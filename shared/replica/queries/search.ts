/** Full-text search over numbers, titles, tasks, tags, references and notes (FTS5); indexed in idle time and before it is read. */
import type { QueryAnswer } from '../../api/queries.ts'
import { toHex, type Bytes } from '../../base/bytes.ts'
import { declared, fieldByName } from '../../model/fields.ts'
import { auditNumber } from '../../model/rights.ts'
import { cellOf } from '../fold.ts'
import type { Core } from '../core.ts'
import type { RecordState } from '../record-state.ts'
import { shownOf } from '../views.ts'
import { numberOf } from './naming.ts'

/** Records indexed per slice. */
const SLICE = 50

/** Indexes up to `most` records whose text changed; true while more are left. */
export function indexSearch(core: Core, most = Number.MAX_SAFE_INTEGER): boolean {
  const todo = core.sql
    .prepare('SELECT record FROM search_todo LIMIT ?')
    .all<{ record: number }>(Math.min(most, SLICE))
  if (todo.length === 0) return false
  core.sql.transaction(() => {
    for (const { record } of todo) indexRecord(core, record)
  }, 'delayed')
  return todo.length < SLICE || most <= SLICE ? todo.length === SLICE : indexSearch(core, most - SLICE)
}

function indexRecord(core: Core, record: number): void {
  core.sql.prepare('DELETE FROM search_todo WHERE record = ?').run(record)
  core.sql.prepare('DELETE FROM search WHERE rowid = ?').run(record)
  if (!core.origins.stands(record)) return
  const state = core.states.of(record)
  core.sql
    .prepare('INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)')
    .run(record, String(shownOf(state, declared(state.row.kind).title) ?? ''), bodyOf(core, state))
}

function bodyOf(core: Core, state: RecordState): string {
  const registers = ['reference', 'zone', 'assignee', 'owner', 'location', 'label'].map((field) =>
    shownOf(state, field),
  )
  const tags = state.live('tags').map((entry) => entry.value)
  const tasks = state.children('tasks').flatMap((task) => task.live('text').map((entry) => entry.value))
  const closings = core
    .control()
    .requests.turnsOf(state.row.id)
    .flatMap(({ decision }) => decision.number ?? [])
  const numbers = [numberOf(core, state.row.id), ...closings.map(auditNumber)]
  return [...numbers, ...registers, ...tags, ...tasks, ...noteTexts(core, state)]
    .filter((part) => part !== null)
    .join('\n')
}

export function noteTexts(core: Core, state: RecordState): string[] {
  const field = fieldByName(state.row.kind, 'notes')
  if (!field) return []
  return state
    .children('notes')
    .map((note) =>
      core.texts.plain(
        cellOf(state.row.no, { record: state.row.id, field: field.code, child: note.id, sub: 1 }),
      ),
    )
}

/** Every word must occur, the last as a beginning; quoted, so that no input is an FTS5 operator. */
export function matchExpression(text: string): string | null {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (words.length === 0) return null
  const quoted = words.map((word) => `"${word.replaceAll('"', '""')}"`)
  return `${quoted.join(' ')}*`
}

type Hit = {
  id: Bytes
  kind: string
  title: string
  stage: string
  reference: string | null
  snippet: string
}

export function search(core: Core, text: string, limit: number): QueryAnswer<'search'> {
  indexSearch(core)
  const match = matchExpression(text)
  if (!match) return { hits: [] }
  const rows = core.sql
    .prepare(
      `SELECT record.id, board.kind, board.title, board.stage, board.reference,
              snippet(search, -1, '', '', '…', 12) AS snippet
       FROM search JOIN board ON board.record = search.rowid JOIN record ON record.no = search.rowid
       WHERE search MATCH ? ORDER BY bm25(search, 4.0, 1.0), search.rowid LIMIT ?`,
    )
    .all<Hit>(match, limit)
  return {
    hits: rows.map(({ id, stage, ...hit }) => ({
      ...hit,
      record: toHex(id),
      status: stage === 'closed' ? 'closed' : 'open',
    })),
  }
}
