/** What an op can say. An effect is one change to one field of one record, or one act of control. */
import type { Bytes } from '../base/bytes.ts'
import type { KindName } from '../model/kinds.ts'
import type { ActorId, ChildId, DotRef, OpRef, RecordId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import type { Action } from './codes.ts'

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
      readonly hash: Bytes
      readonly reason: string
    }
  | { readonly type: 'request'; readonly action: Action; readonly record: RecordId }
  | { readonly type: 'withdraw'; readonly request: OpRef }
  | {
      readonly type: 'decide'
      readonly request: OpRef
      readonly accept: boolean
      /** Year and count of `A-2026-0042`, for an accepted closing. */
      readonly number: { readonly year: number; readonly count: number } | null
      /** A code of the reason table, or the authority's own words. */
      readonly reason: string | null
    }

/** From a newer version: kept and forwarded byte for byte, judged held. */
export type UnknownEffect = { readonly type: 'unknown'; readonly code: number }

export type Effect = DataEffect | ControlEffect | UnknownEffect
