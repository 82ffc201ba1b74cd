/**
 * The log: ops in causal order of arrival, the head of every actor's chain, and who had seen what.
 * Nothing here judges; an op is appended once its causes are here and its claims about them hold.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId, OpRef } from '../model/ids.ts'
import { CAUSE_HASH_BYTES, type Op } from '../op/op.ts'
import type { Head } from '../op/run.ts'
import { Actors } from './interner.ts'
import type { Sql } from './ports.ts'

/** The last op of an actor held without gaps, with its full context by actor number. */
export type ChainHead = {
  readonly seq: number
  readonly hash: Bytes
  readonly lamport: number
  readonly context: Map<number, number>
}

/** An op with its bytes, parsed and hashed, on its way into the log. */
export type Arrival = {
  readonly op: Op
  readonly bytes: Bytes
  readonly hash: Bytes
  readonly signature: Bytes | null
}

export type OpRow = {
  readonly no: number
  readonly actor: number
  readonly seq: number
  readonly bytes: Bytes
  readonly lamport: number
  readonly wall: number
  readonly flaw: string | null
  readonly judgement: number
  readonly reason: string | null
}

export const OP_COLUMNS =
  'op.no, op.actor, op.seq, op.bytes, op.lamport, op.wall, op.flaw, op.judgement, op.reason'

export class Log {
  readonly actors: Actors
  readonly #sql: Sql
  readonly #heads = new Map<number, ChainHead>()
  #last: number
  /** Summed when first asked for, then kept. */
  #bytes: number | null = null

  constructor(sql: Sql) {
    this.#sql = sql
    this.actors = new Actors(sql)
    this.#last = sql.prepare('SELECT max(no) AS last FROM op').get<{ last: number | null }>()?.last ?? 0
    this.#loadHeads()
  }

  get lastNumber(): number {
    return this.#last
  }

  head(actor: ActorId): ChainHead | null {
    const no = this.actors.find(actor)
    return no === null ? null : (this.#heads.get(no) ?? null)
  }

  /** By actor id, so that equal logs give equal lists. */
  heads(): Head[] {
    const heads = [...this.#heads].map(([no, head]) => ({
      actor: this.actors.idOf(no),
      seq: head.seq,
      hash: head.hash.subarray(0, CAUSE_HASH_BYTES),
    }))
    return heads.sort((a, b) => (a.actor < b.actor ? -1 : 1))
  }

  highestLamport(): number {
    let highest = 0
    for (const head of this.#heads.values()) highest = Math.max(highest, head.lamport)
    return highest
  }

  /** Is the op here, with this hash? `other` means a different op under the same actor and seq. */
  has(actor: ActorId, seq: number, hash: Bytes): 'same' | 'other' | 'none' {
    const stored = this.hashAt(actor, seq)
    if (!stored) return 'none'
    return equalBytes(stored.subarray(0, hash.length), hash) ? 'same' : 'other'
  }

  hashAt(actor: ActorId, seq: number): Bytes | null {
    const head = this.head(actor)
    if (!head || seq > head.seq) return null
    if (seq === head.seq) return head.hash
    return this.#rowAt(actor, seq)?.hash ?? null
  }

  numberAt(ref: OpRef): number | null {
    return this.#rowAt(ref.actor, ref.seq)?.no ?? null
  }

  #rowAt(actor: ActorId, seq: number): { no: number; hash: Bytes; lamport: number } | undefined {
    const no = this.actors.find(actor)
    if (no === null) return undefined
    return this.#sql
      .prepare('SELECT no, hash, lamport FROM op WHERE actor = ? AND seq = ?')
      .get<{ no: number; hash: Bytes; lamport: number }>(no, seq)
  }

  /** Is `target` in the causal past of `op`, or the op itself? Both must be here. */
  knows(op: OpRef, target: OpRef): boolean {
    if (op.actor === target.actor) return target.seq <= op.seq
    const on = this.actors.find(target.actor)
    return on !== null && this.#seenAt(op, on) >= target.seq
  }

  #seenAt(op: OpRef, on: number): number {
    const actor = this.actors.find(op.actor)
    if (actor === null) return 0
    const head = this.#heads.get(actor)
    if (head && head.seq <= op.seq) return head.context.get(on) ?? 0
    return (
      this.#sql
        .prepare(
          'SELECT on_seq FROM context WHERE actor = ? AND on_actor = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
        )
        .get<{ on_seq: number }>(actor, on, op.seq)?.on_seq ?? 0
    )
  }

  /** The first cause that is not here (with the hash that is named), or null: ready to be appended. */
  missingCause(op: Op): OpRef | null {
    const head = this.head(op.actor)
    if ((head?.seq ?? 0) !== op.seq - 1) return { actor: op.actor, seq: op.seq - 1 }
    for (const cause of op.causes) if (this.has(cause.actor, cause.seq, cause.hash) !== 'same') return cause
    return null
  }

  /** Checks what an op claims of causes that are all here; null when sound. */
  unsoundness(op: Op): string | null {
    const own = this.head(op.actor)
    if (own && !equalBytes(op.prev, own.hash)) return 'a broken chain'
    const context = own?.context ?? new Map<number, number>()
    const next = new Map(context)
    let highest = own?.lamport ?? 0
    for (const cause of op.causes) {
      const on = this.actors.numberOf(cause.actor)
      if (cause.actor === op.actor) return 'names itself as a cause'
      if (cause.seq <= (context.get(on) ?? 0)) return 'its context does not grow'
      next.set(on, cause.seq)
      highest = Math.max(highest, this.#lamportAt(cause))
    }
    if (op.lamport !== highest + 1) return 'its lamport is not one above its context'
    return this.#isClosed(op, next) ? null : 'its context is not causally closed'
  }

  #lamportAt(ref: OpRef): number {
    const head = this.head(ref.actor)
    if (head?.seq === ref.seq) return head.lamport
    return this.#rowAt(ref.actor, ref.seq)?.lamport ?? 0
  }

  /** Everything that a newly named cause had seen, the op has seen too. */
  #isClosed(op: Op, context: ReadonlyMap<number, number>): boolean {
    const self = this.actors.find(op.actor)
    for (const cause of op.causes) {
      for (const [on, seq] of this.#contextAt(cause)) {
        if (on === self ? seq >= op.seq : seq > (context.get(on) ?? 0)) return false
      }
    }
    return true
  }

  #contextAt(ref: OpRef): Iterable<readonly [number, number]> {
    const head = this.head(ref.actor)
    if (head?.seq === ref.seq) return head.context
    const rows = this.#sql
      .prepare(
        'SELECT on_actor, max(on_seq) AS on_seq FROM context WHERE actor = ? AND seq <= ? GROUP BY on_actor',
      )
      .all<{ on_actor: number; on_seq: number }>(this.actors.numberOf(ref.actor), ref.seq)
    return rows.map((row) => [row.on_actor, row.on_seq] as const)
  }

  /** Appends an op whose causes are here; answers its number. Judgement is written later by `judge`. */
  append(arrival: Arrival, control: boolean): number {
    const { op, bytes, hash, signature } = arrival
    const actor = this.actors.numberOf(op.actor)
    this.#last += 1
    this.#sql
      .prepare(
        `INSERT INTO op (no, actor, seq, hash, bytes, signature, lamport, wall, control, judgement)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      )
      .run(this.#last, actor, op.seq, hash, bytes, signature, op.lamport, op.wall, control ? 1 : 0)
    if (this.#bytes !== null) this.#bytes += bytes.length
    this.#advance(actor, op, hash)
    return this.#last
  }

  #advance(actor: number, op: Op, hash: Bytes): void {
    const context = this.#heads.get(actor)?.context ?? new Map<number, number>()
    const insert = this.#sql.prepare('INSERT INTO context (actor, on_actor, seq, on_seq) VALUES (?, ?, ?, ?)')
    for (const cause of op.causes) {
      const on = this.actors.numberOf(cause.actor)
      context.set(on, cause.seq)
      insert.run(actor, on, op.seq, cause.seq)
    }
    this.#heads.set(actor, { seq: op.seq, hash, lamport: op.lamport, context })
  }

  /** Remembers a signature for an op that came inside a run, so that a run may end at it. */
  keepSignature(ref: OpRef, signature: Bytes): void {
    const no = this.numberAt(ref)
    if (no !== null)
      this.#sql.prepare('UPDATE op SET signature = ? WHERE no = ? AND signature IS NULL').run(signature, no)
  }

  rowByNumber(no: number): OpRow {
    const row = this.#sql.prepare(`SELECT ${OP_COLUMNS} FROM op WHERE no = ?`).get<OpRow>(no)
    invariant(row, 'an op number in a table stands for an op')
    return row
  }

  size(): { ops: number; bytes: number } {
    this.#bytes ??=
      this.#sql.prepare('SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM op').get<{ bytes: number }>()
        ?.bytes ?? 0
    return { ops: this.#last, bytes: this.#bytes }
  }

  #loadHeads(): void {
    const rows = this.#sql
      .prepare(
        `SELECT op.actor, op.seq, op.hash, op.lamport FROM op
         JOIN (SELECT actor, max(seq) AS seq FROM op GROUP BY actor) AS top
           ON top.actor = op.actor AND top.seq = op.seq`,
      )
      .all<{ actor: number; seq: number; hash: Bytes; lamport: number }>()
    for (const { actor, ...head } of rows)
      this.#heads.set(actor, { ...head, context: this.#wholeContext(actor) })
  }

  #wholeContext(actor: number): Map<number, number> {
    const rows = this.#sql
      .prepare('SELECT on_actor, max(on_seq) AS on_seq FROM context WHERE actor = ? GROUP BY on_actor')
      .all<{ on_actor: number; on_seq: number }>(actor)
    return new Map(rows.map((row) => [row.on_actor, row.on_seq]))
  }
}
