/** What the answers of queries are made of: rows, items and reasons, as the screen and the command line show them. */

export const STAGES = ['todo', 'doing', 'waiting', 'closed'] as const
/** Derived for the board: open and untouched, open with a tick, open with a waiting closing, closed. */
export type Stage = (typeof STAGES)[number]

export const RECORD_KINDS = ['job', 'case', 'incident', 'stock'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

export type Value = string | number | null

/** One concurrent value of a register and who set it. */
export type FieldValue = {
  readonly dot: string
  readonly value: Value
  readonly author: string
  readonly name: string
  readonly wall: number
}

export type Judgement = 'accepted' | 'late' | 'rejected' | 'held'

/** Where one's own or another's edit is known to be. `authority`: a cursor that the authority signed contains it. */
export type Whereabouts =
  | { readonly at: 'device' }
  | { readonly at: 'shared'; readonly devices: number }
  | { readonly at: 'authority' }
  /** Written before the last device was lost from hearing, and not acknowledged: it may have arrived or not. */
  | { readonly at: 'unknown'; readonly since: number }

export type BoardRow = {
  readonly record: string
  readonly kind: RecordKind
  readonly number: string | null
  readonly reference: string | null
  readonly title: string
  readonly status: 'open' | 'closed'
  readonly stage: Stage
  readonly audit_number: string | null
  readonly zone: string | null
  readonly assignee: string | null
  readonly priority: string | null
  readonly due: string | null
  readonly label: string | null
  readonly tags: readonly string[]
  readonly progress: { readonly done: number; readonly total: number }
  readonly notes: number
  /** Attachments of any kind. */
  readonly photos: number
  /** Fields in conflict, ops in review, and own ops not yet shared that touch this record. */
  readonly conflicts: number
  readonly review: number
  readonly unsent: number
  /** Wall time of the last edit, as its author's clock had it. */
  readonly updated: number
}

export type Facet = { readonly value: string; readonly count: number }

/** `changes` says in the field's own terms what an op does; the screen makes sentences of them. */
export type Change =
  | { readonly what: 'created'; readonly kind: string; readonly imported: string | null }
  | {
      readonly what: 'set'
      readonly field: string
      readonly child: string | null
      readonly value: Value
      readonly settles: number
    }
  | { readonly what: 'added' | 'removed'; readonly field: string; readonly key: string }
  | { readonly what: 'child-added' | 'child-removed'; readonly field: string; readonly child: string }
  | { readonly what: 'ticked' | 'unticked'; readonly child: string; readonly text: string }
  | { readonly what: 'text'; readonly child: string; readonly excerpt: string }
  | { readonly what: 'counted'; readonly field: string; readonly amount: number }
  | { readonly what: 'requested'; readonly action: RequestAction; readonly detail: RequestDetail }
  | { readonly what: 'withdrew'; readonly request: string }
  | {
      readonly what: 'decided'
      readonly request: string
      readonly action: RequestAction
      readonly accept: boolean
      readonly audit_number: string | null
      readonly reason: string | null
    }
  | { readonly what: 'admitted'; readonly name: string; readonly role: string }
  | { readonly what: 'role-set'; readonly name: string; readonly role: string }
  | { readonly what: 'cut'; readonly name: string; readonly reason: string }
  | { readonly what: 'founded'; readonly name: string }
  /** Of a right: given by the authority, passed on, used (for a record's number, `number`), taken back. */
  | {
      readonly what: 'given' | 'passed'
      readonly right: RightName
      readonly amount: number
      readonly ranges: readonly (readonly [number, number])[]
      readonly name: string
    }
  | {
      readonly what: 'spent'
      readonly right: RightName
      readonly amount: number
      readonly number: string | null
      /** The title of the record that it was drawn for; null where none was named. */
      readonly purpose: string | null
    }
  | { readonly what: 'reclaimed'; readonly right: RightName; readonly name: string }
  | { readonly what: 'signed-off' }
  | { readonly what: 'handed-over'; readonly name: string }
  | { readonly what: 'policy-set' }
  /** All that its author held, so many ops, is final. */
  | { readonly what: 'checkpoint'; readonly ops: number }
  /** The state at a checkpoint was written down, in so many bytes. */
  | { readonly what: 'snapshot'; readonly size: number }
  | { readonly what: 'rules-raised'; readonly version: number }
  /** `author`: whose op it was. */
  | { readonly what: 'adopted'; readonly op: string; readonly author: string }
  | { readonly what: 'dismissed'; readonly op: string; readonly author: string; readonly reason: string }
  | { readonly what: 'revoked'; readonly dot: string; readonly field: string; readonly reason: string }
  /** What was said here was taken out of every view: a value, the making of a child, or something about such a child. */
  | { readonly what: 'withdrawn'; readonly of: 'value' | 'child' | 'part'; readonly field: string }
  | { readonly what: 'parcel-handed-in'; readonly parcel: string }
  | { readonly what: 'parcel-taken' | 'parcel-dismissed'; readonly parcel: string; readonly items: number }
  | { readonly what: 'unknown'; readonly code: number }

export type FeedRow = {
  readonly op: string
  readonly author: string
  readonly name: string
  readonly wall: number
  readonly lamport: number
  /** The author's clock disagrees with the causal order: it says earlier than something the author had seen. */
  readonly clock_suspect: boolean
  readonly judgement: Judgement
  readonly reason: Reason | null
  readonly record: string | null
  readonly title: string | null
  readonly changes: readonly Change[]
  readonly where: Whereabouts
  /** Under a checkpoint: how it is judged stays so. */
  readonly final: boolean
  /** What of it this device may take out of every view. */
  readonly withdrawable: readonly Withdrawable[]
}

/** A value by its dot, or a child by that of its making; `changes` says what goes with it. */
export type Withdrawable = { readonly dot: string; readonly changes: readonly Change[] }

/** A reason with a stable code; the words stand in the catalogue of the screen. */
export type Reason = {
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
  readonly text: string
}

export type RequestAction = 'close' | 'reopen' | 'numbers' | 'stock' | 'role' | 'cut' | 'check'

/** What a request asks for besides its record; only the keys of its action stand. */
export type RequestDetail = {
  readonly right?: RightName
  readonly amount?: number
  readonly actor?: string
  readonly name?: string
  readonly role?: string
  readonly reason?: string
  readonly attachment?: string
}

/** A right by its name, and for a person: of what it is, and the item or the zone. */
export type RightName = {
  readonly right: string
  readonly of: 'job-number' | 'audit-number' | 'enrol' | 'stock' | 'decide' | 'unknown'
  /** The stock item's name, or the zone. */
  readonly about: string | null
}

export type RequestState = 'waiting' | 'accepted' | 'rejected' | 'withdrawn'

export type RequestRow = {
  readonly request: string
  readonly action: RequestAction
  /** What it is about; null where it is about no record. `title` is then empty. */
  readonly record: string | null
  readonly kind: RecordKind | null
  readonly detail: RequestDetail
  /** Sign-offs that stand, by name, for the closing of an incident. */
  readonly signed: readonly string[]
  /** May this device decide it now: the authority, or the holder of the zone's token. */
  readonly mine: boolean
  readonly title: string
  readonly reference: string | null
  readonly number: string | null
  /** Who asked. */
  readonly by: string
  readonly name: string
  readonly state: RequestState
  /** Only while waiting: for whom and why. */
  readonly waits_for: {
    readonly actor: string
    readonly name: string
    readonly why: 'wan-out' | 'no-route' | 'never-heard' | 'queued' | 'manual' | 'not-sent'
    /** Since when the link is out; null where it never was up. */
    readonly since: number | null
    readonly ahead: number
  } | null
  readonly since: number
  readonly decided: number | null
  /** Who gave the answer; null while it waits, and where it was withdrawn. */
  readonly decided_by: { readonly actor: string; readonly name: string } | null
  readonly reason: Reason | null
  readonly audit_number: string | null
}

export type TaskView = {
  readonly task: string
  readonly text: string
  readonly values: readonly FieldValue[]
  readonly done: boolean
  /** Names of who ticked it. */
  readonly by: readonly string[]
}

export type AttachmentRow = {
  readonly attachment: string
  /** Of its making, by which all of it can be revoked. */
  readonly dot: string
  readonly name: string
  /** Of its bytes, by which they are kept and asked for. */
  readonly sha256: string
  readonly size: number
  readonly mime: string
  /** By whom and when, as that device's clock had it. */
  readonly added: { readonly author: string; readonly name: string; readonly wall: number }
  /** A small picture, base64; null where none was made. */
  readonly thumbnail: string | null
  /** Devices that durably hold the bytes, as far as this one knows; this device first, where it does. */
  readonly where: readonly string[]
  /** The bytes are on their way, and so many are here; null where they are here, or not under way. */
  readonly coming: { readonly done: number } | null
  /** The other devices of `where`. `last_heard` null: not since this start. */
  readonly holders: readonly {
    readonly actor: string
    readonly name: string
    readonly last_heard: number | null
  }[]
}

export type PeerRow = {
  readonly actor: string
  readonly name: string
  readonly role: string
  readonly link: 'up' | 'connecting' | 'down' | 'off'
  /** How the link runs: over the WAN to headquarters, or on the local network. */
  readonly via: 'lan' | 'wan' | null
  readonly last_heard: number | null
  /** Ops that we hold and the peer, as last heard, did not acknowledge; null when unknown. */
  readonly lag: number | null
  readonly address: string | null
  /** Where no link is up: the linked device through which it was heard a moment ago, and when. */
  readonly through: { readonly actor: string; readonly name: string; readonly heard: number } | null
  /** Where no link is up: why not, as a stable code (`enough`: a tablet that has links enough); null when unknown. */
  readonly why: string | null
}

export type ReviewItem = {
  readonly op: string
  /** May it be adopted by this device now; if not, `obstacle` says why. */
  readonly adoptable: boolean
  readonly obstacle: Reason | null
  /** What became of it: open while nobody adopted or dismissed it. */
  readonly state: 'open' | 'adopted' | 'dismissed'
  readonly settled: { readonly name: string; readonly wall: number; readonly reason: string | null } | null
  readonly own: boolean
  readonly author: string
  readonly name: string
  readonly wall: number
  readonly judgement: 'late' | 'rejected'
  readonly reason: Reason
  readonly effects: readonly Change[]
  readonly record: string | null
  readonly title: string | null
}

/** What one device holds of one right. */
export type RightRow = RightName & {
  readonly holder: string
  readonly name: string
  readonly kind: 'range' | 'quantity' | 'token'
  readonly left: number
  /** Numbers by their count, from and to included; `years` goes with them (0: none). */
  readonly ranges: readonly (readonly [number, number])[]
  readonly years: readonly number[]
  /** What was used of it by this device so far. */
  readonly used: number
  readonly self: boolean
}

export type StockRow = {
  readonly record: string
  readonly name: string
  readonly location: string | null
  readonly unit: string | null
  /** Counted in, less drawn; it lies with its holders, the authority among them. */
  readonly on_hand: number
  readonly drawn: number
  readonly held: readonly { readonly actor: string; readonly name: string; readonly amount: number }[]
}

/** One op of a parcel, which can be taken over by itself. */
export type ParcelItem = {
  readonly item: number
  readonly effects: readonly Change[]
  readonly title: string | null
  readonly state: 'open' | 'taken' | 'dismissed'
  /** Why it cannot be taken over. */
  readonly obstacle: Reason | null
}

export type ParcelRow = {
  readonly parcel: string
  /** Whose work it is, and why it comes as a parcel. */
  readonly author: string
  readonly name: string
  readonly cause: 'cut' | 'restored' | 'cloned' | 'forked'
  readonly handed_in_by: string
  readonly wall: number
  /** Parts of it are still on the way. */
  readonly complete: boolean
  readonly items: readonly ParcelItem[]
}
