/**
 * A parcel: work that came to its author's own device only, handed in as content (design 4). Its bytes are
 * `[1, site, actor, name, cause, [op bytes…]]` in deterministic CBOR. It is data and proves nothing: whoever hands it
 * in answers for it, so no signature is in it. Read wholly, within bounds, before anything is done with it.
 */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { decodeCanonical, encodeCbor } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ActorId, ParcelId, SiteId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { parseOp, type Op } from '../op/op.ts'
import { Malformed, Reader } from '../op/reader.ts'

export const PARCEL_CAUSES = ['cut', 'restored', 'cloned', 'forked'] as const
export type ParcelCause = (typeof PARCEL_CAUSES)[number]

export type Parcel = {
  readonly site: SiteId
  /** Whose work it is, and what the device is called. */
  readonly actor: ActorId
  readonly name: string
  readonly cause: ParcelCause
  /** Ops of that actor, by ascending seq; an item of the parcel is one of them. */
  readonly ops: readonly Op[]
}

export type ParcelContent = Omit<Parcel, 'ops'> & { readonly ops: readonly Bytes[] }

const VERSION = 1
const NAME_MAX = 80

export function encodeParcel({ site, actor, name, cause, ops }: ParcelContent): Bytes {
  return encodeCbor([VERSION, idBytes(site), idBytes(actor), name.slice(0, NAME_MAX), cause, [...ops]])
}

/** As many parcels as the bounds ask for; none where there is nothing to hand in. */
export function packed(content: ParcelContent): Bytes[] {
  const parcels: Bytes[] = []
  let [ops, size]: [Bytes[], number] = [[], 0]
  const close = (): void => {
    if (ops.length > 0) parcels.push(encodeParcel({ ...content, ops }))
    ;[ops, size] = [[], 0]
  }
  for (const bytes of content.ops) {
    if (ops.length >= LIMITS.parcelOps || size + bytes.length > LIMITS.parcelBytes - ROOM) close()
    ops.push(bytes)
    size += bytes.length + HEAD
  }
  close()
  return parcels
}

/** What the envelope takes at most, and the length in front of each op. */
const ROOM = 1024
const HEAD = 5

/** The content as a parcel, or in words why it is none. */
export function parseParcel(bytes: Bytes): Result<Parcel, string> {
  const decoded = decodeCanonical(bytes, LIMITS.parcelBytes)
  if (!decoded.ok) return decoded
  try {
    return ok(readParcel(Reader.of(decoded.value)))
  } catch (problem) {
    if (problem instanceof Malformed) return err(problem.message)
    throw problem
  }
}

function readParcel(read: Reader): Parcel {
  if (read.count() !== VERSION) read.fail(`version ${VERSION}`)
  const site = toHex(read.bytes(32)) as SiteId
  const actor = toHex(read.bytes(32)) as ActorId
  const name = read.text(NAME_MAX)
  const said = read.text(NAME_MAX)
  const cause = PARCEL_CAUSES.find((each) => each === said) ?? read.fail('a cause')
  const ops = read.nested().rest(LIMITS.parcelOps, (item) => readOp(item, site, actor))
  read.end()
  if (ops.length === 0) read.fail('at least one change')
  if (!ops.every((op, i) => i === 0 || (ops[i - 1]?.seq ?? 0) < op.seq)) read.fail('changes in their order')
  return { site, actor, name, cause, ops }
}

function readOp(read: Reader, site: SiteId, actor: ActorId): Op {
  const bytes = read.bytes()
  if (bytes.length > LIMITS.opBytes) throw new Malformed('a change is too large')
  const parsed = parseOp(bytes)
  if (!parsed.ok) throw new Malformed(`a change cannot be read: ${parsed.error}`)
  if (parsed.value.site !== site || parsed.value.actor !== actor)
    throw new Malformed('a change is of another device than the parcel says')
  return parsed.value
}

/** A parcel goes by its content: the same content is the same parcel, whoever hands it in. */
export const parcelIdOf = (sha256: (bytes: Bytes) => Bytes, content: Bytes): ParcelId =>
  toHex(sha256(content).subarray(0, 16)) as ParcelId

/** The content in parts that each fit into an op. */
export function partsOf(content: Bytes): Bytes[] {
  const parts: Bytes[] = []
  for (let at = 0; at < content.length; at += LIMITS.parcelPartBytes)
    parts.push(content.subarray(at, at + LIMITS.parcelPartBytes))
  return parts
}

function idBytes(id: string): Bytes {
  const bytes = fromHex(id)
  invariant(bytes, 'an id is hex')
  return bytes
}
