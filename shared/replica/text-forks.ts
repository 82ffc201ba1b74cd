/**
 * Words on a branch that fell. Two branches of one chain say different things under the same client ids and clocks, so
 * a text can hold the words of one of them only: of the branch that stands. Words that point to such as have no place
 * have none either; their op rests on what fell.
 */
import type { Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { Placed } from '../judge/past.ts'
import { readUpdate } from '../merge/text/read-update.ts'
import type { StructId } from '../merge/text/struct.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'

type UpdateRow = {
  readonly record: number
  readonly field: number
  readonly child: Bytes
  readonly sub: number
  readonly client: number
  readonly from_clock: number
  readonly bytes: Bytes
}

export class TextForks {
  readonly #sql: Sql
  readonly #log: Log
  readonly #stands: (op: Placed) => boolean

  constructor(sql: Sql, log: Log, stands: (op: Placed) => boolean) {
    this.#sql = sql
    this.#log = log
    this.#stands = stands
  }

  get any(): boolean {
    return this.#log.forked().length > 0
  }

  /** Have the words of this op no place? `known` remembers what was found, for asking about many ops at one time. */
  fell(no: number, known = new Map<number, boolean>()): boolean {
    if (!this.any) return false
    const found = known.get(no)
    if (found !== undefined) return found
    const fell =
      !this.#stands(this.#placed(no)) || this.#updatesOf(no).some((row) => this.#pointsAway(no, row, known))
    known.set(no, fell)
    return fell
  }

  #pointsAway(no: number, row: UpdateRow, known: Map<number, boolean>): boolean {
    return pointersOf(row).some((id) => {
      const owner = this.#ownerOf(no, row, id)
      return owner !== null && owner !== no && this.fell(owner, known)
    })
  }

  /** The op, in the causal past of another, that wrote these words. */
  #ownerOf(no: number, { record, field, child, sub }: UpdateRow, { client, clock }: StructId): number | null {
    const rows = this.#sql
      .prepare(
        `SELECT op FROM text_update WHERE record = ? AND field = ? AND child = ? AND sub = ?
         AND client = ? AND from_clock <= ? AND to_clock > ?`,
      )
      .all<{ op: number }>(record, field, child, sub, client, clock, clock)
    return rows.find(({ op }) => this.#log.knowsNo(no, op))?.op ?? null
  }

  #updatesOf(no: number): UpdateRow[] {
    return this.#sql
      .prepare('SELECT record, field, child, sub, client, from_clock, bytes FROM text_update WHERE op = ?')
      .all<UpdateRow>(no)
  }

  #placed(no: number): Placed {
    const { actor, seq } = this.#log.rowByNumber(no)
    return { actor: this.#log.actors.idOf(actor), seq, no }
  }
}

/** Where an update is anchored: what its words stand beside and in, what it deletes, and its session's words before. */
function pointersOf({ bytes, client, from_clock }: UpdateRow): StructId[] {
  const read = readUpdate(bytes)
  invariant(read.ok, 'a stored update was checked')
  const { structs, deletes } = read.value
  const anchors = structs.flatMap(({ origin, rightOrigin, parent }) =>
    [origin, rightOrigin, parent].filter((id) => id !== null && typeof id !== 'string'),
  )
  const deleted = deletes.flatMap((range) => [
    { client: range.client, clock: range.from },
    { client: range.client, clock: range.to - 1 },
  ])
  const before = from_clock > 0 ? [{ client, clock: from_clock - 1 }] : []
  return [...anchors, ...deleted, ...before]
}
