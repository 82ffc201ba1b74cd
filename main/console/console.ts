/**
 * The console: the desk's pages and the control socket, on one loopback port. It knows no domain: what it is asked
 * it passes to the node, and what the node answers it passes back.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { CONTROL_PROTOCOL } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { Files } from './files.ts'
import { Gate } from './gate.ts'
import { Pages, securityHeaders } from './pages.ts'
import type { DeskPort, FilesPort } from './port.ts'
import { refuse } from './refuse.ts'
import { Session } from './session.ts'
import type { Watches } from './watches.ts'

/** The hosts that a console may listen on. */
export const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1'])

export type ConsoleOptions = {
  /** Port 0 picks a free one. */
  readonly listen: { readonly host: string; readonly port: number }
  readonly token: string
  /** The folder of the built pages. */
  readonly pages: string
  readonly port: DeskPort
  readonly files: FilesPort
  /** After so long without a byte, a sender or reader of a file is given up, ms; half a minute, unless given. */
  readonly idle?: number
  readonly watches: Watches
  /** Told of trouble that no client sees, such as too many open files. */
  readonly onError: (error: Error) => void
}

export interface Console {
  /** `HOST:PORT` */
  readonly address: string
  close(): Promise<void>
}

/** Throws `address-in-use`, and `usage` for an address that other machines could reach. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  if (!LOOPBACK.has(options.listen.host)) {
    throw new TallydeskError('usage', {
      reason: `The control address ${options.listen.host} is not loopback.`,
    })
  }
  const server = createServer({ requestTimeout: LIMITS.requestTime, headersTimeout: 10_000 })
  server.maxConnections = LIMITS.controlConnections
  const port = await listen(server, options.listen)
  server.on('error', options.onError)
  const sockets = attach(server, new Gate(port, options.token), options)
  return { address: addressText(options.listen.host, port), close: () => close(server, sockets) }
}

function attach(server: Server, gate: Gate, options: ConsoleOptions): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.controlFrameBytes,
    perMessageDeflate: false,
    // The session answers text that is no UTF-8 with an error and keeps the connection.
    skipUTF8Validation: true,
    // One frame a turn: a client that sends a thousand at once does not make one long turn of them.
    allowSynchronousEvents: false,
    handleProtocols: () => CONTROL_PROTOCOL,
  })
  const doors = { gate, pages: new Pages(options.pages), files: new Files(gate, options) }
  server.on('request', (request, response) => {
    serve(doors, request, response).catch((error: unknown) => {
      options.onError(error instanceof Error ? error : new Error(String(error)))
      response.destroy()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const status = gate.refusal(request)
    if (status !== null) {
      refuseUpgrade(socket, status)
      return
    }
    sockets.handleUpgrade(
      request,
      socket,
      head,
      (opened) => new Session(opened, options.port, options.watches),
    )
  })
  return sockets
}

type Doors = { readonly gate: Gate; readonly pages: Pages; readonly files: Files }

async function serve(
  { gate, pages, files }: Doors,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = request.headers.host ?? ''
  if (!gate.isOwnHost(request)) {
    refuse(response, 403)
    return
  }
  for (const [name, value] of Object.entries(securityHeaders(host))) response.setHeader(name, value)
  if (Files.isAbout(request)) {
    await files.serve(request, response)
    return
  }
  // Nobody is listened to for long who sends what is not read.
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)
    response.setHeader('connection', 'close')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405)
    return
  }
  await pages.serve(request, response)
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}

function listen(server: Server, { host, port }: ConsoleOptions['listen']): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        inUse(error)
          ? new TallydeskError('address-in-use', { address: addressText(host, port) }, { cause: error })
          : error,
      ),
    )
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners('error')
      const address = server.address()
      invariant(typeof address === 'object' && address !== null, 'a listening server has an address')
      resolve(address.port)
    })
  })
}

const inUse = (error: Error): boolean =>
  'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

const addressText = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Says goodbye to every client; one that does not answer is cut off. */
async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001, 'the node stops')
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
  }, 500)
  await closed
  clearTimeout(cut)
}
