/**
 * Stratum 4: a closing freezes the fields declared frozen. An op that touches them is late unless the closing
 * had seen it, or it had itself seen a later reopening.
 */
import type { Placed } from './past.ts'
import type { Turn } from './requests.ts'

export type Knows = (op: Placed, target: Placed) => boolean

/** The closing that makes the op late, or null. */
export function closingThatFreezes(turns: readonly Turn[], op: Placed, knows: Knows): Turn | null {
  for (const [i, turn] of turns.entries()) {
    if (turn.action !== 'close' || knows(turn.decision.ref, op)) continue
    const reopened = turns
      .slice(i + 1)
      .some((later) => later.action === 'reopen' && knows(op, later.decision.ref))
    if (!reopened) return turn
  }
  return null
}
