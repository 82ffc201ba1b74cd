/**
 * The recovery key of a site: an Ed25519 key whose public half stands in the genesis op. Its secret half is shown
 * once, to be kept offline, and is stored nowhere. As text it is the 32-byte seed in base64url.
 */
import { generateKeyPairSync } from 'node:crypto'
import type { Bytes } from '../../shared/base/bytes.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { rawPublicKey } from './op-key.ts'

export type RecoveryKey = { readonly publicKey: Bytes; readonly secret: string }

export function makeRecoveryKey(): RecoveryKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d } = privateKey.export({ format: 'jwk' })
  invariant(d !== undefined, 'a private key has a secret half')
  return { publicKey: rawPublicKey(privateKey), secret: d }
}
