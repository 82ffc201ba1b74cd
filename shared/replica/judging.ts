/**
 * Judges ops against the log (design 6). What depends on the op and its past alone (its flaw) is found once;
 * roles, freezes and what it rests on are asked anew whenever they may have changed.
 */
import type { ActorId, OpRef } from '../model/ids.ts'
import type { ControlEffect, DataEffect, Effect } from '../op/effect.ts'
import { recordAt } from '../op/identity.ts'
import { changedRecord, isControl, isData, parseOp } from '../op/op.ts'
import { invariant } from '../base/invariant.ts'
import { auditNumber, ControlState, type ControlPast } from '../judge/control.ts'
import { closingThatFreezes } from '../judge/freeze.ts'
import { ACCEPTED, reason, rejected, type ReasonOf, type Verdict } from '../judge/reason.ts'
import { flawOf, isHeld, touchesFrozen, type StructurePast } from '../judge/structure.ts'
import type { RecordRow, Records } from './interner.ts'
import { OP_COLUMNS, type Log, type OpRow } from './log.ts'
import type { Origins } from './origins.ts'
import type { Crypto, Sql } from './ports.ts'

/** An op of the log as judgement needs it. */
export type JudgedOp = OpRef & {
  readonly no: number
  readonly lamport: number
  readonly wall: number
  readonly effects: readonly Effect[]
  readonly flaw: ReasonOf | null
}

export const JUDGEMENTS = ['accepted', 'late', 'rejected', 'held'] as const

export class Judging {
  control: ControlState
  readonly #sql: Sql
  readonly #log: Log
  readonly #records: Records
  readonly #origins: Origins
  readonly #past: ControlPast

  constructor(sql: Sql, log: Log, records: Records, origins: Origins, crypto: Crypto) {
    this.#sql = sql
    this.#log = log
    this.#records = records
    this.#origins = origins
    this.#past = {
      sha256: (bytes) => crypto.sha256(bytes),
      knows: (op, target) => log.knows(op, target),
      recordKnown: (op, record) => origins.recordKnown(op, record),
    }
    this.control = new ControlState(this.#past)
    this.replayControl()
  }

  fromRow(row: OpRow): JudgedOp {
    const parsed = parseOp(row.bytes)
    invariant(parsed.ok, 'a stored op parses')
    const flaw = row.flaw === null ? null : (JSON.parse(row.flaw) as ReasonOf)
    return {
      no: row.no,
      actor: this.#log.actors.idOf(row.actor),
      seq: row.seq,
      lamport: row.lamport,
      wall: row.wall,
      effects: parsed.value.effects,
      flaw,
    }
  }

  /** What is wrong with the op whatever else holds; it must stand in the log already. */
  flaw(op: OpRef, effects: readonly Effect[]): ReasonOf | null {
    return flawOf(effects, this.#structurePast(op, effects))
  }

  /** Judges a new op; an accepted control effect is taken in. */
  judgeNew(op: JudgedOp): Verdict {
    const control = op.effects.find(isControl)
    if (isHeld(op.effects)) return { judgement: 'held', reason: reason('newer-version') }
    if (!control) return this.judgeData(op)
    if (op.flaw) return this.#burn(op, control, op.flaw)
    const ref = { actor: op.actor, seq: op.seq }
    const verdict = this.control.apply({ ref, lamport: op.lamport, wall: op.wall, effect: control })
    return verdict.judgement === 'accepted' ? this.judgeData(op) : verdict
  }

  /** Judges the data effects of an op by what is known now. */
  judgeData(op: JudgedOp): Verdict {
    if (isHeld(op.effects)) return { judgement: 'held', reason: reason('newer-version') }
    const problem = this.#roleProblem(op) ?? op.flaw
    if (problem) return rejected(problem)
    return this.#lateness(op) ?? this.#restsOn(op) ?? ACCEPTED
  }

  /** Folds the control state anew from the log; answers what each control op came to. */
  replayControl(): Map<number, Verdict> {
    const ops = this.#sql
      .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE control = 1 ORDER BY no`)
      .all<OpRow>()
      .map((row) => this.fromRow(row))
    this.control = new ControlState(this.#past)
    const verdicts = new Map<number, Verdict>()
    const [founding] = ops
    const ofAuthority = (op: JudgedOp): boolean => op.actor === founding?.actor
    const ofMembership = (op: JudgedOp): boolean => op.effects.some(isMembership)
    const strata = [
      ops.filter((op) => ofMembership(op) && ofAuthority(op)),
      ops.filter((op) => ofMembership(op) && !ofAuthority(op)),
      ops.filter((op) => !ofMembership(op)),
    ]
    for (const op of strata.flat()) verdicts.set(op.no, this.judgeNew(op))
    return verdicts
  }

  /** A number named in any stored op is used, also when the op does not count. */
  #burn(by: OpRef, control: ControlEffect, flaw: ReasonOf): Verdict {
    if (control.type === 'decide' && control.number) this.control.use(control.number, by.actor)
    return rejected(flaw)
  }

  #roleProblem(op: JudgedOp): ReasonOf | null {
    for (const effect of op.effects) {
      if (effect.type === 'unknown') continue
      const problem = this.control.roleProblem(op, effect.type)
      if (problem) return problem
    }
    return null
  }

  #lateness(op: JudgedOp): Verdict | null {
    for (const effect of op.effects) {
      const row = this.#existing(effect)
      if (!row || !touchesFrozen(effect, row.kind)) continue
      const turns = this.control.turns.get(row.id)
      const closing = turns && closingThatFreezes(turns, op, (by, target) => this.#log.knows(by, target))
      if (!closing) continue
      const number = closing.decision.number ? auditNumber(closing.decision.number) : ''
      return { judgement: 'late', reason: reason('frozen', { number }) }
    }
    return null
  }

  /** An effect on a record or child whose creating op does not count is set aside with it. */
  #restsOn(op: JudgedOp): Verdict | null {
    for (const effect of op.effects) {
      const row = this.#existing(effect)
      if (!row || !isData(effect)) continue
      const stands = this.#origins
        .ofRecord(row.no)
        .some((origin) => origin.no === op.no || (origin.accepted && this.#log.knows(op, origin)))
      if (!stands || !this.#childStands(op, row.no, effect)) return rejected(reason('rests-on'))
    }
    return null
  }

  #childStands(op: JudgedOp, record: number, effect: DataEffect): boolean {
    const child = 'at' in effect ? effect.at.child : effect.type === 'drop' ? effect.child : null
    if (child === null) return true
    const field = 'at' in effect ? effect.at.field : effect.type === 'drop' ? effect.field : 0
    const origin = this.#origins.ofChild(record, field, child)
    return origin !== null && (origin.accepted || origin.no === op.no)
  }

  /** The row of the record that a data effect changes, unless it creates it. */
  #existing(effect: Effect): RecordRow | null {
    const id = isData(effect) ? changedRecord(effect) : null
    return id && this.#records.find(id)
  }

  #structurePast(op: OpRef, effects: readonly Effect[]): StructurePast {
    const knows = (target: OpRef): boolean => this.#log.knows(op, target)
    return {
      author: op.actor,
      kindOf: (id) => (this.#origins.recordKnown(op, id) ? (this.#records.find(id)?.kind ?? null) : null),
      madeHere: (id) =>
        effects.some(
          ({ type }, index) => type === 'create' && recordAt(this.#past.sha256, { ...op, index }) === id,
        ),
      hasChild: (id, field, child) => {
        const row = this.#records.find(id)
        const origin = row && this.#origins.ofChild(row.no, field, child)
        return origin !== null && knows(origin)
      },
      knowsDot: (dot) => (dot.actor === op.actor ? dot.seq < op.seq : knows(dot)),
    }
  }
}

const isMembership = (effect: Effect): boolean => ['genesis', 'admit', 'setRole', 'cut'].includes(effect.type)

/** The actor and the first seq that a membership effect sets aside or brings back, where it reaches back. */
export function restricts(effect: ControlEffect): { readonly actor: ActorId; readonly after: number } | null {
  return effect.type === 'setRole' || effect.type === 'cut'
    ? { actor: effect.actor, after: effect.through }
    : null
}
