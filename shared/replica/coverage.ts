/**
 * What a peer holds, from the heads that it named: of every line, how far. A head that is not here may lie on the
 * same branch as ours or on another; until it has come, nothing can be told of its actor but what other heads say.
 */
import type { ActorId } from '../model/ids.ts'
import { CAUSE_HASH_BYTES } from '../op/op.ts'
import type { Head } from '../op/run.ts'
import { raiseChain, type Line } from './lines.ts'
import type { Log } from './log.ts'

export type Coverage = {
  readonly upTo: Map<Line, number>
  /** The highest seq that was named of an actor and is not here. */
  readonly ahead: ReadonlyMap<ActorId, number>
}

export function coverageOf(log: Log, heads: readonly Head[]): Coverage {
  const upTo = new Map<Line, number>()
  const ahead = new Map<ActorId, number>()
  for (const head of heads) {
    const place = log.whereIs(head)
    if (place) raiseChain(upTo, place)
    else ahead.set(head.actor, Math.max(head.seq, ahead.get(head.actor) ?? 0))
  }
  return { upTo, ahead }
}

/** The heads that say all that these say: none in the chain of another. */
export function leavesOf(log: Log, heads: readonly Head[]): readonly Head[] {
  const { upTo } = coverageOf(log, heads)
  const named = new Set<Line>()
  return heads.filter((head) => {
    const place = log.whereIs(head)
    if (!place) return true
    if (named.has(place.line) || upTo.get(place.line) !== place.seq) return false
    named.add(place.line)
    return true
  })
}

/** How far a holder has a line: at the least, to where the line begins. */
export const heldOf = ({ upTo }: Pick<Coverage, 'upTo'>, line: Line): number =>
  upTo.get(line) ?? line.first - 1

/** How many ops are here that a holder of `heads` did not name; what it is ahead of counts as held. */
export function lacking(log: Log, heads: readonly Head[]): number {
  const coverage = coverageOf(log, heads)
  let count = 0
  for (const line of log.lines.all()) {
    const { seq } = log.lines.tip(line)
    const isAhead = (coverage.ahead.get(line.actor) ?? 0) >= seq
    if (!isAhead) count += Math.max(0, seq - heldOf(coverage, line))
  }
  return count
}

/** Does a holder of `heads` lack ops that were dropped here? Of whom it is ahead it is taken to lack none. */
export function lacksDropped(log: Log, heads: readonly Head[]): boolean {
  const coverage = coverageOf(log, heads)
  return log.lines
    .all()
    .some((line) => !coverage.ahead.has(line.actor) && log.hasDroppedBehind(line, heldOf(coverage, line)))
}

/** The position before the first op of an actor that a holder of `heads` lacks; null: it lacks none. */
export function lackingFrom(log: Log, heads: readonly Head[], actor: ActorId): number | null {
  const coverage = coverageOf(log, heads)
  const first = log.lines
    .of(actor)
    .filter((line) => heldOf(coverage, line) < log.lines.tip(line).seq)
    .map((line) => log.numberOn(line, Math.max(line.first, heldOf(coverage, line) + 1)))
  return first.length === 0 ? null : Math.min(...first) - 1
}

/**
 * Names of some ops of an actor, ever sparser towards the beginning of every branch: a holder of another branch finds
 * among them about where the two part.
 */
export function milestones(log: Log, actor: ActorId, most: number): Head[] {
  const names: Head[] = []
  for (const line of log.lines.of(actor)) {
    const { seq } = log.lines.tip(line)
    for (let back = 0; seq - back >= line.first && names.length < most; back = Math.max(1, 2 * back))
      names.push(headAt(log, line, seq - back))
    const below = line.base
    if (below && names.length < most) names.push(headAt(log, below, line.first - 1))
  }
  return names
}

/** The name of the op of a line at a seq. */
export function headAt(log: Log, line: Line, seq: number): Head {
  const hash = log.hashOf(log.numberOn(line, seq)).subarray(0, CAUSE_HASH_BYTES)
  return { actor: line.actor, seq, hash }
}
