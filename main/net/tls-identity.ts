/**
 * A device's TLS identity: an ECDSA P-256 key (Electron's BoringSSL refuses Ed25519 certificates) and a
 * certificate over it that nobody else signed. Peers look at the hash of the key alone; names and dates in the
 * certificate mean nothing, since clocks are wrong and names change.
 */
import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { TlsIdentity } from './contract.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const VALID = {
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('9999-12-31T23:59:59Z'),
} as const

/** The name stands in the certificate for whoever looks at one; it decides nothing. */
export async function createTlsIdentity(name: string): Promise<TlsIdentity> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: [{ CN: [name.slice(0, 64)] }],
      ...VALID,
      keys,
      signingAlgorithm: ALGORITHM,
    },
    crypto,
  )
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  return loadTlsIdentity(toPem('PRIVATE KEY', pkcs8), certificate.toString('pem'))
}

/** From the PEM texts that `createTlsIdentity` gave. Throws for anything that is no certificate. */
export function loadTlsIdentity(keyPem: string, certPem: string): TlsIdentity {
  return { keyPem, certPem, keyHash: keyHashOf(new X509Certificate(certPem)) }
}

/** SHA-256 of the SPKI, 32 bytes. */
export function keyHashOf(certificate: X509Certificate): Bytes {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  return new Uint8Array(createHash('sha256').update(spki).digest())
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
