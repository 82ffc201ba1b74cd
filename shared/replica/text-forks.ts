/**
 * Words on a branch that fell. Two branches of one chain say different things under the same client ids and clocks, so
 * a text can hold the words of one of them only: of the branch that stands. Words that point to such as have no place
 * have none either; their op rests on what fell.
 */
import type { Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ControlState } from '../judge/control.ts'
import { readUpdate } from '../merge/text/read-update.ts'
import type { StructId } from '../merge/text/struct.ts'
import type { Cell } from './fold.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'
import type { TextReach } from './text-reach.ts'
import { keyOf, WHERE, type Words } from './text-store.ts'

type UpdateRow = {
  readonly record: number
  readonly field: number
  readonly child: Bytes
  readonly sub: number
  readonly client: number
  readonly from_clock: number
  readonly bytes: Bytes
}

/** An op on the way to its answer, with the ops that its words point to. */
type Asked = { readonly no: number; readonly owners: readonly (readonly number[])[] }

export class TextForks {
  readonly #sql: Sql
  readonly #log: Log
  readonly #reach: TextReach
  readonly #control: () => Pick<ControlState, 'stands'>
  /** What was found, for as long as the same branches stand. */
  readonly #known = new Map<number, boolean>()
  #foundUnder: unknown = null

  constructor(sql: Sql, log: Log, reach: TextReach, control: () => Pick<ControlState, 'stands'>) {
    this.#reach = reach
    this.#sql = sql
    this.#log = log
    this.#control = control
  }

  get any(): boolean {
    return this.#log.forked().length > 0
  }

  /** Have the words of this op no place? A note may be as long a chain of ops as its author likes: no call in a call. */
  fell(no: number): boolean {
    if (!this.any) return false
    const control = this.#control()
    if (control !== this.#foundUnder) this.#known.clear()
    this.#foundUnder = control
    const asked: Asked[] = [this.#ask(no)]
    for (let last = asked.at(-1); last; last = asked.at(-1)) {
      const open = this.#settle(last)
      if (open === null) asked.pop()
      else asked.push(this.#ask(open))
    }
    return this.#known.get(no) ?? false
  }

  /** Does a text's base hold words of these sessions that an op does not know? It may know others under their names. */
  hidesFrom(no: number, cell: Cell, sessions: Iterable<number>): boolean {
    return [...sessions].some((client) =>
      this.#reach.of(cell, client).some((step) => !this.#log.knowsNo(no, step.op)),
    )
  }

  /** Do words of an op that is not filed yet point to such as have no place? */
  pointToFallen(no: number, { cell, bytes, update }: Words): boolean {
    const row = { ...cell, bytes, client: update.client, from_clock: update.from }
    return pointersOf(row).some((id) => {
      const owners = this.#ownersAt(no, row, id)
      return owners.length > 0 && owners.every((owner) => this.fell(owner))
    })
  }

  #ask(no: number): Asked {
    if (this.#known.has(no)) return { no, owners: [] }
    if (!this.#control().stands(this.#log.placed(no))) this.#known.set(no, true)
    return { no, owners: this.#known.has(no) ? [] : this.#ownersOf(no) }
  }

  /** Answers an op, or the one of its owners that must be known before it. */
  #settle({ no, owners }: Asked): number | null {
    if (this.#known.has(no)) return null
    // Where its author knew several branches, it is enough that the words of one of them stand.
    const fallen = owners.some((any) => any.every((owner) => this.#known.get(owner) === true))
    const unsure = owners.filter((any) => !any.some((owner) => this.#known.get(owner) === false))
    const open = fallen ? undefined : unsure.flat().find((owner) => !this.#known.has(owner))
    if (open !== undefined) return open
    this.#known.set(no, fallen)
    return null
  }

  /** The other ops, in its causal past, whose words an op's words point to. */
  #ownersOf(no: number): number[][] {
    const owners = this.#updatesOf(no).flatMap((row) =>
      pointersOf(row).map((id) => this.#ownersAt(no, row, id)),
    )
    return owners.filter((any) => any.length > 0 && !any.includes(no))
  }

  /** The ops, in the causal past of another, that wrote these words: one of each branch. None where they are in the base, and stand. */
  #ownersAt(no: number, cell: Cell, { client, clock }: StructId): number[] {
    const step = this.#reach.of(cell, client).find(({ to }) => to > clock)
    if (step && this.#log.knowsNo(no, step.op)) return []
    const rows = this.#sql
      .prepare(
        `SELECT op FROM text_update WHERE ${WHERE} AND client = ? AND from_clock <= ? AND to_clock > ?`,
      )
      .all<{ op: number }>(...keyOf(cell), client, clock, clock)
    return rows.map(({ op }) => op).filter((op) => this.#log.knowsNo(no, op))
  }

  #updatesOf(no: number): UpdateRow[] {
    return this.#sql
      .prepare('SELECT record, field, child, sub, client, from_clock, bytes FROM text_update WHERE op = ?')
      .all<UpdateRow>(no)
  }
}

/** Where an update is anchored: what its words stand beside and in, what it deletes, and its session's words before. */
function pointersOf({
  bytes,
  client,
  from_clock,
}: Pick<UpdateRow, 'bytes' | 'client' | 'from_clock'>): StructId[] {
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
  const all = [...anchors, ...deleted, ...before]
  return [...new Map(all.map((id) => [`${id.client}/${id.clock}`, id])).values()]
}
