/** A record as folded: live entries by field, and the children that show, in the order in which they were created. */
import { toHex, type Bytes } from '../base/bytes.ts'
import { remember } from '../base/remember.ts'
import type { ActorId, ChildId, DotRef } from '../model/ids.ts'
import { fieldByCode, fieldByName, subByName, type NamedField } from '../model/fields.ts'
import type { Entry } from '../merge/dots.ts'
import { lastWrite } from '../merge/draft.ts'
import { isPresent } from '../merge/map.ts'
import type { Scalar } from '../op/effect.ts'
import { NO_CHILD } from './fold.ts'
import type { RecordRow, Records } from './interner.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'

/** A live value with who set it and when, as the author's clock had it. */
export type LiveEntry = Entry & { readonly wall: number }

/** What is kept of what was read, since views, hash and search read a record that changed one after the other. */
const KEPT = { records: 64, values: 1_000 } as const

export type ChildState = {
  readonly id: ChildId
  /** Of its first making. */
  readonly made: DotRef
  readonly author: ActorId
  readonly wall: number
  live(sub: string): readonly LiveEntry[]
}

type ValueRow = {
  field: number
  child: Bytes
  sub: number
  idx: number
  value: Scalar
  actor: number
  seq: number
  lamport: number
  wall: number
}
type ChildRow = {
  field: number
  id: Bytes
  idx: number
  actor: number
  seq: number
  wall: number
  touched: number
  removed: number
}

const NONE: readonly LiveEntry[] = []
const NOBODY: readonly ChildState[] = []

/** Records as they are folded now. */
export class RecordStates {
  readonly #sql: Sql
  readonly #log: Log
  readonly #records: Records
  readonly #read = new Map<number, RecordState>()

  constructor(sql: Sql, log: Log, records: Records) {
    this.#sql = sql
    this.#log = log
    this.#records = records
  }

  of(record: number): RecordState {
    return (
      this.#read.get(record) ??
      this.#keep(new RecordState(this.#sql, this.#log, this.#records.byNumber(record)))
    )
  }

  /** To be called whenever anything was folded into it, or out of it. */
  changed(record: number): void {
    this.#read.delete(record)
  }

  /** Whatever was read is read again: the tables may have been changed by other hands. */
  readAgain(): void {
    this.#read.clear()
  }

  #keep(state: RecordState): RecordState {
    return state.size > KEPT.values ? state : remember(this.#read, KEPT.records, state.row.no, state)
  }
}

export class RecordState {
  readonly row: RecordRow
  /** How many values live. */
  readonly size: number
  readonly #sql: Sql
  readonly #log: Log
  readonly #cells = new Map<string, LiveEntry[]>()
  #children: ReadonlyMap<number, readonly ChildState[]> | null = null

  constructor(sql: Sql, log: Log, row: RecordRow) {
    this.row = row
    this.#sql = sql
    this.#log = log
    const values = this.#values()
    this.size = values.length
    for (const value of values) this.#file(value)
  }

  /** Of a draft, the last that was written. */
  live(field: string): readonly LiveEntry[] {
    const declared = fieldByName(this.row.kind, field)
    const found = declared && this.#cells.get(cellKey(declared.code, '', 0))
    if (declared?.merge !== 'draft') return found ?? NONE
    // Said twice under one dot by a forked device, it is of the earlier time.
    const last = lastWrite((found ?? NONE).toSorted((a, b) => a.wall - b.wall))
    return last ? [last] : NONE
  }

  /** The children of a map that show. */
  children(field: string): readonly ChildState[] {
    const code = fieldByName(this.row.kind, field)?.code
    if (code === undefined) return NOBODY
    this.#children ??= this.#shown()
    return this.#children.get(code) ?? NOBODY
  }

  #shown(): ReadonlyMap<number, readonly ChildState[]> {
    const shown = new Map<number, ChildState[]>()
    for (const rows of groupByChild(this.#readChildren())) {
      const [first] = rows
      const field = first && fieldByCode(this.row.kind, first.field)
      if (!first || !field || !isPresent(rows)) continue
      const children = shown.get(first.field)
      if (children) children.push(this.#child(first, field))
      else shown.set(first.field, [this.#child(first, field)])
    }
    return shown
  }

  #child({ id: bytes, idx, actor, seq, wall }: ChildRow, field: NamedField): ChildState {
    const id = toHex(bytes) as ChildId
    const author = this.#log.actors.idOf(actor)
    return {
      id,
      made: { actor: author, seq, index: idx },
      author,
      wall,
      live: (sub) => {
        const code = subByName(field, sub)?.code
        return code === undefined ? NONE : (this.#cells.get(cellKey(field.code, id, code)) ?? NONE)
      },
    }
  }

  #values(): ValueRow[] {
    return this.#sql
      .prepare(
        `SELECT value.field, value.child, value.sub, value.idx, value.value, op.actor, op.seq, op.lamport, op.wall
         FROM value JOIN op ON op.no = value.op WHERE value.record = ?`,
      )
      .all<ValueRow>(this.row.no)
  }

  #file(row: ValueRow): void {
    const key = cellKey(row.field, row.child.length === NO_CHILD.length ? '' : toHex(row.child), row.sub)
    const entry: LiveEntry = {
      dot: { actor: this.#log.actors.idOf(row.actor), seq: row.seq, index: row.idx },
      value: row.value,
      lamport: row.lamport,
      wall: row.wall,
    }
    const cell = this.#cells.get(key)
    if (cell) cell.push(entry)
    else this.#cells.set(key, [entry])
  }

  /** One row a child and actor that touched it; a child whose creation does not count is not among them. */
  #readChildren(): ChildRow[] {
    return this.#sql
      .prepare(
        `SELECT child.field, child.id, child.idx, op.actor, op.seq, op.wall, presence.touched, presence.removed
         FROM child
         JOIN op ON op.no = child.op AND op.judgement = 0
         JOIN actor ON actor.no = op.actor
         JOIN presence ON presence.record = child.record AND presence.field = child.field AND presence.child = child.id
         WHERE child.record = ?
         ORDER BY op.lamport, actor.id, child.idx, child.id, op.hash`,
      )
      .all<ChildRow>(this.row.no)
  }
}

const cellKey = (field: number, child: string, sub: number): string => `${field}/${child}/${sub}`

function groupByChild(rows: readonly ChildRow[]): ChildRow[][] {
  const groups = new Map<string, ChildRow[]>()
  for (const row of rows) {
    const key = `${row.field}/${toHex(row.id)}`
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}
