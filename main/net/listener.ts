/**
 * The one port of a node. A TLS 1.3 handshake ends in the hash of the peer's key, and on that hash alone it is
 * decided who is let on: a member may open a sync link, any other key may try a pairing code, no key gets nothing.
 * Before that decision no byte of the peer is read.
 */
import { constants } from 'node:crypto'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import {
  createServer as createNetServer,
  type AddressInfo,
  type Server as NetServer,
  type Socket,
} from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls'
import { WebSocketServer, type WebSocket } from 'ws'
import { TallydeskError } from '../../shared/api/errors.ts'
import type { Bytes } from '../../shared/base/bytes.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { formatAddress } from './address.ts'
import { Callers } from './callers.ts'
import type { Log, TlsIdentity } from './contract.ts'
import { FRAMES, PAIR_PATH, SYNC_PATH, TLS_VERSION } from './frames.ts'
import { plainHost } from './interfaces.ts'
import type { Ends } from './link.ts'
import { provedKeyHash } from './tls-peer.ts'

export type PairReply = { readonly status: number; readonly body: string }

export type ListenerOptions = {
  readonly identity: TlsIdentity
  readonly host: string
  readonly port: number
  /** ms from the connection to the end of the TLS handshake, and from there to a whole request. */
  readonly handshake: number
  /** May this key open a sync link? */
  readonly isMember: (keyHash: Bytes) => boolean
  readonly onLink: (socket: WebSocket, keyHash: Bytes, address: string, ends: Ends) => void
  /** May a code be valid now? Where not, keys of no member are sent away unread. */
  readonly mayPair: () => boolean
  readonly onPair: (body: string, keyHash: Bytes) => PairReply
  readonly log: Log
}

export class Listener {
  readonly #options: ListenerOptions
  readonly #tls: TlsServer
  readonly #http: Server
  readonly #upgrades = new WebSocketServer({ ...FRAMES, noServer: true, clientTracking: false })
  /** The key that each open connection has proved. */
  readonly #keys = new WeakMap<Duplex, Bytes>()
  readonly #deadlines = new WeakMap<Duplex, NodeJS.Timeout>()
  readonly #sockets = new Set<Socket>()
  readonly #net: NetServer
  readonly #callers = new Callers()

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#http = createHttpServer({ maxHeaderSize: LIMITS.pairingBytes })
    this.#http.on('request', (request, response) => this.#onRequest(request, response))
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head))
    this.#http.on('clientError', (_, socket) => socket.destroy())
    this.#tls = createTlsServer(this.#tlsOptions(), (socket) => this.#onHandshake(socket))
    this.#net = createNetServer((socket) => this.#onCall(socket))
    this.#net.maxConnections = LIMITS.connections
    this.#tls.on('tlsClientError', (error, socket) => this.#onTlsError(error, socket))
  }

  #tlsOptions() {
    const { identity, handshake } = this.#options
    return {
      key: identity.keyPem,
      cert: identity.certPem,
      ...TLS_VERSION,
      requestCert: true,
      // Nobody signs these certificates; `onHandshake` decides.
      rejectUnauthorized: false,
      secureOptions: constants.SSL_OP_NO_TICKET,
      handshakeTimeout: handshake,
    }
  }

  /** Answers the address it listens at, with the real port. Throws TallydeskError. */
  open(): Promise<string> {
    const { host, port } = this.#options
    return new Promise((resolve, reject) => {
      this.#net.once('error', (error: NodeJS.ErrnoException) =>
        reject(cannotListen(error, formatAddress({ host, port }))),
      )
      this.#net.listen({ host, port }, () => {
        this.#net.removeAllListeners('error')
        this.#net.on('error', (error: Error) => this.#options.log.warn({ error: error.message }, 'listener'))
        resolve(formatAddress({ host, port: portOf(this.#net.address()) }))
      })
    })
  }

  /** Stops listening and ends what is no link yet; links end by themselves. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#net.close(() => resolve())
      for (const socket of this.#sockets) socket.destroy()
    })
  }

  /** Only what is taken comes as far as a handshake. */
  #onCall(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    if (!this.#callers.take(socket, performance.now())) return
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    this.#tls.emit('connection', socket)
  }

  #onTlsError(error: Error, socket: TLSSocket): void {
    this.#options.log.debug({ error: error.message }, 'tls handshake refused')
    socket.destroy()
  }

  #onHandshake(socket: TLSSocket): void {
    const keyHash = provedKeyHash(socket)
    const { isMember, mayPair, handshake } = this.#options
    if (keyHash === null || !(isMember(keyHash) || mayPair())) {
      socket.destroy()
      return
    }
    this.#keys.set(socket, keyHash)
    this.#deadlines.set(
      socket,
      setTimeout(() => socket.destroy(), handshake),
    )
    socket.once('close', () => clearTimeout(this.#deadlines.get(socket)))
    this.#http.emit('connection', socket)
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const keyHash = this.#keys.get(socket)
    if (keyHash === undefined || request.url !== SYNC_PATH || !this.#options.isMember(keyHash)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    this.#upgrades.handleUpgrade(request, socket, head, (link) =>
      this.#handOver(link, request, socket, keyHash),
    )
  }

  #handOver(link: WebSocket, request: IncomingMessage, socket: Duplex, keyHash: Bytes): void {
    clearTimeout(this.#deadlines.get(socket))
    this.#callers.linked(request.socket)
    const { localAddress, remoteAddress, remotePort } = request.socket
    const ends = { local: plainHost(localAddress), remote: plainHost(remoteAddress) }
    this.#options.onLink(link, keyHash, formatAddress({ host: ends.remote, port: remotePort ?? 0 }), ends)
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const keyHash = this.#keys.get(request.socket)
    const { mayPair, onPair } = this.#options
    response.setHeader('Connection', 'close')
    if (keyHash === undefined || !mayPair() || request.method !== 'POST' || request.url !== PAIR_PATH) {
      reply(response, { status: 404, body: '' })
      return
    }
    readBody(request, (body) => {
      reply(response, body === null ? { status: 413, body: '' } : onPair(body, keyHash))
      if (body === null) request.destroy()
    })
  }
}

function reply(response: ServerResponse, { status, body }: PairReply): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Null as soon as it is longer than a pairing may be; not at all when the peer goes away. */
function readBody(request: IncomingMessage, done: (body: string | null) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= LIMITS.pairingBytes) chunks.push(chunk)
    else if (size - chunk.length <= LIMITS.pairingBytes) done(null)
  })
  request.on('end', () => {
    if (size <= LIMITS.pairingBytes) done(Buffer.concat(chunks).toString('utf8'))
  })
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

function cannotListen(error: NodeJS.ErrnoException, address: string): TallydeskError {
  if (error.code === 'EADDRINUSE') return new TallydeskError('address-in-use', { address }, { cause: error })
  return new TallydeskError(
    'usage',
    { reason: `This device cannot listen at ${address} (${error.code ?? error.message}).` },
    { cause: error },
  )
}
