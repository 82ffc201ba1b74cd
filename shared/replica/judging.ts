/**
 * Judges ops against the log (design 6). What depends on the op and its past alone (its flaw) is found once; roles,
 * freezes, adoptions and what it rests on are asked anew whenever they may have changed. The strata go one way: control
 * and forks, then what the op itself is (its ground), then adoptions, then what it rests on.
 */
import type { OpRef, RecordId } from '../model/ids.ts'
import type { DataEffect, Effect, ReviewEffect } from '../op/effect.ts'
import { recordAt } from '../op/identity.ts'
import { changedRecord, isControl, isData, isReview, storedOp } from '../op/op.ts'
import { fieldByCode } from '../model/fields.ts'
import { auditNumber } from '../model/rights.ts'
import type { ControlState } from '../judge/control.ts'
import { closingThatFreezes } from '../judge/freeze.ts'
import { byOrder, type Placed } from '../judge/past.ts'
import { actOf } from '../judge/permissions.ts'
import { ACCEPTED, reason, rejected, type ReasonOf, type Verdict } from '../judge/reason.ts'
import { isVain, Review, REVOCABLE, type Named, type ReviewOp } from '../judge/review.ts'
import type { Turn } from '../judge/requests.ts'
import { flawOf, flawOrUnread, touchesFrozen, type StructurePast } from '../judge/structure.ts'
import type { RecordRow, Records } from './interner.ts'
import { isDropped } from './chains.ts'
import { OP_COLUMNS, type Log, type OpRow } from './log.ts'
import type { Revocable } from './imprint-said.ts'
import { LogPast } from './log-past.ts'
import type { Origin, Origins } from './origins.ts'
import type { Vocabulary } from '../op/vocabulary.ts'
import type { Crypto, Sql } from './ports.ts'
import { reviewOpOf } from './acts.ts'
import { classOf, CLASSES } from './classes.ts'
import { ControlFolding } from './control-folding.ts'
import { Revocations } from './revocations.ts'
import { HELD_UNREAD, Unread } from './unread.ts'

/** An op of the log as judgement needs it. */
export type JudgedOp = Placed & {
  readonly lamport: number
  readonly wall: number
  readonly effects: readonly Effect[]
  readonly flaw: ReasonOf | null
}

export const JUDGEMENTS = ['accepted', 'late', 'rejected', 'held'] as const

type Needed = {
  readonly sql: Sql
  readonly log: Log
  readonly records: Records
  readonly origins: Origins
  readonly crypto: Crypto
  readonly vocabulary: Vocabulary
}

export class Judging {
  readonly folding: ControlFolding
  readonly review: Review
  readonly past: LogPast
  readonly revocations: Revocations
  /** Have the words of an op no place in their text? Set by whoever keeps the texts. */
  wordsFell: (op: number) => boolean = () => false
  readonly #sql: Sql
  readonly #log: Log
  readonly #records: Records
  readonly #origins: Origins
  readonly #vocabulary: Vocabulary
  readonly #unread: Unread
  readonly #answers = new Map<number, Verdict>()
  #answeredAt = 0

  constructor({ sql, log, records, origins, crypto, vocabulary }: Needed) {
    this.#sql = sql
    this.#log = log
    this.#records = records
    this.#origins = origins
    this.#vocabulary = vocabulary
    this.#unread = new Unread(sql, log, vocabulary)
    this.past = new LogPast(log, records, origins, (bytes) => crypto.sha256(bytes), vocabulary)
    this.past.frozenEdits = (op, record) => this.#frozenEdits(op, record)
    this.past.mayCount = ({ no }) => this.#mayCount(this.byNumber(no))
    this.review = new Review(this.past)
    const fromRow = (row: OpRow): JudgedOp => this.fromRow(row)
    this.folding = new ControlFolding({
      sql,
      log,
      past: this.past,
      unread: this.#unread,
      vocabulary,
      fromRow,
    })
    this.revocations = new Revocations({
      log,
      origins,
      past: this.past,
      review: this.review,
      counts: (op, no, index) =>
        this.#reviewVerdict(op).judgement === 'accepted' && this.revokeProblem(op, no, index) === null,
      finalBy: (no) => this.control.membership.finalBy(this.#log.placed(no)),
    })
    this.folding.open()
    for (const op of this.#reviewOps()) if (!op.flaw) this.review.file(reviewOpOf(op))
  }

  /** What the log says of control. */
  get control(): ControlState {
    return this.folding.state
  }

  fromRow(row: OpRow): JudgedOp {
    const flaw = row.flaw === null ? null : (JSON.parse(row.flaw) as ReasonOf)
    return {
      no: row.no,
      actor: this.#log.actors.idOf(row.actor),
      seq: row.seq,
      lamport: row.lamport,
      wall: row.wall,
      effects: storedOp(row.bytes, this.#vocabulary).effects,
      flaw,
    }
  }

  byNumber(no: number): JudgedOp {
    return this.fromRow(this.#log.rowByNumber(no))
  }

  /** What is wrong with the op whatever else holds; it must stand in the log already. */
  flaw(op: Placed, effects: readonly Effect[]): ReasonOf | null {
    return this.orUnread(op, flawOf(effects, this.#structurePast(op, effects)))
  }

  /** A flaw that was found of the op, or that it is held for what cannot be read of its past. */
  orUnread(op: Placed, flaw: ReasonOf | null): ReasonOf | null {
    return flawOrUnread(flaw, { hasUnread: () => this.#unread.isInPastOf(op) })
  }

  get isOutdated(): boolean {
    return this.#unread.isOutdated(this.control)
  }

  #held(op: Parameters<Unread['held']>[0]): Verdict | null {
    return this.#unread.held(op, this.control)
  }

  /** Takes a new op in: what it says of control, or of other ops. */
  arrive(op: JudgedOp): void {
    const effects = classOf(op.effects)
    if (effects === CLASSES.review && !op.flaw) this.review.file(reviewOpOf(op))
    if (effects === CLASSES.control) this.folding.arrive(op)
  }

  /** Judges an op by what is known now. */
  verdict(op: JudgedOp): Verdict {
    const held = this.#held(op)
    if (held) return held
    if (op.effects.some(isReview)) return this.#reviewVerdict(op)
    const ground = this.#ground(op)
    if (ground.judgement !== 'accepted' && !this.adoption(op)) return ground
    return this.#restsOn(op) ?? ACCEPTED
  }

  /** What the op is by itself, were it not adopted, and whatever it rests on. */
  byItself(op: JudgedOp): Verdict {
    return this.#held(op) ?? this.#ground(op)
  }

  /** The adoption that makes an op count which does not count by itself; the least by (lamport, actor) of several. */
  adoption(op: JudgedOp): ReviewOp | null {
    const standing = this.review
      .adoptionsOf(op.no)
      .filter((one) => this.#reviewVerdict(one.op).judgement === 'accepted')
      .map((one) => one.op)
    return standing.sort(byOrder)[0] ?? null
  }

  /** Why this device may not adopt the op by its next op `at`; null when it may. */
  adoptionObstacle(at: Placed, op: JudgedOp): ReasonOf | null {
    return this.#adoptProblem(at, op)
  }

  /** The dismissal that settles an op that does not count; the least by (lamport, actor) of several. */
  dismissal(op: JudgedOp): Named<'dismiss'> | null {
    const standing = this.review
      .dismissalsOf(op.no)
      .filter((one) => this.#reviewVerdict(one.op).judgement === 'accepted')
    return standing.sort((a, b) => byOrder(a.op, b.op))[0] ?? null
  }

  /** The ops that an act of review names, where its author had seen them; see `Review`. */
  targetsOf(op: Placed, effect: ReviewEffect): readonly Placed[] {
    return effect.type === 'parcel' ? [] : this.review.targets(op, effect)
  }

  /** What the op is by itself, adoptions apart. */
  #ground(op: JudgedOp): Verdict {
    const control = op.effects.some(isControl) ? this.control.verdictOf(op.no) : ACCEPTED
    if (control.judgement !== 'accepted') return control
    const problem = this.#roleProblem(op) ?? op.flaw
    if (problem) return rejected(problem)
    const late = this.#lateness(op, op)
    return late ? { judgement: 'late', reason: late } : ACCEPTED
  }

  #mayCount(op: JudgedOp): boolean {
    return op.flaw === null && this.#held(op) === null && this.#roleProblem(op) === null
  }

  #roleProblem(op: JudgedOp): ReasonOf | null {
    for (const effect of op.effects) {
      if (effect.type === 'unknown' || isControl(effect)) continue
      const problem = this.control.roleProblem(op, effect.type)
      if (problem) return problem
    }
    return null
  }

  /** Why these effects are late, coming by the op `by`: their own, or one that adopts them. */
  #lateness(op: JudgedOp, by: Placed): ReasonOf | null {
    for (const effect of op.effects) {
      const row = this.#existing(effect)
      const late = row && touchesFrozen(effect, row.kind) ? this.#closedFor(by, row.id) : null
      if (late) return late
    }
    return null
  }

  /** Was a record closed before what an op says of a frozen field was known there? */
  #closedFor(by: Placed, record: RecordId): ReasonOf | null {
    const closing = this.#closingOver(this.control.requests.turnsOf(record), by)
    if (!closing) return null
    return reason('frozen', { number: closing.decision.number ? auditNumber(closing.decision.number) : '' })
  }

  /** An act may name hundreds, and is asked about for each of them: its answer is kept while control stays as it is. */
  #reviewVerdict(op: JudgedReview): Verdict {
    if (this.#answeredAt !== this.folding.turn) this.#answers.clear()
    this.#answeredAt = this.folding.turn
    const known = this.#answers.get(op.no) ?? this.#judgeReview(op)
    this.#answers.set(op.no, known)
    return known
  }

  #judgeReview(op: JudgedReview): Verdict {
    const held = this.#held(op)
    if (held) return held
    if (op.flaw) return rejected(op.flaw)
    const problems = op.effects.filter(isReview).map((effect) => {
      const problem = this.control.roleProblem(op, actOf(effect)) ?? this.#reviewProblem(op, effect)
      return { problem, isVain: problem !== null && isVain(effect, problem) }
    })
    // One of several that says nothing must not take from the others what they say.
    const spoils = problems.find(({ problem, isVain }) => problem !== null && !isVain)?.problem
    if (spoils) return rejected(spoils)
    const [first] = problems
    return first?.problem && problems.every(({ problem }) => problem !== null)
      ? rejected(first.problem)
      : ACCEPTED
  }

  #reviewProblem(op: Placed, effect: ReviewEffect): ReasonOf | null {
    if (effect.type === 'parcel')
      return effect.of === 'settled' && !this.#knowsParcel(op, effect) ? reason('unknown-parcel') : null
    const problems = this.review.targets(op, effect).map((target) => {
      if (effect.type === 'revoke') return this.revokeProblem(op, target.no, effect.dot.index)
      // It counted.
      if (isDropped(target.no)) return effect.type === 'adopt' ? reason('not-in-review') : null
      const named = this.byNumber(target.no)
      return effect.type === 'adopt' ? this.#adoptProblem(op, named) : this.#dismissProblem(named)
    })
    const [first = reason('unknown-op')] = problems
    return problems.includes(null) ? null : first
  }

  /** Which effects of an op could be revoked, also of one that was dropped. */
  revocableOf(no: number): readonly Revocable[] {
    if (!isDropped(no)) return this.#revocableIn(this.byNumber(no))
    const [, revocable] = this.#log.saidBy(no)
    return revocable
  }

  #revocableIn({ effects }: JudgedOp): Revocable[] {
    return effects.flatMap((effect, index) => {
      const row = REVOCABLE.has(effect.type) ? this.#existing(effect) : null
      if (!row) return []
      if ('at' in effect) return [[index, row.no, effect.at.field, effect.at.sub] as const]
      return effect.type === 'child' ? [[index, row.no, effect.field, 0] as const] : []
    })
  }

  #adoptProblem(by: Placed, op: JudgedOp): ReasonOf | null {
    const data = op.effects.filter(isData)
    if (data.length === 0) return reason('not-adoptable', { why: 'control' })
    if (op.flaw) return reason('not-adoptable', { why: op.flaw.code })
    if (data.some(isText) && !this.control.stands(op)) return reason('not-adoptable', { why: 'forked' })
    if (this.#held(op) || this.#ground(op).judgement === 'accepted') return reason('not-in-review')
    for (const effect of data) {
      const problem = this.control.roleProblem(by, effect.type)
      if (problem) return problem
    }
    return this.#lateness(op, by)
  }

  /** A dismissal says nothing of an op that counts: it is sound for good, whatever comes back of what it names. */
  #dismissProblem(op: JudgedOp): ReasonOf | null {
    return this.#held(op) ? reason('not-in-review') : null
  }

  /** Why an act by `by` cannot take the effect out of the views. */
  revokeProblem(by: Placed, no: number, index: number): ReasonOf | null {
    const isFlawed = !isDropped(no) && this.byNumber(no).flaw !== null
    const value = isFlawed ? undefined : this.revocableOf(no).find((one) => one[0] === index)
    if (!value) return reason('not-revocable')
    const [, record, field] = value
    const { id, kind } = this.#records.byNumber(record)
    const isFree = this.control.membership.isAuthority(by) || !fieldByCode(kind, field)?.frozen
    return isFree ? null : this.#closedFor(by, id)
  }

  #knowsParcel(op: Placed, { parcel }: Extract<ReviewEffect, { type: 'parcel' }>): boolean {
    return this.review
      .parcel(parcel)
      .some((part) => part.effect.of === 'part' && part.op.no !== op.no && this.past.knows(op, part.op))
  }

  /** An effect on a record or child whose creating op does not count is set aside with it. */
  #restsOn(op: JudgedOp): Verdict | null {
    if (op.effects.some(isText) && this.wordsFell(op.no)) return rejected(reason('rests-on'))
    for (const effect of op.effects) {
      const row = this.#existing(effect)
      if (!row || !isData(effect)) continue
      const problem =
        this.#standingProblem(op, this.#origins.ofRecord(row.no)) ?? this.#childProblem(op, row.no, effect)
      if (problem) return problem
    }
    return null
  }

  #childProblem(op: JudgedOp, record: number, effect: DataEffect): Verdict | null {
    const child = 'at' in effect ? effect.at.child : effect.type === 'drop' ? effect.child : null
    if (child === null) return null
    const field = 'at' in effect ? effect.at.field : effect.type === 'drop' ? effect.field : 0
    return this.#standingProblem(op, this.#origins.ofChild(record, field, child))
  }

  /** Of what was made several times, one making that counts is enough; one that cannot be judged here may count. */
  #standingProblem(op: JudgedOp, origins: readonly Origin[]): Verdict | null {
    // What names a record or a child that its author had not seen has a flaw: the only one there is was known.
    const known =
      origins.length === 1
        ? origins
        : origins.filter((origin) => origin.no === op.no || this.past.knows(op, origin))
    if (known.some((origin) => origin.no === op.no || origin.accepted)) return null
    return known.some((origin) => origin.held) ? HELD_UNREAD : rejected(reason('rests-on'))
  }

  /** Edits of frozen fields that count for a decision at `op`: by who may, sound, and not late by closings it knows. */
  #frozenEdits(op: Placed, record: RecordRow['id']): Placed[] {
    const row = this.#records.find(record)
    if (!row) return []
    return this.#sql
      .prepare(
        `SELECT ${OP_COLUMNS} FROM touch JOIN op ON op.no = touch.op
         WHERE touch.record = ? AND op.no < ? AND op.flaw IS NULL ORDER BY op.no`,
      )
      .all<OpRow>(row.no, op.no)
      .map((edit) => this.fromRow(edit))
      .filter((edit) => this.past.knows(op, edit) && this.#countsAsEdit(op, edit, row))
  }

  #countsAsEdit(op: Placed, edit: JudgedOp, { id, kind }: RecordRow): boolean {
    if (edit.effects.some((effect) => effect.type === 'adopt'))
      return this.control.roleProblem(edit, 'adopt') === null
    const touches = edit.effects.some(
      (effect) => isData(effect) && changedRecord(effect) === id && touchesFrozen(effect, kind),
    )
    if (!touches || this.#roleProblem(edit) !== null) return false
    const turns = this.control.requests.turnsKnown(op, id)
    return this.#closingOver(turns, edit) === null
  }

  #closingOver(turns: readonly Turn[], op: Placed): Turn | null {
    return closingThatFreezes(
      turns,
      op,
      (at, target) => this.past.knows(at, target),
      (at) => this.control.membership.finalBy(at),
    )
  }

  #reviewOps(): JudgedOp[] {
    return this.#sql
      .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE control = ? ORDER BY no`)
      .all<OpRow>(CLASSES.review)
      .map((row) => this.fromRow(row))
  }

  /** The row of the record that a data effect changes, unless it creates it. */
  #existing(effect: Effect): RecordRow | null {
    const id = isData(effect) ? changedRecord(effect) : null
    return id && this.#records.find(id)
  }

  #structurePast(op: Placed, effects: readonly Effect[]): StructurePast {
    const knows = (target: OpRef): boolean => this.#log.knows(op, target)
    return {
      author: op.actor,
      kindOf: (id) => this.past.kindOf(op, id),
      madeHere: (id) =>
        effects.some(
          (effect, index) =>
            effect.type === 'create' && recordAt(this.past.sha256, { ...op, index }, effect.kind) === id,
        ),
      hasChild: (id, field, child) => {
        const row = this.#records.find(id)
        return row !== null && this.#origins.childKnown(op, row.no, field, child)
      },
      knowsDot: (dot) => (dot.actor === op.actor ? dot.seq < op.seq : knows(dot)),
      knowsField: (kind, field, sub) => this.#unread.knowsField(kind, field, sub),
      hasUnread: () => this.#unread.isInPastOf(op),
    }
  }
}

type JudgedReview = Placed & Pick<JudgedOp, 'effects'> & Partial<Pick<JudgedOp, 'flaw'>>

const isText = ({ type }: Effect): boolean => type === 'text' || type === 'session'
