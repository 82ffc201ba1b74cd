/** What judgement asks of the log. Everything is about the causal past of an op, which is whole when the op is judged. */
import type { Bytes } from '../base/bytes.ts'
import type { ActorId, ChildId, OpRef, RecordId } from '../model/ids.ts'
import type { KindName } from '../model/kinds.ts'
import type { ControlEffect } from '../op/effect.ts'
import type { Sha256 } from '../op/identity.ts'

/** An op of the log: `no` is its number there, which tells branches of a fork apart. */
export type Placed = OpRef & { readonly no: number }

export type ControlOp = Placed & {
  readonly lamport: number
  readonly wall: number
  readonly effects: readonly ControlEffect[]
}

export interface Past {
  readonly sha256: Sha256
  /** Is `target` in the causal past of `op`, or `op` itself? */
  knows(op: Placed, target: Placed): boolean
  /** The op that `ref` names in the causal past of `op`. */
  resolve(op: Placed, ref: OpRef): Placed | null
  /** The op of that hash in the causal past of `op`. */
  resolveHash(op: Placed, ref: OpRef, hash: Bytes): Placed | null
  /** Is an admission of the actor, by whomever and whatever became of it, in the causal past of the op? */
  admitted(op: Placed, actor: ActorId): boolean
  /** The kind of a record created in the causal past of the op, or by it. */
  kindOf(op: Placed, record: RecordId): KindName | null
  /** Was the child created in the causal past of the op? */
  hasChild(op: Placed, record: RecordId, child: ChildId): boolean
  /** The zones that the creations of a record name, as far as the op knows them; null: a creation names none. */
  zonesOf(op: Placed, record: RecordId): readonly (string | null)[]
  /** The ops in the causal past that changed, and count as far as `op` can know, a field that a closing freezes. */
  frozenEdits(op: Placed, record: RecordId): readonly Placed[]
}

export const byOrder = (
  a: { readonly lamport: number; readonly actor: ActorId },
  b: { readonly lamport: number; readonly actor: ActorId },
): number => a.lamport - b.lamport || (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0)

type InOrder = { readonly lamport: number; readonly op: Placed }

/** The place of what an op said in the total order. */
export const orderOf = ({ lamport, op }: InOrder): { lamport: number; actor: ActorId } => ({
  lamport,
  actor: op.actor,
})

export const placed = ({ actor, seq, no }: Placed): Placed => ({ actor, seq, no })
