/**
 * The base of a record: what was folded of ops that are final, for good (decision 19). A record is folded from its base
 * and the ops that came since, so that the ops in it need not be here any more. What reaches what is final (adoptions,
 * revocations) is applied to the base each time, and never to what is stored as the base.
 */
import { toHex, type Bytes } from '../base/bytes.ts'
import type { ChildId } from '../model/ids.ts'
import { cellOf, childIn } from './fold.ts'
import type { RecordRow } from './interner.ts'
import type { JudgedOp, Judging } from './judging.ts'
import type { ChildAt } from './revocations.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'

type ValueRow = {
  readonly field: number
  readonly child: Bytes
  readonly sub: number
  readonly op: number
  readonly idx: number
}
type ChildRow = { readonly field: number; readonly child: Bytes }

const SAME_VALUE = `value.record = base_gone.record AND value.field = base_gone.field AND value.child = base_gone.child
  AND value.sub = base_gone.sub AND value.op = base_gone.op AND value.idx = base_gone.idx`

export class Base {
  readonly #sql: Sql
  readonly #log: Log
  readonly #judging: Judging

  constructor({ sql, log, judging }: { readonly sql: Sql; readonly log: Log; readonly judging: Judging }) {
    this.#sql = sql
    this.#log = log
    this.#judging = judging
  }

  /** Fills the folded tables of a record, which are empty, with its base, but for what was revoked since. */
  restore(record: number): void {
    this.#sql.prepare('INSERT INTO value SELECT * FROM base_value WHERE record = ?').run(record)
    this.#sql.prepare('INSERT INTO presence SELECT * FROM base_presence WHERE record = ?').run(record)
    if (this.#judging.revocations.any) this.#revoke(record)
  }

  #revoke(record: number): void {
    const values = this.#sql
      .prepare('SELECT field, child, sub, op, idx FROM base_value WHERE record = ?')
      .all<ValueRow>(record)
    const drop = this.#sql.prepare(
      'DELETE FROM value WHERE record = ? AND field = ? AND child = ? AND sub = ? AND op = ? AND idx = ?',
    )
    for (const { field, child, sub, op, idx } of values)
      if (this.#judging.revocations.revokedIn(op, idx, record, childAt({ field, child })) !== null)
        drop.run(record, field, child, sub, op, idx)
    const children = this.#sql
      .prepare('SELECT DISTINCT field, child FROM base_presence WHERE record = ?')
      .all<ChildRow>(record)
    // Of a child that two branches made, the making that the base rests on.
    const inBase = this.#sql.prepare('SELECT 1 AS here FROM touch WHERE record = ? AND op = ? AND sealed = 1')
    const sealed = (op: number): boolean => inBase.get(record, op) !== undefined
    const forget = this.#sql.prepare('DELETE FROM presence WHERE record = ? AND field = ? AND child = ?')
    for (const row of children) {
      const at = childAt(row)
      if (at && this.#judging.revocations.isMakingRevoked(record, at, sealed))
        forget.run(record, row.field, row.child)
    }
  }

  /** Takes out of the folded values what ops in the base had superseded: an op that was adopted since may have said it. */
  withoutGone(record: number): void {
    this.#sql
      .prepare(`DELETE FROM value WHERE record = ? AND EXISTS (SELECT 1 FROM base_gone WHERE ${SAME_VALUE})`)
      .run(record)
  }

  /** Makes what is folded of a record now its base. */
  keep(record: number): void {
    for (const table of ['value', 'presence'] as const) {
      this.#sql.prepare(`DELETE FROM base_${table} WHERE record = ?`).run(record)
      this.#sql.prepare(`INSERT INTO base_${table} SELECT * FROM ${table} WHERE record = ?`).run(record)
    }
  }

  /**
   * Remembers what an op that goes into the base superseded of ops that do not count, should they count later. What was
   * revoked wholly superseded nothing.
   */
  keepGone({ no: record, id }: RecordRow, op: JudgedOp, aside: ReadonlySet<number>): void {
    const put = this.#sql.prepare(
      'INSERT OR IGNORE INTO base_gone (record, field, child, sub, op, idx) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const { revocations } = this.#judging
    op.effects.forEach((effect, index) => {
      if ((effect.type !== 'assign' && effect.type !== 'remove') || effect.at.record !== id) return
      if (revocations.revokedIn(op.no, index, record, childIn(effect)) === 'wholly') return
      const { field, child, sub } = cellOf(record, effect.at)
      for (const dot of effect.type === 'assign' ? effect.over : effect.dots)
        for (const no of this.#log.numbersAt(dot))
          if (aside.has(no)) put.run(record, field, child, sub, no, dot.index)
    })
  }
}

const childAt = ({ field, child }: ChildRow): ChildAt | null =>
  child.length === 0 ? null : { field, id: toHex(child) as ChildId }
