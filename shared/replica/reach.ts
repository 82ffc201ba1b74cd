/**
 * What a new op changes of earlier judgements: the authority's word on members, a fork, and what follows from both
 * through rights and admissions. The control state is folded anew, and what differs is told, record by record.
 */
import type { ActorId, RecordId } from '../model/ids.ts'
import type { ControlState } from '../judge/control.ts'
import type { Effect } from '../op/effect.ts'
import { actorOf } from '../op/identity.ts'
import type { Parts } from './door.ts'
import { CLASSES } from './classes.ts'
import { type JudgedOp, type Judging } from './judging.ts'

type Needed = Pick<Parts, 'sql' | 'log' | 'judging' | 'records'>

/** Actors whose ops behind a seq (exclusive) are to be judged again. */
export type Affected = ReadonlyMap<ActorId, number>

/** Null where the op reaches back to nothing that is here. */
export function reachOf(parts: Needed, judged: JudgedOp): Affected | null {
  const affected = new Map<ActorId, number>()
  for (const [actor, behind] of [...byWord(parts, judged), ...byFork(parts, judged)])
    affected.set(actor, Math.min(behind, affected.get(actor) ?? Infinity))
  const handedOver = judged.effects.some(({ type }) => type === 'handover')
  return affected.size > 0 || handedOver ? affected : null
}

function* byWord({ log, judging }: Needed, op: JudgedOp): Generator<[ActorId, number]> {
  for (const effect of op.effects) {
    const said = wordOf(judging, effect)
    // Of a forked actor any branch may go that far, this device's own or another.
    const reaches = said && log.lines.of(said.actor).some((line) => log.lines.tip(line).seq > said.through)
    if (reaches) yield [said.actor, said.through]
  }
}

/** Whom the authority speaks of, and behind which op of that actor's it changes something. */
function wordOf({ past }: Judging, effect: Effect): { actor: ActorId; through: number } | null {
  switch (effect.type) {
    case 'setRole':
    case 'cut':
    case 'reclaim':
      return effect
    case 'admit':
      // Its word prevails over a desk's, which may have admitted the same key before.
      return { actor: actorOf(past.sha256, effect.opKey), through: 0 }
    default:
      return null
  }
}

/** A branch came, the authority's chain came to know more of one, or whose word counts, and how far, is another now. */
function* byFork({ log, judging }: Needed, op: JudgedOp): Generator<[ActorId, number]> {
  const forked = log.forked()
  if (forked.length === 0) return
  const isAuthority = judging.control.membership.tenures.some(({ actor }) => actor === op.actor)
  const parts = log.isFirstOfBranch(op.no)
  const settles = op.effects.some(({ type }) => type === 'handover' || (isAuthority && type === 'checkpoint'))
  const anyOther = (isAuthority && parts) || settles
  for (const actor of forked) {
    const fork = log.forkedAt(actor)
    const said = actor === op.actor ? parts : isAuthority && log.learned(op.no, actor)
    if (fork !== null && (said || anyOther)) yield [actor, fork - 1]
  }
}

export type Changed = { readonly ops: ReadonlySet<number>; readonly records: ReadonlySet<number> }

export class Reach {
  readonly #parts: Needed

  constructor(parts: Needed) {
    this.#parts = parts
  }

  /** Folds the control state anew; answers the ops and records whose judgement may have changed with it. */
  refold(affected: Affected): Changed {
    const { judging } = this.#parts
    const before = judging.control
    judging.folding.again()
    return this.between(before, judging.control, affected)
  }

  /** The ops and records whose judgement may differ from one control state to another. */
  between(before: ControlState, after: ControlState, affected: Affected = new Map()): Changed {
    const all = new Map([...differing(before, after).map((actor) => [actor, 0] as const), ...affected])
    const ops = new Set<number>([...this.#controlOps(before, after)])
    const records = new Set<number>(this.#records(before, after))
    for (const [actor, behind] of all)
      this.#addOps(
        'op.actor = ? AND op.seq > ?',
        [this.#parts.log.actors.numberOf(actor), behind],
        ops,
        records,
      )
    const raised = raisesApart(before, after)
    if (raised !== null) this.#addOps('op.no >= ?', [raised], ops, records)
    return { ops, records }
  }

  #controlOps(before: ControlState, after: ControlState): number[] {
    return before.refusalsApart(after).filter((no) => !same(before.verdictOf(no), after.verdictOf(no)))
  }

  #records(before: ControlState, after: ControlState): number[] {
    const told = [...before.recordsApart(after)].filter((id) => !saysSame(before, after, id))
    const isFinalSame = same(before.membership.checkpoints, after.membership.checkpoints)
    const changed = isFinalSame ? told : [...told, ...after.requests.turned()]
    const decided = changed.flatMap((id) => this.#parts.records.find(id)?.no ?? [])
    return isFinalSame ? decided : [...decided, ...this.#reviewed()]
  }

  /** Records that acts of review are about: how far a revocation goes rests on what is final. */
  #reviewed(): number[] {
    return this.#parts.sql
      .prepare('SELECT DISTINCT touch.record FROM op JOIN touch ON touch.op = op.no WHERE op.control = ?')
      .all<{ record: number }>(CLASSES.review)
      .map(({ record }) => record)
  }

  #addOps(
    where: 'op.actor = ? AND op.seq > ?' | 'op.no >= ?',
    parameters: readonly number[],
    ops: Set<number>,
    records: Set<number>,
  ): void {
    const rows = this.#parts.sql
      .prepare(`SELECT op.no, touch.record FROM op LEFT JOIN touch ON touch.op = op.no WHERE ${where}`)
      .all<{ no: number; record: number | null }>(...parameters)
    for (const { no, record } of rows) {
      if (record === null) ops.add(no)
      else records.add(record)
    }
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The first op that raised the rules by the one state and not by the other: what knows it came behind it. */
function raisesApart(before: ControlState, after: ControlState): number | null {
  const [a, b] = [before.membership.raises, after.membership.raises]
  if (same(a, b)) return null
  const apart = [...a, ...b].filter(
    (one) => !a.some((other) => same(one, other)) || !b.some((other) => same(one, other)),
  )
  return apart.length === 0 ? null : Math.min(...apart.map(({ op }) => op.no))
}

function differing(before: ControlState, after: ControlState): ActorId[] {
  return [...new Set([...before.actors(), ...after.actors()])].filter(
    (actor) => before.standingOf(actor) !== after.standingOf(actor),
  )
}

const saysSame = (before: ControlState, after: ControlState, record: RecordId): boolean =>
  same(before.requests.turnsOf(record), after.requests.turnsOf(record)) &&
  same(before.requests.signOffsOf(record), after.requests.signOffsOf(record)) &&
  same(before.numbersOf(record), after.numbersOf(record))
