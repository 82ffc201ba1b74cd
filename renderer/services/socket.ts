/**
 * The desk's end of the one contract: `DeskApi` over a WebSocket of the page's own origin. The only file that
 * touches the API. It keeps true: a request is always answered, if only by "connection lost"; a watch survives
 * reconnecting; equal watches are one on the wire; a node that has gone silent counts as gone.
 */
import { CONTROL_PROTOCOL, tokenProtocol } from '../../shared/api/desk-api.ts'
import type { ClientFrame, DeskApi, ServerFrame } from '../../shared/api/desk-api.ts'
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import { TallydeskError, type ErrorBody } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import { backoff } from './backoff.ts'
import type { Link } from './link.ts'

type Outcome = Result<unknown, ErrorBody>
type Watch = {
  readonly key: string
  readonly query: string
  readonly input: unknown
  readonly listeners: Set<(outcome: Outcome) => void>
  /** Its id on the present connection. */
  id: number
  last: Outcome | null
}

/** A node that says nothing for this long after being asked has stopped, whatever TCP believes. */
const SILENCE_MS = 6_000
const HEARTBEAT_MS = 3_000

export type SocketOptions = {
  /** The node's control socket. */
  readonly url: string
  readonly token: string
  readonly onLink: (link: Link) => void
  /** Asks over plain HTTP whether the node runs at all; a node that runs but takes no socket refuses the token. */
  readonly nodeRuns: () => Promise<boolean>
}

export class DeskSocket implements DeskApi {
  readonly #options: SocketOptions
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()
  readonly #watches = new Map<string, Watch>()
  readonly #watchOf = new Map<number, Watch>()
  #socket: WebSocket | null = null
  #id = 0
  #attempt = 0
  #since = Date.now()
  #heartbeat: ReturnType<typeof setTimeout> | undefined

  constructor(options: SocketOptions) {
    this.#options = options
    this.#connect()
  }

  do<C extends CommandName>(
    command: C,
    input: CommandInput<C>,
  ): Promise<Result<CommandResult<C>, ErrorBody>> {
    // The node answers by the contract that both sides compile against.
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
    const key = `${query} ${JSON.stringify(input)}`
    const watch = this.#watches.get(key) ?? this.#begin(key, query, input)
    const hear = listener as (outcome: Outcome) => void
    watch.listeners.add(hear)
    if (watch.last) hear(watch.last)
    return () => this.#leave(watch, hear)
  }

  #begin(key: string, query: string, input: unknown): Watch {
    const watch: Watch = { key, query, input, listeners: new Set(), id: 0, last: null }
    this.#watches.set(key, watch)
    this.#subscribe(watch)
    return watch
  }

  #subscribe(watch: Watch): void {
    if (!this.#open()) return
    watch.id = ++this.#id
    this.#watchOf.set(watch.id, watch)
    this.#send({ type: 'watch', id: watch.id, query: watch.query, input: watch.input })
  }

  #leave(watch: Watch, hear: (outcome: Outcome) => void): void {
    watch.listeners.delete(hear)
    if (watch.listeners.size > 0 || this.#watches.get(watch.key) !== watch) return
    this.#watches.delete(watch.key)
    this.#watchOf.delete(watch.id)
    if (this.#open()) this.#send({ type: 'unwatch', id: watch.id })
  }

  #ask(frame: (id: number) => ClientFrame): Promise<Outcome> {
    if (!this.#open()) return Promise.resolve(err(new TallydeskError('not-connected').toBody()))
    const id = ++this.#id
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#send(frame(id))
    })
  }

  #open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame))
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.url, [CONTROL_PROTOCOL, tokenProtocol(this.#options.token)])
    this.#socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      this.#attempt = 0
      this.#options.onLink({ state: 'up' })
      for (const watch of this.#watches.values()) this.#subscribe(watch)
      this.#listenForSilence()
    }
    socket.onmessage = (event) => this.#receive(event.data)
    socket.onclose = () => {
      if (this.#socket === socket) void this.#lost(opened)
    }
  }

  #receive(data: unknown): void {
    this.#listenForSilence()
    const frame = readFrame(data)
    if (!frame) return
    const outcome: Outcome = frame.type === 'answer' ? ok(frame.result) : err(frame.error)
    const watch = this.#watchOf.get(frame.id)
    if (watch) {
      watch.last = outcome
      for (const listener of [...watch.listeners]) listener(outcome)
      return
    }
    this.#waiting.get(frame.id)?.(outcome)
    this.#waiting.delete(frame.id)
  }

  /** After a pause asks for a sign of life; none within the bound, and the line is given up. */
  #listenForSilence(): void {
    clearTimeout(this.#heartbeat)
    this.#heartbeat = setTimeout(() => {
      void this.query('node', {})
      this.#heartbeat = setTimeout(() => this.#giveUp(), SILENCE_MS - HEARTBEAT_MS)
    }, HEARTBEAT_MS)
  }

  #giveUp(): void {
    const silent = this.#socket
    if (!silent) return
    silent.onclose = null
    silent.onmessage = null
    silent.close()
    void this.#lost(true)
  }

  async #lost(wasUp: boolean): Promise<void> {
    clearTimeout(this.#heartbeat)
    this.#socket = null
    this.#watchOf.clear()
    if (wasUp) this.#since = Date.now()
    this.#options.onLink({ state: 'down', since: this.#since })
    const lost = err(new TallydeskError('connection-lost').toBody())
    for (const resolve of this.#waiting.values()) resolve(lost)
    this.#waiting.clear()
    if (!wasUp && (await this.#options.nodeRuns())) {
      this.#options.onLink({ state: 'refused', since: this.#since })
    }
    setTimeout(() => this.#connect(), backoff(this.#attempt++))
  }
}

/** A frame of the node, or null for what this version does not understand. */
function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  const frame: unknown = JSON.parse(data)
  if (typeof frame !== 'object' || frame === null || !('type' in frame) || !('id' in frame)) return null
  return frame.type === 'answer' || frame.type === 'error' ? (frame as ServerFrame) : null
}
