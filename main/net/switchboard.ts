/** Makes links of connections, keeps one to each peer, and carries commits and time to their sessions. */
import type { WebSocket } from 'ws'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import { Allowance } from '../../shared/sync/allowance.ts'
import type { CloseReason } from '../../shared/sync/close.ts'
import type { BlobExchange } from '../../shared/sync/blobs/exchange.ts'
import type { SyncStore } from '../../shared/sync/store.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Told } from '../../shared/sync/told.ts'
import type { Log } from './contract.ts'
import { Link, type Ends, type LinkEnd } from './link.ts'
import { Links, type Verdict } from './links.ts'
import type { Roster } from './roster.ts'
import { Turns } from './turns.ts'

export type Via = 'lan' | 'wan'

type Connection = {
  readonly socket: WebSocket
  readonly peer: ActorId
  /** What the handshake proved. */
  readonly keyHash: Bytes
  readonly dialled: boolean
  readonly via: Via
  readonly address: string
  readonly ends: Ends
}

type SwitchboardOptions = {
  readonly store: SyncStore
  readonly exchange: BlobExchange | null
  readonly roster: Roster
  readonly monotonic: () => number
  readonly authorityAge: (now: number) => number | null
  readonly onAuthorityHeard: (age: number) => void
  /** Members that are there for all that is known. */
  readonly there: () => readonly ActorId[]
  readonly onTold: (link: Link, told: readonly Told[]) => void
  /** What this peer may be told of others. */
  readonly tell: (link: Link) => readonly Told[]
  readonly onAuthoritySigned: () => void
  readonly onStart: (link: Link, run: Run | null) => void
  readonly onUp: (link: Link) => void
  readonly onDown: (link: Link, end: LinkEnd) => void
  readonly log: Log
}

export class Switchboard {
  readonly #options: SwitchboardOptions
  readonly #turns = new Turns()
  readonly #links: Links<Link>
  /** The last link of each peer, also when it has ended: what the peer had last said. */
  readonly #last = new Map<ActorId, Link>()
  /** Of every member that was linked: who calls again goes on with what it left. */
  readonly #allowances = new Map<ActorId, Allowance>()
  readonly #ending = new Set<Promise<void>>()
  #news: NodeJS.Immediate | null = null

  constructor(options: SwitchboardOptions) {
    this.#options = options
    const { store, roster, there } = options
    this.#links = new Links(store.actor, (actor) => roster.roleOf(actor), there)
  }

  /** Would a call to this peer be carried on? */
  judge(peer: ActorId): Verdict<Link> {
    return this.#links.judge({ peer, dialled: true })
  }

  /** Is a link to this peer worth a call? */
  wants(peer: ActorId): boolean {
    return this.#links.wants(peer)
  }

  /** How many of the links are to tablets. */
  tablets(): number {
    return this.#links.tablets().length
  }

  /** The reason why the connection became no link, or null. */
  connect(connection: Connection): CloseReason | null {
    const link = this.#createLink(connection)
    const verdict = this.#links.judge(connection)
    if (!verdict.take) return this.#end(link, verdict.why)
    if (verdict.instead !== null) this.#end(verdict.instead, verdict.because)
    this.#links.add(link)
    this.#last.set(link.peer, link)
    link.open()
    return null
  }

  /** For a connection that may not become a link: says why, and nothing else. */
  refuse(connection: Connection, reason: CloseReason, detail = ''): void {
    this.#end(this.#createLink(connection), reason, detail)
  }

  #createLink(connection: Connection): Link {
    const { store, exchange, roster, monotonic, onTold, onUp } = this.#options
    const { authorityAge, onAuthorityHeard, onAuthoritySigned, onStart } = this.#options
    const { peer, keyHash } = connection
    const admits = (actor: ActorId): ReturnType<Roster['admits']> =>
      actor === peer ? roster.admits(actor, keyHash) : { ok: false, cut: null }
    return new Link({
      ...connection,
      session: { store, admits, authorityAge, allowance: this.#allowanceOf(peer) },
      exchange,
      turns: this.#turns,
      monotonic,
      onAuthorityHeard,
      onTold,
      onAuthoritySigned,
      onStart,
      onGreeted: onUp,
      onFault: (link, error) =>
        this.#options.log.warn(
          { peer: link.peer, error: String(error) },
          'a link ended by a fault of the replica',
        ),
      onEnd: (link, end) => this.#onEnd(link, end),
    })
  }

  #allowanceOf(peer: ActorId): Allowance {
    const allowance = this.#allowances.get(peer) ?? new Allowance()
    this.#allowances.set(peer, allowance)
    return allowance
  }

  #onEnd(link: Link, end: LinkEnd): void {
    if (this.#links.remove(link)) this.#options.onDown(link, end)
  }

  #end(link: Link, reason: CloseReason, detail = ''): CloseReason {
    // Who is sent elsewhere is told where.
    if (reason === 'full') link.tell(this.#options.tell(link))
    const gone = link.leave(reason, detail)
    this.#ending.add(gone)
    void gone.then(() => this.#ending.delete(gone))
    return reason
  }

  link(peer: ActorId): Link | null {
    return this.#links.get(peer)
  }

  lastLink(peer: ActorId): Link | null {
    return this.#last.get(peer) ?? null
  }

  up(): readonly Link[] {
    return this.#links.all().filter((link) => link.up)
  }

  /** In a later turn, and once for many commits: a commit may happen inside a session's own step. */
  committed(): void {
    this.#news ??= setImmediate(() => {
      this.#news = null
      for (const link of this.#links.all()) link.committed()
    })
  }

  tick(): void {
    for (const link of this.#links.all()) link.tick()
  }

  /** The network has changed: links whose end here is gone are no more, the others must show that they are. */
  probe(addresses: readonly string[]): void {
    for (const link of this.#links.all()) {
      if (addresses.includes(link.ends.local)) link.probe()
      else link.drop()
    }
  }

  /** Ends the links that `of` picks. */
  endAll(reason: CloseReason, of: (link: Link) => boolean = () => true): void {
    for (const link of this.#links.all()) if (of(link)) this.#end(link, reason)
  }

  async stop(): Promise<void> {
    this.endAll('stopping')
    await Promise.all(this.#ending)
    if (this.#news !== null) clearImmediate(this.#news)
    this.#turns.stop()
  }
}
