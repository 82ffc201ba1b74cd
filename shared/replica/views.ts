/** The views that are kept as tables: a record's board row, its conflicts, and the mark that its search text is old. */
import { keysOf } from '../merge/set.ts'
import { shownValue, valuesOf } from '../merge/register.ts'
import { declared, fieldsOf, type NamedField } from '../model/fields.ts'
import type { ControlState } from '../judge/control.ts'
import type { Stage } from '../api/rows.ts'
import type { Bytes } from '../base/bytes.ts'
import type { SqlValue, Sql } from './ports.ts'
import { NO_CHILD } from './fold.ts'
import type { HashSum } from './hash-sum.ts'
import { idBytes, type RecordRow } from './interner.ts'
import type { Origins } from './origins.ts'
import type { RecordState, RecordStates } from './record-state.ts'

const PRIORITY_RANK: Readonly<Record<string, string>> = { urgent: '0', high: '1', normal: '2', low: '3' }
/** Above any lamport, so that later records sort first as text. */
const LAMPORT_CEILING = 10 ** 12

/** Late and rejected ops that nobody has dismissed. The first term is that of the index `op_set_aside`. */
export const IN_REVIEW = 'op.judgement <> 0 AND op.judgement IN (1, 2) AND op.dismissed = 0'

const BOARD_COLUMNS = [
  'record', 'kind', 'stage', 'rank', 'title', 'reference', 'zone', 'assignee', 'priority', 'due', 'label', 'tags',
  'done', 'total', 'notes', 'photos', 'conflicts', 'review', 'updated',
] as const // prettier-ignore

export class Views {
  readonly #sql: Sql
  readonly #states: RecordStates
  readonly #origins: Origins
  readonly #control: () => ControlState
  readonly #sum: HashSum

  constructor(parts: {
    readonly sql: Sql
    readonly states: RecordStates
    readonly origins: Origins
    readonly control: () => ControlState
    readonly sum: HashSum
  }) {
    this.#sql = parts.sql
    this.#states = parts.states
    this.#origins = parts.origins
    this.#control = parts.control
    this.#sum = parts.sum
  }

  /** Makes every view of one record true again. `grown`: since it was, only data came that counts, the last at this wall time. */
  update(record: number, grown: number | null): void {
    const before = grown === null ? undefined : this.#board(record)
    this.#clear(record)
    this.#forgetHash(record)
    this.#sql.prepare('INSERT OR IGNORE INTO search_todo (record) VALUES (?)').run(record)
    if (!this.#origins.stands(record)) return
    const state = this.#states.of(record)
    const conflicts = this.#writeConflicts(state)
    const last = before && grown !== null ? Math.max(before.updated, grown) : this.#lastEdit(record)
    this.#writeBoard(state, { conflicts, review: before?.review ?? this.#inReview(record), last })
  }

  #board(record: number): { readonly review: number; readonly updated: number } | undefined {
    return this.#sql
      .prepare('SELECT review, updated FROM board WHERE record = ?')
      .get<{ review: number; updated: number }>(record)
  }

  stageOf(row: RecordRow, done: number): Stage {
    const control = this.#control()
    if (control.isClosed(row.id)) return 'closed'
    if (control.waitingFor(row.id, 'close')) return 'waiting'
    return done > 0 ? 'doing' : 'todo'
  }

  #forgetHash(record: number): void {
    const before = this.#sql
      .prepare('SELECT hash FROM record WHERE no = ? AND hash IS NOT NULL')
      .get<{ hash: Bytes }>(record)
    if (!before) return
    this.#sql.prepare('UPDATE record SET hash = NULL WHERE no = ?').run(record)
    this.#sum.takeOff(before.hash)
  }

  #clear(record: number): void {
    for (const table of ['board', 'board_tag', 'conflict'])
      this.#sql.prepare(`DELETE FROM ${table} WHERE record = ?`).run(record)
  }

  #writeConflicts(state: RecordState): number {
    let found = 0
    for (const field of fieldsOf(state.row.kind)) {
      if (field.merge === 'register' && valuesOf(state.live(field.name)).length > 1) {
        found += this.#writeConflict(state.row.no, field.code, NO_CHILD, 0)
      }
      if (field.merge === 'map') found += this.#writeChildConflicts(state, field)
    }
    return found
  }

  #writeChildConflicts(state: RecordState, field: NamedField): number {
    let found = 0
    for (const child of state.children(field.name)) {
      for (const [name, sub] of Object.entries(field.children ?? {})) {
        if (sub.merge !== 'register' || valuesOf(child.live(name)).length < 2) continue
        found += this.#writeConflict(state.row.no, field.code, idBytes(child.id), sub.code)
      }
    }
    return found
  }

  #writeConflict(...cell: readonly SqlValue[]): number {
    return this.#sql
      .prepare('INSERT INTO conflict (record, field, child, sub) VALUES (?, ?, ?, ?)')
      .run(...cell).changes
  }

  #writeBoard(
    state: RecordState,
    {
      conflicts,
      review,
      last,
    }: { readonly conflicts: number; readonly review: number; readonly last: number },
  ): void {
    const { no, kind } = state.row
    const tasks = state.children('tasks')
    const done = tasks.filter((task) => task.live('done').length > 0).length
    const shown = (field: string): string | null => textOf(shownOf(state, field))
    const tags = keysOf(state.live('tags'))
    const stage = this.stageOf(state.row, done)
    const assignee = shown('assignee') ?? shown('owner')
    const rank = [
      PRIORITY_RANK[shown('priority') ?? ''] ?? '2',
      shown('due') ?? '9999-99-99',
      String(LAMPORT_CEILING - this.#createdAt(no)).padStart(13, '0'),
      state.row.id,
    ].join(' ')
    this.#sql
      .prepare(`INSERT INTO board (${BOARD_COLUMNS.join(', ')}) VALUES (${BOARD_COLUMNS.map(() => '?').join(', ')})`)
      .run(
        no, kind, stage, rank, shown(declared(kind).title) ?? '', shown('reference'), shown('zone'), assignee, shown('priority'),
        shown('due'), shown('label'), JSON.stringify(tags), done, tasks.length, state.children('notes').length,
        state.children('attachments').length, conflicts, review, last,
      ) // prettier-ignore
    for (const tag of tags)
      this.#sql.prepare('INSERT INTO board_tag (tag, record) VALUES (?, ?)').run(tag, no)
  }

  #createdAt(record: number): number {
    const row = this.#sql
      .prepare(
        `SELECT min(op.lamport) AS lamport FROM creation JOIN op ON op.no = creation.op
         WHERE record = ? AND op.judgement = 0`,
      )
      .get<{ lamport: number }>(record)
    return row?.lamport ?? 0
  }

  #lastEdit(record: number): number {
    const row = this.#sql
      .prepare(
        `SELECT max(record.edited, coalesce((
           SELECT max(op.wall) FROM touch JOIN op ON op.no = touch.op
           WHERE touch.record = record.no AND op.judgement = 0), 0)) AS wall
         FROM record WHERE no = ?`,
      )
      .get<{ wall: number }>(record)
    return row?.wall ?? 0
  }

  #inReview(record: number): number {
    const row = this.#sql
      .prepare(
        `SELECT count(*) AS n FROM touch JOIN op ON op.no = touch.op WHERE touch.record = ? AND ${IN_REVIEW}`,
      )
      .get<{ n: number }>(record)
    return row?.n ?? 0
  }
}

/** What a list shows of a field: of a conflict, the value last set. */
export function shownOf(state: RecordState, field: string): SqlValue {
  return shownValue(state.live(field))
}

const textOf = (value: SqlValue): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
