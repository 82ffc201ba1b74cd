/** Any op that this version could write, by its form alone: whether its causes and records exist is another matter. */
import fc from 'fast-check'
import { toHex } from '../../shared/base/bytes.ts'
import type { ActorId, ChildId, DotRef, OpRef, ParcelId, RecordId, SiteId } from '../../shared/model/ids.ts'
import { ROLES } from '../../shared/model/roles.ts'
import { KINDS, type KindName } from '../../shared/model/kinds.ts'
import type { Share } from '../../shared/model/rights.ts'
import type {
  Address,
  Ask,
  ControlEffect,
  DataEffect,
  KnownEffect,
  ReviewEffect,
  Scalar,
} from '../../shared/op/effect.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { CAUSE_HASH_BYTES, type Cause, type OpToWrite } from '../../shared/op/op.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => new Uint8Array(array))
const hex = (length: number): fc.Arbitrary<string> => bytes(length).map(toHex)

const actor = hex(32).map((text) => text as ActorId)
const record = hex(16).map((text) => text as RecordId)
const child = hex(16).map((text) => text as ChildId)
const seq = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.maxSafeNat().map((n) => Math.max(1, n)),
)
const count = fc.oneof(fc.nat(300), fc.maxSafeNat())
const text = (max: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .map((raw) => [...raw.normalize('NFC')].slice(0, max).join('').normalize('NFC'))

const opRef: fc.Arbitrary<OpRef> = fc.record({ actor, seq })
const dotRef: fc.Arbitrary<DotRef> = fc.record({ actor, seq, index: fc.nat(499) })
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text(80),
  fc.maxSafeInteger().map((n) => n + 0),
  fc.constant(null),
)
const kind = fc.constantFrom(...(Object.keys(KINDS) as KindName[]))
const role = fc.constantFrom(...ROLES)

const at: fc.Arbitrary<Address> = fc.oneof(
  fc.record({ record, field: count, child: fc.constant(null), sub: fc.constant(0) }),
  fc.record({ record, field: count, child, sub: seq }),
)

const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 4 })
const is = <T extends string>(type: T): fc.Arbitrary<T> => fc.constant(type)

export const dataEffect: fc.Arbitrary<DataEffect> = fc.oneof(
  fc.record({ type: is('create'), kind }),
  fc.record({ type: is('import'), kind, source: text(20), key: text(20) }),
  fc.record({ type: is('assign'), at, value: scalar, over: few(dotRef) }),
  fc.record({ type: is('draft'), at, value: scalar }),
  fc.record({ type: is('insert'), at, key: text(20) }),
  fc.record({ type: is('remove'), at, dots: few(dotRef) }),
  fc.record({ type: is('child'), record, field: count }),
  fc.record({ type: is('drop'), record, field: count, child, seen: few(opRef) }),
  fc.record({ type: is('session'), at, n: count }),
  fc.record({
    type: is('text'),
    at,
    n: count,
    update: fc.uint8Array({ maxLength: 40 }).map((a) => new Uint8Array(a)),
  }),
  fc.record({ type: is('count'), at, amount: fc.integer() }),
)

const span = fc.record({ year: count, from: seq, to: seq })
const share: fc.Arbitrary<Share> = fc.record({ units: count, spans: few(span) })
const right = text(40)

const ask: fc.Arbitrary<Ask> = fc.oneof(
  fc.record({ action: fc.constantFrom('close' as const, 'reopen' as const), record }),
  fc.record({ action: is('numbers'), right, amount: seq }),
  fc.record({ action: is('stock'), record, amount: seq }),
  fc.record({ action: is('role'), actor, role }),
  fc.record({ action: is('cut'), actor, reason: text(40) }),
  fc.record({ action: is('check'), record, child }),
)

const rightMoves = [
  fc.record({ type: is('mint'), right, to: actor, share }),
  fc.record({ type: is('transfer'), right, to: actor, share }),
  fc.record({ type: is('spend'), right, share, record: fc.option(record) }),
  fc.record({ type: is('reclaim'), right, actor, through: count }),
] as const

const parcel = hex(16).map((id) => id as ParcelId)

export const reviewEffect: fc.Arbitrary<ReviewEffect> = fc.oneof(
  fc.record({ type: is('adopt'), op: opRef, hash: bytes(32) }),
  fc.record({ type: is('dismiss'), op: opRef, hash: bytes(32), reason: text(40) }),
  fc.record({ type: is('revoke'), dot: dotRef, reason: text(40) }),
  fc.record({ type: is('parcel'), of: is('part'), parcel, index: count, count: seq, bytes: bytes(20) }),
  fc.record({
    type: is('parcel'),
    of: is('settled'),
    parcel,
    items: few(count),
    reason: fc.option(text(40)),
  }),
)

const keys = { opKey: bytes(32), tlsKeyHash: bytes(32), name: text(20), person: text(20) }

export const controlEffect: fc.Arbitrary<ControlEffect> = fc.oneof(
  fc.record({ type: is('genesis'), siteName: text(20), ...keys, recoveryKey: bytes(32) }),
  fc.record({ type: is('admit'), ...keys, role }),
  fc.record({ type: is('setRole'), actor, role, through: count }),
  fc.record({ type: is('cut'), actor, through: seq, hash: bytes(32), reason: text(40) }),
  fc.record({
    type: is('cut'),
    actor,
    through: fc.constant(0),
    hash: fc.constant(new Uint8Array(0)),
    reason: text(40),
  }),
  ask.map((asked) => ({ type: 'request' as const, ...asked })),
  ...rightMoves,
  fc.record({ type: is('sign'), record }),
  fc.record({ type: is('ruleVersion'), version: seq }),
  fc.record({ type: is('handover'), actor, through: count, hash: bytes(32) }),
  fc.record({
    type: is('policy'),
    retention: fc.record({
      maxBytes: fc.option(count),
      types: fc.option(few(text(20))),
      maxDays: fc.option(count),
    }),
  }),
  fc.record({ type: is('checkpoint'), ops: count, stateHash: bytes(32) }),
  fc.record({ type: is('withdraw'), request: opRef }),
  fc.record({
    type: is('decide'),
    request: opRef,
    accept: fc.boolean(),
    number: fc.option(fc.record({ year: count, count })),
    reason: fc.option(text(40)),
  }),
)

const causes: fc.Arbitrary<Cause[]> = fc
  .uniqueArray(fc.record({ actor, seq, hash: bytes(CAUSE_HASH_BYTES) }), {
    maxLength: 5,
    selector: (cause) => cause.actor,
  })
  .map((list) => list.sort((a, b) => (a.actor < b.actor ? -1 : 1)))

export const anyOp: fc.Arbitrary<OpToWrite> = fc
  .record({
    site: fc.option(hex(32).map((id) => id as SiteId)),
    actor,
    seq,
    prev: bytes(32),
    causes,
    lamport: seq,
    wall: fc.oneof(fc.nat(300), fc.nat(LIMITS.wall)),
    effects: fc.array(fc.oneof<fc.Arbitrary<KnownEffect>[]>(dataEffect, controlEffect, reviewEffect), {
      minLength: 1,
      maxLength: 6,
    }),
  })
  .map((op) =>
    op.seq === 1
      ? { ...op, prev: new Uint8Array(0) }
      : { ...op, site: op.site ?? ('00'.repeat(32) as SiteId) },
  )
