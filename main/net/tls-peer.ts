/** What a finished TLS handshake proves about the other side: the hash of its key, or nothing. */
import type { TLSSocket } from 'node:tls'
import type { Bytes } from '../../shared/base/bytes.ts'
import { keyHashOf } from './tls-identity.ts'

/**
 * Null without a certificate, with more than one (an honest device has no chain, and whose word would the rest be?), and for a resumed session, in which Node calls a client without one authorised
 * (nodejs/node#35317). Tickets are off on both sides, so that an honest peer never resumes.
 */
export function provedKeyHash(socket: TLSSocket): Bytes | null {
  if (socket.isSessionReused()) return null
  const certificate = socket.getPeerX509Certificate()
  return certificate === undefined || certificate.issuerCertificate !== undefined
    ? null
    : keyHashOf(certificate)
}
