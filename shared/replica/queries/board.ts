/** The board: pages of rows by stage and filters, from the kept view. A page reads its own rows and no others. */
import type { QueryAnswer, QueryInput } from '../../api/queries.ts'
import type { BoardRow, Facet, Stage } from '../../api/rows.ts'
import { STAGES } from '../../api/rows.ts'
import { toHex, type Bytes } from '../../base/bytes.ts'
import type { RecordId } from '../../model/ids.ts'
import { auditNumber } from '../../model/rights.ts'
import type { Core } from '../core.ts'
import type { SqlValue } from '../ports.ts'
import { numberOf } from './naming.ts'
import { indexSearch, matchExpression } from './search.ts'

type Row = {
  id: Bytes
  record: number
  kind: BoardRow['kind']
  stage: Stage
  rank: string
  title: string
  reference: string | null
  zone: string | null
  assignee: string | null
  priority: string | null
  due: string | null
  label: string | null
  tags: string
  done: number
  total: number
  notes: number
  photos: number
  conflicts: number
  review: number
  updated: number
}

type Filter = { readonly where: string; readonly parameters: readonly SqlValue[] }

const PAGE = 100
const ALL: Filter = { where: '1', parameters: [] }

export function board(core: Core, input: QueryInput<'board'>): QueryAnswer<'board'> {
  if (input.text) indexSearch(core)
  const filter = filterOf(input)
  const stages = stagesOf(input)
  const limit = input.limit ?? PAGE
  const rows = stages.length === 0 ? [] : page(core, filter, stages, input.after ?? '', limit + 1)
  const shown = rows.slice(0, limit)
  const kind = input.kind ?? null
  const shared = core.acks.sharedSeq()
  return {
    rows: shown.map((row) => boardRow(core, row, unsentOf(core, row.record, shared))),
    next: rows.length > limit ? (shown.at(-1)?.rank ?? null) : null,
    counts: counts(core, filter),
    zones: facet(core, 'zone', kind),
    assignees: facet(core, 'assignee', kind),
    tags: tagFacet(core),
  }
}

function boardRow(core: Core, row: Row, unsent: number): BoardRow {
  const id = toHex(row.id) as RecordId
  const control = core.control()
  const last = control.requests.turnsOf(id).at(-1)
  const number = last?.action === 'close' ? last.decision.number : null
  return {
    record: id,
    kind: row.kind,
    number: numberOf(core, id),
    reference: row.reference,
    title: row.title,
    status: row.stage === 'closed' ? 'closed' : 'open',
    stage: row.stage,
    audit_number: number ? auditNumber(number) : null,
    zone: row.zone,
    assignee: row.assignee,
    priority: row.priority,
    due: row.due,
    label: row.label,
    tags: JSON.parse(row.tags) as string[],
    progress: { done: row.done, total: row.total },
    notes: row.notes,
    photos: row.photos,
    conflicts: row.conflicts,
    review: row.review,
    unsent,
    updated: row.updated,
  }
}

/** Own ops on a record behind the seq up to which they are shared. A record has few ops, a device may have many. */
export function unsentOf(core: Core, record: number, shared: number): number {
  const self = core.log.actors.find(core.self)
  const row = core.sql
    .prepare(
      `SELECT count(*) AS n FROM touch CROSS JOIN op ON op.no = touch.op
       WHERE touch.record = ? AND op.actor = ? AND op.seq > ?`,
    )
    .get<{ n: number }>(record, self, shared)
  return row?.n ?? 0
}

function stagesOf({ stage, status }: QueryInput<'board'>): readonly Stage[] {
  const byStatus = STAGES.filter((one) => !status || (status === 'closed') === (one === 'closed'))
  return stage ? byStatus.filter((one) => one === stage) : byStatus
}

function filterOf(input: QueryInput<'board'>): Filter {
  const parts: Filter[] = []
  for (const column of ['kind', 'zone', 'assignee'] as const) {
    const value = input[column]
    if (value !== undefined) parts.push({ where: `board.${column} = ?`, parameters: [value] })
  }
  if (input.tag !== undefined) {
    parts.push({
      where: 'board.record IN (SELECT record FROM board_tag WHERE tag = ?)',
      parameters: [input.tag],
    })
  }
  const match = input.text && matchExpression(input.text)
  if (match) {
    parts.push({
      where: 'board.record IN (SELECT rowid FROM search WHERE search MATCH ?)',
      parameters: [match],
    })
  }
  if (parts.length === 0) return ALL
  return {
    where: parts.map((part) => part.where).join(' AND '),
    parameters: parts.flatMap((part) => part.parameters),
  }
}

function page(core: Core, filter: Filter, stages: readonly Stage[], after: string, limit: number): Row[] {
  const holes = stages.map(() => '?').join(', ')
  return core.sql
    .prepare(
      `SELECT record.id, board.* FROM board JOIN record ON record.no = board.record
       WHERE ${filter.where} AND board.stage IN (${holes}) AND board.rank > ? ORDER BY board.rank LIMIT ?`,
    )
    .all<Row>(...filter.parameters, ...stages, after, limit)
}

function counts(core: Core, filter: Filter): Record<Stage, number> {
  const rows = core.sql
    .prepare(`SELECT stage, count(*) AS n FROM board WHERE ${filter.where} GROUP BY stage`)
    .all<{ stage: Stage; n: number }>(...filter.parameters)
  const found = { todo: 0, doing: 0, waiting: 0, closed: 0 }
  for (const { stage, n } of rows) found[stage] = n
  return found
}

function facet(core: Core, column: 'zone' | 'assignee', kind: string | null): Facet[] {
  return core.sql
    .prepare(
      `SELECT ${column} AS value, count(*) AS count FROM board
       WHERE ${column} IS NOT NULL AND kind = coalesce(?, kind) GROUP BY ${column} ORDER BY ${column}`,
    )
    .all<Facet>(kind)
}

const tagFacet = (core: Core): Facet[] =>
  core.sql
    .prepare(
      'SELECT tag AS value, count(*) AS count FROM board_tag GROUP BY tag ORDER BY count DESC, tag LIMIT 200',
    )
    .all<Facet>()
