/**
 * A node that belongs to a site: the replica, the network around it, and the work between them. Every commit is told
 * to the network, to who watches, and to the slices; nothing else writes.
 */
import { TallydeskError } from '../../shared/api/errors.ts'
import type { ParsedQuery } from '../../shared/api/parse.ts'
import type { QueryAnswer, QueryName } from '../../shared/api/queries.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Member, Replica } from '../../shared/replica/contract.ts'
import type { Network, Pin } from '../net/contract.ts'
import { createNetwork } from '../net/network.ts'
import { addressBookIn } from '../store/address-book.ts'
import { AuthorityWait } from './authority-wait.ts'
import type { Machine } from './machine.ts'
import type { NodeNetworkOptions, NodeOptions } from './options.ts'
import { Slices } from './slices.ts'
import { type Reachability, unlinked } from './unlinked.ts'

/** How often the time at which the authority was last heard is kept for the next start, ms. */
const KEEP_HEARD_MS = 30_000

export type SiteOptions = Pick<NodeOptions, 'network' | 'decide' | 'authorityWait'> & {
  readonly machine: Machine
  readonly replica: Replica
  /** Whom to trust before the log knows anybody. */
  readonly pin: Pin | null
  /** Whether a port that was asked for may be another where it is taken. */
  readonly port: 'as-asked' | 'may-change'
  /** Told after every commit and every change of the network. */
  readonly onChange: () => void
}

export type SiteQuery = Exclude<ParsedQuery, { readonly query: 'node' | 'preferences' }>

export class Site {
  readonly replica: Replica
  /** `host:port`; null without a network. */
  listen: string | null = null
  readonly #options: SiteOptions
  readonly #slices: Slices
  readonly #around: Reachability
  #network: Network | null = null
  #wait: AuthorityWait | null = null
  #keeper: NodeJS.Timeout | undefined
  #waker: NodeJS.Timeout | undefined

  private constructor(options: SiteOptions) {
    this.#options = options
    this.replica = options.replica
    const { machine, replica } = options
    this.#around = unlinked(
      machine.clock.now(),
      () => this.#isAuthority(),
      () => machine.facts.authorityHeard(),
    )
    this.#slices = new Slices({
      work: [() => this.#decide(), () => replica.work()],
      whenQuiet: () => machine.sql.checkpoint(),
      log: machine.log,
    })
  }

  /** Throws `address-in-use`. */
  static async start(options: SiteOptions): Promise<Site> {
    const site = new Site(options)
    if (options.network !== null) await site.#startNetwork(options.network)
    options.replica.onCommit(() => site.#committed())
    if (options.network !== null) site.#slices.wake()
    return site
  }

  get network(): Result<Network, TallydeskError> {
    return this.#network === null ? err(new TallydeskError('not-running')) : ok(this.#network)
  }

  query(asked: SiteQuery): Result<QueryAnswer<QueryName>, TallydeskError> {
    switch (asked.query) {
      case 'status':
        return ok(this.#status())
      case 'peers':
        return ok({ peers: this.#peers(), seen: this.#now().seen() })
      case 'invites':
        return ok({ invites: this.#now().invites.list() })
      default:
        return this.replica.query(asked.query, asked.input, this.#now().reach())
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#keeper)
    clearTimeout(this.#waker)
    this.#slices.stop()
    this.#keepAuthorityHeard()
    await this.#network?.stop()
  }

  #now(): Reachability {
    return this.#network ?? this.#around
  }

  #isAuthority(): boolean {
    return this.replica.authority() === this.replica.actor
  }

  #others(): readonly Member[] {
    return this.replica.members().filter(({ actor, cut }) => actor !== this.replica.actor && cut === null)
  }

  #status(): QueryAnswer<'status'> {
    const log = this.replica.status()
    const heard = [log.authority_heard, this.#now().authorityHeard()].filter((wall) => wall !== null)
    return {
      ...log,
      ...this.#now().status(),
      authority_heard: heard.length === 0 ? null : Math.max(...heard),
      halted: null,
    }
  }

  #peers(): QueryAnswer<'peers'>['peers'] {
    const links = new Map(
      this.#now()
        .peers()
        .map((link) => [link.actor, link]),
    )
    return this.#others().map(({ actor, name, role }) => {
      const link = links.get(actor)
      if (link) return { ...link, name, role }
      return { actor, name, role, link: 'off', via: null, last_heard: null, lag: null, address: null }
    })
  }

  #committed(): void {
    this.#network?.committed()
    this.#slices.wake()
    this.#options.onChange()
  }

  #decide(): boolean {
    if (this.#options.decide === 'manual' || this.#wait === null || !this.#isAuthority()) return false
    return this.#wait.isOver() && this.replica.decideWaiting(1) > 0
  }

  async #startNetwork(options: NodeNetworkOptions): Promise<void> {
    const { machine } = this.#options
    const { host, port } = options.listen
    const usual = port === 0 ? machine.facts.port() : null
    const network = await this.#listenAt(options, usual ?? port).catch((error: unknown) => {
      if (usual === null && this.#options.port === 'as-asked') throw error
      return this.#listenAt(options, 0)
    })
    this.#network = network
    if (port === 0 && this.listen !== null)
      machine.facts.keepPort(Number(this.listen.slice(this.listen.lastIndexOf(':') + 1)))
    machine.log.info({ listen: this.listen, host }, 'the node listens for peers')
    this.#wait = new AuthorityWait({
      others: () => this.#others().length,
      peers: () => network.peers(),
      now: () => performance.now(),
      limit: this.#options.authorityWait,
    })
    this.#waker = setTimeout(() => this.#slices.wake(), this.#wait.left())
    network.onChange(() => this.#networkChanged())
    this.#keeper = setInterval(() => this.#keepAuthorityHeard(), KEEP_HEARD_MS)
  }

  async #listenAt(options: NodeNetworkOptions, port: number): Promise<Network> {
    const { machine, replica, pin } = this.#options
    const network = createNetwork({
      store: replica,
      members: () => replica.members(),
      identity: machine.identity,
      ...options,
      listen: { host: options.listen.host, port },
      addressBook: addressBookIn(machine.sql),
      bootstrapPin: pin,
      admit: this.#isAuthority() ? (admission) => replica.admit(admission) : null,
      authorityHeard: machine.facts.authorityHeard(),
      clock: machine.clock,
      random: Math.random,
      log: machine.log,
    })
    try {
      this.listen = (await network.start()).listen
    } catch (error) {
      await network.stop()
      throw error
    }
    return network
  }

  #networkChanged(): void {
    this.#slices.wake()
    this.#options.onChange()
  }

  #keepAuthorityHeard(): void {
    const { facts } = this.#options.machine
    const heard = this.#network?.authorityHeard() ?? null
    if (heard !== null && heard !== facts.authorityHeard()) facts.keepAuthorityHeard(heard)
  }
}
