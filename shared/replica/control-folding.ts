/**
 * Folds the control state from the log: from what was kept of it at a checkpoint and the acts that came behind, or from
 * all acts where nothing is kept, or what came behind tells anew who was the authority.
 */
import type { Bytes } from '../base/bytes.ts'
import { ControlState } from '../judge/control.ts'
import { goesOn } from '../judge/kept.ts'
import { placed, type Placed } from '../judge/past.ts'
import { actorOf } from '../op/identity.ts'
import type { Vocabulary } from '../op/vocabulary.ts'
import { controlOpOf } from './acts.ts'
import { ControlBase, type Base } from './control-base.ts'
import { knownBy, rowsBeyond } from './frontier.ts'
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

/** From what is kept, or from nothing, with these acts. */
type From = { readonly base: Base | null; readonly ops: readonly JudgedOp[] }

/** Folds in steps, reading only, what is then kept, in a transaction. */
export type Keeping = {
  /** Judges so many acts at most; false once none is left. */
  readonly step: (most: number) => boolean
  readonly keep: () => void
}

export class ControlFolding {
  state: ControlState
  /** Grows with whatever may have changed of the state. */
  turn = 0
  /** Of which checkpoint the state is kept, by the number of its op; null: of none. */
  keptAt: number | null = null
  readonly #parts: Needed
  readonly #kept: ControlBase

  constructor(parts: Needed) {
    this.#parts = parts
    this.#kept = new ControlBase(parts)
    this.state = ControlState.authorityOf(parts.past, [])
  }

  /** To be called once, before anything is asked. */
  open(): void {
    const from = this.#behindBase() ?? this.#fromBeginning()
    for (const admitted of from.base?.admissions ?? []) this.#parts.past.heardAdmission(admitted)
    for (const op of from.ops) this.#hearAdmissions(op)
    this.#fold(from)
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
    this.#fold(this.#behindBase() ?? this.#fromBeginning())
  }

  /** Folds the state anew from the log alone. */
  whole(): void {
    this.#fold(this.#fromBeginning())
  }

  /** Begins to fold the state at a checkpoint, as data to be kept; null: who is the authority is not settled. */
  keeping(at: Placed): Keeping | null {
    const known = knownBy(this.#parts.log, at.no)
    const isUnder = (row: OpRow): boolean =>
      row.seq <= (known.get(this.#parts.log.lines.byNumber(row.line)) ?? 0)
    const from = this.#behindBase(at, isUnder) ?? this.#fromBeginning(isUnder)
    const { past } = this.#parts
    const state = this.#begun(from)
    if (!goesOn(past, state.membership, [])) return null
    const left = from.ops.toReversed()
    return {
      step: (most) => {
        for (const op of left.splice(-most).reverse()) this.#judge(state, op)
        return left.length > 0
      },
      keep: () => {
        const admissions = past.admissions().filter(({ op }) => isUnder(this.#parts.log.rowByNumber(op.no)))
        this.#kept.write(state, at, admissions, from.base === null)
        this.again()
      },
    }
  }

  /** Keeps the state as it is, at a checkpoint that knows all that is here. */
  keepAt(at: Placed): void {
    const { past } = this.#parts
    if (!goesOn(past, this.state.membership, [])) return
    this.#kept.write(this.state, at, past.admissions(), true)
    this.again()
  }

  /** Lets go what is kept. */
  forget(): void {
    this.#kept.forget()
    this.keptAt = null
  }

  /** What is kept, and the acts behind it that are asked for, where it can be gone on from with them. */
  #behindBase(of: Placed | null = null, isAsked: (row: OpRow) => boolean = () => true): From | null {
    const base = this.#kept.read()
    this.keptAt = base?.at.no ?? null
    const { log, past, fromRow } = this.#parts
    if (!base || (of && !log.knowsNo(of.no, base.at.no))) return null
    const ops = rowsBeyond<OpRow>(
      this.#parts,
      base.at.no,
      `SELECT ${OP_COLUMNS} FROM op WHERE actor = ? AND seq > ? AND line = ? AND control = 1`,
    )
      .filter(isAsked)
      .sort((a, b) => a.no - b.no)
      .map(fromRow)
    return goesOn(past, base.site.membership, ops.map(controlOpOf)) ? { base, ops } : null
  }

  #fromBeginning(isAsked: (row: OpRow) => boolean = () => true): From {
    const { sql, fromRow } = this.#parts
    const ops = sql
      .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE control = 1 ORDER BY no`)
      .all<OpRow>()
      .filter(isAsked)
      .map(fromRow)
    return { base: null, ops }
  }

  /** What the authority's chain says: the acts are all to be judged next, in order. */
  #begun({ base, ops }: From): ControlState {
    const sound = ops.filter(({ flaw }) => flaw === null).map(controlOpOf)
    const { past } = this.#parts
    return base ? ControlState.behind(past, base, sound) : ControlState.authorityOf(past, sound)
  }

  /** What ops are judged by asks for the state while it is folded. */
  #fold(from: From): void {
    this.turn += 1
    this.state = this.#begun(from)
    for (const op of from.ops) this.#judge(this.state, op)
  }

  #judge(state: ControlState, op: JudgedOp): void {
    this.turn += 1
    if (this.#parts.unread.held(op, state)) return
    if (op.flaw) state.refuse(controlOpOf(op), op.flaw)
    else state.judge(controlOpOf(op))
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
