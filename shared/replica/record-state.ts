/** A record as folded: live entries by field, and the children that show, in the order in which they were created. */
import { toHex, type Bytes } from '../base/bytes.ts'
import type { ActorId, ChildId } from '../model/ids.ts'
import { fieldByName, subByName } from '../model/fields.ts'
import type { Entry } from '../merge/dots.ts'
import { isPresent } from '../merge/map.ts'
import type { Scalar } from '../op/effect.ts'
import { NO_CHILD } from './fold.ts'
import type { RecordRow } from './interner.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'

/** A live value with who set it and when, as the author's clock had it. */
export type LiveEntry = Entry & { readonly wall: number }

export type ChildState = {
  readonly id: ChildId
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
type ChildRow = { field: number; id: Bytes; actor: number; wall: number; touched: number; removed: number }

const NONE: readonly LiveEntry[] = []

export class RecordState {
  readonly row: RecordRow
  readonly #sql: Sql
  readonly #log: Log
  readonly #cells = new Map<string, LiveEntry[]>()
  #childRows: readonly ChildRow[] | null = null

  constructor(sql: Sql, log: Log, row: RecordRow) {
    this.row = row
    this.#sql = sql
    this.#log = log
    for (const value of this.#values()) this.#file(value)
  }

  live(field: string): readonly LiveEntry[] {
    const code = fieldByName(this.row.kind, field)?.code
    return code === undefined ? NONE : (this.#cells.get(cellKey(code, '', 0)) ?? NONE)
  }

  /** The children of a map that show. */
  children(field: string): ChildState[] {
    const declared = fieldByName(this.row.kind, field)
    if (!declared) return []
    const shown: ChildState[] = []
    this.#childRows ??= this.#readChildren()
    for (const rows of groupById(this.#childRows.filter((row) => row.field === declared.code))) {
      const [first] = rows
      if (!first || !isPresent(rows)) continue
      const id = toHex(first.id) as ChildId
      shown.push({
        id,
        author: this.#log.actors.idOf(first.actor),
        wall: first.wall,
        live: (sub) => {
          const code = subByName(declared, sub)?.code
          return code === undefined ? NONE : (this.#cells.get(cellKey(declared.code, id, code)) ?? NONE)
        },
      })
    }
    return shown
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
        `SELECT child.field, child.id, op.actor, op.wall, presence.touched, presence.removed
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

function groupById(rows: readonly ChildRow[]): ChildRow[][] {
  const groups = new Map<string, ChildRow[]>()
  for (const row of rows) {
    const id = toHex(row.id)
    const group = groups.get(id)
    if (group) group.push(row)
    else groups.set(id, [row])
  }
  return [...groups.values()]
}
