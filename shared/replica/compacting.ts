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
import type { TouchingRow } from './door.ts'
import { knownBy, spokenOfBeyond } from './frontier.ts'
import type { RecordRow } from './interner.ts'
import type { Line } from './lines.ts'
import { readMeta, writeMeta } from './meta.ts'

type OpRow = { readonly no: number; readonly line: number; readonly seq: number }
type Touch = { readonly record: number; readonly sealed: number }

/** The number of the checkpoint beneath which a pass went through, or one over every record; 0: none did. */
export const compactedBeneath = (
  { sql }: Pick<Core, 'sql'>,
  which: 'compacted' | 'compacted-whole',
): number => readMeta<number>(sql, which) ?? 0

const RECORDS_LOOKED_AT = 50

const allRecords = ({ sql }: Core): number[] =>
  sql
    .prepare('SELECT no FROM record ORDER BY no')
    .all<{ no: number }>()
    .map(({ no }) => no)

/** Records with something that is not sealed, and that nothing touched since the checkpoint: they are sealed once. */
const quietRecords = ({ sql }: Core, { no }: Placed): number[] =>
  sql
    .prepare(
      `SELECT DISTINCT record FROM touch WHERE sealed = 0 AND op < ?
         AND NOT EXISTS (SELECT 1 FROM touch AS later WHERE later.record = touch.record AND later.op > ?)`,
    )
    .all<{ record: number }>(no, no)
    .map(({ record }) => record)

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
  readonly #isWhole: boolean
  readonly #records: readonly number[]
  #next = 0

  /** `isWhole`: looks at every record; otherwise only at those that nothing touched since, and that were not looked at. */
  constructor(core: Core, checkpoint: Placed, isWhole = true) {
    this.#core = core
    this.checkpoint = checkpoint
    this.#isWhole = isWhole
    this.#records = isWhole ? allRecords(core) : quietRecords(core, checkpoint)
    const { line, seq } = core.log.placeOf(checkpoint.no)
    this.#under = knownBy(core.log, checkpoint.no).set(line, seq - 1)
    this.#evidence = new Set(
      core.control().membership.tenures.flatMap(({ since }) => this.#signing(since.no)),
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
    const { sql } = this.#core
    writeMeta(sql, 'compacted', this.checkpoint.no)
    if (this.#isWhole) writeMeta(sql, 'compacted-whole', this.checkpoint.no)
    return false
  }

  /** Acts that came since the pass began may change what it has not come to. */
  #hear(): void {
    const { lastNumber } = this.#core.log
    if (lastNumber === this.#heard) return
    this.#open = new Set(spokenOfBeyond(this.#core, this.checkpoint.no))
    this.#heard = lastNumber
  }

  /** Is it a pass over this very core? */
  isOf(core: Core): boolean {
    return this.#core === core
  }

  /** Answers whether there is more to look at. */
  #lookOn(): boolean {
    for (let left = RECORDS_LOOKED_AT; left > 0; left -= 1) {
      const no = this.#records[this.#next]
      if (no === undefined) return false
      this.#next += 1
      const isSealed = this.#seal(this.#core.records.byNumber(no))
      const isDropped = (isSealed || this.#isWhole) && this.#dropOf(no)
      if (isSealed || isDropped) return true
    }
    return true
  }

  /** Answers whether there was anything to do. */
  #seal(record: RecordRow): boolean {
    const { door, judging, texts } = this.#core
    const rows = this.#open.has(record.no) ? [] : door.opsOf(record.no)
    const under = rows.filter((row) => this.#isUnder(row))
    const sealing = under.filter(({ judgement, sealed }) => judgement === 0 && sealed === 0)
    if (sealing.length === 0 || !this.#maySeal(record, under)) return false
    const aside = new Set(under.filter(({ judgement }) => judgement !== 0).map(({ no }) => no))
    const { base } = this.#core
    for (const row of aside.size > 0 ? sealing : [])
      base.keepGone(record, judging.fromRow(row).effects, aside)
    const isAll = under.length === rows.length
    if (!isAll || aside.size > 0) door.foldAll(record.no, under)
    base.keep(record.no)
    texts.seal(record.no, (no) => no <= 0 || this.#isUnder(this.#core.log.rowByNumber(no)))
    this.#mark(record.no, sealing)
    if (!isAll || aside.size > 0) door.foldAll(record.no, door.opsOf(record.no))
    return true
  }

  #mark(record: number, sealed: readonly TouchingRow[]): void {
    const { sql } = this.#core
    const mark = sql.prepare('UPDATE touch SET sealed = 1 WHERE record = ? AND op = ?')
    for (const { no } of sealed) mark.run(record, no)
    const edited = sealed.reduce((last, { wall }) => Math.max(last, wall), 0)
    sql.prepare('UPDATE record SET edited = max(edited, ?) WHERE no = ?').run(edited, record)
  }

  /** A sign-off rests on edits one by one, and of a device that forked another branch may come. */
  #maySeal({ kind }: RecordRow, under: readonly TouchingRow[]): boolean {
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
    const rows = this.#core.sql
      .prepare(
        `SELECT op.no, op.line, op.seq FROM touch JOIN op ON op.no = touch.op
         WHERE touch.record = ? AND touch.sealed = 1 AND op.control = 0 AND op.judgement = 0 ORDER BY op.no`,
      )
      .all<OpRow>(record)
    const shared = this.#core.acks.sharedSeq()
    const spent = rows
      .filter((row) => this.#isSpent(row, shared))
      .map(({ no }) => ({ no, touches: this.#touches(no) }))
    const going = spent.filter(
      ({ no, touches }) => touches.length > 0 && !touches.some((touch) => this.#needs(touch, no)),
    )
    if (going.length > 0) this.#drop(going)
    return going.length > 0
  }

  #drop(going: readonly { readonly no: number; readonly touches: readonly Touch[] }[]): void {
    const { sql, log, judging } = this.#core
    log.drop(
      going.map(({ no, touches }) => ({
        no,
        said: [touches.map(({ record }) => record), judging.revocableOf(no)] as const,
      })),
    )
    const forget = sql.prepare('DELETE FROM touch WHERE op = ?')
    const count = sql.prepare('UPDATE record SET dropped = dropped + 1 WHERE no = ?')
    for (const { no, touches } of going) {
      forget.run(no)
      for (const { record } of touches) count.run(record)
    }
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

  #touches(no: number): Touch[] {
    return this.#core.sql.prepare('SELECT record, sealed FROM touch WHERE op = ?').all<Touch>(no)
  }

  /** Does the record rest on the op: not in its base yet, or made by it, or shown as it said? */
  #needs({ record, sealed }: Touch, no: number): boolean {
    if (sealed === 0) return true
    const { sql } = this.#core
    return ['creation', 'child', 'value', 'base_value', 'text_update'].some(
      (table) =>
        sql.prepare(`SELECT 1 AS here FROM ${table} WHERE record = ? AND op = ? LIMIT 1`).get(record, no) !==
        undefined,
    )
  }
}
