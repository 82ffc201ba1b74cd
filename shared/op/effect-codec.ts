/** Effects to and from CBOR. An effect is an array that begins with its code (see codes.ts). */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import type { CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { KINDS, type KindName } from '../model/kinds.ts'
import type { ActorId, ChildId, DotRef, OpRef, RecordId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import { ACTION_CODES, EFFECT_CODES, ROLE_CODES, type Action } from './codes.ts'
import type { Address, Effect, Scalar } from './effect.ts'
import { Reader } from './reader.ts'

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
export function encodeEffect(effect: Exclude<Effect, { type: 'unknown' }>): CborValue {
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
    case 'genesis':
      return [
        code,
        effect.siteName,
        effect.opKey,
        effect.tlsKeyHash,
        effect.name,
        effect.person,
        effect.recoveryKey,
      ]
    case 'admit':
      return [code, effect.opKey, effect.tlsKeyHash, effect.name, effect.person, ROLE_CODES[effect.role]]
    case 'setRole':
      return [code, hexBytes(effect.actor), ROLE_CODES[effect.role], effect.through]
    case 'cut':
      return [code, hexBytes(effect.actor), effect.through, effect.hash, effect.reason]
    case 'request':
      return [code, ACTION_CODES[effect.action], hexBytes(effect.record)]
    case 'withdraw':
      return [code, ref(effect.request)]
    case 'decide':
      return [
        code,
        ref(effect.request),
        effect.accept,
        effect.number ? [effect.number.year, effect.number.count] : null,
        effect.reason,
      ]
  }
}

const PARSERS: Readonly<Record<number, (read: Reader) => Effect | typeof UNKNOWN>> = {
  [EFFECT_CODES.create]: (read) => withKind(read, (kind) => ({ type: 'create', kind })),
  [EFFECT_CODES.import]: (read) =>
    withKind(read, (kind) => ({ type: 'import', kind, source: read.text(80), key: read.text(80) })),
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
  [EFFECT_CODES.admit]: (read) => {
    const keys = { opKey: read.bytes(32), tlsKeyHash: read.bytes(32) }
    const names = { name: read.text(80), person: read.text(80) }
    return withRole(read, (role) => ({ type: 'admit', ...keys, ...names, role }))
  },
  [EFFECT_CODES.setRole]: (read) => {
    const actor = actorId(read)
    return withRole(read, (role) => ({ type: 'setRole', actor, role, through: read.count() }))
  },
  [EFFECT_CODES.cut]: (read) => ({
    type: 'cut',
    actor: actorId(read),
    through: read.count(),
    hash: read.bytes(32),
    reason: read.text(500),
  }),
  [EFFECT_CODES.request]: (read) => {
    const action = actionOf(read.count())
    return action ? { type: 'request', action, record: recordId(read) } : UNKNOWN
  },
  [EFFECT_CODES.withdraw]: (read) => ({ type: 'withdraw', request: opRef(read.nested()) }),
  [EFFECT_CODES.decide]: (read) => ({
    type: 'decide',
    request: opRef(read.nested()),
    accept: read.boolean(),
    number: read.optional((inner) => ({ year: inner.count(), count: inner.count() })),
    reason: read.nullableText(500),
  }),
}

/** Throws a `Malformed` for what no version would write; an unknown code is data. */
export function parseEffect(value: CborValue): Effect {
  const read = Reader.of(value)
  const code = read.count()
  const parsed = PARSERS[code]?.(read) ?? UNKNOWN
  if (parsed === UNKNOWN) return { type: 'unknown', code }
  read.end()
  return parsed
}

function withKind(read: Reader, make: (kind: KindName) => Effect): Effect | typeof UNKNOWN {
  const code = read.count()
  const kind = KIND_BY_CODE.get(code)
  return kind ? make(kind) : UNKNOWN
}

function withRole(read: Reader, make: (role: Role) => Effect): Effect | typeof UNKNOWN {
  const code = read.count()
  const role = ROLE_BY_CODE.get(code)
  return role ? make(role) : UNKNOWN
}

const KIND_BY_CODE = new Map<number, KindName>(
  (Object.keys(KINDS) as KindName[]).map((name) => [KINDS[name].code, name]),
)
const ROLE_BY_CODE = new Map<number, Role>(
  (Object.keys(ROLE_CODES) as Role[]).map((name) => [ROLE_CODES[name], name]),
)
const actionOf = (code: number): Action | null =>
  code === ACTION_CODES.close ? 'close' : code === ACTION_CODES.reopen ? 'reopen' : null

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
