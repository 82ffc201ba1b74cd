/** What of an op this device may take out of every view. */
import type { Withdrawable } from '../../api/rows.ts'
import { formatDot, type ChildId } from '../../model/ids.ts'
import type { Effect } from '../../op/effect.ts'
import { childAt } from '../../op/identity.ts'
import { changedRecord, isData } from '../../op/op.ts'
import type { Core } from '../core.ts'
import type { JudgedOp } from '../judging.ts'
import { changesIn } from './changes.ts'

/** Only what it says of one record, where `record` is given; what it made with a child goes with the child. */
export function withdrawableOf(core: Core, op: JudgedOp, record: string | null): Withdrawable[] {
  const { judging } = core
  const self = judging.past.end(core.self)
  if (judging.control.roleProblem(self, 'revoke') !== null) return []
  const made = op.effects.map((effect, index) =>
    effect.type === 'child' ? childAt(core.sha256, { actor: op.actor, seq: op.seq, index }) : null,
  )
  return op.effects.flatMap((effect, index) => {
    if (!isData(effect) || (record !== null && changedRecord(effect) !== record)) return []
    const about = childOf(effect)
    if (about !== null && made.includes(about)) return []
    if (judging.revocations.isRevoked(op.no, index) || judging.revokeProblem(self, op.no, index)) return []
    const child = made[index] ?? null
    const goes = (other: Effect): boolean => other === effect || (child !== null && childOf(other) === child)
    const dot = formatDot({ actor: op.actor, seq: op.seq, index })
    return [{ dot, changes: changesIn(core, op, goes) }]
  })
}

const childOf = (effect: Effect): ChildId | null => ('at' in effect ? effect.at.child : null)
