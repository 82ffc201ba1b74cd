/**
 * Finding peers on the local network. What is heard is a hint: an address to call, believed only after a TLS
 * handshake. Sightings carry a tag of the site and not the site, and an instance id that is new at every start.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { SiteId } from '../../shared/model/ids.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { formatAddress } from './address.ts'
import type { Log } from './contract.ts'
import { usableAddresses } from './interfaces.ts'
import { Mdns, type Sighting } from './mdns.ts'

type DiscoveryOptions = {
  readonly site: SiteId
  readonly port: number
  /** Names or addresses of the interfaces to use; undefined: all usable ones. */
  readonly interfaces: readonly string[] | undefined
  readonly onSight: (address: string) => void
  readonly log: Log
}

/** ms between looks at the list of interfaces. */
const WATCH = 3_000
/** ms between looks round, doubled from the least to the most; after a change from the least again. */
const LOOK_LEAST = 1_000
const LOOK_MOST = 60_000

export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #instance = randomBytes(8).toString('hex')
  readonly #responders = new Map<string, Mdns>()
  /** Interfaces that could not be used, so that each is reported once. */
  readonly #broken = new Set<string>()
  #wait = LOOK_LEAST
  #timers: { readonly watch: NodeJS.Timeout; look: NodeJS.Timeout } | null = null
  #watching: Promise<void> = Promise.resolve()

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const watch = setInterval(() => this.#watch(), WATCH)
    this.#timers = { watch, look: setTimeout(() => this.#lookAgain(), LOOK_LEAST) }
    this.#watch()
    await this.#watching
  }

  async stop(): Promise<void> {
    if (this.#timers !== null) clearInterval(this.#timers.watch)
    if (this.#timers !== null) clearTimeout(this.#timers.look)
    this.#timers = null
    await this.#watching
    const responders = [...this.#responders.values()]
    this.#responders.clear()
    await Promise.all(responders.map((responder) => responder.close()))
  }

  /** Look round often again: a link was lost, or the device has woken. */
  hurry(): void {
    this.#wait = LOOK_LEAST
    if (this.#timers === null) return
    clearTimeout(this.#timers.look)
    this.#timers.look = setTimeout(() => this.#lookAgain(), 0)
  }

  #lookAgain(): void {
    for (const responder of this.#responders.values()) responder.look()
    if (this.#timers !== null) this.#timers.look = setTimeout(() => this.#lookAgain(), this.#wait)
    this.#wait = Math.min(2 * this.#wait, LOOK_MOST)
  }

  /** One change after the other; stopping waits for the last. */
  #watch(): void {
    this.#watching = this.#watching.then(() => (this.#timers === null ? undefined : this.#followInterfaces()))
  }

  async #followInterfaces(): Promise<void> {
    const addresses = usableAddresses(this.#options.interfaces)
    const gone = [...this.#responders].filter(([address]) => !addresses.includes(address))
    for (const [address, responder] of gone) {
      this.#responders.delete(address)
      await responder.close()
    }
    const fresh = addresses.filter((address) => !this.#responders.has(address))
    for (const address of fresh) await this.#respondOn(address)
    if (gone.length > 0 || fresh.some((address) => this.#responders.has(address))) this.hurry()
  }

  async #respondOn(address: string): Promise<void> {
    const { site, port, log } = this.#options
    const txt = { v: String(PROTOCOL.max), site: discoveryTag(site), id: this.#instance }
    // A name of its own on every interface: on a bridged network two equal names would be a conflict.
    const instance = `${this.#instance}-${randomBytes(2).toString('hex')}`
    const onSight = (sighting: Sighting): void => this.#sight(sighting)
    const onError = (error: Error): void => log.debug({ address, error: error.message }, 'mdns')
    try {
      this.#responders.set(address, await Mdns.open(address, { instance, port, txt }, onSight, onError))
      this.#broken.delete(address)
    } catch (error) {
      if (!this.#broken.has(address))
        log.warn({ address, error: String(error) }, 'mdns is not available here')
      this.#broken.add(address)
    }
  }

  #sight({ host, port, txt }: Sighting): void {
    const isOurs = txt.get('site') === discoveryTag(this.#options.site) && txt.get('id') !== this.#instance
    if (isOurs && port > 0) this.#options.onSight(formatAddress({ host, port }))
  }
}

/** Tells a site's devices from others without telling the site: nobody can call by it or compute it backwards. */
export const discoveryTag = (site: SiteId): string =>
  createHash('sha256').update(`tallydesk site tag ${site}`).digest('hex').slice(0, 12)
