/** The replica's `Crypto` on node:crypto. Public keys are parsed once: parsing costs as much as a check with one. */
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import { type Bytes, concatBytes, toBase64Url } from '../../shared/base/bytes.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { Crypto } from '../../shared/replica/ports.ts'

/** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

export function createCrypto(): Crypto {
  const keys = new Map<string, KeyObject>()
  return {
    sha256: (bytes) => hash('sha256', bytes, 'buffer'),
    verify: (publicKey, message, signature) => {
      if (publicKey.length !== 32 || signature.length !== 64) return false
      return verify(null, message, keyOf(keys, publicKey), signature)
    },
  }
}

function keyOf(keys: Map<string, KeyObject>, raw: Bytes): KeyObject {
  const name = toBase64Url(raw)
  const known = keys.get(name)
  if (known) return known
  const key = createPublicKey({
    key: Buffer.from(concatBytes(SPKI_PREFIX, raw)),
    format: 'der',
    type: 'spki',
  })
  if (keys.size >= LIMITS.actors) keys.clear()
  keys.set(name, key)
  return key
}
