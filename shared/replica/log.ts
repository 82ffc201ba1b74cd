/**
 * The log: ops in causal order of arrival, every branch of every actor's chain, and who had seen what. Nothing here
 * judges; an op is appended once its causes are here and its claims about them hold.
 */
import { compareBytes, equalBytes, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId, OpRef } from '../model/ids.ts'
import { CAUSE_HASH_BYTES, type Cause, type Op } from '../op/op.ts'
import { compareHeads, type Head } from '../op/run.ts'
import { Contexts, type Growth } from './contexts.ts'
import { Actors } from './interner.ts'
import { alongChain, chainOf, Lines, type Line, type Place } from './lines.ts'
import type { Sql } from './ports.ts'
import { growthOf, type Found } from './soundness.ts'

/** The last op of a line. */
export type ChainHead = { readonly seq: number; readonly hash: Bytes; readonly lamport: number }

/** An op with its bytes, parsed and hashed, on its way into the log. */
export type Arrival = {
  readonly op: Op
  readonly bytes: Bytes
  readonly hash: Bytes
  readonly signature: Bytes | null
}

/** The name of an op, and its number where the caller has it: of a forked actor a name alone may mean several. */
export type NamedOp = OpRef & { readonly no?: number }

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

type Placed = { readonly op: Op; readonly before: Found | null; readonly growth: Growth }

const HIGHEST: Bytes = new Uint8Array(32).fill(255)
/** Places kept in memory: judgement asks of the same ops again and again. */
const CACHED_PLACES = 4096

export class Log {
  readonly actors: Actors
  readonly lines: Lines
  readonly contexts: Contexts
  readonly #sql: Sql
  readonly #self: ActorId
  readonly #whereabouts = new WeakMap<Head, Found>()
  readonly #places = new Map<number, Place>()
  #last: number
  #heads: readonly Head[] | null = null
  /** The op last found sound, on its way into the log. */
  #placed: Placed | null = null
  /** Summed when first asked for, then kept. */
  #bytes: number | null = null

  constructor(sql: Sql, self: ActorId) {
    this.#sql = sql
    this.#self = self
    this.actors = new Actors(sql)
    this.lines = new Lines(sql, this.actors)
    this.contexts = new Contexts(sql, this.lines)
    this.#last = sql.prepare('SELECT max(no) AS last FROM op').get<{ last: number | null }>()?.last ?? 0
  }

  get lastNumber(): number {
    return this.#last
  }

  /**
   * The head that an actor's chain goes on from. Of this device that is its first line, which alone it writes: another
   * branch of its own can only come from elsewhere. Of any other that has forked, the longest, then the least by hash.
   */
  head(actor: ActorId): ChainHead | null {
    const line = this.#chiefLine(actor)
    return line && this.lines.tip(line)
  }

  #chiefLine(actor: ActorId): Line | null {
    const lines = this.lines.of(actor)
    const [first] = lines
    if (!first || lines.length === 1 || actor === this.#self) return first ?? null
    return lines.reduce((chief, line) => {
      const [a, b] = [this.lines.tip(chief), this.lines.tip(line)]
      return (a.seq - b.seq || compareBytes(b.hash, a.hash)) >= 0 ? chief : line
    })
  }

  /** Of all lines, by actor, seq and hash, so that equal logs give equal lists. */
  heads(): readonly Head[] {
    this.#heads ??= this.lines
      .all()
      .map((line) => {
        const { seq, hash } = this.lines.tip(line)
        return { actor: line.actor, seq, hash: hash.subarray(0, CAUSE_HASH_BYTES) }
      })
      .sort(compareHeads)
    return this.#heads
  }

  /** Is the op here, with this hash? `other` means only different ops under the same actor and seq. */
  has(actor: ActorId, seq: number, hash: Bytes): 'same' | 'other' | 'none' {
    if (this.find({ actor, seq, hash })) return 'same'
    return this.#linesAt({ actor, seq }).length > 0 ? 'other' : 'none'
  }

  /** The op of this hash, or of a hash that begins so. */
  find({ actor, seq, hash }: Cause): Found | null {
    let mayBeBelow = false
    for (const line of this.lines.of(actor)) {
      const tip = this.lines.tip(line)
      if (tip.seq === seq && begins(tip.hash, hash)) return { line, seq, op: tip.op, lamport: tip.lamport }
      mayBeBelow ||= line.first <= seq && seq < tip.seq
    }
    return mayBeBelow ? this.#findBelow({ actor, seq, hash }) : null
  }

  #findBelow({ actor, seq, hash }: Cause): Found | null {
    const top = HIGHEST.slice()
    top.set(hash)
    const row = this.#sql
      .prepare(
        'SELECT no, line, lamport FROM op WHERE actor = ? AND seq = ? AND hash >= ? AND hash <= ? LIMIT 1',
      )
      .get<{ no: number; line: number; lamport: number }>(this.actors.find(actor), seq, hash, top)
    return row ? { line: this.lines.byNumber(row.line), seq, op: row.no, lamport: row.lamport } : null
  }

  /** The hash of the op at a seq in the chain that `head` ends. */
  hashAt(actor: ActorId, seq: number): Bytes | null {
    const line = this.#chiefLine(actor)
    if (!line) return null
    const tip = this.lines.tip(line)
    if (seq > tip.seq || seq < 1) return null
    for (const place of chainOf({ line, seq: tip.seq }))
      if (place.line.first <= seq) return this.hashOf(this.numberOn(place.line, seq))
    return null
  }

  hashOf(no: number): Bytes {
    const row = this.#sql.prepare('SELECT hash FROM op WHERE no = ?').get<{ hash: Bytes }>(no)
    invariant(row, 'an op number in a table stands for an op')
    return row.hash
  }

  /** The op under this name; of several, this device's own or else the least by hash. */
  numberAt(ref: NamedOp): number | null {
    if (ref.no !== undefined) return ref.no
    return this.numbersAt(ref)[0] ?? null
  }

  /** All ops under one name, by hash: more than one of a forked actor only. */
  numbersAt(ref: OpRef): number[] {
    return this.#byHash(this.#linesAt(ref).map((line) => this.numberOn(line, ref.seq)))
  }

  #byHash(numbers: readonly number[]): number[] {
    if (numbers.length < 2) return [...numbers]
    const named = numbers.map((no) => ({ no, hash: this.hashOf(no) }))
    return named.sort((a, b) => compareBytes(a.hash, b.hash)).map(({ no }) => no)
  }

  #linesAt({ actor, seq }: OpRef): Line[] {
    return this.lines.of(actor).filter((line) => line.first <= seq && seq <= this.lines.tip(line).seq)
  }

  /**
   * Is `target` in the causal past of `op`, or the op itself? Of a forked actor's op that comes without its number:
   * of any op of this name.
   */
  knows(op: NamedOp, target: NamedOp): boolean {
    const places = this.#placesOf(op)
    return this.#placesOf(target).some((goal) => places.some((place) => this.#seen(place, goal)))
  }

  /** The same of two ops by number. */
  knowsNo(op: number, target: number): boolean {
    return target <= op && (op === target || this.#seen(this.placeOf(op), this.placeOf(target)))
  }

  /** The op of this name in the causal past of an op, itself included: in its own chain first, then the least by hash. */
  resolve(op: number, ref: OpRef): number | null {
    const place = this.placeOf(op)
    const lines = this.#linesAt(ref).filter((line) => this.#seen(place, { line, seq: ref.seq }))
    const own = lines.find((line) => alongChain(place, line) >= ref.seq)
    if (own) return this.numberOn(own, ref.seq)
    return this.#byHash(lines.map((line) => this.numberOn(line, ref.seq)))[0] ?? null
  }

  #seen(place: Place, goal: Place): boolean {
    return this.contexts.seen(place, goal.line) >= goal.seq
  }

  /** Where an op stands, by its number. */
  placeOf(no: number): Place {
    const known = this.#places.get(no)
    if (known) return known
    const row = this.#sql
      .prepare('SELECT line, seq FROM op WHERE no = ?')
      .get<{ line: number; seq: number }>(no)
    invariant(row, 'an op number in a table stands for an op')
    const place = { line: this.lines.byNumber(row.line), seq: row.seq }
    if (this.#places.size >= CACHED_PLACES) this.#places.clear()
    this.#places.set(no, place)
    return place
  }

  #placesOf(op: NamedOp): Place[] {
    const lines = this.lines.of(op.actor)
    if (lines.length < 2) return lines.map((line) => ({ line, seq: op.seq }))
    if (op.no !== undefined) return [this.placeOf(op.no)]
    return this.#linesAt(op).map((line) => ({ line, seq: op.seq }))
  }

  /** The line that an op stands on; of several under one name, the first that came. */
  lineOf(op: NamedOp): Line | null {
    return this.#placesOf(op)[0]?.line ?? null
  }

  /** The least seq at which two ops of an actor differ; null while it has not forked. */
  forkedAt(actor: ActorId): number | null {
    const branches = this.lines.of(actor).filter((line) => line.isBranch)
    return branches.length === 0 ? null : Math.min(...branches.map((line) => line.first))
  }

  /** Actors of whom two ops under one name are here, by id. */
  forked(): ActorId[] {
    return [...this.lines.forked()].sort()
  }

  /** Where another branch of this device's own chain leaves it, and that branch's first op; null: there is none. */
  ownFork(): { readonly seq: number; readonly hash: Bytes } | null {
    const [own] = this.lines.of(this.#self)
    const seq = this.forkedAt(this.#self)
    if (!own || seq === null) return null
    const [other] = this.numbersAt({ actor: this.#self, seq }).filter((no) => this.placeOf(no).line !== own)
    return other === undefined ? null : { seq, hash: this.hashOf(other) }
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
    this.#sql
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
    this.#heads = null
    return this.#last
  }

  /** Behind the last op of a line it goes on with that line; in its middle, or as another first op, it begins one. */
  #lineFor({ op, before }: Placed): Line {
    if (!before) return this.lines.open(op.actor, null, 1)
    const isNext = before.seq === this.lines.tip(before.line).seq
    return isNext ? before.line : this.lines.open(op.actor, before.line, op.seq)
  }

  /** Where the op that a peer named stands; null while it is not here. Found once: an op never moves. */
  whereIs(head: Head): Place | null {
    const known = this.#whereabouts.get(head)
    if (known) return known
    const found = this.find(head)
    if (found) this.#whereabouts.set(head, found)
    return found
  }

  /** The number of the op at a place. */
  numberOn(line: Line, seq: number): number {
    const tip = this.lines.tip(line)
    if (tip.seq === seq) return tip.op
    const row = this.#sql
      .prepare('SELECT no FROM op WHERE actor = ? AND seq = ? AND line = ?')
      .get<{ no: number }>(this.actors.find(line.actor), seq, line.no)
    invariant(row, 'a line has an op of every seq from its first to its last')
    return row.no
  }

  /** Remembers a signature for an op that came inside a run, so that a run may end at it. */
  keepSignature(name: Cause, signature: Bytes): void {
    const found = this.find(name)
    if (found)
      this.#sql
        .prepare('UPDATE op SET signature = ? WHERE no = ? AND signature IS NULL')
        .run(signature, found.op)
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
}

const begins = (hash: Bytes, beginning: Bytes): boolean =>
  equalBytes(hash.subarray(0, beginning.length), beginning)
