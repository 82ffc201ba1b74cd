/**
 * Folds the control state from the log: from what was kept of it at a checkpoint and the acts that came behind, or from
 * all acts where nothing is kept, or what came behind tells anew who was the authority.
 */
import type { Bytes } from '../base/bytes.ts'
import { ControlState } from '../judge/control.ts'
import { goesOn } from '../judge/kept.ts'
import { placed, type ControlOp, type Placed } from '../judge/past.ts'
import { actorOf } from '../op/identity.ts'
import type { Vocabulary } from '../op/vocabulary.ts'
import { controlOpOf } from './acts.ts'
import { ControlBase, type Base } from './control-base.ts'
import { beyond, knownBy } from './frontier.ts'
import type { JudgedOp } from './judging.ts'
import { OP_COLUMNS, type Log, type OpRow } from './log.ts'
import type { LogPast } from './log-past.ts'
import type { Sql } from './ports.ts'
import type { Unread } from './unread.ts'

type Needed = {
  readonly sql: Sql
  readonly log: Log
  readonly past: LogPast
  readonly unread: Unread
  readonly vocabulary: Vocabulary
  readonly fromRow: (row: OpRow) => JudgedOp
}

type Behind = { readonly base: Base; readonly ops: readonly JudgedOp[] }

/** Folds in steps, reading only, what is then kept, in a transaction. */
export type Keeping = {
  /** Judges so many acts at most; false once none is left. */
  readonly step: (most: number) => boolean
  readonly keep: () => void
}

export class ControlFolding {
  state: ControlState
  /** Of which checkpoint the state is kept, by the number of its op; null: of none. */
  keptAt: number | null = null
  readonly #parts: Needed
  readonly #kept: ControlBase

  constructor(parts: Needed) {
    this.#parts = parts
    this.#kept = new ControlBase(parts)
    this.state = ControlState.nothing(parts.past)
  }

  /** To be called once, before anything is asked. */
  open(): void {
    const found = this.#behindBase()
    if (!found) {
      const ops = this.#all()
      for (const op of ops) this.#hearAdmissions(op)
      this.#foldWhole(ops)
      return
    }
    for (const admitted of found.base.admissions) this.#parts.past.heardAdmission(admitted)
    for (const op of found.ops) this.#hearAdmissions(op)
    this.#foldBehind(found)
  }

  /** Takes a new act of control in. */
  arrive(op: JudgedOp): void {
    this.#hearAdmissions(op)
    const { state } = this
    if (!op.flaw && !this.#parts.unread.held(op, state)) state.hearAuthority(controlOpOf(op))
    this.#judge(state, op)
  }

  /** Folds the state anew: what came last reaches back. */
  again(): void {
    const found = this.#behindBase()
    if (found) this.#foldBehind(found)
    else this.whole()
  }

  /** Folds the state anew from the log alone. */
  whole(): void {
    this.#foldWhole(this.#all())
  }

  /** Begins to fold the state at a checkpoint, as data to be kept; null: who is the authority is not settled. */
  keeping(at: Placed): Keeping | null {
    const known = knownBy(this.#parts.log, at.no)
    const isUnder = (row: OpRow): boolean =>
      row.seq <= (known.get(this.#parts.log.lines.byNumber(row.line)) ?? 0)
    const found = this.#behindBase(at, isUnder)
    const ops = found?.ops ?? this.#all(isUnder)
    const { past } = this.#parts
    const state = found
      ? ControlState.behind(past, found.base, this.#sound(ops))
      : ControlState.authorityOf(past, this.#sound(ops))
    if (!goesOn(past, state.keptSite(), [])) return null
    const left = [...ops].reverse()
    return {
      step: (most) => {
        for (const op of left.splice(-most).reverse()) this.#judge(state, op)
        return left.length > 0
      },
      keep: () => {
        const admissions = past.admissions().filter(({ op }) => isUnder(this.#parts.log.rowByNumber(op.no)))
        this.#kept.write(state, at, admissions, found === null)
        this.again()
      },
    }
  }

  /** Lets go what is kept. */
  forget(): void {
    this.#kept.forget()
    this.keptAt = null
  }

  /** What is kept, and the acts behind it that are asked for, where it can be gone on from with them. */
  #behindBase(of: Placed | null = null, isAsked: (row: OpRow) => boolean = () => true): Behind | null {
    const base = this.#kept.read()
    this.keptAt = base?.at.no ?? null
    const { sql, log, past, fromRow } = this.#parts
    if (!base || (of && !log.knowsNo(of.no, base.at.no))) return null
    const ops = beyond(log, base.at.no)
      .flatMap(({ line, after }) =>
        sql
          .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE actor = ? AND line = ? AND seq > ? AND control = 1`)
          .all<OpRow>(log.actors.find(line.actor), line.no, after),
      )
      .filter(isAsked)
      .sort((a, b) => a.no - b.no)
      .map(fromRow)
    return goesOn(past, base.site, ops.map(controlOpOf)) ? { base, ops } : null
  }

  #all(isAsked: (row: OpRow) => boolean = () => true): JudgedOp[] {
    const { sql, fromRow } = this.#parts
    return sql
      .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE control = 1 ORDER BY no`)
      .all<OpRow>()
      .filter(isAsked)
      .map(fromRow)
  }

  #foldWhole(ops: readonly JudgedOp[]): void {
    this.#begin(ControlState.authorityOf(this.#parts.past, this.#sound(ops)), ops)
  }

  #foldBehind({ base, ops }: Behind): void {
    this.#begin(ControlState.behind(this.#parts.past, base, this.#sound(ops)), ops)
  }

  /** What ops are judged by asks for the state while it is folded. */
  #begin(state: ControlState, ops: readonly JudgedOp[]): void {
    this.state = state
    for (const op of ops) this.#judge(state, op)
  }

  #judge(state: ControlState, op: JudgedOp): void {
    if (this.#parts.unread.held(op, state)) return
    if (op.flaw) state.refuse(controlOpOf(op), op.flaw)
    else state.judge(controlOpOf(op))
  }

  #sound(ops: readonly JudgedOp[]): ControlOp[] {
    return ops.filter(({ flaw }) => flaw === null).map(controlOpOf)
  }

  #hearAdmissions(op: JudgedOp): void {
    const { past } = this.#parts
    const hear = (opKey: Bytes): void =>
      past.heardAdmission({ actor: actorOf(past.sha256, opKey), op: placed(op), opKey })
    for (const effect of op.effects) {
      if (effect.type === 'admit' || effect.type === 'genesis') hear(effect.opKey)
      if (effect.type === 'genesis') hear(effect.recoveryKey)
    }
  }
}
