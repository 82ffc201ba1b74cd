/** How far a session is: each state with exactly what exists in it. */
import type { Bytes } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'
import type { Head } from '../op/run.ts'

/** What a hello said of this replica, kept until the peer's own hello can be compared with it. */
export type Snapshot = { readonly digest: Bytes; readonly heads: readonly Head[]; readonly end: number }

export type State =
  | { readonly at: 'new' }
  | { readonly at: 'greeting'; readonly snapshot: Snapshot }
  /** While the peer's vector is still to come, nothing is streamed. */
  | { readonly at: 'syncing'; readonly peer: ActorId; readonly awaitsVector: boolean }
  | { readonly at: 'closed'; readonly peer: ActorId | null }
