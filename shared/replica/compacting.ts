/**
 * Compaction (decision 19): what is final is folded into the bases of records (sealed), and ops of which nothing more
 * is needed than their names are dropped. It changes nothing of what is judged, folded or shown, but for the history
 * itself. It goes in slices, each a whole: wherever it stops, the replica is sound, and the next pass goes on.
 *
 * Kept beneath the checkpoint are acts of control and review, what does not count or counts by an adoption, what made a
 * record or a child, what said a value that stands, all that touches an incident, all of a device that forked, and the
 * last op of every chain, here and as far as the checkpoint knows.
 */
import { declared } from '../model/fields.ts'
import { LIMITS } from '../op/limits.ts'
import type { Placed } from '../judge/past.ts'
import type { Core } from './core.ts'
import { knownBy, spokenOfBeyond } from './frontier.ts'
import type { RecordRow } from './interner.ts'
import type { Line } from './lines.ts'
import { readMeta, writeMeta } from './meta.ts'

type OpRow = { readonly no: number; readonly line: number; readonly seq: number }
type Sealable = OpRow & { readonly judgement: number; readonly wall: number; readonly sealed: number }
type Droppable = OpRow & { readonly bytes: number; readonly touches: number }
type Touch = { readonly record: number; readonly sealed: number }
type Going = Droppable & { readonly records: readonly number[] }

/** What a pass looks at: records that nothing touched since, which are sealed once; all that have something to be sealed; all. */
export const PASSES = ['quiet', 'unsealed', 'whole'] as const
export type PassKind = (typeof PASSES)[number]

/** Where is kept beneath which checkpoint a pass of a kind, or of one that looks at more, last went through. */
const PLACES: Readonly<Record<PassKind, string>> = {
  quiet: 'compacted',
  unsealed: 'compacted-unsealed',
  whole: 'compacted-whole',
}

const RECORDS_LOOKED_AT = 50

/** The number of the checkpoint beneath which a pass last looked at so much; 0: none did. */
export const compactedBeneath = ({ sql }: Pick<Core, 'sql'>, kind: PassKind): number =>
  readMeta<number>(sql, PLACES[kind]) ?? 0

const UNSEALED = 'SELECT DISTINCT record AS no FROM touch WHERE sealed = 0 AND op < ?'
const RECORDS: Readonly<Record<PassKind, string>> = {
  quiet: `${UNSEALED} AND NOT EXISTS
    (SELECT 1 FROM touch AS later WHERE later.record = touch.record AND later.op > ?)`,
  unsealed: UNSEALED,
  whole: 'SELECT no FROM record ORDER BY no',
}

function recordsOf({ sql }: Core, kind: PassKind, { no }: Placed): number[] {
  const asked = { quiet: [no, no], unsealed: [no], whole: [] }[kind]
  const found = sql.prepare(RECORDS[kind]).all<{ no: number }>(...asked)
  return found.map((record) => record.no)
}

/** One pass over a replica, beneath one checkpoint. Made anew when the core is. */
export class Compaction {
  readonly checkpoint: Placed
  readonly #core: Core
  /** How far the checkpoint knows each line, itself excepted. */
  readonly #under: ReadonlyMap<Line, number>
  /** Acts that the checkpoint does not know may yet change these. */
  #open: ReadonlySet<number> = new Set()
  #heard = -1
  /** Ops whose signatures show that the authority's role was handed over: who begins from a snapshot looks at them. */
  readonly #evidence: ReadonlySet<number>
  readonly #made = new Map<number, readonly number[]>()
  readonly #kind: PassKind
  readonly #records: readonly number[]
  #next = 0

  constructor(core: Core, checkpoint: Placed, kind: PassKind = 'whole') {
    this.#core = core
    this.checkpoint = checkpoint
    this.#kind = kind
    this.#records = recordsOf(core, kind, checkpoint)
    const { line, seq } = core.log.placeOf(checkpoint.no)
    this.#under = knownBy(core.log, checkpoint.no).set(line, seq - 1)
    this.#evidence = new Set(
      core
        .control()
        .membership.tenures.flatMap(({ since, end }) => [
          ...this.#signing(since.no),
          ...(end ? [end.no] : []),
        ]),
    )
  }

  /** From an op to the next of its chain whose signature is known, which vouches for all before it. */
  #signing(no: number): number[] {
    const { log, sql } = this.#core
    const { line, seq } = log.placeOf(no)
    const rows = sql
      .prepare(
        'SELECT no, signature IS NOT NULL AS signed FROM op WHERE actor = ? AND line = ? AND seq >= ? ORDER BY seq LIMIT ?',
      )
      .all<{ no: number; signed: number }>(log.actors.numberOf(line.actor), line.no, seq, LIMITS.runOps)
    const last = rows.findIndex(({ signed }) => signed === 1)
    return rows.slice(0, last + 1).map((row) => row.no)
  }

  /** One piece, inside a transaction; false once the pass is through. */
  step(): boolean {
    this.#hear()
    if (this.#lookOn()) return true
    for (const kind of PASSES.slice(0, PASSES.indexOf(this.#kind) + 1))
      writeMeta(this.#core.sql, PLACES[kind], this.checkpoint.no)
    return false
  }

  /** Acts that came since the pass began may change what it has not come to. */
  #hear(): void {
    const { lastNumber } = this.#core.log
    if (lastNumber === this.#heard) return
    this.#open = this.#withAllThatRests(spokenOfBeyond(this.#core, this.checkpoint.no))
    this.#heard = lastNumber
  }

  /**
   * What rests on a making that counts by an adoption falls with it, and may say something of other records too, of which
   * others may tell, and so on.
   */
  #withAllThatRests(spokenOf: readonly number[]): Set<number> {
    const open = new Set(spokenOf)
    const { judging, sql } = this.#core
    const adopted = judging.review.adopted().flatMap((no) => this.#madeBy(no))
    const resting = new Set(adopted.filter((record) => open.has(record)))
    const others = sql.prepare(
      `SELECT DISTINCT other.record FROM touch JOIN op ON op.no = touch.op AND op.control = 0
       JOIN touch AS other ON other.op = touch.op WHERE touch.record = ? AND touch.sealed = 0`,
    )
    for (const record of resting)
      for (const other of others.all<{ record: number }>(record)) resting.add(other.record)
    for (const record of resting) open.add(record)
    return open
  }

  /** The records that an op made, or made a child of. */
  #madeBy(no: number): readonly number[] {
    const found =
      this.#made.get(no) ??
      this.#core.sql
        .prepare(MADE)
        .all<{ record: number }>(no)
        .map(({ record }) => record)
    this.#made.set(no, found)
    return found
  }

  /** Is it a pass over this very core, beneath a checkpoint that has not lost its force since? */
  isInForce(core: Core): boolean {
    const { checkpoints } = core.control().membership
    return this.#core === core && checkpoints.some(({ op }) => op.no === this.checkpoint.no)
  }

  /** Answers whether there is more to look at. */
  #lookOn(): boolean {
    for (let left = RECORDS_LOOKED_AT; left > 0; left -= 1) {
      const no = this.#records[this.#next]
      if (no === undefined) return false
      this.#next += 1
      const isSealed = this.#seal(this.#core.records.byNumber(no))
      const isDropped = (isSealed || this.#kind === 'whole') && this.#dropOf(no)
      if (isSealed || isDropped) return true
    }
    return true
  }

  /** Answers whether there was anything to do. */
  #seal(record: RecordRow): boolean {
    const rows = this.#open.has(record.no) ? [] : this.#sealable(record.no)
    const under = rows.filter((row) => this.#isUnder(row))
    const sealing = under.filter(({ judgement, sealed }) => judgement === 0 && sealed === 0)
    if (sealing.length === 0 || !this.#maySeal(record, under)) return false
    const { base, door, judging, texts } = this.#core
    const aside = new Set(under.filter(({ judgement }) => judgement !== 0).map(({ no }) => no))
    for (const { no } of aside.size > 0 ? sealing : []) base.keepGone(record, judging.byNumber(no), aside)
    const known = new Set(under.map(({ no }) => no))
    const isShown = known.size === rows.length && aside.size === 0
    const fold = (isMeant: (no: number) => boolean): void => {
      const ops = door.opsOf(record.no)
      door.foldAll(
        record.no,
        ops.filter((op) => isMeant(op.no)),
      )
    }
    if (!isShown) fold((no) => known.has(no))
    base.keep(record.no)
    texts.seal(record.no, (no) => no <= 0 || known.has(no))
    this.#mark(record.no, sealing)
    if (!isShown) fold(() => true)
    return true
  }

  #sealable(record: number): Sealable[] {
    return this.#core.sql
      .prepare(
        `SELECT op.no, op.line, op.seq, op.judgement, op.wall, touch.sealed FROM touch JOIN op ON op.no = touch.op
         WHERE touch.record = ? ORDER BY op.no`,
      )
      .all<Sealable>(record)
  }

  #mark(record: number, sealed: readonly Sealable[]): void {
    const { sql } = this.#core
    sql
      .prepare('UPDATE touch SET sealed = 1 WHERE record = ? AND op IN (SELECT value FROM json_each(?))')
      .run(record, numbersOf(sealed))
    const edited = sealed.reduce((last, { wall }) => Math.max(last, wall), 0)
    sql.prepare('UPDATE record SET edited = max(edited, ?) WHERE no = ?').run(edited, record)
  }

  /** A sign-off rests on edits one by one, and of a device that forked another branch may come. */
  #maySeal({ kind }: RecordRow, under: readonly OpRow[]): boolean {
    const { lines } = this.#core.log
    return (
      declared(kind).closing !== 'signed' &&
      under.every(({ line }) => !lines.forked().has(lines.byNumber(line).actor))
    )
  }

  #isUnder({ line, seq }: OpRow): boolean {
    return seq <= (this.#under.get(this.#core.log.lines.byNumber(line)) ?? 0)
  }

  /** Answers whether any op of the record went. */
  #dropOf(record: number): boolean {
    const shared = this.#core.acks.sharedSeq()
    const spent = this.#droppable(record).filter((row) => this.#isSpent(row, shared))
    if (spent.length === 0) return false
    const needed = this.#neededFor(record)
    const going = spent
      .filter(({ no }) => !needed.has(no))
      .flatMap((row): Going[] => {
        const others = row.touches > 1 ? this.#othersOf(row.no, record) : []
        return others.some((touch) => this.#needs(touch, row.no))
          ? []
          : [{ ...row, records: [record, ...others.map((touch) => touch.record)] }]
      })
    if (going.length > 0) this.#drop(going)
    return going.length > 0
  }

  /** What is in the record's base and was accepted; in how many records each is. */
  #droppable(record: number): Droppable[] {
    return this.#core.sql
      .prepare(
        `SELECT op.no, op.line, op.seq, length(op.bytes) AS bytes,
           (SELECT count(*) FROM touch AS one WHERE one.op = op.no) AS touches
         FROM touch JOIN op ON op.no = touch.op
         WHERE touch.record = ? AND touch.sealed = 1 AND op.control = 0 AND op.judgement = 0 ORDER BY op.no`,
      )
      .all<Droppable>(record)
  }

  #drop(going: readonly Going[]): void {
    const { sql, log, judging } = this.#core
    log.drop(going.map((op) => ({ ...op, said: [op.records, judging.revocableOf(op.no)] as const })))
    sql.prepare('DELETE FROM touch WHERE op IN (SELECT value FROM json_each(?))').run(numbersOf(going))
    const count = sql.prepare('UPDATE record SET dropped = dropped + 1 WHERE no = ?')
    for (const { records } of going) for (const record of records) count.run(record)
  }

  /** Could it go, were nothing of it left? */
  #isSpent({ no, line: number, seq }: OpRow, shared: number): boolean {
    const { log, judging, self } = this.#core
    const line = log.lines.byNumber(number)
    // The last of a chain that the checkpoint knows is where the state beneath it ends.
    if (seq >= (this.#under.get(line) ?? 0) || log.lines.tip(line).seq === seq) return false
    if (log.lines.forked().has(line.actor) || judging.review.isNamed(no) || this.#evidence.has(no))
      return false
    return line.actor !== self || seq <= shared
  }

  #othersOf(no: number, record: number): Touch[] {
    return this.#core.sql
      .prepare('SELECT record, sealed FROM touch WHERE op = ? AND record <> ?')
      .all<Touch>(no, record)
  }

  /** Does the record rest on the op: not in its base yet, or made by it, or shown as it said? */
  #needs({ record, sealed }: Touch, no: number): boolean {
    return sealed === 0 || this.#neededFor(record).has(no)
  }

  /** The ops that made the record or a child of it, or said what stands in it. */
  #neededFor(record: number): ReadonlySet<number> {
    const found = this.#core.sql.prepare(NEEDED).all<{ op: number }>(...RESTING.map(() => record))
    return new Set(found.map(({ op }) => op))
  }
}

/** Of the records that an op touches, those in which it made something: by record, since nothing finds a making by its op. */
const MADE = `SELECT record FROM touch WHERE op = ? AND (
  EXISTS (SELECT 1 FROM creation WHERE creation.record = touch.record AND creation.op = touch.op) OR
  EXISTS (SELECT 1 FROM child WHERE child.record = touch.record AND child.op = touch.op))`

/** Where it stands of which op something is. */
const RESTING = ['creation', 'child', 'value', 'base_value', 'text_update'] as const
const NEEDED = RESTING.map((table) => `SELECT op FROM ${table} WHERE record = ?`).join(' UNION ALL ')

const numbersOf = (ops: readonly { readonly no: number }[]): string => JSON.stringify(ops.map(({ no }) => no))
