/**
 * What the screen, the command line and the tests can read. Every query has a schema for its input and
 * a type for its answer; a watched query answers again whenever its answer may have changed.
 * Times are wall times in ms since 1970 and for display only. `null` means unknown or none, never "no time given".
 */
import * as v from 'valibot'

const id32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'))
const opId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:[1-9][0-9]*$/, 'must be an op id, actor:seq'))
const text = v.pipe(v.string(), v.maxLength(500))
const limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)))

export const STAGES = ['todo', 'doing', 'waiting', 'closed'] as const
/** Derived for the board: open and untouched, open with a tick, open with a waiting closing, closed. */
export type Stage = (typeof STAGES)[number]

export const RECORD_KINDS = ['job', 'case', 'incident', 'stock'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

export const QUERIES = {
  board: v.strictObject({
    kind: v.optional(v.picklist(RECORD_KINDS)),
    status: v.optional(v.picklist(['open', 'closed'])),
    stage: v.optional(v.picklist(STAGES)),
    zone: v.optional(text),
    assignee: v.optional(text),
    tag: v.optional(text),
    text: v.optional(text),
    limit,
    after: v.optional(v.string()),
  }),
  record: v.strictObject({ record: id32 }),
  /** A note's text as a Yjs update (base64url), whole or beyond the state vector `since`. */
  text: v.strictObject({ record: id32, note: id32, since: v.optional(v.string()) }),
  conflicts: v.strictObject({}),
  review: v.strictObject({}),
  requests: v.strictObject({}),
  rights: v.strictObject({}),
  stock: v.strictObject({}),
  parcels: v.strictObject({}),
  policies: v.strictObject({}),
  members: v.strictObject({}),
  invites: v.strictObject({}),
  peers: v.strictObject({}),
  outbox: v.strictObject({}),
  feed: v.strictObject({ record: v.optional(id32), after: v.optional(v.string()), limit }),
  search: v.strictObject({ text, limit }),
  op: v.strictObject({ op: opId }),
  status: v.strictObject({}),
  node: v.strictObject({}),
  preferences: v.strictObject({}),
} as const

export type QueryName = keyof typeof QUERIES
export type QueryInput<Q extends QueryName> = v.InferOutput<(typeof QUERIES)[Q]>

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
    }
  | { readonly what: 'reclaimed'; readonly right: RightName; readonly name: string }
  | { readonly what: 'signed-off' }
  | { readonly what: 'handed-over'; readonly name: string }
  | { readonly what: 'policy-set' }
  /** `author`: whose op it was. */
  | { readonly what: 'adopted'; readonly op: string; readonly author: string }
  | { readonly what: 'dismissed'; readonly op: string; readonly author: string; readonly reason: string }
  | { readonly what: 'revoked'; readonly dot: string; readonly field: string; readonly reason: string }
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
}

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

type Answers = {
  board: {
    readonly rows: readonly BoardRow[]
    /** Pass as `after` for the next page; null at the end. */
    readonly next: string | null
    /** Over the same filters but `stage` and page. */
    readonly counts: Readonly<Record<Stage, number>>
    readonly zones: readonly Facet[]
    readonly assignees: readonly Facet[]
    readonly tags: readonly Facet[]
  }
  record: {
    readonly record: string
    readonly kind: RecordKind
    readonly number: string | null
    readonly status: 'open' | 'closed'
    readonly stage: Stage
    readonly audit_number: string | null
    readonly freeze_epoch: number
    readonly created: { readonly author: string; readonly name: string; readonly wall: number }
    readonly title: string
    /** Registers and drafts by name; a field never set has no values. */
    readonly fields: Readonly<Record<string, { readonly values: readonly FieldValue[] }>>
    readonly tags: readonly string[]
    readonly tasks: readonly TaskView[]
    readonly notes: readonly {
      readonly note: string
      readonly text: string
      readonly author: string
      readonly name: string
      readonly wall: number
    }[]
    readonly attachments: readonly {
      readonly attachment: string
      readonly name: string
      readonly sha256: string
      readonly size: number
      readonly where: readonly string[]
    }[]
    readonly tallies: Readonly<Record<string, number>>
    /** Numbers that it got besides the one that counts. */
    readonly former_numbers: readonly string[]
    /** Of an incident: who signed it off, each person once, as far as it stands for what is here now. */
    readonly sign_offs: readonly {
      readonly actor: string
      readonly name: string
      readonly person: string
      readonly wall: number
      /** It was given before the last change that matters. */
      readonly stale: boolean
    }[]
    readonly stock: StockRow | null
    readonly closed_at: number | null
    /** The waiting request, if any. */
    readonly request: RequestRow | null
    /** May this device decide its closing or reopening now: the authority, or the holder of its zone's token. */
    readonly may_decide: boolean
    readonly review: readonly ReviewItem[]
    readonly unsent: number
  }
  text: {
    /** base64url Yjs update. */
    readonly update: string
    /** base64url state vector of what this node holds. */
    readonly vector: string
    /** Raised when words were set aside or came back: an editor then loads the whole text anew. */
    readonly generation: number
    readonly plain: string
  }
  conflicts: {
    readonly conflicts: readonly {
      readonly record: string
      readonly child: string | null
      readonly field: string
      readonly title: string
      readonly reference: string | null
      readonly number: string | null
      readonly zone: string | null
      readonly values: readonly FieldValue[]
    }[]
  }
  review: { readonly items: readonly ReviewItem[] }
  requests: { readonly requests: readonly RequestRow[] }
  rights: {
    readonly rights: readonly RightRow[]
    /** A token's zones and items that could be given, for the authority's choice. */
    readonly zones: readonly string[]
  }
  stock: { readonly items: readonly StockRow[] }
  parcels: { readonly parcels: readonly ParcelRow[] }
  policies: {
    readonly retention: {
      readonly max_bytes: number | null
      readonly types: readonly string[] | null
      readonly max_days: number | null
    } | null
  }
  members: {
    readonly members: readonly {
      readonly actor: string
      readonly name: string
      readonly person: string
      readonly role: string
      readonly admitted: number
      readonly cut: boolean
      /** Why it was cut, and when, by the clock of who did it. */
      readonly cut_reason: string | null
      readonly cut_at: number | null
      /** Two different ops under one number were signed by it: it was copied, or it lies. */
      readonly forked: boolean
      readonly self: boolean
    }[]
  }
  invites: {
    readonly invites: readonly {
      readonly invite: string
      readonly role: string
      readonly name: string
      readonly expires: number
      readonly state: 'open' | 'used' | 'expired' | 'blocked'
    }[]
  }
  peers: {
    readonly peers: readonly PeerRow[]
    readonly seen: readonly { readonly address: string; readonly why: string }[]
  }
  outbox: {
    readonly ops: readonly {
      readonly op: string
      readonly wall: number
      readonly acked_by: readonly string[]
    }[]
  }
  feed: { readonly rows: readonly FeedRow[]; readonly next: string | null }
  search: {
    readonly hits: readonly {
      readonly record: string
      readonly kind: string
      readonly title: string
      readonly status: string
      readonly reference: string | null
      readonly snippet: string
    }[]
  }
  op: {
    readonly op: string
    readonly author: string
    readonly judgement: Judgement
    readonly reason: Reason | null
    readonly effects: readonly Change[]
    readonly where: readonly string[]
  }
  status: {
    readonly site: string
    readonly site_name: string
    readonly actor: string
    readonly name: string
    readonly role: string
    readonly cursor: Readonly<Record<string, number>>
    readonly state_hash: string
    /** The link to headquarters. `none`: no headquarters is configured; `self`: this device is the authority. */
    readonly wan: {
      readonly state: 'up' | 'down' | 'connecting' | 'off' | 'none' | 'self'
      readonly since: number | null
    }
    readonly lan: { readonly state: 'up' | 'alone' | 'off'; readonly since: number | null }
    readonly peers: { readonly linked: number; readonly seen: number }
    readonly outbox: number
    /** Since when nobody has been heard, so that where own work is is not known; null while some peer is linked. */
    readonly unknown_since: number | null
    /**
     * Why this device may not write: it is behind what it once was, it runs in two places, or two different ops of it
     * are known. It joins again under a new key; null for the ordinary case.
     */
    readonly halted: { readonly cause: 'restored' | 'cloned' | 'forked'; readonly since: number } | null
    /** This device was cut from the site, as far as it knows or was told by `by`; kept over restarts. */
    readonly cut: { readonly reason: string; readonly by: string | null; readonly since: number } | null
    /** Wall time at which the authority's own word last reached this device; null: never. */
    readonly authority_heard: number | null
    readonly authority: { readonly actor: string; readonly name: string }
    readonly conflicts: number
    readonly review: number
    readonly waiting: number
    readonly log: { readonly ops: number; readonly bytes: number }
    readonly checkpoint: { readonly op: string; readonly wall: number } | null
  }
  node: {
    readonly version: string
    readonly phase: 'setup' | 'running' | 'starting-demo'
    readonly data: string
    /** The demo's switches, when this node is the desk of the demo warehouse. */
    readonly demo: {
      readonly wan: boolean
      readonly tablets: readonly { readonly actor: string; readonly name: string; readonly up: boolean }[]
      /** What the scripted shift did last, as a code of the catalogue with parameters. */
      readonly shift: readonly {
        readonly wall: number
        readonly code: string
        readonly params: Readonly<Record<string, string>>
      }[]
    } | null
  }
  preferences: { readonly preferences: Readonly<Record<string, string>> }
}
export type QueryAnswer<Q extends QueryName> = Answers[Q]
