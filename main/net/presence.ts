/**
 * This node's presence on its local network: the port it listens at and its announcements. Both are opened and
 * closed together, one change after the other, and keep the port that was got first.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import { formatAddress, parseAddress } from './address.ts'
import type { NetworkOptions } from './contract.ts'
import { Discovery } from './discovery.ts'
import { usableAddresses } from './interfaces.ts'
import { Listener, type ListenerOptions } from './listener.ts'

type PresenceOptions = Pick<NetworkOptions, 'identity' | 'listen' | 'mdns' | 'store' | 'log'> &
  Pick<ListenerOptions, 'handshake' | 'isMember' | 'onLink' | 'mayPair' | 'onPair'> & {
    readonly isAlone: () => boolean
    readonly members: () => readonly ActorId[]
    readonly onSight: (address: string, actor: ActorId | null) => void
  }

/** ms before a port that somebody took meanwhile is tried again. */
const RETRY = 1_000

export class Presence {
  readonly #options: PresenceOptions
  #port: number
  #listener: Listener | null = null
  #discovery: Discovery | null = null
  #wanted = false
  #changing: Promise<void> = Promise.resolve()
  #retry: NodeJS.Timeout | null = null

  constructor(options: PresenceOptions) {
    this.#options = options
    this.#port = options.listen.port
  }

  get address(): string {
    return formatAddress({ host: this.#options.listen.host, port: this.#port })
  }

  /** Throws TallydeskError where the port cannot be had. */
  async open(): Promise<void> {
    this.#wanted = true
    await this.#listen()
    await this.#announce()
  }

  /** Like `open` and `close`, but later, and trying again until the port is free. */
  set(on: boolean): void {
    this.#wanted = on
    this.#changing = this.#changing.then(() => this.#follow())
  }

  async close(): Promise<void> {
    this.set(false)
    await this.#changing
  }

  async #follow(): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
    if (!this.#wanted) return this.#leave()
    await this.#listen().catch((error: unknown) => {
      this.#options.log.warn({ error: String(error) }, 'cannot listen again yet')
      this.#retry = setTimeout(() => this.set(this.#wanted), RETRY)
    })
    if (this.#listener !== null) await this.#announce()
  }

  async #listen(): Promise<void> {
    if (this.#listener !== null) return
    const { listen, ...options } = this.#options
    const listener = new Listener({ ...options, host: listen.host, port: this.#port })
    this.#port = parseAddress(await listener.open())?.port ?? this.#port
    this.#listener = listener
  }

  async #announce(): Promise<void> {
    const { mdns, store, members, isAlone, onSight, log } = this.#options
    if (mdns === null || this.#discovery !== null) return
    const { interfaces } = mdns
    this.#discovery = new Discovery({
      site: store.site,
      actor: store.actor,
      members,
      port: this.#port,
      interfaces,
      isAlone,
      onSight,
      log,
    })
    await this.#discovery.start()
  }

  async #leave(): Promise<void> {
    const [listener, discovery] = [this.#listener, this.#discovery]
    this.#listener = null
    this.#discovery = null
    await discovery?.stop()
    await listener?.close()
  }

  get port(): number {
    return this.#port
  }

  /** The network is another, or this device was away from it: announce anew, and look round. */
  renew(anew: boolean): void {
    this.#discovery?.renew(anew)
  }

  /** Look round for peers again soon. */
  hurry(): void {
    this.#discovery?.hurry()
  }

  /** Where a joining device may find this node: the address it listens at, or one of each interface. */
  addresses(): readonly string[] {
    const { listen, mdns } = this.#options
    if (listen.host !== '0.0.0.0' && listen.host !== '::') return [this.address]
    const hosts = usableAddresses(mdns?.interfaces)
    return (hosts.length > 0 ? hosts : ['127.0.0.1']).map((host) => formatAddress({ host, port: this.#port }))
  }
}
