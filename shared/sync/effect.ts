/** What a session asks of its driver. */
import type { Bytes } from '../base/bytes.ts'
import type { Run } from '../op/run.ts'
import type { CloseReason } from './close.ts'
import type { Told } from './told.ts'

export type Effect =
  /** `bulk`: the driver calls `passedOn` once the transport has passed it on; until then no more of it follows. */
  | { readonly kind: 'send'; readonly bytes: Bytes; readonly bulk?: true }
  /** End the transport once what was sent has gone. `by` says who ended it. */
  | {
      readonly kind: 'close'
      readonly by: 'us' | 'peer'
      readonly reason: CloseReason
      readonly detail: string
    }
  /** The peer heard the authority `age` ms ago, directly or through others. */
  | { readonly kind: 'authority-heard'; readonly age: number }
  /** The peer says where members may be reached. */
  | { readonly kind: 'told'; readonly told: readonly Told[] }
  /** The peer has dropped what this device lacks: it can begin from the snapshot that this run names, if there is one. */
  | { readonly kind: 'start'; readonly run: Run | null }
  /** Something new that the authority signed has come: what peers say of when it was heard is borne out. */
  | { readonly kind: 'authority-signed' }
