/**
 * Finding peers on the local network. What is heard is a hint: an address to call, believed only after a TLS
 * handshake. Announcements carry tags that only members can read, and an instance id that is new at every start. Nobody
 * is ever forgotten because of a packet: a goodbye can be forged.
 */
import { randomBytes } from 'node:crypto'
import type { ActorId, SiteId } from '../../shared/model/ids.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { formatAddress } from './address.ts'
import type { Log } from './contract.ts'
import { usableAddresses } from './interfaces.ts'
import { Mdns, type Sighting } from './mdns.ts'
import { deviceTag, discoveryTag } from './site-tag.ts'

type DiscoveryOptions = {
  readonly site: SiteId
  readonly actor: ActorId
  /** All other members. */
  readonly members: () => readonly ActorId[]
  readonly port: number
  /** Names or addresses of the interfaces to use; undefined: all usable ones. */
  readonly interfaces: readonly string[] | undefined
  /** Nobody is linked: whoever comes is to be found soon. */
  readonly isAlone: () => boolean
  /** `actor`: who announces it, where that is a member that is known here. */
  readonly onSight: (address: string, actor: ActorId | null) => void
  readonly log: Log
}

/** Names of other devices that were looked up lately; more are looked up again. */
const MOST_NAMES = 256

/** ms between looks at the list of interfaces. */
const WATCH = 3_000
/** ms between looks round, doubled from the least to the most; after a change from the least again. */
const LOOK_LEAST = 1_000
const LOOK_MOST = 60_000
const LOOK_MOST_ALONE = 6_000

export class Discovery {
  readonly #options: DiscoveryOptions
  readonly #instance = randomBytes(8).toString('hex')
  readonly #responders = new Map<string, Mdns>()
  /** Interfaces that could not be used, so that each is reported once. */
  readonly #broken = new Set<string>()
  /** Whose each announced pair of instance and tag is. */
  readonly #names = new Map<string, ActorId>()
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

  /** `anew`: after a sleep a responder may have lost its place on the network without any sign of it. */
  renew(anew: boolean): void {
    this.#watch(anew)
    this.hurry()
  }

  #lookAgain(): void {
    for (const responder of this.#responders.values()) responder.look()
    if (this.#timers !== null) this.#timers.look = setTimeout(() => this.#lookAgain(), this.#wait)
    this.#wait = Math.min(2 * this.#wait, this.#options.isAlone() ? LOOK_MOST_ALONE : LOOK_MOST)
  }

  /** One change after the other; stopping waits for the last. */
  #watch(anew = false): void {
    this.#watching = this.#watching.then(() =>
      this.#timers === null ? undefined : this.#followInterfaces(anew),
    )
  }

  async #followInterfaces(anew: boolean): Promise<void> {
    const addresses = usableAddresses(this.#options.interfaces)
    const gone = [...this.#responders].filter(([address]) => anew || !addresses.includes(address))
    for (const [address, responder] of gone) {
      this.#responders.delete(address)
      await responder.close()
    }
    const fresh = addresses.filter((address) => !this.#responders.has(address))
    for (const address of fresh) await this.#respondOn(address)
    if (gone.length > 0 || fresh.some((address) => this.#responders.has(address))) this.hurry()
  }

  async #respondOn(address: string): Promise<void> {
    const { site, actor, port, log } = this.#options
    const who = deviceTag(site, actor, this.#instance)
    const txt = { v: String(PROTOCOL.max), site: discoveryTag(site), id: this.#instance, who }
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
    const id = txt.get('id')
    if (txt.get('site') !== discoveryTag(this.#options.site) || id === this.#instance || port === 0) return
    this.#options.onSight(formatAddress({ host, port }), this.#whose(id ?? '', txt.get('who') ?? ''))
  }

  #whose(instance: string, who: string): ActorId | null {
    const { site, members } = this.#options
    const name = `${instance} ${who}`
    const known = this.#names.get(name) ?? null
    if (known !== null) return known
    const found = members().find((actor) => deviceTag(site, actor, instance) === who) ?? null
    if (this.#names.size >= MOST_NAMES) this.#names.clear()
    if (found !== null) this.#names.set(name, found)
    return found
  }
}
