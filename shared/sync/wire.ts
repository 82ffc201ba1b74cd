/**
 * The messages of a session: deterministic CBOR arrays `[code, …]`, read strictly and bounded.
 * A code that is not known belongs to a newer version and is left alone; anything else that does not
 * fit its shape is malformed, and ends the session.
 *
 * 16-19 are the transfer of files (`blobs/messages.ts`). Reserved: 20-23 for more of it, 24-27 signalling of live
 * presence, 29 addresses of other peers.
 */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { decodeCbor, encodeCbor, type CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import { parseActorId, parseSiteId, type ActorId, type SiteId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { Malformed, Reader } from '../op/reader.ts'
import type { Head, Run } from '../op/run.ts'
import { readAddresses, toldItem, type Addresses } from './told.ts'
import { negotiated, PROTOCOL, type Versions } from './versions.ts'
import { blobItems, isBlobMessage, readBlobMessage, type BlobMessage } from './blobs/messages.ts'

export type Hello = {
  readonly kind: 'hello'
  /** What the sender speaks; both sides go on in the highest that they have in common. */
  readonly speaks: Versions
  readonly site: SiteId
  readonly actor: ActorId
  /** Of the cursor with its head hashes, as it was when this was sent. */
  readonly digest: Bytes
  /** Names the authority's cursor that the sender holds (`tagOf`); null for none. */
  readonly authority: number | null
}

/** A hello of versions that are none of this build's; nothing behind them is read. */
export type ForeignHello = { readonly kind: 'foreign-hello'; readonly speaks: Versions }

/** All that the sender holds without gaps. Runs up to batch `through` are contained in it or were not taken. */
export type Vector = { readonly kind: 'vector'; readonly through: number; readonly heads: readonly Head[] }

/** Batches count 1, 2, 3… in each direction of a session. */
export type RunMessage = { readonly kind: 'run'; readonly batch: number; readonly run: Run }

/** Everything up to batch `through` was dealt with; `heads` are those that moved, each of a committed op. */
export type Ack = { readonly kind: 'ack'; readonly through: number; readonly heads: readonly Head[] }

/**
 * The sender is on another branch of this actor's chain than a head that it was told of. `heads` are some ops of its
 * branches, ever sparser towards the beginning: the receiver sends from the last of them that it holds.
 */
export type Locate = { readonly kind: 'locate'; readonly actor: ActorId; readonly heads: readonly Head[] }

/**
 * The receiver lacks ops that the sender has dropped: it can only begin from a snapshot. `run` is of the authority's chain
 * and begins with the op that names one which the sender holds; null: it holds none.
 */
export type Start = { readonly kind: 'start'; readonly run: Run | null }

/** A cursor that the authority signed, relayed as it is. */
type AuthorityCursor = { readonly kind: 'authority'; readonly bytes: Bytes }

/** `age`: how many ms ago the authority was heard along this way; null: never. */
export type Beat = { readonly kind: 'ping' | 'pong'; readonly digest: Bytes; readonly age: number | null }

export type Goodbye = { readonly kind: 'goodbye'; readonly reason: string; readonly detail: string }

export type Message =
  | Hello
  | ForeignHello
  | Vector
  | RunMessage
  | Ack
  | Locate
  | Start
  | AuthorityCursor
  | Beat
  | Goodbye
  | Addresses
  | BlobMessage
/** `unknown`: of a newer version; to be counted and otherwise ignored. */
export type Incoming = Message | { readonly kind: 'unknown'; readonly code: number }

const CODES = {
  hello: 1,
  vector: 2,
  run: 3,
  ack: 4,
  authority: 5,
  ping: 6,
  pong: 7,
  goodbye: 8,
  locate: 9,
  start: 10,
  addresses: 28,
} as const

export function encodeMessage(message: Exclude<Message, ForeignHello>): Bytes {
  if (isBlobMessage(message)) return encodeCbor(blobItems(message))
  return encodeCbor([CODES[message.kind], ...fieldsOf(message)])
}

function fieldsOf(message: Exclude<Message, ForeignHello | BlobMessage>): CborValue[] {
  switch (message.kind) {
    case 'hello': {
      const { speaks, site, actor, digest, authority } = message
      return [speaks.min, speaks.max, idBytes(site), idBytes(actor), digest, authority]
    }
    case 'vector':
    case 'ack':
      return [message.through, message.heads.map(headItem)]
    case 'run':
      return [message.batch, ...runItems(message.run)]
    case 'start':
      return message.run ? runItems(message.run) : []
    case 'locate':
      return [idBytes(message.actor), message.heads.map(({ seq, hash }) => [seq, hash])]
    case 'authority':
      return [message.bytes]
    case 'ping':
    case 'pong':
      return [message.digest, message.age]
    case 'goodbye':
      return [message.reason, excerpt(message.detail)]
    case 'addresses':
      return [message.told.map(toldItem)]
  }
}

const runItems = ({ actor, first, ops, signature }: Run): CborValue[] => [
  idBytes(actor),
  first,
  ops,
  signature,
]

/** Cutting a text may leave half a character, which no strict decoder takes. */
const excerpt = (text: string): string =>
  text.slice(0, LIMITS.detail).toWellFormed().normalize('NFC').slice(0, LIMITS.detail)

const headItem = (head: Head): CborValue => [idBytes(head.actor), head.seq, head.hash]

function idBytes(id: SiteId | ActorId): Bytes {
  const bytes = fromHex(id)
  invariant(bytes !== null, 'an id is hexadecimal')
  return bytes
}

/** One frame of a transport is one message, as a side that speaks `own` reads it. */
export function decodeMessage(bytes: Bytes, own: Versions = PROTOCOL): Result<Incoming, string> {
  const value = decodeCbor(bytes, LIMITS.frameBytes)
  if (!value.ok) return value
  try {
    return ok(readMessage(Reader.of(value.value), own))
  } catch (problem) {
    if (problem instanceof Malformed) return err(problem.message)
    throw problem
  }
}

function readMessage(reader: Reader, own: Versions): Incoming {
  const code = reader.count()
  if (code === CODES.hello) return readHello(reader, own)
  const message = readFields(code, reader)
  if (message.kind !== 'unknown') reader.end()
  return message
}

function readFields(code: number, reader: Reader): Incoming {
  switch (code) {
    case CODES.vector:
      return { kind: 'vector', through: reader.count(), heads: reader.list(LIMITS.heads, readHead) }
    case CODES.run:
      return { kind: 'run', batch: reader.positive(), run: readRun(reader) }
    case CODES.start:
      return { kind: 'start', run: reader.left === 0 ? null : readRun(reader) }
    case CODES.ack:
      return { kind: 'ack', through: reader.count(), heads: reader.list(LIMITS.heads, readHead) }
    case CODES.locate:
      return readLocate(reader)
    case CODES.authority:
      return { kind: 'authority', bytes: bounded(reader, LIMITS.cursorBytes) }
    case CODES.ping:
      return { kind: 'ping', digest: reader.bytes(32), age: nullableCount(reader) }
    case CODES.pong:
      return { kind: 'pong', digest: reader.bytes(32), age: nullableCount(reader) }
    case CODES.goodbye:
      return { kind: 'goodbye', reason: reader.text(LIMITS.reason), detail: reader.text(LIMITS.detail) }
    case CODES.addresses:
      return readAddresses(reader)
    default:
      return readBlobMessage(code, reader) ?? { kind: 'unknown', code }
  }
}

/** A peer that speaks a later version too may say more behind what is known here: it is left alone. */
function readHello(reader: Reader, own: Versions): Hello | ForeignHello {
  const speaks = { min: reader.positive(), max: reader.positive() }
  if (speaks.max < speaks.min) return reader.fail('versions from the least to the greatest')
  if (negotiated(own, speaks) === null) return { kind: 'foreign-hello', speaks }
  const site = parseSiteId(toHex(reader.bytes(32)))
  const actor = readActor(reader)
  const digest = reader.bytes(32)
  const authority = nullableCount(reader)
  if (speaks.max <= own.max) reader.end()
  return { kind: 'hello', speaks, site: site ?? reader.fail('a site'), actor, digest, authority }
}

function readRun(reader: Reader): Run {
  const actor = readActor(reader)
  const first = reader.positive()
  const ops = readOps(reader)
  return { actor, first, ops, signature: reader.bytes(64) }
}

/** All bounds of a run are checked here, before anything is hashed. */
function readOps(reader: Reader): Bytes[] {
  const items = reader.next()
  if (!isList(items) || items.length === 0 || items.length > LIMITS.runOps)
    return reader.fail('the ops of a run')
  const ops = items.map((item) =>
    item instanceof Uint8Array && item.length > 0 && item.length <= LIMITS.opBytes
      ? item
      : reader.fail('an op'),
  )
  const size = ops.reduce((sum, op) => sum + op.length, 0)
  return size <= LIMITS.runBytes ? ops : reader.fail(`at most ${LIMITS.runBytes} bytes of ops`)
}

const isList = (value: CborValue): value is readonly CborValue[] => Array.isArray(value)

const readHead = (reader: Reader): Head => ({
  actor: readActor(reader),
  seq: reader.positive(),
  hash: reader.bytes(16),
})

function readLocate(reader: Reader): Locate {
  const actor = readActor(reader)
  const heads = reader.list(LIMITS.milestones, (item) => ({
    actor,
    seq: item.positive(),
    hash: item.bytes(16),
  }))
  return { kind: 'locate', actor, heads }
}

const readActor = (reader: Reader): ActorId =>
  parseActorId(toHex(reader.bytes(32))) ?? reader.fail('an actor')

function bounded(reader: Reader, most: number): Bytes {
  const bytes = reader.bytes()
  return bytes.length <= most ? bytes : reader.fail(`at most ${most} bytes`)
}

function nullableCount(reader: Reader): number | null {
  const item = reader.next()
  if (item === null) return null
  return typeof item === 'number' && item >= 0 ? item : reader.fail('a count or null')
}

/**
 * A short name of an authority cursor (FNV-1a, 32 bits), so that peers do not send each other what both hold.
 * A hint only: the cursor itself is signed, and the next one has another name.
 */
export function tagOf(bytes: Bytes): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
