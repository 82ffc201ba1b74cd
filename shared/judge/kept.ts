/** The control state as it can be kept at a checkpoint, and when it may be gone on from (decision 20). */
import type { OpId } from '../model/ids.ts'
import type { KeptEscrow } from './escrow.ts'
import type { ForkPast } from './forks.ts'
import type { KeptMembership } from './membership.ts'
import type { ControlOp } from './past.ts'
import type { KeptDelegated } from './roster.ts'
import type { Shelf } from './shelf.ts'

/** What is said of the site as a whole, as it can be kept; the rest lies on a shelf, piece by piece. */
export type KeptSite = {
  readonly membership: KeptMembership
  readonly delegated: KeptDelegated
  readonly escrow: KeptEscrow
  /** Requests without an answer. */
  readonly open: readonly OpId[]
}

/** A state that was kept, to go on from. */
export type KeptControl = { readonly site: KeptSite; readonly shelf: Shelf }

/**
 * May the state be gone on from with these ops? Not where they tell anew who is or was the authority: that reaches what
 * is final too.
 */
export function goesOn(
  past: ForkPast,
  { tenures, recovery }: Pick<KeptMembership, 'tenures' | 'recovery'>,
  ops: readonly ControlOp[],
): boolean {
  const holders = [...tenures.map(({ actor }) => actor), ...(recovery ? [recovery.actor] : [])]
  return (
    holders.every((actor) => past.forksOf(actor).length === 0) &&
    ops.every(({ effects }) => effects.every(({ type }) => type !== 'handover'))
  )
}
