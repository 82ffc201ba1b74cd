/**
 * What the screen, the command line and the tests can read. Every query has a schema for its input and
 * a type for its answer; a watched query answers again whenever its answer may have changed.
 * Times are wall times in ms since 1970 and for display only. `null` means unknown or none, never "no time given".
 */
import * as v from 'valibot'
import type { ErrorCode } from './errors.ts'
import { RECORD_KINDS, STAGES } from './rows.ts'
import type {
  AttachmentRow,
  BoardRow,
  Change,
  Facet,
  FeedRow,
  FieldValue,
  Judgement,
  ParcelRow,
  PeerRow,
  Reason,
  RecordKind,
  RequestRow,
  ReviewItem,
  RightRow,
  Stage,
  StockRow,
  TaskView,
} from './rows.ts'

const id32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'))
const opId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:[1-9][0-9]*$/, 'must be an op id, actor:seq'))
const text = v.pipe(v.string(), v.maxLength(500))
const limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)))

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
    readonly attachments: readonly AttachmentRow[]
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
    /** May this device take a value of it out of every view. */
    readonly may_revoke: boolean
    readonly review: readonly ReviewItem[]
    readonly unsent: number
    /** How many of the ops about it are under a checkpoint, and of how many. */
    readonly final: { readonly ops: number; readonly of: number }
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
    /** A tablet's links to other tablets; null for devices that link everyone. */
    readonly tablets: { readonly linked: number; readonly most: number } | null
  }
  outbox: {
    readonly ops: readonly {
      readonly op: string
      readonly wall: number
      readonly acked_by: readonly string[]
    }[]
  }
  feed: {
    readonly rows: readonly FeedRow[]
    readonly next: string | null
    /** How many changes, of the site or of the record asked for, are final and not kept on this device any more. */
    readonly cleared: number
  }
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
    /** Under a checkpoint: how it is judged stays so. */
    readonly final: boolean
    /** It is final, and what it did is not kept on this device any more: `effects` are then empty. */
    readonly cleared: boolean
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
     * are known. It joins again under a new key. `damaged`: ops of its own were lost with its file; once they are back
     * from another device it goes on. Null for the ordinary case.
     */
    readonly halted: {
      readonly cause: 'restored' | 'cloned' | 'forked' | 'damaged'
      readonly since: number
    } | null
    /** The disk does not take what is written, since when, and what it says; null in the ordinary case. */
    readonly storage: {
      readonly code: 'disk-full' | 'storage-failed' | 'database-damaged'
      readonly since: number
      readonly reason: string
    } | null
    /** This device was cut from the site, as far as it knows or was told by `by`; kept over restarts. */
    readonly cut: { readonly reason: string; readonly by: string | null; readonly since: number } | null
    /** Files that are needed here and not here yet; `trouble`: why none can be stored, as an error's code, or null. */
    readonly photos: { readonly coming: number; readonly trouble: ErrorCode | null }
    /** Wall time at which the authority's own word last reached this device; null: never. */
    readonly authority_heard: number | null
    /** The version of the rules that the site goes by, and the highest that this build knows: below it, it needs an upgrade. */
    readonly rules: { readonly site: number; readonly known: number }
    readonly authority: { readonly actor: string; readonly name: string }
    readonly conflicts: number
    readonly review: number
    readonly waiting: number
    readonly log: { readonly ops: number; readonly bytes: number }
    /** The authority's last; null: there is none. */
    readonly checkpoint: {
      readonly op: string
      readonly wall: number
      /** How many ops are under it, and how many are here that are not. */
      readonly ops: number
      readonly beyond: number
      /** Does the state here, at its frontier, equal what was published? null: not compared. */
      readonly agreed: boolean | null
      /** The last that was compared here and differs, unless a later one agreed: this device or the authority went wrong. */
      readonly differs: string | null
      /**
       * What a device that was away for long begins from, or a new one: the wall time of its checkpoint, its bytes, and
       * whether its file is here. Null: none was made.
       */
      readonly snapshot: { readonly wall: number; readonly size: number; readonly here: boolean } | null
      /** How long what is final is kept to be read, null: for good; and how many changes are not kept any more. */
      readonly history: { readonly days: number | null; readonly cleared: number }
    } | null
    /**
     * Others keep no more what this device lacks, so that it begins anew from a snapshot: it is `coming`, or being taken
     * in (`reading`), or `nobody` linked has one, or what was had is `unusable`. `done` of `size` bytes are here, or taken in
     * where it is read; `size` null: no snapshot is known. Null where it need not.
     */
    readonly beginning: {
      readonly state: 'coming' | 'reading' | 'nobody' | 'unusable'
      readonly done: number
      readonly size: number | null
    } | null
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
