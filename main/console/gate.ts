/**
 * Who may speak to the console. It listens on loopback, yet any page of any browser on this machine can send
 * requests there: so the Host must be the console's own (a foreign name that was rebound to 127.0.0.1 is not), the
 * Origin, which browsers never leave out of a WebSocket, must be the console's own page, and the token of this
 * start must be shown.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { CONTROL_PATH, CONTROL_PROTOCOL, tokenProtocol } from '../../shared/api/desk-api.ts'
import { bearer } from '../../shared/api/files.ts'

export class Gate {
  readonly #hosts: ReadonlySet<string>
  readonly #token: string

  constructor(port: number, token: string) {
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
    this.#token = token
  }

  isOwnHost(request: IncomingMessage): boolean {
    return this.#hosts.has(request.headers.host ?? '')
  }

  /** The HTTP status that refuses an upgrade to the control socket; null where it may go on. */
  refusal(request: IncomingMessage): 400 | 401 | 403 | 404 | null {
    if (!this.isOwnHost(request) || !this.#isOwnOrigin(request)) return 403
    if (pathOf(request) !== CONTROL_PATH) return 404
    const [protocol, shown, ...more] = protocolsOf(request)
    if (protocol !== CONTROL_PROTOCOL || more.length > 0) return 400
    return shown !== undefined && sameText(shown, tokenProtocol(this.#token)) ? null : 401
  }

  /**
   * The HTTP status that refuses a request for files; null where it may go on. A browser sends the header with the
   * token for a page of its own origin alone.
   */
  fileRefusal(request: IncomingMessage): 401 | 403 | null {
    if (!this.isOwnHost(request) || !this.#isOwnOrigin(request)) return 403
    return sameText(request.headers.authorization ?? '', bearer(this.#token)) ? null : 401
  }

  /** A program that is no browser sends no Origin; the token alone lets it in. */
  #isOwnOrigin(request: IncomingMessage): boolean {
    const { origin, host } = request.headers
    return origin === undefined || origin === `http://${host ?? ''}`
  }
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split(/[?#]/, 1)[0] ?? ''
}

function protocolsOf(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
}

/** Takes as long for a nearly right text as for a wrong one. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
