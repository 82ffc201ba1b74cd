/** Effects to and from CBOR. An effect is an array that begins with its code (see codes.ts). */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import type { CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { KINDS, type KindName } from '../model/kinds.ts'
import type { ActorId, ChildId, DotRef, OpRef, ParcelId, RecordId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import { RIGHT_NAME_MAX, type Share } from '../model/rights.ts'
import { ACTION_CODES, EFFECT_CODES, PARCEL_CODES, ROLE_CODES } from './codes.ts'
import type { Address, Ask, Effect, KnownEffect, Request, Scalar } from './effect.ts'
import { LIMITS } from './limits.ts'
import { Malformed, Reader } from './reader.ts'
import { THIS_BUILD, type Codes, type Vocabulary } from './vocabulary.ts'

/** A code this version does not know: the op is sound and is held. */
const UNKNOWN = 'unknown' as const

const hexBytes = (text: string): Bytes => {
  const bytes = fromHex(text)
  invariant(bytes, 'an id is hex')
  return bytes
}
const at = (address: Address): CborValue[] =>
  address.child === null
    ? [hexBytes(address.record), address.field]
    : [hexBytes(address.record), address.field, hexBytes(address.child), address.sub]
const ref = (op: OpRef): CborValue => [hexBytes(op.actor), op.seq]
const dot = (d: DotRef): CborValue => [hexBytes(d.actor), d.seq, d.index]

/** Unknown effects are never written by this version. */
export function encodeEffect(effect: KnownEffect): CborValue {
  const code = EFFECT_CODES[effect.type]
  switch (effect.type) {
    case 'create':
      return [code, KINDS[effect.kind].code]
    case 'import':
      return [code, KINDS[effect.kind].code, effect.source, effect.key]
    case 'assign':
      return [code, at(effect.at), effect.value, effect.over.map(dot)]
    case 'draft':
      return [code, at(effect.at), effect.value]
    case 'insert':
      return [code, at(effect.at), effect.key]
    case 'remove':
      return [code, at(effect.at), effect.dots.map(dot)]
    case 'child':
      return [code, hexBytes(effect.record), effect.field]
    case 'drop':
      return [code, hexBytes(effect.record), effect.field, hexBytes(effect.child), effect.seen.map(ref)]
    case 'session':
      return [code, at(effect.at), effect.n]
    case 'text':
      return [code, at(effect.at), effect.n, effect.update]
    case 'count':
      return [code, at(effect.at), effect.amount]
    case 'genesis': {
      const { siteName, opKey, tlsKeyHash, name, person, recoveryKey } = effect
      return [code, siteName, opKey, tlsKeyHash, name, person, recoveryKey]
    }
    case 'admit':
      return [code, effect.opKey, effect.tlsKeyHash, effect.name, effect.person, ROLE_CODES[effect.role]]
    case 'setRole':
      return [code, hexBytes(effect.actor), ROLE_CODES[effect.role], effect.through]
    case 'cut':
      return [code, hexBytes(effect.actor), effect.through, effect.hash, effect.reason]
    case 'request':
      return [code, ACTION_CODES[effect.action], ...asked(effect)]
    case 'withdraw':
      return [code, ref(effect.request)]
    case 'decide': {
      const number = effect.number && [effect.number.year, effect.number.count]
      return [code, ref(effect.request), effect.accept, number, effect.reason]
    }
    case 'mint':
    case 'transfer':
      return [code, effect.right, hexBytes(effect.to), share(effect.share)]
    case 'spend':
      return [code, effect.right, share(effect.share), effect.record && hexBytes(effect.record)]
    case 'reclaim':
      return [code, effect.right, hexBytes(effect.actor), effect.through]
    case 'sign':
      return [code, hexBytes(effect.record)]
    case 'handover':
      return [code, hexBytes(effect.actor), effect.through, effect.hash]
    case 'policy': {
      const { maxBytes, types, maxDays } = effect.retention
      return [code, maxBytes, types && [...types], maxDays]
    }
    case 'checkpoint':
      return [code, effect.ops, effect.stateHash]
    case 'snapshot':
      return [code, effect.checkpoint, effect.file, effect.size]
    case 'ruleVersion':
      return [code, effect.version]
    case 'adopt':
      return [code, ref(effect.op), effect.hash]
    case 'dismiss':
      return [code, ref(effect.op), effect.hash, effect.reason]
    case 'revoke':
      return [code, dot(effect.dot), effect.reason]
    case 'parcel':
      return [code, ...parcel(effect)]
  }
}

function asked(ask: Ask): CborValue[] {
  switch (ask.action) {
    case 'close':
    case 'reopen':
      return [hexBytes(ask.record)]
    case 'numbers':
      return [ask.right, ask.amount]
    case 'stock':
      return [hexBytes(ask.record), ask.amount]
    case 'role':
      return [hexBytes(ask.actor), ROLE_CODES[ask.role]]
    case 'cut':
      return [hexBytes(ask.actor), ask.reason]
    case 'check':
      return [hexBytes(ask.record), hexBytes(ask.child)]
  }
}

const share = ({ units, spans }: Share): CborValue => [
  units,
  spans.map(({ year, from, to }) => [year, from, to]),
]

function parcel(effect: Extract<Effect, { type: 'parcel' }>): CborValue[] {
  const head = [PARCEL_CODES[effect.of], hexBytes(effect.parcel)]
  return effect.of === 'part'
    ? [...head, effect.index, effect.count, effect.bytes]
    : [...head, [...effect.items], effect.reason]
}

type Parsed = Effect | typeof UNKNOWN

const PARSERS: Readonly<Record<number, (read: Reader, codes: Codes) => Parsed>> = {
  [EFFECT_CODES.create]: (read, codes) => withKind(read, codes, (kind) => ({ type: 'create', kind })),
  [EFFECT_CODES.import]: (read, codes) =>
    withKind(read, codes, (kind) => ({ type: 'import', kind, source: read.text(80), key: read.text(80) })),
  [EFFECT_CODES.assign]: (read) => ({
    type: 'assign',
    at: address(read),
    value: scalar(read),
    over: read.list(500, dotRef),
  }),
  [EFFECT_CODES.draft]: (read) => ({ type: 'draft', at: address(read), value: scalar(read) }),
  [EFFECT_CODES.insert]: (read) => ({ type: 'insert', at: address(read), key: read.text(500) }),
  [EFFECT_CODES.remove]: (read) => ({ type: 'remove', at: address(read), dots: read.list(500, dotRef) }),
  [EFFECT_CODES.child]: (read) => ({ type: 'child', record: recordId(read), field: read.count() }),
  [EFFECT_CODES.drop]: (read) => ({
    type: 'drop',
    record: recordId(read),
    field: read.count(),
    child: childId(read),
    seen: read.list(500, opRef),
  }),
  [EFFECT_CODES.session]: (read) => ({ type: 'session', at: address(read), n: read.count() }),
  [EFFECT_CODES.text]: (read) => ({ type: 'text', at: address(read), n: read.count(), update: read.bytes() }),
  [EFFECT_CODES.count]: (read) => ({ type: 'count', at: address(read), amount: read.integer() }),
  [EFFECT_CODES.genesis]: (read) => ({
    type: 'genesis',
    siteName: read.text(80),
    opKey: read.bytes(32),
    tlsKeyHash: read.bytes(32),
    name: read.text(80),
    person: read.text(80),
    recoveryKey: read.bytes(32),
  }),
  [EFFECT_CODES.admit]: (read, codes) => {
    const keys = { opKey: read.bytes(32), tlsKeyHash: read.bytes(32) }
    const names = { name: read.text(80), person: read.text(80) }
    return withRole(read, codes, (role) => ({ type: 'admit', ...keys, ...names, role }))
  },
  [EFFECT_CODES.setRole]: (read, codes) => {
    const actor = actorId(read)
    return withRole(read, codes, (role) => ({ type: 'setRole', actor, role, through: read.count() }))
  },
  [EFFECT_CODES.cut]: (read) => {
    const [actor, through] = [actorId(read), read.count()]
    return { type: 'cut', actor, through, hash: read.bytes(through === 0 ? 0 : 32), reason: read.text(500) }
  },
  [EFFECT_CODES.request]: requestOf,
  [EFFECT_CODES.withdraw]: (read) => ({ type: 'withdraw', request: read.inside(opRef) }),
  [EFFECT_CODES.decide]: (read) => ({
    type: 'decide',
    request: read.inside(opRef),
    accept: read.boolean(),
    number: read.optional((inner) => ({ year: inner.count(), count: inner.count() })),
    reason: read.nullableText(500),
  }),
  [EFFECT_CODES.mint]: (read) => ({ type: 'mint', ...given(read) }),
  [EFFECT_CODES.transfer]: (read) => ({ type: 'transfer', ...given(read) }),
  [EFFECT_CODES.spend]: (read) => ({
    type: 'spend',
    right: read.text(RIGHT_NAME_MAX),
    share: shareOf(read),
    record: read.nullable(recordId),
  }),
  [EFFECT_CODES.reclaim]: (read) => ({
    type: 'reclaim',
    right: read.text(RIGHT_NAME_MAX),
    actor: actorId(read),
    through: read.count(),
  }),
  [EFFECT_CODES.sign]: (read) => ({ type: 'sign', record: recordId(read) }),
  [EFFECT_CODES.handover]: (read) => ({
    type: 'handover',
    actor: actorId(read),
    through: read.count(),
    hash: read.bytes(32),
  }),
  [EFFECT_CODES.policy]: (read) => ({
    type: 'policy',
    retention: {
      maxBytes: read.nullable((item) => item.count()),
      types: read.nullable((item) => item.nested().rest(20, (type) => type.text(80))),
      maxDays: read.nullable((item) => item.count()),
    },
  }),
  [EFFECT_CODES.checkpoint]: (read) => ({ type: 'checkpoint', ops: read.count(), stateHash: read.bytes(32) }),
  [EFFECT_CODES.snapshot]: (read) => ({
    type: 'snapshot',
    checkpoint: read.positive(),
    file: read.bytes(32),
    size: read.positive(),
  }),
  [EFFECT_CODES.ruleVersion]: (read) => ({ type: 'ruleVersion', version: read.positive() }),
  [EFFECT_CODES.adopt]: (read) => ({ type: 'adopt', op: read.inside(opRef), hash: read.bytes(32) }),
  [EFFECT_CODES.dismiss]: (read) => ({
    type: 'dismiss',
    op: read.inside(opRef),
    hash: read.bytes(32),
    reason: read.text(500),
  }),
  [EFFECT_CODES.revoke]: (read) => ({ type: 'revoke', dot: read.inside(dotRef), reason: read.text(500) }),
  [EFFECT_CODES.parcel]: parcelOf,
}

/** Throws a `Malformed` for what no version would write; an unknown code is data. */
export function parseEffect(value: CborValue, { known, first }: Vocabulary = THIS_BUILD): Effect {
  const parsed = parseAs(value, first)
  return parsed.type === 'unknown' && known !== first ? parseLater(value, known, parsed.code) : parsed
}

function parseAs(value: CborValue, codes: Codes): Effect {
  const read = Reader.of(value)
  const code = read.count()
  const parsed = codes.effects.has(code) ? (PARSERS[code]?.(read, codes) ?? UNKNOWN) : UNKNOWN
  if (parsed === UNKNOWN) return { type: 'unknown', code }
  read.end()
  return parsed
}

/** What the first version let in as unknown, all others let in. */
function parseLater(value: CborValue, known: Codes, code: number): Effect {
  try {
    return parseAs(value, known)
  } catch (problem) {
    if (problem instanceof Malformed) return { type: 'unknown', code, misfit: true }
    throw problem
  }
}

function withKind(read: Reader, codes: Codes, make: (kind: KindName) => Effect): Parsed {
  const code = read.count()
  const kind = KIND_BY_CODE.get(code)
  return kind && codes.kinds.has(code) ? make(kind) : UNKNOWN
}

function requestOf(read: Reader, codes: Codes): Request | typeof UNKNOWN {
  const type = 'request' as const
  const action = read.count()
  if (!codes.actions.has(action)) return UNKNOWN
  switch (action) {
    case ACTION_CODES.close:
      return { type, action: 'close', record: recordId(read) }
    case ACTION_CODES.reopen:
      return { type, action: 'reopen', record: recordId(read) }
    case ACTION_CODES.numbers:
      return { type, action: 'numbers', right: read.text(RIGHT_NAME_MAX), amount: read.positive() }
    case ACTION_CODES.stock:
      return { type, action: 'stock', record: recordId(read), amount: read.positive() }
    case ACTION_CODES.role: {
      const actor = actorId(read)
      return withRole(read, codes, (role) => ({ type, action: 'role', actor, role }))
    }
    case ACTION_CODES.cut:
      return { type, action: 'cut', actor: actorId(read), reason: read.text(500) }
    case ACTION_CODES.check:
      return { type, action: 'check', record: recordId(read), child: childId(read) }
    default:
      return UNKNOWN
  }
}

const given = (read: Reader): { right: string; to: ActorId; share: Share } => ({
  right: read.text(RIGHT_NAME_MAX),
  to: actorId(read),
  share: shareOf(read),
})

function shareOf(read: Reader): Share {
  const inner = read.nested()
  const units = inner.count()
  const spans = inner.list(LIMITS.spans, (item) => ({
    year: item.count(),
    from: item.positive(),
    to: item.positive(),
  }))
  inner.end()
  return { units, spans }
}

function parcelOf(read: Reader, codes: Codes): Parsed {
  const of = read.count()
  if (!codes.parcels.has(of)) return UNKNOWN
  const parcel = toHex(read.bytes(16)) as ParcelId
  if (of === PARCEL_CODES.part) {
    const [index, count] = [read.count(), read.positive()]
    return { type: 'parcel', of: 'part', parcel, index, count, bytes: read.bytes() }
  }
  if (of !== PARCEL_CODES.settled) return UNKNOWN
  return {
    type: 'parcel',
    of: 'settled',
    parcel,
    items: read.nested().rest(500, (item) => item.count()),
    reason: read.nullableText(500),
  }
}

function withRole<T extends Effect>(read: Reader, codes: Codes, make: (role: Role) => T): T | typeof UNKNOWN {
  const code = read.count()
  const role = ROLE_BY_CODE.get(code)
  return role && codes.roles.has(code) ? make(role) : UNKNOWN
}

const KIND_BY_CODE = new Map<number, KindName>(
  (Object.keys(KINDS) as KindName[]).map((name) => [KINDS[name].code, name]),
)
const ROLE_BY_CODE = new Map<number, Role>(
  (Object.keys(ROLE_CODES) as Role[]).map((name) => [ROLE_CODES[name], name]),
)
const recordId = (read: Reader): RecordId => toHex(read.bytes(16)) as RecordId
const childId = (read: Reader): ChildId => toHex(read.bytes(16)) as ChildId
const actorId = (read: Reader): ActorId => toHex(read.bytes(32)) as ActorId
const opRef = (read: Reader): OpRef => ({ actor: actorId(read), seq: read.positive() })
const dotRef = (read: Reader): DotRef => ({ actor: actorId(read), seq: read.positive(), index: read.count() })

function address(read: Reader): Address {
  const inner = read.nested()
  const record = recordId(inner)
  const field = inner.count()
  const inChild = inner.left > 0
  const child = inChild ? childId(inner) : null
  const sub = inChild ? inner.positive() : 0
  inner.end()
  return { record, field, child, sub }
}

function scalar(read: Reader): Scalar {
  const value = read.next()
  if (value === null || typeof value === 'number') return value
  if (typeof value === 'string' && value.length <= 16_384) return value
  return read.fail('a scalar')
}
