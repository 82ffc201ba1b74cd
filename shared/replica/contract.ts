/** What the node sees of the replica. One instance owns one database; every call is synchronous. */
import type { Bytes } from '../base/bytes.ts'
import type { Result } from '../base/result.ts'
import type { CommandInput, CommandResult, ImportReport, OpResult, SiteCommandName } from '../api/commands.ts'
import type { TallydeskError } from '../api/errors.ts'
import type { QueryAnswer, QueryInput } from '../api/queries.ts'
import type { ActorId, OpId, SiteId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import type { Attachment } from '../intent/attaching.ts'
import type { Head, Run } from '../op/run.ts'
import type { SyncStore } from '../sync/store.ts'
import type { Basis } from './basis.ts'
import type { Diagnosis } from './doctor.ts'
import type { Files } from './files.ts'
import type { Signer } from './ports.ts'

/** What the node knows of the way to the authority; the replica puts it into `waits_for`. */
export type AuthorityReach = {
  readonly why: 'wan-out' | 'no-route' | 'never-heard' | null
  readonly since: number | null
}

export type Member = {
  readonly actor: ActorId
  readonly name: string
  readonly role: Role
  readonly person: string
  readonly opKey: Bytes
  /** SHA-256 of the SPKI of the device's TLS key. */
  readonly tlsKeyHash: Bytes
  /** The reason of the cut; null for a member in good standing. */
  readonly cut: string | null
}

export type Admission = {
  readonly opKey: Bytes
  readonly tlsKeyHash: Bytes
  readonly name: string
  /** Whose device it is; several devices of one person count as one. */
  readonly person: string
  readonly role: Role
}

/** A file that holds the state at a checkpoint: its SHA-256 in hex, and bytes. */
export type NamedSnapshot = { readonly file: string; readonly size: number }

/** Told after each commit, never before. */
export type Committed = {
  readonly records: ReadonlySet<string>
  /** This device wrote it. */
  readonly own: boolean
  /** Members, requests or decisions changed. */
  readonly control: boolean
}

/** One row of an import, already read from its file; `line` counts from 1. */
export type ImportRow = {
  readonly line: number
  readonly key: string
  readonly title: string
  readonly tags: readonly string[]
  readonly zone?: string
  readonly assignee?: string
  readonly priority?: 'low' | 'normal' | 'high' | 'urgent'
  readonly text: string
}

/** The part of `status` that the log alone decides. */
export type ReplicaStatus = Pick<
  QueryAnswer<'status'>,
  | 'site'
  | 'site_name'
  | 'actor'
  | 'name'
  | 'role'
  | 'cursor'
  | 'state_hash'
  | 'outbox'
  | 'authority_heard'
  | 'rules'
  | 'authority'
  | 'conflicts'
  | 'review'
  | 'waiting'
  | 'log'
  | 'checkpoint'
>

export type ReplicaQueryName =
  | 'board'
  | 'record'
  | 'text'
  | 'conflicts'
  | 'review'
  | 'requests'
  | 'rights'
  | 'stock'
  | 'parcels'
  | 'policies'
  | 'members'
  | 'outbox'
  | 'feed'
  | 'search'
  | 'op'

export interface Replica extends SyncStore {
  readonly site: SiteId
  readonly actor: ActorId
  /**
   * Where history was dropped: the earliest checkpoint from which on every op is here. Null: nothing was dropped; `none`:
   * no checkpoint in force knows all that was.
   */
  basis(): Basis | 'none' | null
  /** Until what it answers is called, nothing more is dropped: for who reads all that is here, piece by piece. */
  holdHistory(): () => void
  /** Is the op here, and signed by its author: by itself, or by one that follows it in its chain? */
  isVouchedFor(op: OpId): boolean
  /** What waits for its causes, as runs that their signatures vouch for, in the order in which it came. */
  waitingRuns(): Iterable<Run>
  /** Validates, builds and signs one op, commits it; the answer means durable. `input` has passed its schema. */
  execute<C extends SiteCommandName>(
    command: C,
    input: CommandInput<C>,
  ): Result<CommandResult<C>, TallydeskError>
  query<Q extends ReplicaQueryName>(
    query: Q,
    input: QueryInput<Q>,
    reach: AuthorityReach,
  ): Result<QueryAnswer<Q>, TallydeskError>
  status(): ReplicaStatus
  /** Allots a Yjs client id for an editor of this note; durable, so that no two sessions share one. */
  openText(record: string, note: string): Result<{ readonly client: number }, TallydeskError>
  /** Commits rows in slices; the same (source, key) is one record whoever imports it. */
  importRows(source: string, rows: readonly ImportRow[]): Result<ImportReport, TallydeskError>
  /** Admits a device: the authority any, a supervisor's desk technicians, as far as it may enrol. */
  admit(admission: Admission): Result<OpResult, TallydeskError>
  /** The files that attachments name, and who holds them; to be asked anew each time. */
  readonly files: Files
  /** Keeps durably what a peer said of files: which it holds, and which are gone. */
  filesHeard(peer: ActorId, held: readonly string[], gone: readonly string[]): void
  /** May this device admit somebody in this role now? */
  mayAdmit(role: Role): boolean
  members(): readonly Member[]
  member(actor: ActorId): Member | null
  /**
   * Where another branch of this device's own chain leaves what it wrote, and that branch's first op: the device was
   * restored or cloned, and must not write any more. Null: there is none here.
   */
  ownFork(): { readonly seq: number; readonly hash: Bytes } | null
  /** The seq of the last own op, and its name; 0 and null before the first. */
  ownSeq(): number
  ownHead(): Head | null
  /** The last own op that another member is known to hold. */
  heldElsewhere(): Head | null
  /** The bytes of the own ops behind that, oldest first. */
  unsent(): readonly Bytes[]
  /** Hands in the content of a parcel for review. Errors: `bad-parcel`, `parcel-known`. */
  handIn(content: Bytes): Result<CommandResult<'parcel.import'>, TallydeskError>
  /** What an attachment in sight calls the bytes of this SHA-256; null where none names them. */
  fileNamed(sha256: string): string | null
  /** A file whose bytes this device keeps becomes an attachment of a record. */
  attach(record: string, attachment: Attachment): Result<CommandResult<'attachment.add'>, TallydeskError>
  /**
   * With the site's recovery key: this device becomes the authority. Errors: `bad-recovery-key`,
   * `already-authority`, `not-permitted` where it is no supervisor's.
   */
  recover(key: Signer): Result<CommandResult<'site.recover'>, TallydeskError>
  /** Is this device admitted, as far as its own log knows? False right after joining, before the first sync. */
  admitted(): boolean
  /**
   * Authority only: answers waiting requests by policy, at most `max`; how many were decided. With `closings` false
   * closing and reopening are left to a person.
   */
  decideWaiting(max: number, closings?: boolean): number
  /** Asks for job numbers when the block is low, and numbers own jobs that have none; true when it wrote something. */
  replenish(): boolean
  /** Authority only: revokes an attachment that the retention policy does not let stay; true when it wrote something. */
  retain(): boolean
  /** Authority only: cuts a device that signed two different ops under one number; true when it wrote something. */
  cutForked(): boolean
  /** Authority only: the checkpoint of which a snapshot should be made now; null: none. */
  snapshotDue(): OpId | null
  /** Authority only: the snapshot of its own checkpoint is made and kept; true when it was told to the site. */
  snapshotMade(checkpoint: OpId, file: string, size: number): boolean
  /** The snapshot from which a newcomer begins now; null: there is none. */
  snapshot(): NamedSnapshot | null
  /** Files of snapshots before it, which nobody needs any more. */
  formerSnapshots(): readonly string[]
  /** Authority only: publishes a checkpoint once enough is new, or old enough; true when it wrote something. */
  publishDue(): boolean
  /**
   * Is every record judged and folded by what is known now? After a cut, a fork or a change of rights `work` does the
   * rest piece by piece; whoever reads before it is done waits for all of it, or, on a disk that takes nothing, reads
   * what was known before.
   */
  isSettled(): boolean
  /** Work put off to idle time (judging anew, hashing, the search index), a piece; true while more is left. */
  work(): boolean
  /** Checks all chains and rebuilds folds and views beside the live ones; changes nothing. Takes as long as the log is. */
  diagnose(): Diagnosis
  /** Judges and folds everything anew from the log, for the doctor; the log itself must be whole. */
  rebuild(): void
  onCommit(listener: (committed: Committed) => void): () => void
}
