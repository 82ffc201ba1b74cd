/**
 * The recovery key of a site: an Ed25519 key whose public half stands in the genesis op. Its secret half is shown
 * once, to be kept offline, and is stored nowhere. As text it is the 32-byte seed in base64url.
 */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { type Bytes, concatBytes, fromBase64Url } from '../../shared/base/bytes.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { rawPublicKey } from './op-key.ts'

/** What stands before the 32 bytes of an Ed25519 seed in its PKCS #8 form (RFC 8410). */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)

export type RecoveryKey = { readonly publicKey: Bytes; readonly secret: string }

export function makeRecoveryKey(): RecoveryKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d } = privateKey.export({ format: 'jwk' })
  invariant(d !== undefined, 'a private key has a secret half')
  return { publicKey: rawPublicKey(privateKey), secret: d }
}

/** The key as it was shown, for one signature; null for a text that is no such key. Spaces around it are let go. */
export function recoverySigner(secret: string): Signer | null {
  const seed = fromBase64Url(secret.trim())
  if (seed?.length !== 32) return null
  const key = createPrivateKey({
    key: Buffer.from(concatBytes(PKCS8_PREFIX, seed)),
    format: 'der',
    type: 'pkcs8',
  })
  return { publicKey: rawPublicKey(key), sign: (message) => sign(null, message, key) }
}
