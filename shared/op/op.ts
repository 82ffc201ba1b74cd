/**
 * The operation: signed, immutable, identified by actor and seq (design 4). Its bytes are
 * `[version, site, actor, seq, prev, context delta, lamport, wall, effects]`; replicas keep and forward
 * the very bytes they verified, and nothing is re-encoded to check it.
 */
import { concatBytes, fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { decodeCanonical, decodeCbor, encodeCbor, type CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ActorId, RecordId, SiteId } from '../model/ids.ts'
import { FIRST_CONTROL_CODE, EFFECT_CODES } from './codes.ts'
import type { ControlEffect, DataEffect, Effect, KnownEffect, ReviewEffect } from './effect.ts'
import { encodeEffect, parseEffect } from './effect-codec.ts'
import { LIMITS } from './limits.ts'
import { Malformed, Reader } from './reader.ts'
import { compareHeads } from './run.ts'
import { THIS_BUILD, type Vocabulary } from './vocabulary.ts'

export const OP_VERSION = 1

/** What the author has newly seen since its own previous op: the head it saw of one branch of an actor's chain. */
export type Cause = { readonly actor: ActorId; readonly seq: number; readonly hash: Bytes }

export type Op = {
  /** Null in the genesis op, whose hash is the site. */
  readonly site: SiteId | null
  readonly actor: ActorId
  readonly seq: number
  /** Hash of the actor's previous op; empty for the first. */
  readonly prev: Bytes
  readonly causes: readonly Cause[]
  readonly lamport: number
  readonly wall: number
  readonly effects: readonly Effect[]
}

export type OpToWrite = Omit<Op, 'effects'> & { readonly effects: readonly KnownEffect[] }

const EMPTY: Bytes = new Uint8Array(0)
/** How much of a hash names a cause: 128 bits. */
export const CAUSE_HASH_BYTES = 16

const SIGNATURE_TAG = Uint8Array.from('tallydesk op 1\n', (letter) => letter.charCodeAt(0))

/** What is signed: the purpose, then the op's hash, so that no other signature can pass for one. */
export const signedBytes = (hash: Bytes): Bytes => concatBytes(SIGNATURE_TAG, hash)

const idBytes = (id: string): Bytes => {
  const bytes = fromHex(id)
  invariant(bytes, 'an id is hex')
  return bytes
}

export function encodeOp(op: OpToWrite): Bytes {
  return encodeCbor([
    OP_VERSION,
    op.site === null ? EMPTY : idBytes(op.site),
    idBytes(op.actor),
    op.seq,
    op.prev,
    op.causes.map((cause) => [idBytes(cause.actor), cause.seq, cause.hash]),
    op.lamport,
    op.wall,
    op.effects.map(encodeEffect),
  ])
}

/** The bytes as an op, or why they are none. Says nothing yet of chain, signature or causes. */
export const parseOp = (bytes: Bytes, vocabulary: Vocabulary = THIS_BUILD): Result<Op, string> =>
  opIn(decodeCanonical(bytes, LIMITS.opBytes), vocabulary)

/** An op of the log, whose bytes passed `parseOp` on their way in: that they are the one encoding need not be asked again. */
export function storedOp(bytes: Bytes, vocabulary: Vocabulary = THIS_BUILD): Op {
  const op = opIn(decodeCbor(bytes, LIMITS.opBytes), vocabulary)
  invariant(op.ok, 'a stored op parses')
  return op.value
}

function opIn(decoded: Result<CborValue, string>, vocabulary: Vocabulary): Result<Op, string> {
  if (!decoded.ok) return decoded
  try {
    return ok(readOp(Reader.of(decoded.value), vocabulary))
  } catch (problem) {
    if (problem instanceof Malformed) return err(problem.message)
    throw problem
  }
}

function readOp(read: Reader, vocabulary: Vocabulary): Op {
  if (read.count() !== OP_VERSION) read.fail(`version ${OP_VERSION}`)
  const site = read.bytes()
  const actor = toHex(read.bytes(32)) as ActorId
  const seq = read.positive()
  const prev = read.bytes(seq === 1 ? 0 : 32)
  if (site.length !== 32 && !(site.length === 0 && seq === 1)) read.fail('a site')
  const causes = read.list(LIMITS.actors, (item) => ({
    actor: toHex(item.bytes(32)) as ActorId,
    seq: item.positive(),
    hash: item.bytes(CAUSE_HASH_BYTES),
  }))
  if (!ascend(causes)) read.fail('each cause once, in order')
  const lamport = read.positive()
  const wall = read.count()
  if (wall > LIMITS.wall) read.fail('a moment')
  const items = read.next()
  if (!Array.isArray(items) || items.length === 0 || items.length > LIMITS.opEffects) read.fail('effects')
  const effects = (items as CborValue[]).map((item) => parseEffect(item, vocabulary))
  read.end()
  return {
    site: site.length === 0 ? null : (toHex(site) as SiteId),
    actor,
    seq,
    prev,
    causes,
    lamport,
    wall,
    effects,
  }
}

/** One context, one encoding. An actor is named several times only where it has forked, which the log finds out. */
const ascend = (causes: readonly Cause[]): boolean =>
  causes.every((cause, i) => {
    const before = causes[i - 1]
    return before === undefined || compareHeads(before, cause) < 0
  })

const REVIEW: ReadonlySet<Effect['type']> = new Set<ReviewEffect['type']>([
  'adopt',
  'dismiss',
  'revoke',
  'parcel',
])

export const isReview = (effect: Effect): effect is ReviewEffect => REVIEW.has(effect.type)

export function isControl(effect: Effect): effect is ControlEffect {
  if (effect.type === 'unknown' || isReview(effect)) return false
  return EFFECT_CODES[effect.type] >= FIRST_CONTROL_CODE
}

export const isData = (effect: Effect): effect is DataEffect =>
  effect.type !== 'unknown' && EFFECT_CODES[effect.type] < FIRST_CONTROL_CODE

/** The record that a data effect changes; null for one that creates its record. */
export function changedRecord(effect: DataEffect): RecordId | null {
  if (effect.type === 'create' || effect.type === 'import') return null
  return effect.type === 'child' || effect.type === 'drop' ? effect.record : effect.at.record
}
