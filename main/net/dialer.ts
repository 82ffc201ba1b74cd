/**
 * Calling a peer: TCP, a TLS 1.3 handshake with both certificates, a decision on the hash of the server's key,
 * and only then the first byte of HTTP. Failures are values: most calls on a warehouse network lead nowhere.
 */
import { connect, type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import type { Bytes } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { parseAddress } from './address.ts'
import type { TlsIdentity } from './contract.ts'
import { FRAMES, SYNC_PATH, TLS_VERSION } from './frames.ts'
import { provedKeyHash } from './tls-peer.ts'

/** `unreachable`: nobody answers there. `turned-away`: somebody does, and ends the call. */
type CallFailure = 'unreachable' | 'turned-away' | 'cancelled'

type CallOptions = {
  readonly address: string
  readonly identity: TlsIdentity
  /** ms for each of TCP with TLS, and the upgrade. */
  readonly timeout: number
  readonly cancel?: AbortSignal
}

export type SecureCall = { readonly socket: TLSSocket; readonly keyHash: Bytes }

/** A connection whose server has proved its key and has been told nothing yet. */
export function callSecurely(options: CallOptions): Promise<Result<SecureCall, CallFailure>> {
  const target = parseAddress(options.address)
  if (target === null || options.cancel?.aborted === true) return Promise.resolve(err('cancelled'))
  const { keyPem: key, certPem: cert } = options.identity
  // Whose certificate it is, the hash of its key decides; there is no name in it to check.
  const socket = connect({
    ...target,
    key,
    cert,
    ...TLS_VERSION,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  return new Promise((resolve) => {
    const settle = (result: Result<SecureCall, CallFailure>): void => {
      clearTimeout(timer)
      options.cancel?.removeEventListener('abort', cancel)
      if (!result.ok) socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => settle(err('unreachable')), options.timeout)
    const cancel = (): void => settle(err('cancelled'))
    options.cancel?.addEventListener('abort', cancel, { once: true })
    // Stays for the life of the socket, whose errors all end in its close.
    socket.on('error', () => settle(err('unreachable')))
    socket.once('secureConnect', () => {
      const keyHash = provedKeyHash(socket)
      settle(keyHash === null ? err('turned-away') : ok({ socket, keyHash }))
    })
  })
}

/** Turns a call into a WebSocket of the sync path. */
export function upgrade(call: SecureCall, timeout: number): Promise<Result<WebSocket, CallFailure>> {
  const link = new WebSocket(`ws://peer${SYNC_PATH}`, {
    ...FRAMES,
    createConnection: () => call.socket,
    handshakeTimeout: timeout,
    followRedirects: false,
  })
  return new Promise((resolve) => {
    link.once('open', () => resolve(ok(link)))
    link.once('error', () => {
      call.socket.destroy()
      resolve(err('turned-away'))
    })
  })
}
