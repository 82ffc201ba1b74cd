/**
 * The fold of accepted ops into the tables `value` and `presence`, by the merge types of shared/merge. Applying
 * ops one by one as they arrive (the fast path) and folding a record anew from all its accepted ops (the truth)
 * give the same rows.
 */
import type { Bytes } from '../base/bytes.ts'
import { unreachable } from '../base/invariant.ts'
import type { ActorId, ChildId, DotRef, RecordId } from '../model/ids.ts'
import type { DotChange, Entry } from '../merge/dots.ts'
import { write } from '../merge/draft.ts'
import { assign } from '../merge/register.ts'
import { insert, remove } from '../merge/set.ts'
import { count } from '../merge/tally.ts'
import type { Address, DataEffect, Effect, Scalar } from '../op/effect.ts'
import { childAt } from '../op/identity.ts'
import { idBytes } from './interner.ts'
import type { ChildAt, Revoked } from './revocations.ts'
import type { Log } from './log.ts'
import type { Crypto, Sql } from './ports.ts'

/** An op as the fold needs it: its number in the file, its name, and its place in the total order. */
export type FoldedOp = {
  readonly no: number
  readonly actor: ActorId
  readonly seq: number
  readonly lamport: number
  readonly effects: readonly Effect[]
}

/** An address by the numbers of the file; `child` is empty for a field of the record itself. */
export type Cell = {
  readonly record: number
  readonly field: number
  readonly child: Bytes
  readonly sub: number
}

export const NO_CHILD: Bytes = new Uint8Array(0)

export const cellOf = (record: number, at: Address): Cell => ({
  record,
  field: at.field,
  child: at.child === null ? NO_CHILD : idBytes(at.child),
  sub: at.sub,
})

/** Is the i-th effect of the op, or the child that it is about, taken out of every view, and how far? */
export type RevokedIn = (index: number, child: ChildAt | null) => Revoked

/** The child that an effect is about. */
export function childIn(effect: Effect): ChildAt | null {
  if (effect.type === 'drop') return { field: effect.field, id: effect.child }
  if (!('at' in effect) || effect.at.child === null) return null
  return { field: effect.at.field, id: effect.at.child }
}

export class Fold {
  readonly #sql: Sql
  readonly #log: Log
  readonly #crypto: Crypto

  constructor(sql: Sql, log: Log, crypto: Crypto) {
    this.#sql = sql
    this.#log = log
    this.#crypto = crypto
  }

  /** Takes in what an accepted op says of one record, but for effects that were revoked. */
  apply(op: FoldedOp, id: RecordId, record: number, revokedIn: RevokedIn): void {
    op.effects.forEach((effect, index) => {
      const revoked = revokedIn(index, childIn(effect))
      if (revoked === 'wholly') return
      if (revoked === 'alone') this.#leave(op, id, record, effect)
      else if (effect.type === 'child' && effect.record === id)
        this.#touchNewChild(op, record, effect.field, index)
      else if (effect.type === 'drop' && effect.record === id) this.#drop(record, effect)
      else if ('at' in effect && effect.at.record === id) this.#applyAt(op, record, effect, index)
    })
  }

  /** Empties what was folded of a record, before it is folded anew. */
  clear(record: number): void {
    this.#sql.prepare('DELETE FROM value WHERE record = ?').run(record)
    this.#sql.prepare('DELETE FROM presence WHERE record = ?').run(record)
  }

  live(cell: Cell): (Entry & { readonly wall: number })[] {
    const rows = this.#sql
      .prepare(
        `SELECT value.op, value.idx, value.value, op.actor, op.seq, op.lamport, op.wall FROM value
         JOIN op ON op.no = value.op
         WHERE value.record = ? AND value.field = ? AND value.child = ? AND value.sub = ?`,
      )
      .all<{ idx: number; value: Scalar; actor: number; seq: number; lamport: number; wall: number }>(
        cell.record,
        cell.field,
        cell.child,
        cell.sub,
      )
    return rows.map((row) => ({
      dot: { actor: this.#log.actors.idOf(row.actor), seq: row.seq, index: row.idx },
      value: row.value,
      lamport: row.lamport,
      wall: row.wall,
    }))
  }

  /** Of a value that is gone alone: what it had superseded stays so, and the child that it touched stays touched. */
  #leave(op: FoldedOp, id: RecordId, record: number, effect: Effect): void {
    if (!('at' in effect) || effect.at.record !== id) return
    if (effect.at.child !== null) this.#touch(record, effect.at.field, effect.at.child, op)
    if (effect.type !== 'assign') return
    const cell = cellOf(record, effect.at)
    for (const dot of effect.over) this.#removeDot(cell, dot, this.#meant(op, dot))
  }

  #applyAt(op: FoldedOp, record: number, effect: Extract<DataEffect, { at: Address }>, index: number): void {
    const cell = cellOf(record, effect.at)
    if (effect.at.child !== null) this.#touch(record, effect.at.field, effect.at.child, op)
    if (effect.type === 'session' || effect.type === 'text') return
    const change = changeOf(op, effect, index)
    for (const dot of change.remove) this.#removeDot(cell, dot, this.#meant(op, dot))
    this.#add(cell, op, change)
  }

  /** Of a forked actor's ops under one name, an op means those that its author had seen. */
  #meant(op: FoldedOp, dot: DotRef): readonly number[] {
    const numbers = this.#log.numbersAt(dot)
    if (numbers.length < 2) return numbers
    return numbers.filter((no) => this.#log.knowsNo(op.no, no))
  }

  #add(cell: Cell, op: FoldedOp, change: DotChange): void {
    const add = this.#sql.prepare(
      'INSERT INTO value (record, field, child, sub, op, idx, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    for (const { dot, value } of change.add)
      add.run(cell.record, cell.field, cell.child, cell.sub, op.no, dot.index, value)
  }

  #removeDot(cell: Cell, dot: DotRef, ops: readonly number[]): void {
    const remove = this.#sql.prepare(
      'DELETE FROM value WHERE record = ? AND field = ? AND child = ? AND sub = ? AND op = ? AND idx = ?',
    )
    for (const no of ops) remove.run(cell.record, cell.field, cell.child, cell.sub, no, dot.index)
  }

  #touchNewChild(op: FoldedOp, record: number, field: number, index: number): void {
    const child = childAt((bytes) => this.#crypto.sha256(bytes), { actor: op.actor, seq: op.seq, index })
    this.#touch(record, field, child, op)
  }

  #touch(record: number, field: number, child: ChildId, op: FoldedOp): void {
    this.#raise(record, field, idBytes(child), op.actor, op.seq, 0)
  }

  #drop(record: number, effect: Extract<DataEffect, { type: 'drop' }>): void {
    for (const { actor, seq } of effect.seen)
      this.#raise(record, effect.field, idBytes(effect.child), actor, 0, seq)
  }

  #raise(
    record: number,
    field: number,
    child: Bytes,
    actor: ActorId,
    touched: number,
    removed: number,
  ): void {
    this.#sql
      .prepare(
        `INSERT INTO presence (record, field, child, actor, touched, removed) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET touched = max(touched, excluded.touched), removed = max(removed, excluded.removed)`,
      )
      .run(record, field, child, this.#log.actors.numberOf(actor), touched, removed)
  }
}

type Merged = Exclude<Extract<DataEffect, { at: Address }>, { type: 'session' | 'text' }>

function changeOf(op: FoldedOp, effect: Merged, index: number): DotChange {
  const entry = (value: Scalar): Entry => ({
    dot: { actor: op.actor, seq: op.seq, index },
    value,
    lamport: op.lamport,
  })
  switch (effect.type) {
    case 'assign':
      return assign(entry(effect.value), effect.over)
    case 'draft':
      return write(entry(effect.value))
    case 'insert':
      return insert(entry(effect.key))
    case 'remove':
      return remove(effect.dots)
    case 'count':
      return count(entry(effect.amount))
    default:
      return unreachable(effect)
  }
}
