/**
 * `DeskApi` of a node in another process, over its control socket: for the command line, the demo and tests. Every
 * request is answered: by the node, or by `connection-lost` when the node has gone or gone silent.
 */
import * as v from 'valibot'
import { WebSocket } from 'ws'
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import {
  type ClientFrame,
  CONTROL_PATH,
  CONTROL_PROTOCOL,
  type DeskApi,
  tokenProtocol,
} from '../../shared/api/desk-api.ts'
import { type ErrorBody, TallydeskError } from '../../shared/api/errors.ts'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { ControlFile } from './control-file.ts'

const CONNECT_MS = 5_000
/** A node answers pings between any two slices of its work. */
const PING_MS = 5_000
const SILENCE_MS = 30_000
const MOST_ANSWER_BYTES = 256 * 1024 * 1024

type Outcome = Result<unknown, ErrorBody>
type Listener = (outcome: Outcome) => void

const frameSchema = v.variant('type', [
  v.object({ type: v.literal('answer'), id: v.number(), result: v.unknown() }),
  v.object({ type: v.literal('error'), id: v.number(), error: v.custom<ErrorBody>(isErrorBody) }),
])

function isErrorBody(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}

/** `pid`: of the process that should answer there, where it is known. */
export type ControlAddress = Omit<ControlFile, 'pid'> & { readonly pid?: number }

/** Throws `control-unreachable`, or `unauthorised` where another node than the file's answers. */
export function openControlClient(control: ControlAddress): Promise<ControlClient> {
  const { address, token, pid = '?' } = control
  const socket = new WebSocket(`ws://${address}${CONTROL_PATH}`, [CONTROL_PROTOCOL, tokenProtocol(token)], {
    handshakeTimeout: CONNECT_MS,
    maxPayload: MOST_ANSWER_BYTES,
    perMessageDeflate: false,
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(new ControlClient(socket)))
    socket.once('unexpected-response', () => reject(new TallydeskError('unauthorised')))
    // Also after `open`: what ends the connection is told to whoever waits when it closes.
    socket.on('error', (cause) =>
      reject(new TallydeskError('control-unreachable', { address, pid }, { cause })),
    )
  })
}

export class ControlClient implements DeskApi {
  readonly #socket: WebSocket
  /** Who waits for one answer, and who for every answer, by the id of the frame. */
  readonly #waiting = new Map<number, Listener>()
  readonly #watching = new Map<number, Listener>()
  readonly #pinger: NodeJS.Timeout
  #heard = performance.now()
  #id = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#receive(data.toString('utf8')))
    socket.on('pong', () => (this.#heard = performance.now()))
    socket.on('close', () => this.#lost())
    this.#pinger = setInterval(() => this.#ping(), PING_MS)
  }

  // The node answers each name by the contract that both sides were compiled against.

  do<C extends CommandName>(
    command: C,
    input: CommandInput<C>,
  ): Promise<Result<CommandResult<C>, ErrorBody>> {
    return this.#ask((id) => ({ type: 'do', id, command, input })) as Promise<
      Result<CommandResult<C>, ErrorBody>
    >
  }

  query<Q extends QueryName>(query: Q, input: QueryInput<Q>): Promise<Result<QueryAnswer<Q>, ErrorBody>> {
    return this.#ask((id) => ({ type: 'query', id, query, input })) as Promise<
      Result<QueryAnswer<Q>, ErrorBody>
    >
  }

  watch<Q extends QueryName>(
    query: Q,
    input: QueryInput<Q>,
    listener: (answer: Result<QueryAnswer<Q>, ErrorBody>) => void,
  ): () => void {
    this.#id += 1
    const id = this.#id
    this.#watching.set(id, listener as Listener)
    this.#send({ type: 'watch', id, query, input })
    return () => {
      if (this.#watching.delete(id)) this.#send({ type: 'unwatch', id })
    }
  }

  close(): void {
    clearInterval(this.#pinger)
    this.#socket.close()
  }

  #ask(frame: (id: number) => ClientFrame): Promise<Outcome> {
    this.#id += 1
    const id = this.#id
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#send(frame(id))
    })
  }

  #send(frame: ClientFrame): void {
    const bytes = Buffer.from(JSON.stringify(frame))
    if (bytes.length > LIMITS.controlBytes) {
      const tooLarge = new TallydeskError('too-large', { size: bytes.length, limit: LIMITS.controlBytes })
      this.#settle(frame.id, err(tooLarge.toBody()))
    } else if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes, { binary: false })
    else this.#settle(frame.id, err(new TallydeskError('connection-lost').toBody()))
  }

  #receive(text: string): void {
    this.#heard = performance.now()
    const parsed = v.safeParse(frameSchema, JSON.parse(text))
    if (!parsed.success) return
    const frame = parsed.output
    this.#settle(frame.id, frame.type === 'answer' ? ok(frame.result) : err(frame.error))
  }

  #settle(id: number, outcome: Outcome): void {
    this.#watching.get(id)?.(outcome)
    this.#waiting.get(id)?.(outcome)
    this.#waiting.delete(id)
  }

  #ping(): void {
    if (performance.now() - this.#heard > SILENCE_MS) this.#socket.terminate()
    else this.#socket.ping()
  }

  #lost(): void {
    clearInterval(this.#pinger)
    const lost = err(new TallydeskError('connection-lost').toBody())
    for (const id of [...this.#waiting.keys(), ...this.#watching.keys()]) this.#settle(id, lost)
    this.#watching.clear()
  }
}
