/** A caller that does what it likes over TLS, as no honest device would. */
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { parseAddress } from '../../main/net/address.ts'
import type { TlsIdentity } from '../../main/net/contract.ts'
import { FRAMES } from '../../main/net/frames.ts'

export function callRaw(
  address: string,
  identity: TlsIdentity | null,
  options: ConnectionOptions = {},
): TLSSocket {
  const own = identity === null ? {} : { key: identity.keyPem, cert: identity.certPem }
  return connect({ ...parseAddress(address), ...own, rejectUnauthorized: false, ...options })
}

/** All that comes until the other side ends, and what ended it. */
export function answerOf(
  socket: TLSSocket,
  request: string,
): Promise<{ readonly text: string; readonly error: string | null }> {
  let text = ''
  let problem: string | null = null
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')))
  socket.on('error', (error: NodeJS.ErrnoException) => (problem = error.code ?? error.message))
  socket.once('secureConnect', () => socket.write(request))
  return new Promise((resolve) => socket.once('close', () => resolve({ text, error: problem })))
}

/** A WebSocket of the sync path, opened by whoever holds the identity. */
export function openSync(address: string, identity: TlsIdentity): WebSocket {
  return new WebSocket(`wss://${address}/sync`, {
    ...FRAMES,
    maxPayload: 0,
    key: identity.keyPem,
    cert: identity.certPem,
    rejectUnauthorized: false,
  })
}
