/**
 * The log: ops in causal order of arrival, every branch of every actor's chain, and who had seen what. Nothing here
 * judges; an op is appended once its causes are here and its claims about them hold.
 */
import type { Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId, OpRef } from '../model/ids.ts'
import type { Cause, Op } from '../op/op.ts'
import { Chains, isDropped, type Found, type NamedOp } from './chains.ts'
import { Contexts, type Growth } from './contexts.ts'
import { alongChain, type Line, type Place } from './lines.ts'
import type { Sql } from './ports.ts'
import { NOTHING_SAID, readSaid, writeSaid, type Said } from './imprint-said.ts'
import { readMeta, writeMeta } from './meta.ts'
import { growthOf } from './soundness.ts'

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
  readonly line: number
  readonly seq: number
  readonly bytes: Bytes
  readonly lamport: number
  readonly wall: number
  readonly flaw: string | null
  readonly judgement: number
  readonly reason: string | null
}

export const OP_COLUMNS =
  'op.no, op.actor, op.line, op.seq, op.bytes, op.lamport, op.wall, op.flaw, op.judgement, op.reason'

/** An op that goes: where it stands, how long it is, and what of it review may still ask for. */
type Dropping = {
  readonly no: number
  readonly line: number
  readonly seq: number
  readonly bytes: number
  readonly said: Said
}

type Placed = { readonly op: Op; readonly before: Found | null; readonly growth: Growth }

export class Log extends Chains {
  readonly contexts: Contexts
  #last: number
  /** The op last found sound, on its way into the log. */
  #placed: Placed | null = null
  /** Summed when first asked for, then kept. */
  #bytes: number | null = null
  #dropped: number | null = null

  constructor(sql: Sql, self: ActorId) {
    super(sql, self)
    this.contexts = new Contexts(sql, this.lines)
    this.#last = sql.prepare('SELECT max(no) AS last FROM op').get<{ last: number | null }>()?.last ?? 0
  }

  get lastNumber(): number {
    return this.#last
  }

  /**
   * Is `target` in the causal past of `op`, or the op itself? Of a forked actor's op that comes without its number:
   * of any op of this name.
   */
  knows(op: NamedOp, target: NamedOp): boolean {
    const places = this.placesOf(op)
    return this.placesOf(target).some((goal) => places.some((place) => this.#seen(place, goal)))
  }

  /** The same of two ops by number. */
  knowsNo(op: number, target: number): boolean {
    // A cause is always here before what knows it; of what was dropped the number tells nothing.
    if (target > op && !isDropped(op)) return false
    return op === target || this.#seen(this.placeOf(op), this.placeOf(target))
  }

  /** The op of this name in the causal past of an op, itself included: in its own chain first, then the least by hash. */
  resolve(op: number, ref: OpRef): number | null {
    const place = this.placeOf(op)
    const all = this.linesAt(ref)
    const own = all.find((line) => alongChain(place, line) >= ref.seq)
    if (own) return this.numberOn(own, ref.seq)
    const lines = all.filter((line) => this.#seen(place, { line, seq: ref.seq }))
    return this.byHash(lines.map((line) => this.numberOn(line, ref.seq)))[0] ?? null
  }

  /** Does an op know more of an actor's branches than the op before it in its own chain? */
  learned(op: number, actor: ActorId): boolean {
    const place = this.placeOf(op)
    const before = { line: place.line, seq: place.seq - 1 }
    const first = place.seq === place.line.first
    const base = first && place.line.base ? { line: place.line.base, seq: before.seq } : before
    const knewNothing = first && !place.line.base
    return this.lines
      .of(actor)
      .some((line) => this.contexts.seen(place, line) > (knewNothing ? 0 : this.contexts.seen(base, line)))
  }

  #seen(place: Place, goal: Place): boolean {
    return this.contexts.seen(place, goal.line) >= goal.seq
  }

  /** The first cause that is not here (its chain's op before it among them), or null: ready to be appended. */
  missingCause(op: Op): Cause | null {
    const before = { actor: op.actor, seq: op.seq - 1, hash: op.prev }
    if (op.seq > 1 && !this.find(before)) return before
    return op.causes.find((cause) => !this.find(cause)) ?? null
  }

  /** Checks what an op claims of causes that are all here; null when sound. */
  unsoundness(op: Op): string | null {
    const placed = this.#place(op)
    if (typeof placed === 'string') return placed
    this.#placed = placed
    return null
  }

  #place(op: Op): Placed | string {
    const before = op.seq === 1 ? null : this.find({ actor: op.actor, seq: op.seq - 1, hash: op.prev })
    if (op.seq > 1 && !before) return 'a broken chain'
    const causes = op.causes.map((cause) => {
      const found = this.find(cause)
      invariant(found, 'the causes of an op are here before it')
      return found
    })
    const growth = growthOf(op, { before, causes, contextAt: (place) => this.contexts.at(place) })
    return typeof growth === 'string' ? growth : { op, before, growth }
  }

  /** Appends an op whose causes are here; answers its number. Judgement is written later by `judge`. */
  append(arrival: Arrival, control: number): number {
    const { op, bytes, hash, signature } = arrival
    const placed = this.#placed?.op === op ? this.#placed : this.#place(op)
    invariant(typeof placed !== 'string', 'only a sound op is appended')
    const line = this.#lineFor(placed)
    this.#last += 1
    this.sql
      .prepare(
        `INSERT INTO op (no, actor, line, seq, hash, bytes, signature, lamport, wall, control, judgement)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      )
      .run(
        this.#last, this.actors.numberOf(op.actor), line.no, op.seq, hash, bytes, signature, op.lamport, op.wall,
        control,
      ) // prettier-ignore
    if (this.#bytes !== null) this.#bytes += bytes.length
    this.contexts.grow(line, op.seq, placed.growth)
    this.lines.advance(line, { op: this.#last, seq: op.seq, hash, lamport: op.lamport })
    this.headsMoved()
    return this.#last
  }

  /** Behind the last op of a line it goes on with that line; in its middle, or as another first op, it begins one. */
  #lineFor({ op, before }: Placed): Line {
    if (!before) return this.lines.open(op.actor, null, 1)
    const isNext = before.seq === this.lines.tip(before.line).seq
    return isNext ? before.line : this.lines.open(op.actor, before.line, op.seq)
  }

  /** Remembers a signature for an op that came inside a run, so that a run may end at it. */
  keepSignature(name: Cause, signature: Bytes): void {
    const found = this.find(name)
    if (found)
      this.sql
        .prepare('UPDATE op SET signature = ? WHERE no = ? AND signature IS NULL')
        .run(signature, found.op)
  }

  /** Drops ops, and remembers how many bytes are left. Inside a transaction. */
  drop(going: readonly Dropping[]): void {
    // Added up while all that was remembered of it holds.
    this.#bytes ??= this.#sum()
    for (const op of going) {
      this.#drop(op)
      this.#bytes -= op.bytes
    }
    this.keepSize()
  }

  /**
   * Forgets an op but for its name, its place in the total order, what it had seen, and what review may ask of it. Never
   * the last of its line.
   */
  #drop({ no, line, seq, said }: Dropping): void {
    invariant(this.lines.tip(this.lines.byNumber(line)).seq > seq, 'the last op of a line is never dropped')
    this.sql
      .prepare(
        `INSERT INTO imprint (line, seq, hash, lamport, said)
         SELECT line, seq, hash, lamport, ? FROM op WHERE no = ?`,
      )
      .run(writeSaid(said), no)
    this.sql.prepare('DELETE FROM op WHERE no = ?').run(no)
    if (this.#dropped !== null) this.#dropped += 1
  }

  /** What remains of what a dropped op said. */
  saidBy(no: number): Said {
    const { line, seq } = this.placeOf(no)
    const row = this.sql
      .prepare('SELECT said FROM imprint WHERE line = ? AND seq = ?')
      .get<{ said: string }>(line.no, seq)
    return (row && readSaid(row.said)) ?? NOTHING_SAID
  }

  /** How many ops were dropped here. */
  dropped(): number {
    this.#dropped ??= this.sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0
    return this.#dropped
  }

  /** Is the name of an op all that is here of it? */
  isImprint(line: Line, seq: number): boolean {
    return this.imprintAt({ line, seq }) !== null
  }

  /** Does a holder of no more than `upTo` of a line lack ops that were dropped here? */
  hasDroppedBehind(line: Line, upTo: number): boolean {
    const behind = 'SELECT 1 AS here FROM imprint WHERE line = ? AND seq > ? LIMIT 1'
    return this.sql.prepare(behind).get(line.no, upTo) !== undefined
  }

  rowByNumber(no: number): OpRow {
    const row = this.sql.prepare(`SELECT ${OP_COLUMNS} FROM op WHERE no = ?`).get<OpRow>(no)
    invariant(row, 'an op number in a table stands for an op')
    return row
  }

  /** Ops known here, also those that were dropped, and the bytes of those that are here. */
  size(): { ops: number; bytes: number } {
    this.#bytes ??= this.#sum()
    const ops = this.lines.all().reduce((sum, line) => sum + this.lines.tip(line).seq - line.first + 1, 0)
    return { ops, bytes: this.#bytes }
  }

  /** Remembers the bytes of all ops that are here, so that the next start need not add them up. Inside a transaction. */
  keepSize(): void {
    this.#bytes ??= this.#sum()
    writeMeta(this.sql, 'log-bytes', this.#bytes)
    writeMeta(this.sql, 'log-bytes-through', this.#last)
  }

  #sum(): number {
    const through = readMeta<number>(this.sql, 'log-bytes-through') ?? 0
    const before = readMeta<number>(this.sql, 'log-bytes') ?? 0
    const behind = this.sql
      .prepare('SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM op WHERE no > ?')
      .get<{ bytes: number }>(through)
    return before + (behind?.bytes ?? 0)
  }
}
