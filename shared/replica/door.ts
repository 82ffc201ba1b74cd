/**
 * The one door to the log. Whatever reaches it - a local command, a peer's run, an import - is appended, judged,
 * folded and shown by the same function, in one transaction that the caller opens; so log and views cannot part.
 */
import type { RecordId, SiteId } from '../model/ids.ts'
import { isData, isReview } from '../op/op.ts'
import type { Verdict } from '../judge/reason.ts'
import type { Base } from './base.ts'
import { isDropped } from './chains.ts'
import type { Fold } from './fold.ts'
import { spokenOfBeyond } from './frontier.ts'
import type { RecordRow, Records } from './interner.ts'
import { classOf, CLASSES } from './classes.ts'
import { JUDGEMENTS, type JudgedOp, type Judging } from './judging.ts'
import { OP_COLUMNS, type Arrival, type Log, type OpRow } from './log.ts'
import type { Origins } from './origins.ts'
import type { Sql } from './ports.ts'
import { reachOf, Reach, type Changed } from './reach.ts'
import { recordsNamed } from './records-named.ts'
import type { RecordStates } from './record-state.ts'
import type { Texts } from './texts.ts'
import type { Views } from './views.ts'

export type Parts = {
  readonly sql: Sql
  readonly log: Log
  readonly records: Records
  readonly origins: Origins
  readonly judging: Judging
  readonly fold: Fold
  readonly base: Base
  readonly texts: Texts
  readonly states: RecordStates
  readonly views: Views
}

/** `sealed`: 1 where what it says of the record is in the record's base. */
export type TouchingRow = OpRow & { readonly sealed: number }

/** What one pass through the door changed, told to listeners after the commit. */
export type Passage = { readonly records: Set<RecordId>; control: boolean }

/** Records judged anew in one transaction: about a millisecond each, so that a turn stays short. */
const SLICE = 10

export class Door {
  readonly #parts: Parts
  readonly #reach: Reach
  /**
   * Records whose rows in the views no longer match, by number. Where all that happened is that data came that counts,
   * the wall time of the last of it; null where anything else did.
   */
  readonly #touched = new Map<number, number | null>()
  /** Records some of whose ops may be judged otherwise now; those put off to later stand in the table `dirty` too. */
  readonly #doubtful = new Set<number>()
  #passage: Passage = { records: new Set(), control: false }

  constructor(parts: Parts) {
    this.#parts = parts
    this.#reach = new Reach(parts)
    for (const { record } of parts.sql.prepare('SELECT record FROM dirty').all<{ record: number }>())
      this.#doubtful.add(record)
  }

  /** Is every record judged and folded by what is known now? Nothing may be read before it is. */
  get isSettled(): boolean {
    return this.doubtful === 0
  }

  /** How many records are not. */
  get doubtful(): number {
    return this.#doubtful.size
  }

  /** Appends one op whose causes are here. Answers why it is refused (nothing was written), or null. */
  admit(arrival: Arrival, site: SiteId): string | null {
    const { log, origins, judging, texts } = this.#parts
    const { op } = arrival
    const unsound = log.unsoundness(op)
    if (unsound) return unsound
    const effects = classOf(op.effects)
    const no = log.append(arrival, effects)
    const touched = origins.file(op, no, site)
    // Text is filed only where the rest is sound: what its author had seen is then here on every replica.
    const placed = { actor: op.actor, seq: op.seq, no }
    const flaw = judging.flaw(placed, op.effects) ?? judging.orUnread(placed, texts.file(placed, op.effects))
    const judged: JudgedOp = { ...placed, lamport: op.lamport, wall: op.wall, effects: op.effects, flaw }
    this.#writeFlaw(judged)
    judging.arrive(judged)
    const verdict = judging.verdict(judged)
    // As appended an op counts: only what does not is written again.
    if (verdict.judgement !== 'accepted') this.#writeVerdict(no, verdict)
    for (const row of recordsNamed(this.#parts, judged)) touched.set(row.id, row)
    this.#foldNew(judged, verdict, touched)
    if (effects !== CLASSES.data) this.#spoke(judged, touched, verdict)
    this.#reachBack(judged)
    this.#tookIn(judged, verdict)
    return null
  }

  /**
   * Brings folds and views up to date with everything admitted since; call before the transaction ends. Of records that
   * the authority's word reached, at most `most` are judged anew; the rest are remembered, and wait for another call.
   */
  settle(most = SLICE): Passage {
    this.#rejudge(most)
    for (const [no, grown] of this.#touched) {
      this.#parts.views.update(no, grown)
      this.#passage.records.add(this.#parts.records.byNumber(no).id)
    }
    this.#touched.clear()
    const passage = this.#passage
    this.#passage = { records: new Set(), control: false }
    return passage
  }

  /** What was held can be read now, and is filed: it is judged anew, with all that hangs on it. */
  release(held: readonly number[], changed: Changed): void {
    const { judging, log } = this.#parts
    for (const no of changed.records) this.#doubtful.add(no)
    for (const no of [...held, ...changed.ops]) this.#rejudgeOp(log.rowByNumber(no), null)
    for (const no of held) {
      this.#doubtOthers(no, null)
      this.#rejudgeTargets(judging.byNumber(no))
    }
    this.settle(0)
  }

  /** Judges and folds everything anew from the log, for the doctor. */
  rebuild(): void {
    const { sql, judging } = this.#parts
    judging.folding.whole()
    for (const row of this.#recordless()) this.#rejudgeOp(row, null)
    for (const { no } of sql.prepare('SELECT no FROM record').all<{ no: number }>()) this.#doubtful.add(no)
    this.settle(Infinity)
  }

  /** Folds a record anew, from its base and the ops that are not in it: the truth that the fast path must equal. */
  refold(record: number): void {
    this.foldAll(record, this.opsOf(record))
    this.#parts.texts.forget(record)
    this.#touched.set(record, null)
  }

  /** Folds and shows a record all of whose ops are in its base: what is final is not judged again. */
  foldSealed(record: number): void {
    this.foldAll(record, [])
    this.#touched.set(record, null)
  }

  /** Folds a record from its base and those of these ops that count and are not in it. */
  foldAll(record: number, rows: readonly TouchingRow[]): void {
    const { base, fold, judging, records, states } = this.#parts
    const { id } = records.byNumber(record)
    fold.clear(record)
    base.restore(record)
    for (const row of rows)
      if (row.judgement === 0 && row.sealed === 0) this.#fold(judging.fromRow(row), id, record)
    base.withoutGone(record)
    states.changed(record)
  }

  #foldNew(op: JudgedOp, verdict: Verdict, touched: ReadonlyMap<RecordId, RecordRow>): void {
    const accepted = verdict.judgement === 'accepted'
    const grown = accepted && op.effects.every(isData) ? op.wall : null
    for (const { id, no } of touched.values()) {
      this.#touch(no, op.no, grown)
      if (accepted) this.#fold(op, id, no)
      this.#parts.states.changed(no)
    }
    this.#parts.texts.settle(accepted)
  }

  #fold(op: JudgedOp, id: RecordId, record: number): void {
    const { fold, judging } = this.#parts
    fold.apply(op, id, record, (index, child) => judging.revocations.revokedIn(op.no, index, record, child))
  }

  #touch(record: number, op: number, grown: number | null): void {
    this.#parts.sql.prepare('INSERT OR IGNORE INTO touch (record, op) VALUES (?, ?)').run(record, op)
    const before = this.#touched.get(record)
    this.#touched.set(record, before === null || grown === null ? null : Math.max(before ?? grown, grown))
  }

  /** An act of control or review came: what it says of other ops may have changed them. */
  #spoke(op: JudgedOp, touched: ReadonlyMap<RecordId, RecordRow>, verdict: Verdict): void {
    this.#passage.control = true
    for (const effect of op.effects) {
      const turned = effect.type === 'decide' && verdict.judgement === 'accepted'
      if (!turned && !isReview(effect)) continue
      for (const row of touched.values()) this.#doubtful.add(row.no)
      if (!isReview(effect)) continue
      for (const { no } of this.#parts.judging.targetsOf(op, effect)) this.#rejudgeTarget(no)
    }
  }

  /** The authority's word or a fork may set aside, or bring back, what is here already. */
  #reachBack(judged: JudgedOp): void {
    const reach = reachOf(this.#parts, judged)
    if (!reach) return
    const changed = this.#reach.refold(reach)
    for (const no of changed.ops) this.#rejudgeOp(this.#parts.log.rowByNumber(no), null)
    for (const no of changed.records) this.#doubtful.add(no)
  }

  /** What a checkpoint took in, no closing reaches any more that came without its knowing. */
  #tookIn(op: JudgedOp, verdict: Verdict): void {
    if (verdict.judgement !== 'accepted' || !op.effects.some(({ type }) => type === 'checkpoint')) return
    for (const record of spokenOfBeyond(this.#parts, op.no)) this.#doubtful.add(record)
  }

  /** Puts records in doubt from outside. */
  doubt(records: Iterable<number>): void {
    for (const record of records) this.#doubtful.add(record)
  }

  /** Judges doubtful records again: what rests on a fallen creation falls with it, in whatever order they are taken. */
  #rejudge(most: number): void {
    for (let left = most; left > 0 && this.#doubtful.size > 0; left -= 1) {
      const [record] = this.#doubtful
      if (record !== undefined) this.#rejudgeRecord(record)
    }
    const put = this.#parts.sql.prepare('INSERT OR IGNORE INTO dirty (record) VALUES (?)')
    for (const record of this.#doubtful) put.run(record)
  }

  #rejudgeRecord(record: number): void {
    this.#doubtful.delete(record)
    this.#parts.sql.prepare('DELETE FROM dirty WHERE record = ?').run(record)
    for (const row of this.opsOf(record)) this.#rejudgeOp(row, record)
    this.refold(record)
  }

  #rejudgeOp(row: OpRow, record: number | null): void {
    const op = this.#parts.judging.fromRow(row)
    this.#writeDismissal(op)
    const verdict = this.#parts.judging.verdict(op)
    if (!differs(row, verdict)) return
    this.#writeVerdict(op.no, verdict)
    this.#doubtOthers(op.no, record)
    if (op.effects.some(isReview)) this.#rejudgeTargets(op)
  }

  /** What an act of review names counts, or not, with the act. */
  #rejudgeTargets(op: JudgedOp): void {
    const { judging } = this.#parts
    for (const { no } of op.effects.filter(isReview).flatMap((effect) => judging.targetsOf(op, effect))) {
      this.#doubtOthers(no, null)
      this.#rejudgeTarget(no)
    }
  }

  /** What was dropped counts, whatever is said of it. */
  #rejudgeTarget(no: number): void {
    if (!isDropped(no)) this.#rejudgeOp(this.#parts.log.rowByNumber(no), null)
  }

  #doubtOthers(op: number, record: number | null): void {
    const rows = this.#parts.sql.prepare('SELECT record FROM touch WHERE op = ?').all<{ record: number }>(op)
    for (const other of rows) if (other.record !== record) this.#doubtful.add(other.record)
  }

  #writeFlaw({ no, flaw }: JudgedOp): void {
    if (flaw) this.#parts.sql.prepare('UPDATE op SET flaw = ? WHERE no = ?').run(JSON.stringify(flaw), no)
  }

  #writeVerdict(no: number, verdict: Verdict): void {
    this.#parts.origins.judgementChanged()
    this.#parts.sql
      .prepare('UPDATE op SET judgement = ?, reason = ? WHERE no = ?')
      .run(JUDGEMENTS.indexOf(verdict.judgement), storedReason(verdict), no)
  }

  #writeDismissal(op: JudgedOp): void {
    const dismissed = this.#parts.judging.dismissal(op) !== null ? 1 : 0
    this.#parts.sql
      .prepare('UPDATE op SET dismissed = ? WHERE no = ? AND dismissed <> ?')
      .run(dismissed, op.no, dismissed)
  }

  /** The ops that touch a record and are here, in order of arrival. */
  opsOf(record: number): TouchingRow[] {
    return this.#parts.sql
      .prepare(
        `SELECT ${OP_COLUMNS}, touch.sealed FROM touch JOIN op ON op.no = touch.op
         WHERE touch.record = ? ORDER BY op.no`,
      )
      .all<TouchingRow>(record)
  }

  /** Ops that touch no record: of control alone, or naming none that their author can have seen. */
  #recordless(): OpRow[] {
    return this.#parts.sql
      .prepare(
        `SELECT ${OP_COLUMNS} FROM op WHERE NOT EXISTS (SELECT 1 FROM touch WHERE touch.op = op.no) ORDER BY no`,
      )
      .all<OpRow>()
  }
}

const storedReason = (verdict: Verdict): string | null =>
  verdict.judgement === 'accepted' ? null : JSON.stringify(verdict.reason)

const differs = (row: Pick<OpRow, 'judgement' | 'reason'>, verdict: Verdict): boolean =>
  row.judgement !== JUDGEMENTS.indexOf(verdict.judgement) || row.reason !== storedReason(verdict)
