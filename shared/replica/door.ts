/**
 * The one door to the log. Whatever reaches it - a local command, a peer's run, an import - is appended, judged,
 * folded and shown by the same function, in one transaction that the caller opens; so log and views cannot part.
 */
import { unreachable } from '../base/invariant.ts'
import type { OpRef, RecordId, SiteId } from '../model/ids.ts'
import type { ControlEffect } from '../op/effect.ts'
import { isControl } from '../op/op.ts'
import type { Verdict } from '../judge/reason.ts'
import type { Fold } from './fold.ts'
import type { RecordRow, Records } from './interner.ts'
import { JUDGEMENTS, restricts, type JudgedOp, type Judging } from './judging.ts'
import { OP_COLUMNS, type Arrival, type Log, type OpRow } from './log.ts'
import type { Origins } from './origins.ts'
import type { Sql } from './ports.ts'
import type { Texts } from './texts.ts'
import type { Views } from './views.ts'

export type Parts = {
  readonly sql: Sql
  readonly log: Log
  readonly records: Records
  readonly origins: Origins
  readonly judging: Judging
  readonly fold: Fold
  readonly texts: Texts
  readonly views: Views
}

/** What one pass through the door changed, told to listeners after the commit. */
export type Passage = { readonly records: Set<RecordId>; control: boolean }

export class Door {
  readonly #parts: Parts
  /** Records whose rows in the views no longer match; their numbers. */
  readonly #touched = new Set<number>()
  /** Records some of whose ops may be judged otherwise now. */
  readonly #doubtful = new Set<number>()
  #passage: Passage = { records: new Set(), control: false }

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Appends one op whose causes are here. Answers why it is refused (nothing was written), or null. */
  admit(arrival: Arrival, site: SiteId): string | null {
    const { log, origins, judging, texts } = this.#parts
    const { op } = arrival
    const unsound = log.unsoundness(op)
    if (unsound) return unsound
    const control = op.effects.find(isControl)
    const no = log.append(arrival, control !== undefined)
    const touched = origins.file(op, no, site)
    // Text is filed only where the rest is sound: what its author had seen is then here on every replica.
    const flaw = judging.flaw(op, op.effects) ?? texts.file(op, no, op.effects)
    const judged: JudgedOp = { ...op, no, flaw }
    const verdict = judging.judgeNew(judged)
    this.#write(judged, verdict)
    if (control) this.#controlCame(op, control, verdict, touched)
    this.#foldNew(judged, verdict, touched)
    return null
  }

  /** Brings folds and views up to date with everything admitted since; call before the transaction ends. */
  settle(): Passage {
    this.#rejudge()
    for (const no of this.#touched) {
      this.#parts.views.update(no)
      this.#passage.records.add(this.#parts.records.byNumber(no).id)
    }
    this.#touched.clear()
    const passage = this.#passage
    this.#passage = { records: new Set(), control: false }
    return passage
  }

  #write(op: JudgedOp, verdict: Verdict): void {
    if (op.flaw)
      this.#parts.sql.prepare('UPDATE op SET flaw = ? WHERE no = ?').run(JSON.stringify(op.flaw), op.no)
    if (verdict.judgement !== 'accepted') this.#writeVerdict(op.no, verdict)
  }

  #foldNew(op: JudgedOp, verdict: Verdict, touched: ReadonlyMap<RecordId, RecordRow>): void {
    const accepted = verdict.judgement === 'accepted'
    for (const { id, no } of touched.values()) {
      this.#touch(no, op.no)
      if (accepted) this.#parts.fold.apply(op, id, no)
    }
    this.#parts.texts.settle(accepted)
  }

  #touch(record: number, op: number): void {
    this.#parts.sql.prepare('INSERT OR IGNORE INTO touch (record, op) VALUES (?, ?)').run(record, op)
    this.#touched.add(record)
  }

  #controlCame(op: OpRef, effect: ControlEffect, verdict: Verdict, touched: Map<RecordId, RecordRow>): void {
    this.#passage.control = true
    const record = this.#recordOfControl(op, effect)
    const row = record && this.#parts.records.find(record)
    if (row) touched.set(row.id, row)
    if (verdict.judgement !== 'accepted') return
    if (row && effect.type === 'decide') this.#doubtful.add(row.no)
    const reach = restricts(effect)
    const head = reach && this.#parts.log.head(reach.actor)
    if (reach && head && head.seq > reach.after) this.#reachBack(reach)
  }

  /** The record that an act of control is about, as far as its author had seen it: the same on every replica. */
  #recordOfControl(op: OpRef, effect: ControlEffect): RecordId | null {
    switch (effect.type) {
      case 'request':
        return this.#parts.origins.recordKnown(op, effect.record) ? effect.record : null
      case 'withdraw':
      case 'decide':
        return this.#requestedRecord(op, effect.request)
      case 'genesis':
      case 'admit':
      case 'setRole':
      case 'cut':
        return null
      default:
        return unreachable(effect)
    }
  }

  #requestedRecord(op: OpRef, request: OpRef): RecordId | null {
    const { log, judging, origins } = this.#parts
    const no = log.knows(op, request) ? log.numberAt(request) : null
    const asked = no === null ? undefined : judging.fromRow(log.rowByNumber(no)).effects.find(isControl)
    return asked?.type === 'request' && origins.recordKnown(op, asked.record) ? asked.record : null
  }

  /** A cut or a change of role sets aside, or brings back, ops that are here already. */
  #reachBack({ actor, after }: { readonly actor: JudgedOp['actor']; readonly after: number }): void {
    const { sql, log, judging } = this.#parts
    const turnsBefore = new Map(judging.control.turns)
    this.#writeChanged(judging.replayControl())
    const records = new Set([...turnsBefore.keys(), ...judging.control.turns.keys()])
    for (const id of records) {
      if (JSON.stringify(turnsBefore.get(id)) !== JSON.stringify(judging.control.turns.get(id)))
        this.#doubt(id)
    }
    const rows = sql
      .prepare(
        'SELECT DISTINCT touch.record FROM op JOIN touch ON touch.op = op.no WHERE op.actor = ? AND op.seq > ?',
      )
      .all<{ record: number }>(log.actors.numberOf(actor), after)
    for (const { record } of rows) this.#doubtful.add(record)
    for (const row of this.#homeless(actor, after)) this.#rejudgeOp(row, null)
  }

  /** Ops that touch no record, since they name none that their author can have seen. */
  #homeless(actor: JudgedOp['actor'], after: number): OpRow[] {
    const { sql, log } = this.#parts
    return sql
      .prepare(
        `SELECT ${OP_COLUMNS} FROM op WHERE op.actor = ? AND op.seq > ? AND op.control = 0
         AND NOT EXISTS (SELECT 1 FROM touch WHERE touch.op = op.no)`,
      )
      .all<OpRow>(log.actors.numberOf(actor), after)
  }

  /** Writes the verdicts on acts of control that came out otherwise; what else their ops say is in doubt with them. */
  #writeChanged(verdicts: ReadonlyMap<number, Verdict>): void {
    const rows = this.#parts.sql
      .prepare('SELECT no, judgement, reason FROM op WHERE control = 1')
      .all<Pick<OpRow, 'no' | 'judgement' | 'reason'>>()
    for (const row of rows) {
      const verdict = verdicts.get(row.no)
      if (!verdict || !differs(row, verdict)) continue
      this.#writeVerdict(row.no, verdict)
      this.#doubtOthers(row.no, null)
    }
  }

  #doubt(id: RecordId): void {
    const row = this.#parts.records.find(id)
    if (row) this.#doubtful.add(row.no)
  }

  #writeVerdict(no: number, verdict: Verdict): void {
    this.#parts.origins.judgementChanged()
    this.#parts.sql
      .prepare('UPDATE op SET judgement = ?, reason = ? WHERE no = ?')
      .run(JUDGEMENTS.indexOf(verdict.judgement), storedReason(verdict), no)
  }

  /** Judges doubtful records again until nothing changes: what rests on a fallen creation falls with it. */
  #rejudge(): void {
    while (this.#doubtful.size > 0) {
      for (const record of [...this.#doubtful]) {
        this.#doubtful.delete(record)
        this.#rejudgeRecord(record)
      }
    }
  }

  #rejudgeRecord(record: number): void {
    for (const row of this.#opsOf(record)) this.#rejudgeOp(row, record)
    this.refold(record)
  }

  #rejudgeOp(row: OpRow, record: number | null): void {
    const op = this.#parts.judging.fromRow(row)
    if (op.effects.some(isControl)) return
    const verdict = this.#parts.judging.judgeData(op)
    if (!differs(row, verdict)) return
    this.#writeVerdict(op.no, verdict)
    this.#doubtOthers(op.no, record)
  }

  #doubtOthers(op: number, record: number | null): void {
    const rows = this.#parts.sql.prepare('SELECT record FROM touch WHERE op = ?').all<{ record: number }>(op)
    for (const other of rows) if (other.record !== record) this.#doubtful.add(other.record)
  }

  /** Judges and folds everything anew from the log, for the doctor. */
  rebuild(): void {
    const { sql, judging } = this.#parts
    for (const [no, verdict] of judging.replayControl()) this.#writeVerdict(no, verdict)
    for (const { no } of sql.prepare('SELECT no FROM record').all<{ no: number }>()) this.#doubtful.add(no)
    this.settle()
  }

  /** Folds a record anew from its own ops: the truth that the fast path must equal. */
  refold(record: number): void {
    const { fold, judging, records, texts } = this.#parts
    const { id } = records.byNumber(record)
    fold.clear(record)
    for (const row of this.#opsOf(record))
      if (row.judgement === 0) fold.apply(judging.fromRow(row), id, record)
    texts.forget(record)
    this.#touched.add(record)
  }

  #opsOf(record: number): OpRow[] {
    return this.#parts.sql
      .prepare(
        `SELECT ${OP_COLUMNS} FROM touch JOIN op ON op.no = touch.op WHERE touch.record = ? ORDER BY op.no`,
      )
      .all<OpRow>(record)
  }
}

const storedReason = (verdict: Verdict): string | null =>
  verdict.judgement === 'accepted' ? null : JSON.stringify(verdict.reason)

const differs = (row: Pick<OpRow, 'judgement' | 'reason'>, verdict: Verdict): boolean =>
  row.judgement !== JUDGEMENTS.indexOf(verdict.judgement) || row.reason !== storedReason(verdict)
