/** One value or more of everything that format 1 can write; the types demand that none is left out. */
import type { ActorId, ChildId, DotRef, OpRef, ParcelId, RecordId, SiteId } from '../../shared/model/ids.ts'
import type { Address, KnownEffect } from '../../shared/op/effect.ts'
import type { OpToWrite } from '../../shared/op/op.ts'
import type { ForeignHello, Message } from '../../shared/sync/wire.ts'

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)
const ACTOR = 'a1'.repeat(32) as ActorId
const OTHER = 'b2'.repeat(32) as ActorId
const SITE = 'c3'.repeat(32) as SiteId
const RECORD = 'd4'.repeat(16) as RecordId
const CHILD = 'e5'.repeat(16) as ChildId
const FILE = '77'.repeat(32)
const PARCEL = 'f6'.repeat(16) as ParcelId
const op: OpRef = { actor: OTHER, seq: 300 }
const dot: DotRef = { ...op, index: 2 }
const at: Address = { record: RECORD, field: 3, child: null, sub: 0 }
const inChild: Address = { record: RECORD, field: 10, child: CHILD, sub: 1 }
const hash = bytes(32, 7)
const keys = { opKey: bytes(32, 1), tlsKeyHash: bytes(32, 2), name: 'Muelle Norte', person: 'Ana' }
const units = { units: 12, spans: [] }
const spans = { units: 0, spans: [{ year: 2026, from: 41, to: 90 }] }

type Samples = { readonly [T in KnownEffect['type']]: readonly Extract<KnownEffect, { readonly type: T }>[] }

export const EFFECTS: Samples = {
  create: (['job', 'case', 'incident', 'stock'] as const).map((kind) => ({ type: 'create', kind })),
  import: [{ type: 'import', kind: 'job', source: 'erp', key: 'WO-1042' }],
  assign: [
    { type: 'assign', at, value: 'Pump 7', over: [dot] },
    { type: 'assign', at: inChild, value: -70_000, over: [] },
    { type: 'assign', at, value: null, over: [dot, { ...dot, index: 499 }] },
  ],
  draft: [{ type: 'draft', at: { ...at, field: 8 }, value: 'blue' }],
  insert: [{ type: 'insert', at: { ...at, field: 9 }, key: 'hot' }],
  remove: [{ type: 'remove', at: { ...at, field: 9 }, dots: [dot] }],
  child: [{ type: 'child', record: RECORD, field: 10 }],
  drop: [{ type: 'drop', record: RECORD, field: 10, child: CHILD, seen: [op] }],
  session: [{ type: 'session', at: inChild, n: 4 }],
  text: [{ type: 'text', at: inChild, n: 4, update: Uint8Array.of(1, 0, 2, 255) }],
  count: [{ type: 'count', at: { ...at, field: 11 }, amount: -15 }],
  genesis: [{ type: 'genesis', siteName: 'Almacén 3', ...keys, recoveryKey: bytes(32, 3) }],
  admit: (['authority', 'supervisor', 'technician', 'edge'] as const).map((role) => ({
    type: 'admit',
    ...keys,
    role,
  })),
  setRole: [{ type: 'setRole', actor: OTHER, role: 'supervisor', through: 17 }],
  cut: [
    { type: 'cut', actor: OTHER, through: 17, hash, reason: 'stolen' },
    { type: 'cut', actor: OTHER, through: 0, hash: bytes(0, 0), reason: 'never came' },
  ],
  request: [
    { type: 'request', action: 'close', record: RECORD },
    { type: 'request', action: 'reopen', record: RECORD },
    { type: 'request', action: 'numbers', right: 'job-number', amount: 50 },
    { type: 'request', action: 'stock', record: RECORD, amount: 3 },
    { type: 'request', action: 'role', actor: OTHER, role: 'edge' },
    { type: 'request', action: 'cut', actor: OTHER, reason: 'lost' },
    { type: 'request', action: 'check', record: RECORD, child: CHILD },
  ],
  withdraw: [{ type: 'withdraw', request: op }],
  decide: [
    { type: 'decide', request: op, accept: true, number: { year: 2026, count: 42 }, reason: null },
    { type: 'decide', request: op, accept: false, number: null, reason: 'open-tasks' },
  ],
  mint: [{ type: 'mint', right: `stock:${RECORD}`, to: OTHER, share: units }],
  transfer: [{ type: 'transfer', right: 'job-number', to: OTHER, share: spans }],
  spend: [
    { type: 'spend', right: 'job-number', share: spans, record: RECORD },
    { type: 'spend', right: `stock:${RECORD}`, share: units, record: null },
  ],
  reclaim: [{ type: 'reclaim', right: 'decide:close:North', actor: OTHER, through: 9 }],
  sign: [{ type: 'sign', record: RECORD }],
  handover: [{ type: 'handover', actor: OTHER, through: 30, hash }],
  policy: [
    { type: 'policy', retention: { maxBytes: 1_000_000, types: ['image/*'], maxDays: 30 } },
    { type: 'policy', retention: { maxBytes: null, types: null, maxDays: null } },
  ],
  checkpoint: [{ type: 'checkpoint', ops: 4711, stateHash: hash }],
  snapshot: [{ type: 'snapshot', checkpoint: 4712, file: hash, size: 3_000_000 }],
  ruleVersion: [{ type: 'ruleVersion', version: 2 }],
  adopt: [{ type: 'adopt', op, hash }],
  dismiss: [{ type: 'dismiss', op, hash, reason: 'too late' }],
  revoke: [{ type: 'revoke', dot, reason: 'against the policy' }],
  parcel: [
    { type: 'parcel', of: 'part', parcel: PARCEL, index: 0, count: 2, bytes: bytes(20, 9) },
    { type: 'parcel', of: 'settled', parcel: PARCEL, items: [0, 300], reason: null },
    { type: 'parcel', of: 'settled', parcel: PARCEL, items: [1], reason: 'done elsewhere' },
  ],
}

export const opWith = (effects: readonly KnownEffect[]): OpToWrite => ({
  site: SITE,
  actor: ACTOR,
  seq: 70_000,
  prev: hash,
  causes: [{ actor: OTHER, seq: 12, hash: bytes(16, 5) }],
  lamport: 90_000,
  wall: Date.UTC(2026, 0, 5, 8),
  effects,
})

type Sendable = Exclude<Message, ForeignHello>
type MessageSamples = Readonly<Record<Sendable['kind'], readonly Sendable[]>>
const head = { actor: ACTOR, seq: 70_000, hash: bytes(16, 4) }

export const MESSAGES: MessageSamples = {
  hello: [12, null].map((authority) => ({
    kind: 'hello',
    speaks: { min: 1, max: 1 },
    site: SITE,
    actor: ACTOR,
    digest: hash,
    authority,
  })),
  vector: [{ kind: 'vector', through: 3, heads: [head, { ...head, actor: OTHER, seq: 1 }] }],
  run: [
    {
      kind: 'run',
      batch: 1,
      run: {
        actor: ACTOR,
        first: 70_000,
        ops: [Uint8Array.of(1), Uint8Array.of(2, 3)],
        signature: bytes(64, 6),
      },
    },
  ],
  ack: [{ kind: 'ack', through: 300, heads: [] }],
  locate: [{ kind: 'locate', actor: ACTOR, heads: [head] }],
  start: [
    {
      kind: 'start',
      run: {
        actor: ACTOR,
        first: 70_000,
        ops: [Uint8Array.of(1), Uint8Array.of(2, 3)],
        signature: bytes(64, 6),
      },
    },
    { kind: 'start', run: null },
  ],
  authority: [{ kind: 'authority', bytes: bytes(40, 8) }],
  ping: [{ kind: 'ping', digest: hash, age: null }],
  pong: [{ kind: 'pong', digest: hash, age: 1700 }],
  goodbye: [{ kind: 'goodbye', reason: 'cut', detail: 'perdió la tableta' }],
  'blob-seek': [{ kind: 'blob-seek', files: [FILE, OTHER] }],
  'blob-have': [{ kind: 'blob-have', held: [FILE], gone: [] }],
  'blob-want': [{ kind: 'blob-want', sha256: FILE, from: 262_144 }],
  'blob-chunk': [{ kind: 'blob-chunk', sha256: FILE, at: 0, size: 4, bytes: Uint8Array.of(1, 2, 3, 4) }],
  addresses: [
    {
      kind: 'addresses',
      told: [
        { actor: OTHER, address: '192.168.1.20:7420', age: 0 },
        { actor: ACTOR, address: null, age: 90_000 },
      ],
    },
  ],
}
