/** What an op can say. An effect is one change to one field of one record, or one act of control. */
import type { Bytes } from '../base/bytes.ts'
import type { KindName } from '../model/kinds.ts'
import type { ActorId, ChildId, DotRef, OpRef, ParcelId, RecordId } from '../model/ids.ts'
import type { Numbered, Share } from '../model/rights.ts'
import type { Role } from '../model/roles.ts'

/** What a register or a draft may hold. */
export type Scalar = string | number | null

/**
 * Where a value lives: a field of a record, or a field of one of its children. Codes, not names, since
 * they are what is signed. `child` and `sub` come together.
 */
export type Address = {
  readonly record: RecordId
  readonly field: number
  readonly child: ChildId | null
  /** The child's field; 0 for a field of the record itself. */
  readonly sub: number
}

/** Per actor, the highest seq seen in a child: a removal covers every dot of it up to there. */
export type Seen = readonly OpRef[]

export type DataEffect =
  | { readonly type: 'create'; readonly kind: KindName }
  | { readonly type: 'import'; readonly kind: KindName; readonly source: string; readonly key: string }
  | {
      readonly type: 'assign'
      readonly at: Address
      readonly value: Scalar
      readonly over: readonly DotRef[]
    }
  | { readonly type: 'draft'; readonly at: Address; readonly value: Scalar }
  | { readonly type: 'insert'; readonly at: Address; readonly key: string }
  | { readonly type: 'remove'; readonly at: Address; readonly dots: readonly DotRef[] }
  | { readonly type: 'child'; readonly record: RecordId; readonly field: number }
  | {
      readonly type: 'drop'
      readonly record: RecordId
      readonly field: number
      readonly child: ChildId
      readonly seen: Seen
    }
  /** Declares an editing session: its Yjs client id is derived from (actor, text, n). */
  | { readonly type: 'session'; readonly at: Address; readonly n: number }
  | { readonly type: 'text'; readonly at: Address; readonly n: number; readonly update: Bytes }
  | { readonly type: 'count'; readonly at: Address; readonly amount: number }

export type Genesis = {
  readonly type: 'genesis'
  readonly siteName: string
  readonly opKey: Bytes
  readonly tlsKeyHash: Bytes
  readonly name: string
  readonly person: string
  /** The public half of the recovery key, whose other half is kept offline. */
  readonly recoveryKey: Bytes
}

/** A question to the authority. */
export type Ask =
  | { readonly action: 'close' | 'reopen'; readonly record: RecordId }
  /** So many of a range, a number of enrolments, or a token (amount 1). */
  | { readonly action: 'numbers'; readonly right: string; readonly amount: number }
  | { readonly action: 'stock'; readonly record: RecordId; readonly amount: number }
  | { readonly action: 'role'; readonly actor: ActorId; readonly role: Role }
  | { readonly action: 'cut'; readonly actor: ActorId; readonly reason: string }
  /** Is this attachment allowed to stay? */
  | { readonly action: 'check'; readonly record: RecordId; readonly child: ChildId }

export type Request = { readonly type: 'request' } & Ask

/** What attachments may stay; null: no bound. */
export type Retention = {
  readonly maxBytes: number | null
  /** Allowed mime types, `image/*` for a family of them. */
  readonly types: readonly string[] | null
  readonly maxDays: number | null
}

/** Acts of control, judged before all data: who is what, what was asked, decided and given out. */
export type ControlEffect =
  | Genesis
  | {
      readonly type: 'admit'
      readonly opKey: Bytes
      readonly tlsKeyHash: Bytes
      readonly name: string
      readonly person: string
      readonly role: Role
    }
  | { readonly type: 'setRole'; readonly actor: ActorId; readonly role: Role; readonly through: number }
  | {
      readonly type: 'cut'
      readonly actor: ActorId
      readonly through: number
      /** Of the op at `through`, empty where `through` is 0: it names the branch that stands. */
      readonly hash: Bytes
      readonly reason: string
    }
  | Request
  | { readonly type: 'withdraw'; readonly request: OpRef }
  | {
      readonly type: 'decide'
      readonly request: OpRef
      readonly accept: boolean
      /** Of an accepted closing. */
      readonly number: Numbered | null
      /** A code of the reason table, or the decider's own words. */
      readonly reason: string | null
    }
  | { readonly type: 'mint'; readonly right: string; readonly to: ActorId; readonly share: Share }
  | { readonly type: 'transfer'; readonly right: string; readonly to: ActorId; readonly share: Share }
  /** On a record: its number, or the work that stock was drawn for. */
  | {
      readonly type: 'spend'
      readonly right: string
      readonly share: Share
      readonly record: RecordId | null
    }
  /** Takes exactly the balance that the actor had at `through`. */
  | { readonly type: 'reclaim'; readonly right: string; readonly actor: ActorId; readonly through: number }
  | { readonly type: 'sign'; readonly record: RecordId }
  /** Of the authority's role, to a member; by the authority or by the recovery key, which prevails. */
  | {
      readonly type: 'handover'
      readonly actor: ActorId
      /** The last op of the authority before it that stands, and its hash. */
      readonly through: number
      readonly hash: Bytes
    }
  | { readonly type: 'policy'; readonly retention: Retention }
  /** By the authority, of all that the op knows, itself excepted: how many ops that is, and the state that they give. */
  | { readonly type: 'checkpoint'; readonly ops: number; readonly stateHash: Bytes }
  /** By the authority, of its own checkpoint at this seq: the file (its SHA-256, and bytes) that holds the state there. */
  | { readonly type: 'snapshot'; readonly checkpoint: number; readonly file: Bytes; readonly size: number }
  /** From this op on the site is judged by this version of the rules. */
  | { readonly type: 'ruleVersion'; readonly version: number }

/** Acts of review: they change what counts, and say nothing of their own. Judged after the data that they name. */
export type ReviewEffect =
  | { readonly type: 'adopt'; readonly op: OpRef; readonly hash: Bytes }
  | { readonly type: 'dismiss'; readonly op: OpRef; readonly hash: Bytes; readonly reason: string }
  /** A value that was accepted before is taken out of every view, with its reason. */
  | { readonly type: 'revoke'; readonly dot: DotRef; readonly reason: string }
  /** Content handed in: data, not ops of its author. Sent in parts, which are joined by their index from 0. */
  | {
      readonly type: 'parcel'
      readonly of: 'part'
      readonly parcel: ParcelId
      readonly index: number
      readonly count: number
      readonly bytes: Bytes
    }
  /** Items of a parcel, by their index from 0, taken over (reason null) or dismissed. */
  | {
      readonly type: 'parcel'
      readonly of: 'settled'
      readonly parcel: ParcelId
      readonly items: readonly number[]
      readonly reason: string | null
    }

/**
 * From a newer version: kept and forwarded byte for byte, judged held. `misfit`: the code is known here and what stands
 * behind it is nothing that this code can say, which the versions before it could not tell.
 */
export type UnknownEffect = { readonly type: 'unknown'; readonly code: number; readonly misfit?: true }

export type Effect = DataEffect | ControlEffect | ReviewEffect | UnknownEffect
/** What this version can write. */
export type KnownEffect = Exclude<Effect, UnknownEffect>
