/** The words of texts as they are stored: those that are final in one base, and behind it update by update. */
import type { Bytes } from '../base/bytes.ts'
import type { CheckedUpdate } from '../merge/text/check.ts'
import type { StoredUpdate, TextBase } from '../merge/text/fold.ts'
import type { Cell } from './fold.ts'
import type { Sql } from './ports.ts'

/** An update that passed its check, and the index of its effect in its op. */
export type Checked = {
  readonly cell: Cell
  readonly index: number
  readonly bytes: Bytes
  readonly update: CheckedUpdate
}

/** Words of an op, also before they are stored. */
export type Words = Pick<Checked, 'cell' | 'bytes' | 'update'>

export type OpUpdate = StoredUpdate & { readonly op: number }

type UpdateRow = {
  readonly op: number
  readonly bytes: Bytes
  readonly client: number
  readonly from_clock: number
  readonly to_clock: number
  readonly judgement: number
}

export const WHERE = 'record = ? AND field = ? AND child = ? AND sub = ?'
export const keyOf = (cell: Cell): readonly [number, number, Bytes, number] => [
  cell.record,
  cell.field,
  cell.child,
  cell.sub,
]
/** The name of a text within this file, for what is kept in memory. */
export const textKey = (cell: Cell): string =>
  `${cell.record}/${cell.field}/${cell.child.join('.')}/${cell.sub}`

export class TextStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  add(no: number, { cell, index, bytes, update }: Checked): void {
    this.#sql
      .prepare(
        `INSERT INTO text_update (record, field, child, sub, op, idx, client, from_clock, to_clock, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...keyOf(cell), no, index, update.client, update.from, update.to, bytes)
  }

  /** All updates of a text that are not in its base, and those in it that do not count. */
  updates(cell: Cell): OpUpdate[] {
    return this.#sql
      .prepare(
        // An order of its own, not of arrival: the same on every replica, causes first.
        `SELECT text_update.op, text_update.bytes, client, from_clock, to_clock, op.judgement FROM text_update
         JOIN op ON op.no = text_update.op JOIN actor ON actor.no = op.actor
         WHERE ${WHERE} ORDER BY op.lamport, actor.id, op.seq, idx`,
      )
      .all<UpdateRow>(...keyOf(cell))
      .map((row) => ({
        op: row.op,
        bytes: row.bytes,
        counts: row.judgement === 0,
        client: row.client,
        from: row.from_clock,
        to: row.to_clock,
      }))
  }

  base(cell: Cell): TextBase | null {
    return (
      this.#sql
        .prepare(`SELECT bytes, deletes FROM base_text WHERE ${WHERE}`)
        .get<TextBase>(...keyOf(cell)) ?? null
    )
  }

  /** Puts updates into a text's base, for good: what follows from all of them, and all that was there. */
  seal(cell: Cell, { bytes, deletes }: TextBase, ops: Iterable<number>): void {
    this.#sql
      .prepare(
        `INSERT INTO base_text (record, field, child, sub, bytes, deletes) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET bytes = excluded.bytes, deletes = excluded.deletes`,
      )
      .run(...keyOf(cell), bytes, deletes)
    const loose = this.#sql.prepare(`DELETE FROM text_update WHERE ${WHERE} AND op = ?`)
    for (const op of ops) loose.run(...keyOf(cell), op)
  }
}
