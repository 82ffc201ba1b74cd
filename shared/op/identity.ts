/** How ids are made from what they name (design 5): an id is a hash, so nobody can choose one. */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { encodeCbor } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { KINDS, type KindName } from '../model/kinds.ts'
import type { ActorId, ChildId, DotRef, RecordId, SiteId } from '../model/ids.ts'

export type Sha256 = (bytes: Bytes) => Bytes

const bytesOf = (hex: string): Bytes => {
  const bytes = fromHex(hex)
  invariant(bytes, 'an id is hex')
  return bytes
}

/** 128 bits: ids of one site, made by its members only. */
const short = (hash: Bytes): string => toHex(hash.subarray(0, 16))

export const actorOf = (sha256: Sha256, opKey: Bytes): ActorId => toHex(sha256(opKey)) as ActorId

/** The kind is part of it: of two branches of a forked chain each may make something else at one dot. */
export const recordAt = (sha256: Sha256, dot: DotRef, kind: KindName): RecordId =>
  short(sha256(encodeCbor(['record', KINDS[kind].code, bytesOf(dot.actor), dot.seq, dot.index]))) as RecordId

export const childAt = (sha256: Sha256, dot: DotRef): ChildId =>
  short(sha256(encodeCbor(['child', bytesOf(dot.actor), dot.seq, dot.index]))) as ChildId

/** The same row of the same source is one record, whoever imports it. */
export const importedRecord = (
  sha256: Sha256,
  site: SiteId,
  kind: KindName,
  source: string,
  key: string,
): RecordId => short(sha256(encodeCbor(['import', bytesOf(site), KINDS[kind].code, source, key]))) as RecordId
