/**
 * Stratum 4: a closing freezes the fields declared frozen. An op that touches them is late unless the closing
 * had seen it, or it had itself seen a later reopening. A closing that the first checkpoint over the op does not know
 * came too late for it.
 */
import type { Placed } from './past.ts'
import type { Turn } from './requests.ts'

export type Knows = (op: Placed, target: Placed) => boolean
/** The first checkpoint that an op is under, or null. */
export type FinalBy = (op: Placed) => Placed | null

/** The closing that makes the op late, or null. */
export function closingThatFreezes(
  turns: readonly Turn[],
  op: Placed,
  knows: Knows,
  finalBy: FinalBy,
): Turn | null {
  for (const [i, turn] of turns.entries()) {
    if (turn.action !== 'close' || knows(turn.decision.ref, op)) continue
    const reopened = turns
      .slice(i + 1)
      .some((later) => later.action === 'reopen' && knows(op, later.decision.ref))
    if (!reopened && reaches(turn, op, knows, finalBy)) return turn
  }
  return null
}

function reaches({ decision }: Turn, op: Placed, knows: Knows, finalBy: FinalBy): boolean {
  const checkpoint = finalBy(op)
  return checkpoint === null || knows(checkpoint, decision.ref)
}
