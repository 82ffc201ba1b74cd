/**
 * What the node gives its network and asks of it. The network owns sockets, discovery, pairing and links;
 * it decides nothing about the log, which it reaches through `SyncStore` alone.
 */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { TallydeskError } from '../../shared/api/errors.ts'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { Result } from '../../shared/base/result.ts'
import type { ActorId, SiteId } from '../../shared/model/ids.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Role } from '../../shared/model/roles.ts'
import type { Admission, AuthorityReach, Member } from '../../shared/replica/contract.ts'
import type { Clock } from '../../shared/replica/ports.ts'
import type { BlobExchange } from '../../shared/sync/blobs/exchange.ts'
import type { SyncStore } from '../../shared/sync/store.ts'

/** A device's TLS key and its self-signed certificate. */
export type TlsIdentity = {
  /** PKCS #8 PEM; to be kept with mode 0600. */
  readonly keyPem: string
  readonly certPem: string
  /** SHA-256 of the certificate's SPKI, 32 bytes: `tlsKeyHash` of the device's admission. */
  readonly keyHash: Bytes
}

/** Whom a device that has just joined trusts before its first sync: the device that invited it. */
export type Pin = { readonly actor: ActorId; readonly keyHash: Bytes }

/** Addresses (`host:port`) at which members were reached; kept over restarts, newest last. */
interface AddressBook {
  /** `worked`: the wall time at which the member was last met there. */
  list(): readonly { readonly actor: ActorId; readonly address: string; readonly worked: number }[]
  remember(actor: ActorId, address: string, worked: number): void
}

/** The part of a pino logger that is used here. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export type NetworkOptions = {
  readonly store: SyncStore
  /** What the bytes of attachments travel by; none do without it. */
  readonly exchange?: BlobExchange
  /** Everybody ever admitted, as this device's log knows it, this device included. */
  readonly members: () => readonly Member[]
  readonly identity: TlsIdentity
  readonly listen: { readonly host: string; readonly port: number }
  /** `interfaces` names those to use, by name or IPv4 address; without it every usable one. Null: no mDNS. */
  readonly mdns: { readonly interfaces?: readonly string[] } | null
  /** Typed addresses, `host:port`. */
  readonly peers: readonly string[]
  /** The address of headquarters, `host:port`; links to it count as WAN. */
  readonly hq: string | null
  readonly addressBook: AddressBook
  readonly bootstrapPin: Pin | null
  /** Commits an admission. */
  readonly admit: (admission: Admission) => Result<unknown, TallydeskError>
  /** May this device admit anybody now? Where not, no code works here and strangers are sent away unread. */
  readonly mayAdmit: () => boolean
  /** A member sends this device away since it was cut, and why. */
  readonly onCut: (by: ActorId, reason: string) => void
  /** A peer has dropped what this device lacks: the run names a snapshot to begin from; null: it has none. */
  readonly onStart: (peer: ActorId, run: Run | null) => void
  /** Wall time at which the authority was last heard before this start; null: never. */
  readonly authorityHeard: number | null
  readonly clock: Clock
  /** Uniform in [0, 1): jitter only. */
  readonly random: () => number
  readonly log: Log
  /** Tests shorten these. */
  readonly timing?: Partial<Timing>
}

/** Milliseconds. */
export type Timing = {
  /** How often sessions and dials look at the time. */
  readonly tick: number
  readonly handshake: number
  readonly backoffLeast: number
  /** For typed addresses and headquarters; others wait up to `backoffMostOther`. */
  readonly backoffMost: number
  readonly backoffMostOther: number
}

/** How a peer stands, without its name and role, which the log knows. */
export type PeerLink = {
  readonly actor: ActorId
  readonly link: 'up' | 'connecting' | 'down' | 'off'
  readonly via: 'lan' | 'wan' | null
  /** Wall time. */
  readonly last_heard: number | null
  readonly lag: number | null
  readonly address: string | null
  /** Where no link is up: the linked peer through which the member was heard last, and when; only a moment ago. */
  readonly through: { readonly actor: ActorId; readonly heard: number } | null
  /** Why the last call to it led to no link (a stable code); null where none was made, or one did. */
  readonly why: string | null
}

/** An address that was found or typed and led to no member, and why (a stable code). */
export type Seen = { readonly address: string; readonly why: string }

/** The keys of the query `status` that the network knows. */
export type NetworkStatus = Pick<QueryAnswer<'status'>, 'wan' | 'lan' | 'peers' | 'unknown_since'>

export type InviteRow = QueryAnswer<'invites'>['invites'][number]

export interface Invites {
  /** A one-time code that names this node's addresses; ten minutes, one use, five wrong tries. */
  create(invite: { readonly role: Role; readonly name: string; readonly person?: string | undefined }): {
    readonly invite: string
    readonly code: string
    /** Wall time. */
    readonly expires: number
  }
  revoke(invite: string): boolean
  list(): readonly InviteRow[]
}

export interface Network {
  /** Listens, dials and announces. Throws `TallydeskError('address-in-use')`. */
  start(): Promise<{ readonly listen: string }>
  /** Says goodbye, closes every link and the listener. */
  stop(): Promise<void>
  /** To be called after every commit, local or received: pushes what is new to all sessions. Cheap. */
  committed(): void
  /** How many addresses are known at which somebody may be. */
  addresses(): number
  peers(): readonly PeerLink[]
  seen(): readonly Seen[]
  /** How many other tablets this tablet is linked with, of how many at most; null for who links everyone. */
  tablets(): { readonly linked: number; readonly most: number } | null
  status(): NetworkStatus
  /** The way to the authority, for requests that wait; `why: null` where it was heard just now, also through others. */
  reach(): AuthorityReach
  /** Wall time at which the authority was last heard, directly or through others. */
  authorityHeard(): number | null
  /** The last own op of which nobody can be asked now whether it arrived; null while somebody is heard. */
  unknownThrough(): number | null
  /** Closes the real links of this class and refuses new ones, or allows them again. `lan` closes the listener too. */
  setLan(on: boolean): void
  setWan(on: boolean): void
  readonly switches: { readonly lan: boolean; readonly wan: boolean }
  /** Adds a typed address and dials at once; false for what is no `host:port`. */
  dial(address: string): boolean
  /** Told after anything that `peers`, `seen`, `status`, `reach` or `invites` show has changed. */
  onChange(listener: () => void): () => void
  readonly invites: Invites
}

/** What a device learns when its pairing code is accepted. */
export type Paired = {
  readonly site: SiteId
  readonly role: Role
  /** The inviting device: to be kept as `bootstrapPin`, its address in the address book. */
  readonly pin: Pin
  readonly address: string
}
