/**
 * What a person can ask for. Each command has a schema for its input and a type for its result.
 * Site commands become signed operations; node verbs (`node.*`, `setup.*`, `text.open`…) act on this device alone.
 */
import * as v from 'valibot'
import type { ImportFault } from './messages/import-faults.ts'
import { ABSOLUTE_PATH } from './paths.ts'

const id32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'))
const actor = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'))
const opId = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:[1-9][0-9]*$/, 'must be an op id, actor:seq'))
const dot = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}:[1-9][0-9]*\.[0-9]+$/, 'must be a dot, actor:seq.i'))
const line = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(500, 'at most 500 characters'),
)
const word = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(80, 'at most 80 characters'),
)
const noteText = v.pipe(v.string(), v.maxLength(200_000, 'at most 200,000 characters'))
const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]*$/, 'must be base64url'))
const date = v.pipe(v.string(), v.isoDate('must be a date, YYYY-MM-DD'))
const fieldName = v.pipe(v.string(), v.minLength(1), v.maxLength(40))
const fieldValue = v.union([v.string(), v.number(), v.null()])

const right = v.pipe(v.string(), v.minLength(1), v.maxLength(120, 'at most 120 characters'))
const amount = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(1_000_000, 'at most 1,000,000'),
)
const bytes = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(2 ** 40, 'at most 1 TiB'),
)
/** Only to say, in words of its own, that a role does not exist. */
const role = v.picklist(['supervisor', 'technician', 'edge'], 'must be supervisor, technician or edge')
const someOps = v.pipe(v.array(opId), v.minLength(1), v.maxLength(250, 'at most 250 at once'))
const items = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  v.minLength(1, 'name at least one item'),
  v.maxLength(250, 'at most 250 at once'),
)
const newCase = { title: line, owner: v.optional(word), tags: v.optional(v.array(word)) }
const path = v.pipe(v.string(), v.maxLength(4000), v.regex(ABSOLUTE_PATH, 'must be an absolute path'))

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'))
/** A small picture of 12 KiB at most, made where the photo is: it travels in the op, ahead of the photo's own bytes. */
const thumbnail = v.optional(
  v.pipe(
    v.string(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(16_384, 'at most 12 KiB'),
    v.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64'),
  ),
)

const priority = v.picklist(['low', 'normal', 'high', 'urgent'])
const choice = v.union([
  v.strictObject({ record: id32, child: v.optional(id32), field: fieldName, pick: dot }),
  v.strictObject({ record: id32, child: v.optional(id32), field: fieldName, value: fieldValue }),
])

/** Commands that become operations of this device. */
export const SITE_COMMANDS = {
  'job.create': v.strictObject({
    title: line,
    zone: v.optional(word),
    priority: v.optional(priority),
    assignee: v.optional(word),
    due: v.optional(date),
    tags: v.optional(v.array(word)),
    tasks: v.optional(v.array(line)),
  }),
  'case.create': v.strictObject(newCase),
  'incident.create': v.strictObject(newCase),
  /** `quantity`: counted in at once, at the authority, which alone counts stock in. */
  'stock.create': v.strictObject({
    name: line,
    location: v.optional(word),
    unit: v.optional(word),
    quantity: v.optional(amount),
  }),
  /** `child` names a task, for a register of a task such as its text. */
  'field.set': v.strictObject({ record: id32, child: v.optional(id32), field: fieldName, value: fieldValue }),
  'set.add': v.strictObject({ record: id32, field: fieldName, key: word }),
  'set.remove': v.strictObject({ record: id32, field: fieldName, key: word }),
  'task.add': v.strictObject({ record: id32, text: line }),
  'task.tick': v.strictObject({ record: id32, task: id32 }),
  'task.untick': v.strictObject({ record: id32, task: id32 }),
  'task.remove': v.strictObject({ record: id32, task: id32 }),
  /** `as: code` makes the whole text one code block; otherwise each line is a paragraph. */
  'note.add': v.strictObject({
    record: id32,
    text: noteText,
    as: v.optional(v.picklist(['paragraphs', 'code'])),
  }),
  'note.edit': v.strictObject({ record: id32, note: id32, text: noteText }),
  'note.remove': v.strictObject({ record: id32, note: id32 }),
  'attachment.remove': v.strictObject({ record: id32, attachment: id32 }),
  /** A Yjs update (base64url) made by an editor under the client id that `text.open` allotted. */
  'text.edit': v.strictObject({ record: id32, note: id32, client: v.number(), update: base64 }),
  'tally.add': v.strictObject({
    record: id32,
    field: fieldName,
    amount: v.pipe(v.number(), v.integer('must be a whole number')),
  }),
  'conflict.resolve': v.strictObject({ choices: v.pipe(v.array(choice), v.minLength(1), v.maxLength(250)) }),
  /**
   * Takes back a settlement `op` of this device, as one new op: each field that still holds what it set holds
   * again, side by side, the values that it had superseded. A field that moved on since is left as it is.
   */
  'conflict.restore': v.strictObject({ op: opId }),
  'request.close': v.strictObject({ record: id32 }),
  'request.reopen': v.strictObject({ record: id32 }),
  'request.numbers': v.strictObject({ right, amount }),
  'request.stock': v.strictObject({ item: id32, amount }),
  'request.role': v.strictObject({ actor, role }),
  'request.cut': v.strictObject({ actor, reason: line }),
  'request.check': v.strictObject({ record: id32, attachment: id32 }),
  'request.withdraw': v.strictObject({ request: opId }),
  decide: v.strictObject({ request: opId, accept: v.boolean(), reason: v.optional(line) }),
  /** The authority mints what it gives; of a range, the next `amount` numbers. A token is 1. */
  'right.transfer': v.strictObject({ right, amount: v.optional(amount, 1), to: actor }),
  /** On a job, a number of `job-number` becomes its number; on any record, stock is drawn for it. */
  'right.spend': v.strictObject({ right, amount: v.optional(amount, 1), record: v.optional(id32) }),
  /** By the authority: all that the device held as far as the authority has seen it. */
  'right.reclaim': v.strictObject({ right, actor }),
  'incident.sign': v.strictObject({ record: id32 }),
  'review.adopt': v.union([v.strictObject({ op: opId }), v.strictObject({ ops: someOps })]),
  'review.dismiss': v.union([
    v.strictObject({ op: opId, reason: line }),
    v.strictObject({ ops: someOps, reason: line }),
  ]),
  /** Items of a parcel by their index; taken over under one's own name, as new changes. */
  'parcel.take': v.strictObject({ parcel: id32, items }),
  'parcel.dismiss': v.strictObject({ parcel: id32, items, reason: line }),
  'member.setRole': v.strictObject({ actor, role }),
  /** Rights that the device held are taken back with it. */
  'member.cut': v.strictObject({ actor, reason: line }),
  'site.handover': v.strictObject({ actor }),
  /** Takes a value that was accepted before out of every view; of an attachment, its making: the whole attachment. */
  'fact.revoke': v.strictObject({ dot, reason: line }),
  /** What attachments may stay; what is left out is not bounded. Carried out by the authority, by itself. */
  'policy.set': v.strictObject({
    max_bytes: v.optional(v.nullable(bytes)),
    types: v.optional(v.nullable(v.pipe(v.array(word), v.maxLength(20)))),
    max_days: v.optional(v.nullable(amount)),
  }),
  /** By the authority: all that it holds is final from here on. */
  'checkpoint.publish': v.strictObject({}),
  /** By the authority: from here on the site goes by this version of the rules; devices that do not know it wait for an upgrade. */
  'rules.raise': v.strictObject({ version: amount }),
} as const

/** Verbs of this node; they write no operation. */
export const NODE_COMMANDS = {
  /** Only while the data folder holds no site. */
  'setup.init': v.strictObject({ site: word, name: word }),
  'setup.join': v.strictObject({ code: v.pipe(v.string(), v.maxLength(2000)), name: word }),
  'setup.demo': v.strictObject({}),
  /** A one-time pairing code of this node; only where it may admit. */
  'invite.create': v.strictObject({
    role: v.picklist(['technician', 'supervisor', 'edge']),
    name: word,
    /** Who works with it: several devices of one person are one person. Without it, the name stands for both. */
    person: v.optional(word),
  }),
  'invite.revoke': v.strictObject({ invite: v.string() }),
  'peer.dial': v.strictObject({ address: v.pipe(v.string(), v.maxLength(300)) }),
  /** Closes the real links of this node and refuses new ones, or allows them again. */
  'network.set': v.strictObject({ lan: v.optional(v.boolean()), wan: v.optional(v.boolean()) }),
  'demo.wan': v.strictObject({ up: v.boolean() }),
  'demo.tablet': v.strictObject({ actor, up: v.boolean() }),
  /** Remembered by the node for the screen: theme, filters, language. */
  'preference.set': v.strictObject({
    key: v.pipe(v.string(), v.maxLength(60)),
    value: v.pipe(v.string(), v.maxLength(4000)),
  }),
  /** Allots an editing session for a note's text: the client id that the editor must use. */
  'text.open': v.strictObject({ record: id32, note: id32 }),
  /** Checks the log and rebuilds folds and views beside the live ones; takes as long as the log is. */
  'node.doctor': v.strictObject({}),
  /** Writes a backup of this device to a folder (an absolute path): an empty one, or one that holds its last backup. */
  'node.backup': v.strictObject({ folder: path }),
  /** Writes the whole site to a new archive (an absolute path): every op with its signatures, and attachments. */
  'node.export': v.strictObject({ file: path }),
  /** Adds a file of this device as an attachment, or bytes that this device keeps already: they are kept by their content. */
  'attachment.add': v.union([
    v.strictObject({ record: id32, file: path, thumbnail }),
    v.strictObject({ record: id32, sha256, name: line, mime: v.optional(word), thumbnail }),
  ]),
  /** Asks for the bytes of an attachment before all others; answers at once how they stand. */
  'attachment.fetch': v.strictObject({ record: id32, attachment: id32 }),
  /** Work of this device that no other one has, as the content of a parcel file; written to `file`, where one is named. */
  'parcel.save': v.strictObject({ file: v.optional(path) }),
  /** A parcel file of another device, by its path or (base64url) its content, handed in for review. */
  'parcel.import': v.union([
    v.strictObject({ file: path }),
    v.strictObject({ content: v.pipe(base64, v.maxLength(8_000_000, 'at most 6 MB')) }),
  ]),
  /** With the site's recovery key, on a supervisor's device: this device becomes the authority. */
  'site.recover': v.strictObject({ key: v.pipe(v.string(), v.trim(), v.maxLength(100)) }),
  'import.csv': v.strictObject({ source: v.optional(word), content: v.string() }),
} as const

export const COMMANDS = { ...SITE_COMMANDS, ...NODE_COMMANDS } as const

export type SiteCommandName = keyof typeof SITE_COMMANDS
export type NodeCommandName = keyof typeof NODE_COMMANDS
export type CommandName = keyof typeof COMMANDS
export type CommandInput<C extends CommandName> = v.InferOutput<(typeof COMMANDS)[C]>

/** Every answered site command is durable on this device: `op` is its operation. */
export type OpResult = { readonly op: string }

export type ImportReport = {
  readonly imported: number
  /** Rows whose record is here already and says the same. */
  readonly known: number
  /** Rows whose record is here already and says something else; nothing was applied. `line` counts from 1, the header being line 1. */
  readonly changed: readonly {
    readonly line: number
    readonly key: string
    readonly fields: readonly string[]
  }[]
  readonly failed: readonly {
    readonly line: number
    /** In English; `fault` says it for any language where the row could not even be read. */
    readonly reason: string
    readonly text: string
    readonly fault?: ImportFault
  }[]
}

/** What the doctor found, and where: in the file, the log, what follows from the log, the bytes of attachments, or the witness. */
export type DoctorFinding = {
  readonly what:
    | 'file'
    | 'chain'
    | 'bytes'
    | 'signature'
    | 'context'
    | 'base'
    | 'control'
    | 'hash'
    | 'table'
    | 'judgement'
    | 'checkpoint'
    | 'attachment'
    | 'witness'
  readonly detail: string
}

type Results = {
  'job.create': OpResult & { readonly record: string; readonly number: string | null }
  'case.create': OpResult & { readonly record: string }
  'task.add': OpResult & { readonly task: string }
  'note.add': OpResult & { readonly note: string }
  'conflict.resolve': OpResult & { readonly resolved: number }
  'conflict.restore': OpResult & { readonly restored: number }
  'request.close': OpResult & { readonly request: string }
  'request.reopen': OpResult & { readonly request: string }
  'request.withdraw': OpResult & { readonly request: string }
  'request.numbers': OpResult & { readonly request: string }
  'request.stock': OpResult & { readonly request: string }
  'request.role': OpResult & { readonly request: string }
  'request.cut': OpResult & { readonly request: string }
  'request.check': OpResult & { readonly request: string }
  decide: OpResult & { readonly audit_number: string | null }
  'incident.create': OpResult & { readonly record: string }
  'stock.create': OpResult & { readonly record: string }
  /** Numbers by their count, as given or taken; empty for quantities and tokens. */
  'right.transfer': OpResult & { readonly ranges: readonly (readonly [number, number])[] }
  'right.spend': OpResult & { readonly ranges: readonly (readonly [number, number])[] }
  'review.adopt': OpResult & { readonly adopted: number }
  'review.dismiss': OpResult & { readonly dismissed: number }
  'parcel.take': OpResult & { readonly taken: number }
  'parcel.dismiss': OpResult & { readonly dismissed: number }
  'parcel.save': { readonly items: number; readonly file: string | null; readonly content: string | null }
  'parcel.import': OpResult & { readonly parcel: string; readonly items: number }
  /** `frontier`: how far each device's ops are under it. */
  'checkpoint.publish': OpResult & {
    readonly frontier: Readonly<Record<string, number>>
    readonly state_hash: string
    readonly ops: number
  }
  'attachment.add': OpResult & { readonly attachment: string; readonly sha256: string }
  /** `here`: the bytes are on this device; `coming`: from a device in reach; `nobody`: none in reach is known to have them. */
  'attachment.fetch': {
    readonly sha256: string
    readonly state: 'here' | 'coming' | 'nobody'
    readonly size: number
    /** Bytes that are here so far. */
    readonly done: number
  }
  /** `before`: the device that was the authority. */
  'site.recover': OpResult & { readonly actor: string; readonly before: string }
  'setup.init': { readonly site: string; readonly actor: string; readonly recovery: string }
  'setup.join': { readonly site: string; readonly actor: string; readonly role: string }
  'setup.demo': { readonly started: true }
  'invite.create': {
    readonly invite: string
    readonly code: string
    readonly expires: number
    readonly qr: string
  }
  'invite.revoke': { readonly revoked: boolean }
  'peer.dial': { readonly address: string }
  'network.set': { readonly lan: boolean; readonly wan: boolean }
  'demo.wan': { readonly up: boolean }
  'demo.tablet': { readonly up: boolean }
  'preference.set': { readonly key: string }
  'text.open': { readonly client: number }
  'node.doctor': {
    readonly ops: number
    readonly records: number
    /** Files of attachments whose bytes were looked at. */
    readonly attachments: number
    readonly findings: readonly DoctorFinding[]
  }
  'node.export': {
    readonly file: string
    /** Wall time. */
    readonly made: number
    readonly bytes: number
    readonly ops: number
    readonly state_hash: string
    /** Files of attachments in it, and how many were left out because they are damaged. */
    readonly attachments: number
    readonly damaged: number
  }
  'node.backup': {
    readonly folder: string
    /** Wall time. */
    readonly made: number
    readonly ops: number
    /** Of all that belongs to it. */
    readonly bytes: number
    /** Files of attachments in it, how many of them are new in it, and how many were left out because they are damaged. */
    readonly blobs: number
    readonly copied: number
    readonly damaged: number
  }
  'import.csv': ImportReport
}
export type CommandResult<C extends CommandName> = C extends keyof Results ? Results[C] : OpResult
