/** What a sync session asks of the replica. The replica implements it; the session never sees SQL. */
import type { Bytes } from '../base/bytes.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import type { Head, Run } from '../op/run.ts'

/** What became of a received run. Nothing is acknowledged but what `heads()` then shows: it is committed. */
export type Received =
  /** At least one new op was committed, or moved to the inbox until its causes come. */
  | { readonly outcome: 'stored'; readonly committed: number; readonly waiting: number }
  /** Every op was here before. */
  | { readonly outcome: 'known' }
  /** The author's admission is not here yet: nobody is to blame; offer the run again later. */
  | { readonly outcome: 'unadmitted' }
  /** The disk takes nothing now: nobody is to blame; offer the run again later. */
  | { readonly outcome: 'unstored' }
  /** Never stored; counts against the peer that sent it. */
  | { readonly outcome: 'refused'; readonly reason: string }

export interface SyncStore {
  readonly site: SiteId
  readonly actor: ActorId
  /** SHA-256 over all heads in canonical order: equal digests mean equal logs. 32 bytes. */
  digest(): Bytes
  /** The last op of every branch of every actor's chain: by actor id, then seq, then hash. */
  heads(): readonly Head[]
  /** Is this op in the log? False for a head whose hash is another branch's, and for one not here yet. */
  holds(head: Head): boolean
  /** Whose chain goes first, so that admissions and cuts never queue; null before the genesis op is here. */
  authority(): ActorId | null
  /** The position behind everything that is here now: `runsAfter` from it finds only later ops. */
  end(): number
  /** Names the last op of a run by its hash. */
  nameOf(run: Run): Head
  /** The heads that say as much as these: those in the chain of another are left out. */
  leaves(heads: readonly Head[]): readonly Head[]
  /** How many ops are here that a holder of `have` lacks; an actor in whom it is ahead counts as held. */
  lacking(have: readonly Head[]): number
  /** The position before the first op of the actor that a holder of `have` lacks; null when it lacks none. */
  lackingFrom(have: readonly Head[], actor: ActorId): number | null
  /** Names of some ops of the actor, ever sparser towards the beginning of every branch; at most `LIMITS.milestones`. */
  milestones(actor: ActorId): readonly Head[]
  /**
   * The next runs that a holder of `have` lacks, in causal order, looking from `position` (0 at first, then as
   * answered). Of an actor of whom `have` names an op that is not here nothing is sent: until that op has come it
   * cannot be told which of ours is in its chain. A run may end with ops that wait here: the last one's signature
   * vouches for those before it. `end` says that nothing further was here when asked.
   */
  runsAfter(
    have: readonly Head[],
    position: number,
    bounds: { readonly ops: number; readonly bytes: number },
  ): { readonly runs: readonly Run[]; readonly position: number; readonly end: boolean }
  /** Does a holder of `have` lack ops that were dropped here? Then nothing can be sent to it that it could take. */
  isBeneath(have: readonly Head[]): boolean
  /** The run that begins with the op which names the last snapshot that is here; null: there is none. */
  snapshotRun(): Run | null
  /** Checks a run wholly, then commits it in one transaction. Synchronous; a full run takes a few ms. */
  receive(run: Run, from: ActorId): Received
  /** Remembers durably that `peer` has committed up to `heads`. */
  acknowledged(peer: ActorId, heads: readonly Head[], areAll?: boolean): void
  /** The newest cursor signed by the authority that this replica holds, to be relayed; null when none. */
  authorityCursor(): Bytes | null
  /** Takes a relayed cursor of the authority; false when it is not one, true when taken or already superseded. */
  receiveAuthorityCursor(bytes: Bytes): boolean
  /** May this TLS key hash (SHA-256 of its SPKI) speak for this actor now? `cut` gives the reason to tell it. */
  admits(
    actor: ActorId,
    tlsKeyHash: Bytes,
  ): { readonly ok: true } | { readonly ok: false; readonly cut: string | null }
}
