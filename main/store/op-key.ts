/**
 * The device's Ed25519 op key. It is durable before the first operation is signed with it, and never leaves the
 * folder: only signatures and the public half do.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { TallydeskError } from '../../shared/api/errors.ts'
import { type Bytes, fromBase64Url } from '../../shared/base/bytes.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { inFolder, readIfThere, writePrivately } from './files.ts'

/** Loads the key of this file, or makes one and keeps it there. */
export function loadOrMakeSigner(file: string): Signer {
  return inFolder(() => {
    const pem = readIfThere(file)
    return signer(pem === null ? makeKey(file) : readKey(pem))
  })
}

function makeKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519')
  writePrivately(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  return privateKey
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    throw new TallydeskError(
      'data-folder-unreadable',
      { reason: 'op-key.pem holds no key' },
      { cause: error },
    )
  }
  throw new TallydeskError('data-folder-unreadable', { reason: 'op-key.pem holds a key of another kind' })
}

function signer(key: KeyObject): Signer {
  return { publicKey: rawPublicKey(key), sign: (message) => sign(null, message, key) }
}

/** 32 raw bytes. */
export function rawPublicKey(key: KeyObject): Bytes {
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  const raw = fromBase64Url(x ?? '')
  invariant(raw?.length === 32, 'an Ed25519 public key has 32 bytes')
  return raw
}
