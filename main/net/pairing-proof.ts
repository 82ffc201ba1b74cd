/**
 * What a joining device says to the device that invited it, and how it proves that it may: it knows the code's
 * secret (an HMAC over both TLS keys, so that it cannot be replayed elsewhere) and holds the op key it names.
 */
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto'
import * as v from 'valibot'
import { concatBytes, fromBase64Url, toBase64Url, type Bytes } from '../../shared/base/bytes.ts'
import { isWellFormed } from '../../shared/base/cbor.ts'
import { ROLES } from '../../shared/model/roles.ts'
import type { Signer } from '../../shared/replica/ports.ts'

const bytes = (length: number) =>
  v.pipe(
    v.string(),
    v.maxLength(200),
    v.transform(fromBase64Url),
    v.check((value) => value !== null && value.length === length),
    v.transform((value) => value ?? new Uint8Array()),
  )
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
/** 80 characters, as everywhere for a device's name. */
const deviceName = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(80), v.check(isWellFormed))

export const PairRequest = v.strictObject({
  version: v.literal(1),
  invite: bytes(4),
  opKey: bytes(32),
  name: deviceName,
  proof: bytes(32),
  possession: bytes(64),
})
export type PairRequest = v.InferOutput<typeof PairRequest>

export const PairAnswer = v.strictObject({ site: hex64, actor: hex64, role: v.picklist(ROLES) })
export type PairAnswer = v.InferOutput<typeof PairAnswer>

export const PairRefusal = v.strictObject({
  error: v.picklist(['pairing-refused', 'pairing-expired', 'pairing-used']),
})
export type PairRefusal = v.InferOutput<typeof PairRefusal>

/** What both proofs are over. The two TLS keys tie them to this very connection. */
type Transcript = {
  readonly invite: Bytes
  readonly opKey: Bytes
  readonly name: string
  readonly joinerKeyHash: Bytes
  readonly inviterKeyHash: Bytes
}

/** All parts but the last have fixed lengths, so that no two transcripts have the same bytes. */
const transcriptBytes = (domain: string, t: Transcript): Bytes =>
  concatBytes(text(domain), t.invite, t.opKey, t.joinerKeyHash, t.inviterKeyHash, text(t.name))

const text = (value: string): Bytes => new TextEncoder().encode(value)

const secretProof = (secret: Bytes, transcript: Transcript): Bytes =>
  new Uint8Array(
    createHmac('sha256', secret).update(transcriptBytes('tallydesk/pair/secret/1\0', transcript)).digest(),
  )

const possessionMessage = (transcript: Transcript): Bytes =>
  transcriptBytes('tallydesk/pair/op-key/1\0', transcript)

export function writePairRequest(secret: Bytes, transcript: Transcript, signer: Signer): string {
  return JSON.stringify({
    version: 1,
    invite: toBase64Url(transcript.invite),
    opKey: toBase64Url(transcript.opKey),
    name: transcript.name,
    proof: toBase64Url(secretProof(secret, transcript)),
    possession: toBase64Url(signer.sign(possessionMessage(transcript))),
  })
}

export const knowsSecret = (secret: Bytes, transcript: Transcript, proof: Bytes): boolean =>
  timingSafeEqual(secretProof(secret, transcript), proof)

/** Ed25519 by the op key that the request names; false for a key that is none. */
export function holdsOpKey(transcript: Transcript, possession: Bytes): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(transcript.opKey) }
    return verify(
      null,
      possessionMessage(transcript),
      createPublicKey({ key: jwk, format: 'jwk' }),
      possession,
    )
  } catch {
    return false
  }
}
