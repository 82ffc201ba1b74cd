/** What an intent reads of the replica before it asks for a change: the state as this device has it now. */
import type { ActorId, ChildId, OpRef, RecordId } from '../model/ids.ts'
import type { KindName } from '../model/kinds.ts'
import type { Entry } from '../merge/dots.ts'
import type { Address, Effect, Seen } from '../op/effect.ts'
import type { Action } from '../op/codes.ts'

export interface Reading {
  readonly actor: ActorId
  /** The kind of a record that stands here, else null. */
  kindOf(record: RecordId): KindName | null
  isClosed(record: RecordId): boolean
  live(at: Address): readonly Entry[]
  /** Does the child show? */
  hasChild(record: RecordId, field: number, child: ChildId): boolean
  /** Per actor, the highest seq seen in a child. */
  seenIn(record: RecordId, field: number, child: ChildId): Seen
  /** The effects of an op of the log; none where it is not here. */
  effectsOf(op: OpRef): readonly Effect[]
  /** A waiting request of this sort. */
  waiting(record: RecordId, action: Action): OpRef | null
}
