/**
 * The board's state: the kind of record, filters, a live list for each stage or the one table, and which record the
 * keyboard is on. Lists come paged and live from the node, whatever their length. Stock has a list of its own.
 */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { STAGES, type BoardRow, type RecordKind, type Stage } from '../../shared/api/rows.ts'
import { PagedRows } from '../services/paged-rows.svelte.ts'
import { preferences } from '../services/preferences.svelte.ts'
import {
  cleared,
  filterInput,
  readFilters,
  stagesOf,
  withKind,
  writeFilters,
  type Filters,
} from './filters.ts'

const PAGE = 60
const TYPING_MS = 160

export type BoardView = 'columns' | 'table'
export type Cursor = {
  readonly stage: Stage | null
  readonly index: number
  /** The keyboard moved here, so the focus follows; otherwise the focus was here first. */
  readonly pull: boolean
}
export type Column = { readonly stage: Stage; readonly list: PagedRows<'board'> }

const keyOf = (row: BoardRow): string => row.record

export class BoardController {
  filters: Filters = $state.raw(readFilters(preferences.get('board.filters')))
  /** What is typed in the search field; the filter follows shortly after. */
  text: string = $state('')
  view: BoardView = $state(preferences.get('board.view') === 'table' ? 'table' : 'columns')
  /** The row that the keyboard is on. */
  cursor: Cursor | null = $state.raw(null)
  readonly table: PagedRows<'board'>
  readonly #lists: readonly Column[]
  #typing: ReturnType<typeof setTimeout> | undefined

  constructor() {
    this.#lists = STAGES.map((stage) => ({
      stage,
      list: new PagedRows('board', keyOf, () =>
        this.view === 'columns' && this.#stages.includes(stage)
          ? { ...filterInput(this.filters), stage, limit: PAGE }
          : null,
      ),
    }))
    this.table = new PagedRows('board', keyOf, () =>
      this.view === 'table' && this.kind !== 'stock' ? { ...filterInput(this.filters), limit: PAGE } : null,
    )
  }

  get kind(): RecordKind {
    return this.filters.kind
  }

  get #stages(): readonly Stage[] {
    return stagesOf(this.kind)
  }

  /** A list for each stage that this kind of record has. */
  get columns(): readonly Column[] {
    return this.#lists.filter(({ stage }) => this.#stages.includes(stage))
  }

  /** Counts and facets over the present filters. */
  get head(): QueryAnswer<'board'> | null {
    return (this.view === 'table' ? this.table.head : this.columns[0]?.list.head) ?? null
  }

  get total(): number {
    const counts = this.head?.counts
    return counts ? STAGES.reduce((sum, stage) => sum + counts[stage], 0) : 0
  }

  setFilter(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change }
    this.cursor = null
    preferences.set('board.filters', writeFilters(this.filters))
  }

  showKind(kind: RecordKind): void {
    this.setFilter(withKind(this.filters, kind))
  }

  clearFilters(): void {
    clearTimeout(this.#typing)
    this.text = ''
    this.setFilter(cleared(this.filters))
  }

  type(text: string): void {
    this.text = text
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => {
      this.filters = { ...this.filters, text }
      this.cursor = null
    }, TYPING_MS)
  }

  show(view: BoardView): void {
    this.view = view
    this.cursor = null
    preferences.set('board.view', view)
  }

  /** The focus came to a row by itself. */
  enter(stage: Stage | null, index: number): void {
    this.cursor = { stage, index, pull: false }
  }

  /** Whether this row should take the focus now. */
  pulls(stage: Stage | null, index: number): boolean {
    return this.cursor?.pull === true && this.cursor.stage === stage && this.cursor.index === index
  }

  listOf(stage: Stage | null): PagedRows<'board'> {
    return this.columns.find((column) => column.stage === stage)?.list ?? this.table
  }

  /** The record that the keyboard is on. */
  get current(): BoardRow | null {
    return this.cursor ? (this.listOf(this.cursor.stage).rows[this.cursor.index] ?? null) : null
  }

  /** Moves within a list; the first press lands on the first row. */
  step(by: number): void {
    const stage = this.view === 'table' ? null : (this.cursor?.stage ?? this.#firstFull())
    const rows = this.listOf(stage).rows
    if (rows.length === 0) return
    const from = this.cursor?.stage === stage ? this.cursor.index + by : 0
    this.cursor = { stage, index: Math.min(rows.length - 1, Math.max(0, from)), pull: true }
  }

  /** Moves to the next column with rows in it, at about the same height. */
  stepColumn(by: 1 | -1): void {
    if (this.view === 'table') return
    const cursor = this.cursor
    if (!cursor) {
      this.step(0)
      return
    }
    const stages = this.#stages
    const at = stages.findIndex((stage) => stage === cursor.stage)
    for (let index = at + by; index >= 0 && index < stages.length; index += by) {
      const stage = stages[index]
      const count = stage ? this.listOf(stage).rows.length : 0
      if (stage && count > 0) {
        this.cursor = { stage, index: Math.min(count - 1, cursor.index), pull: true }
        return
      }
    }
  }

  #firstFull(): Stage {
    return this.columns.find((column) => column.list.rows.length > 0)?.stage ?? 'todo'
  }
}
