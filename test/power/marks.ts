/**
 * Loaded into a node before it starts (--import): writes down every frame that the node is about to send, to its screen
 * or to a peer, so that the record of its files says what had left it by then. Writing comes first and sending after:
 * whatever a frame tells must be durable at its mark. Nothing of the node is changed by it.
 */
import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { MARKS } from './marked.ts'

const handle = openSync(join(process.env.TALLYDESK_TRACE_ROOT ?? '', MARKS), 'a')
// Called below with the socket as its `this`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const send = WebSocket.prototype.send

WebSocket.prototype.send = function marked(this: WebSocket, ...sent: unknown[]): void {
  const [frame] = sent
  const bytes = frame instanceof Uint8Array ? frame : Buffer.from(String(frame))
  writeSync(handle, Buffer.concat([Uint8Array.of(frame instanceof Uint8Array ? 1 : 0), bytes]))
  Reflect.apply(send, this, sent)
}
