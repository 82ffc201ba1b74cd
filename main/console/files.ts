/**
 * Photos and files in and out. What comes in is streamed to where it is kept, and is gone again unless it is whole;
 * what goes out is never a page of this origin: known pictures are shown, everything else is a download.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { TallydeskError, type ErrorCode } from '../../shared/api/errors.ts'
import { FILES_PATH, type KeptAnswer, type RefusedAnswer } from '../../shared/api/files.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { rangeOf, type ByteRange } from './byte-range.ts'
import { pathOf, type Gate } from './gate.ts'
import { imageTypeOf } from './image-type.ts'
import type { FilesPort, HeldFile } from './port.ts'
import { refuse } from './refuse.ts'

/** Of what comes after a refusal, so much is read past: a sender hears the answer rather than a broken line. */
const READ_PAST = 1024 * 1024

const STATUS: Partial<Record<ErrorCode, number>> = {
  'too-large': 413,
  'disk-full': 507,
  'too-many': 503,
  'no-site': 409,
}

export type FilesOptions = {
  readonly files: FilesPort
  readonly idle?: number
  readonly onError: (error: Error) => void
}

export class Files {
  readonly #gate: Gate
  readonly #port: FilesPort
  readonly #idle: number
  readonly #onError: (error: Error) => void
  #uploads = 0

  constructor(gate: Gate, { files, idle = LIMITS.fileIdle, onError }: FilesOptions) {
    this.#gate = gate
    this.#port = files
    this.#idle = idle
    this.#onError = onError
  }

  static isAbout(request: IncomingMessage): boolean {
    const path = pathOf(request)
    return path === FILES_PATH || path.startsWith(`${FILES_PATH}/`)
  }

  /** Answers a request whose Host was checked. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const status = this.#gate.fileRefusal(request)
    if (status !== null) {
      refuse(response, status)
      return
    }
    // Its server ends the connection then, and sets its own limit again for the next request.
    request.socket.setTimeout(this.#idle)
    const isUpload = pathOf(request) === FILES_PATH
    if (isUpload ? request.method !== 'POST' : !isReading(request)) {
      response.setHeader('allow', isUpload ? 'POST' : 'GET, HEAD')
      refuse(response, 405)
      return
    }
    await (isUpload ? this.#keep(request, response) : this.#give(request, response))
  }

  async #keep(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#refuseEarly(request)
      this.#uploads += 1
      try {
        // Left open where it is refused midway, so that the answer can still go out.
        const body = request.iterator({ destroyOnReturn: false })
        json(response, 200, await this.#port.keep(body))
      } finally {
        this.#uploads -= 1
      }
    } catch (error) {
      this.#refused(request, response, error)
    }
  }

  /** Before a byte of it is written. */
  #refuseEarly(request: IncomingMessage): void {
    const size = Number(request.headers['content-length'] ?? 0)
    if (size > this.#port.most) throw new TallydeskError('too-large', { size, limit: this.#port.most })
    if (this.#uploads >= LIMITS.uploads)
      throw new TallydeskError('too-many', { what: 'uploads at once', limit: LIMITS.uploads })
  }

  #refused(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (request.destroyed && !request.complete) return
    const known =
      error instanceof TallydeskError
        ? error
        : new TallydeskError('internal', { reason: 'the file was not kept' })
    if (known !== error) this.#onError(error instanceof Error ? error : new Error(String(error)))
    response.setHeader('connection', 'close')
    json(response, STATUS[known.code] ?? 500, { error: known.toBody() } satisfies RefusedAnswer)
    readPast(request)
  }

  async #give(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sha256 = pathOf(request).slice(FILES_PATH.length + 1)
    const file = /^[0-9a-f]{64}$/.test(sha256) ? this.#port.find(sha256) : null
    if (file === null) {
      refuse(response, 404)
      return
    }
    const range = rangeOf(request.headers.range, file.size)
    response.setHeaders(headersOf(sha256, file))
    if (request.headers['if-none-match'] === `"${sha256}"`) {
      response.writeHead(304).end()
      return
    }
    if (range === null) {
      response.setHeader('content-range', `bytes */${file.size}`)
      refuse(response, 416)
      return
    }
    await this.#send(request, response, file, range)
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    file: HeldFile,
    { from, to }: ByteRange,
  ): Promise<void> {
    const isPart = to - from < file.size
    if (isPart) response.setHeader('content-range', `bytes ${from}-${to - 1}/${file.size}`)
    response.writeHead(isPart ? 206 : 200, { 'content-length': to - from })
    if (request.method === 'HEAD' || to === from) {
      response.end()
      return
    }
    try {
      await pipeline(file.read(from, to), response)
    } catch (error) {
      // Who went away in the middle is no trouble of the node's; a disk that cannot be read is.
      if (!response.destroyed && error instanceof Error) this.#onError(error)
      response.destroy()
    }
  }
}

const isReading = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'

function headersOf(sha256: string, { name, head }: HeldFile): Map<string, string> {
  const type = imageTypeOf(head)
  const named = `filename*=UTF-8''${encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, percent)}`
  return new Map([
    ['content-type', type ?? 'application/octet-stream'],
    ['content-disposition', `${type === null ? 'attachment' : 'inline'}; ${named}`],
    // Were it opened as a page all the same, it could do nothing.
    ['content-security-policy', "default-src 'none'; sandbox; frame-ancestors 'none'"],
    // The name is the content: it never changes. Only this browser keeps it.
    ['cache-control', 'private, max-age=31536000, immutable'],
    ['etag', `"${sha256}"`],
    ['accept-ranges', 'bytes'],
    ['vary', 'authorization'],
  ])
}

const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`

function json(response: ServerResponse, status: number, body: KeptAnswer | RefusedAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(body))
}

function readPast(request: IncomingMessage): void {
  let past = 0
  request.on('data', (data: Buffer) => {
    past += data.length
    if (past > READ_PAST) request.destroy()
  })
}
