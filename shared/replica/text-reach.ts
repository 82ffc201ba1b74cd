/**
 * Of editing sessions whose words are in a text's base: by which op of its author each had come how far. Later words
 * may point to what their author had seen of a session, and to nothing else, for as long as there are later words.
 */
import { concatBytes, type Bytes } from '../base/bytes.ts'
import { droppedNumber, isDropped } from './chains.ts'
import type { Cell } from './fold.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'
import { keyOf, WHERE } from './text-store.ts'

/** By its op, which may have been dropped, the session had come to this clock, exclusive. */
export type Step = { readonly op: number; readonly to: number }

type Row = { readonly line: number; readonly steps: Bytes }
type Sealed = { readonly op: number; readonly client: number; readonly to: number }

/** A seq and a clock, the highest byte first. */
export const STEP_BYTES = 12

export class TextReach {
  readonly #sql: Sql
  readonly #log: Log

  constructor(sql: Sql, log: Log) {
    this.#sql = sql
    this.#log = log
  }

  /** The steps of a session, the earliest first. */
  of(cell: Cell, client: number): Step[] {
    const row = this.#row(cell, client)
    if (!row) return []
    const line = this.#log.lines.byNumber(row.line)
    return stepsIn(row.steps).map(({ seq, to }) => ({ op: droppedNumber({ line, seq }), to }))
  }

  #row(cell: Cell, client: number): Row | null {
    const read = `SELECT line, steps FROM text_reach WHERE ${WHERE} AND client = ?`
    return this.#sql.prepare(read).get<Row>(...keyOf(cell), client) ?? null
  }

  /** Adds what was sealed, to what was before: what counts only since it was adopted may stand between that. */
  add(cell: Cell, sealed: readonly Sealed[]): void {
    const put = this.#sql.prepare(
      `INSERT INTO text_reach (record, field, child, sub, client, line, steps) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET steps = excluded.steps`,
    )
    for (const [client, own] of Map.groupBy(sealed, (one) => one.client)) {
      const places = own.map(({ op, to }) => ({ ...this.#log.placeOf(op), to }))
      const before = this.#row(cell, client)
      const [first] = places
      if (!first) continue
      const steps = [...(before ? stepsIn(before.steps) : []), ...places]
      steps.sort((a, b) => a.seq - b.seq || a.to - b.to)
      put.run(...keyOf(cell), client, first.line.no, concatBytes(...steps.map(stepBytes)))
    }
  }

  /** A session stays declared when the op that declared it is dropped. */
  declareByPlace(cell: Cell, isUnder: (op: number) => boolean): void {
    const rows = this.#sql
      .prepare(`SELECT client, op FROM text_session WHERE ${WHERE}`)
      .all<{ client: number; op: number }>(...keyOf(cell))
    const move = this.#sql.prepare(`UPDATE text_session SET op = ? WHERE ${WHERE} AND client = ? AND op = ?`)
    for (const { client, op } of rows)
      if (!isDropped(op) && isUnder(op))
        move.run(droppedNumber(this.#log.placeOf(op)), ...keyOf(cell), client, op)
  }
}

function stepBytes({ seq, to }: { readonly seq: number; readonly to: number }): Bytes {
  const bytes = new Uint8Array(STEP_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, seq)
  view.setFloat64(4, to)
  return bytes
}

export function stepsIn(bytes: Bytes): { seq: number; to: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / STEP_BYTES }, (_, i) => ({
    seq: view.getUint32(i * STEP_BYTES),
    to: view.getFloat64(i * STEP_BYTES + 4),
  }))
}
