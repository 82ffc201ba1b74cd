/**
 * The chains of the log as they lie in its lines: which ops are here, under which names and hashes, where every branch
 * ends, and where branches part. All of it is answered by name and hash, whichever branch came first.
 */
import type { Placed } from '../judge/past.ts'
import { compareBytes, equalBytes, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { remember } from '../base/remember.ts'
import type { ActorId, OpRef } from '../model/ids.ts'
import { CAUSE_HASH_BYTES, type Cause } from '../op/op.ts'
import { compareHeads, headKey, type Head } from '../op/run.ts'
import { Actors } from './interner.ts'
import { chainOf, Lines, type Line, type Place } from './lines.ts'
import type { Sql } from './ports.ts'

/** The last op of a line. */
export type ChainHead = { readonly seq: number; readonly hash: Bytes; readonly lamport: number }

/** The name of an op, and its number where the caller has it: of a forked actor a name alone may mean several. */
export type NamedOp = OpRef & { readonly no?: number }

/** An op that is here. */
export type Found = Place & { readonly op: number; readonly lamport: number }

const HIGHEST: Bytes = new Uint8Array(32).fill(255)
/** Where an op that was dropped stood, as a number below all numbers of ops that are here: seqs of one line. */
const SEQS = 2 ** 32

/** The number of an op that was dropped: it is told from the op's place. */
export const droppedNumber = ({ line, seq }: Place): number => -(line.no * SEQS + seq)
/** Was the op of this number dropped? Only where it stood, its name and what it had seen are known. */
export const isDropped = (no: number): boolean => no < 0

/** `hash`: as much of it as names a cause. */
type Imprint = { readonly hash: Bytes; readonly lamport: number }
/** Places kept in memory: judgement asks of the same ops again and again. */
const CACHED_PLACES = 4096

export class Chains {
  readonly actors: Actors
  readonly lines: Lines
  protected readonly sql: Sql
  readonly #self: ActorId
  readonly #found = new WeakMap<Head, Found>()
  readonly #named = new Map<string, Found>()
  readonly #places = new Map<number, Place>()
  #heads: readonly Head[] | null = null

  constructor(sql: Sql, self: ActorId) {
    this.sql = sql
    this.#self = self
    this.actors = new Actors(sql)
    this.lines = new Lines(sql, this.actors)
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
    return this.linesAt({ actor, seq }).length > 0 ? 'other' : 'none'
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
    const row = this.sql
      .prepare(
        'SELECT no, line, lamport FROM op WHERE actor = ? AND seq = ? AND hash >= ? AND hash <= ? LIMIT 1',
      )
      .get<{ no: number; line: number; lamport: number }>(this.actors.find(actor), seq, hash, top)
    return row
      ? { line: this.lines.byNumber(row.line), seq, op: row.no, lamport: row.lamport }
      : this.#findDropped({ actor, seq, hash })
  }

  #findDropped({ actor, seq, hash }: Cause): Found | null {
    for (const line of this.lines.of(actor)) {
      const imprint = line.first <= seq ? this.imprintAt({ line, seq }) : null
      const op = droppedNumber({ line, seq })
      if (imprint && isSameHash(imprint.hash, hash)) return { line, seq, op, lamport: imprint.lamport }
    }
    return null
  }

  /** What remains of the op at a place, where it was dropped. */
  protected imprintAt({ line, seq }: Place): Imprint | null {
    const row = this.sql
      .prepare('SELECT hash, lamport FROM imprint WHERE line = ? AND seq = ?')
      .get<Imprint>(line.no, seq)
    return row ?? null
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

  /** Of an op that an earlier version dropped, as much as names a cause. */
  hashOf(no: number): Bytes {
    if (isDropped(no)) return this.#imprintOf(no).hash
    const row = this.sql.prepare('SELECT hash FROM op WHERE no = ?').get<{ hash: Bytes }>(no)
    invariant(row, 'an op number in a table stands for an op')
    return row.hash
  }

  /** Is this the hash of the op? */
  isHashOf(no: number, hash: Bytes): boolean {
    const own = this.hashOf(no)
    return hash.length === 32 && begins(hash, own)
  }

  #imprintOf(no: number): Imprint {
    const imprint = this.imprintAt(this.placeOf(no))
    invariant(imprint, 'an op that was dropped left its imprint')
    return imprint
  }

  /** The op under this name; of several, this device's own or else the least by hash. */
  numberAt(ref: NamedOp): number | null {
    if (ref.no !== undefined) return ref.no
    const own = ref.actor === this.#self ? this.linesAt(ref).find((line) => !line.isBranch) : undefined
    return own ? this.numberOn(own, ref.seq) : (this.numbersAt(ref)[0] ?? null)
  }

  /** All ops under one name, by hash: more than one of a forked actor only. */
  numbersAt(ref: OpRef): number[] {
    return this.byHash(this.linesAt(ref).map((line) => this.numberOn(line, ref.seq)))
  }

  protected byHash(numbers: readonly number[]): number[] {
    if (numbers.length < 2) return [...numbers]
    const named = numbers.map((no) => ({ no, hash: this.hashOf(no) }))
    return named.sort((a, b) => compareBytes(a.hash, b.hash)).map(({ no }) => no)
  }

  protected linesAt({ actor, seq }: OpRef): Line[] {
    return this.lines.of(actor).filter((line) => line.first <= seq && seq <= this.lines.tip(line).seq)
  }

  /** Where the op that a peer named stands; null while it is not here. Looked up once: an op never moves. */
  whereIs(head: Head): Place | null {
    return this.#found.get(head) ?? this.#lookUp(head)
  }

  /** What was sent comes back as acknowledged: another object of the same name. */
  #lookUp(head: Head): Place | null {
    const key = headKey(head)
    const found = this.#named.get(key) ?? this.find(head)
    if (!found) return null
    remember(this.#named, CACHED_PLACES, key, found)
    this.#found.set(head, found)
    return found
  }

  /** The number of the op at a place. */
  numberOn(line: Line, seq: number): number {
    const tip = this.lines.tip(line)
    if (tip.seq === seq) return tip.op
    const row = this.sql
      .prepare('SELECT no FROM op WHERE actor = ? AND seq = ? AND line = ?')
      .get<{ no: number }>(this.actors.find(line.actor), seq, line.no)
    invariant(
      row ?? this.imprintAt({ line, seq }),
      'a line has an op of every seq from its first to its last',
    )
    return row?.no ?? droppedNumber({ line, seq })
  }

  /** Where an op stands, by its number. */
  placeOf(no: number): Place {
    const known = this.#places.get(no)
    if (known) return known
    if (isDropped(no)) return { line: this.lines.byNumber(Math.floor(-no / SEQS)), seq: -no % SEQS }
    const row = this.sql
      .prepare('SELECT line, seq FROM op WHERE no = ?')
      .get<{ line: number; seq: number }>(no)
    invariant(row, 'an op number in a table stands for an op')
    const place = { line: this.lines.byNumber(row.line), seq: row.seq }
    return remember(this.#places, CACHED_PLACES, no, place)
  }

  /** The op of a number, by its name. */
  placed(no: number): Placed {
    const { line, seq } = this.placeOf(no)
    return { actor: line.actor, seq, no }
  }

  protected placesOf(op: NamedOp): Place[] {
    const lines = this.lines.of(op.actor)
    if (lines.length < 2) return lines.map((line) => ({ line, seq: op.seq }))
    if (op.no !== undefined) return [this.placeOf(op.no)]
    return this.linesAt(op).map((line) => ({ line, seq: op.seq }))
  }

  /** The line that an op stands on; of several under one name, the first that came. */
  lineOf(op: NamedOp): Line | null {
    return this.placesOf(op)[0]?.line ?? null
  }

  /** The least seq at which two ops of an actor differ; null while it has not forked. */
  forkedAt(actor: ActorId): number | null {
    return this.forksOf(actor)[0] ?? null
  }

  /** Every seq at which a branch of an actor leaves another, ascending. */
  forksOf(actor: ActorId): readonly number[] {
    const lines = this.lines.of(actor)
    if (lines.length < 2) return []
    const firsts = lines.filter((line) => line.isBranch).map(({ first }) => first)
    return [...new Set(firsts)].sort((a, b) => a - b)
  }

  /** Does a branch leave another with this op? What only goes on with a branch changes nothing of the others. */
  isFirstOfBranch(no: number): boolean {
    const { line, seq } = this.placeOf(no)
    return line.isBranch && line.first === seq
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

  /** To be called when an op was appended. */
  protected headsMoved(): void {
    this.#heads = null
  }
}

const begins = (hash: Bytes, beginning: Bytes): boolean =>
  equalBytes(hash.subarray(0, beginning.length), beginning)

/** As far as both are known: a name is half a hash, and an earlier version left no more of what it dropped. */
const isSameHash = (a: Bytes, b: Bytes): boolean => (a.length < b.length ? begins(b, a) : begins(a, b))
