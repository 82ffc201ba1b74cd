/**
 * What peers say of where members are: each tells its links what it knows, and takes what they know. A told address
 * is a hint that costs a call at most. A told age only grows on its way, so that two devices cannot assure each other
 * of what neither has heard.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { Told } from '../../shared/sync/told.ts'
import { formatAddress, parseAddress } from './address.ts'
import type { DialPlan } from './dial-plan.ts'
import { canonicalIp, isLoopback, isOfOneLink, isOnOwnNetwork, isPrivate } from './interfaces.ts'
import type { Link } from './link.ts'
import type { Roster } from './roster.ts'

/** ms between two tellings to one peer. */
const TELL = 5_000
/** ms. Who was heard longer ago is not spoken of. */
const STALE = 60_000
/** ms. Who was heard through others within this is reached through them: some tellings on the way, and a lost one. */
const REACHED = 20_000

type HearsayOptions = {
  readonly self: ActorId
  readonly roster: Pick<Roster, 'others'>
  readonly plan: Pick<DialPlan, 'told'>
  readonly links: () => readonly Speaker[]
  readonly monotonic: () => number
  /** Where this node listens. */
  readonly port: () => number
}

/** What of a link matters here. */
type Speaker = Pick<Link, 'peer' | 'via' | 'dialled' | 'address' | 'ends' | 'heard' | 'tell'>

/** What one peer said last, and when. */
type Word = { readonly at: number; readonly told: readonly Told[] }

/** A member that is not linked, and by whom and when it was heard. */
export type Through = { readonly actor: ActorId; readonly heard: number }

export class Hearsay {
  readonly #options: HearsayOptions
  readonly #words = new Map<ActorId, Word>()
  /** When each link was told last. */
  readonly #spoken = new WeakMap<Speaker, number>()
  readonly #near = new WeakMap<Speaker, boolean>()

  constructor(options: HearsayOptions) {
    this.#options = options
  }

  /** True when it is the first word of this peer: there is something new to show. */
  take(link: Speaker, told: readonly Told[]): boolean {
    const now = this.#options.monotonic()
    const members = new Set(this.#options.roster.others().map(({ actor }) => actor))
    const isNear = this.#isNear(link)
    const known = told
      .filter(({ actor }) => members.has(actor))
      .map((each) => (isNear ? checked(each, link) : { ...each, address: null }))
    const isFirst = !this.#words.has(link.peer)
    this.#words.set(link.peer, { at: now, told: known })
    for (const { actor, address, age } of known)
      if (address !== null) this.#options.plan.told(address, actor, now - age, now)
    return isFirst
  }

  tick(): void {
    const now = this.#options.monotonic()
    for (const link of this.#options.links()) {
      const spoken = this.#spoken.get(link)
      // A link has other things to do at first; what it is told can wait for a moment.
      if (spoken === undefined) this.#spoken.set(link, now - TELL + TELL / 5)
      else if (now - spoken >= TELL) {
        this.#spoken.set(link, now)
        link.tell(this.tell(link))
      }
    }
  }

  /** This node's own address on the link's network first, then its links, then what others told, the freshest first. */
  tell(to: Speaker): readonly Told[] {
    const now = this.#options.monotonic()
    const byActor = new Map<ActorId, Told>()
    for (const told of [...this.#ownLinks(now), ...this.#toldByOthers(to, now)])
      if (told.actor !== to.peer) byActor.set(told.actor, merged(told, byActor.get(told.actor)))
    const others = [...byActor.values()].sort((a, b) => a.age - b.age)
    const own = { actor: this.#options.self, address: this.#ownAddress(to), age: 0 }
    const all = [own, ...others].slice(0, LIMITS.told)
    // The addresses of a building are of no use beyond it.
    return to.via === 'wan' ? all.map((told) => ({ ...told, address: null })) : all
  }

  #ownAddress({ ends }: Speaker): string | null {
    return tellable(ends.local, this.#options.port())
  }

  #ownLinks(now: number): readonly Told[] {
    return this.#options.links().map((link) => ({
      actor: link.peer,
      address: this.#isNear(link) ? this.#addressOf(link) : null,
      age: age(now, link.heard),
    }))
  }

  /** Is the peer in this building: on a network of this device's, and not at headquarters? */
  #isNear(link: Speaker): boolean {
    const isNear = this.#near.get(link) ?? (link.via === 'lan' && isOnOwnNetwork(link.ends.remote))
    this.#near.set(link, isNear)
    return isNear
  }

  /** Where the peer listens: where it answered, or what it says of itself. */
  #addressOf(link: Speaker): string | null {
    const port = link.dialled ? parseAddress(link.address)?.port : undefined
    if (port !== undefined) return tellable(link.ends.remote, port)
    return this.#words.get(link.peer)?.told.find(({ actor }) => actor === link.peer)?.address ?? null
  }

  /** A peer is not told what it told itself. */
  #toldByOthers(to: Speaker, now: number): readonly Told[] {
    return this.#options
      .links()
      .filter((link) => link.peer !== to.peer)
      .flatMap((link) => this.#heardBy(link, now))
      .filter((told) => told.age < STALE)
  }

  #heardBy(link: Speaker, now: number): readonly Told[] {
    const word = this.#words.get(link.peer)
    if (word === undefined) return []
    return word.told.map((told) => ({ ...told, age: told.age + age(now, word.at) }))
  }

  /** The linked peer through which a member was heard last, a moment ago; null: nobody has heard it. */
  through(actor: ActorId): Through | null {
    const now = this.#options.monotonic()
    const heard = this.#options
      .links()
      .flatMap((link) =>
        this.#heardBy(link, now)
          .filter((told) => told.actor === actor && told.age < REACHED)
          .map((told) => ({ actor: link.peer, heard: now - told.age })),
      )
      .sort((a, b) => b.heard - a.heard)
    return heard[0] ?? null
  }
}

const age = (now: number, heard: number): number => Math.max(0, Math.round(now - heard))

/** The fresher word of two on one member, with the address of either. */
function merged(told: Told, known: Told | undefined): Told {
  if (known === undefined) return told
  const [better, other] = told.age < known.age ? [told, known] : [known, told]
  return { ...better, address: better.address ?? other.address }
}

/** What somebody in this building says: only an address in a building counts, and none of this device's own. */
function checked(told: Told, { peer, ends }: Speaker): Told {
  const parsed = told.address === null ? null : parseAddress(told.address)
  if (parsed === null || parsed.port === 0) return { ...told, address: null }
  // Of itself a peer knows the port; the address is where it was met.
  if (told.actor === peer) return { ...told, address: tellable(ends.remote, parsed.port) }
  const host = canonicalIp(parsed.host)
  const address = host !== null && isPlausible(host, ends) ? tellable(host, parsed.port) : null
  return { ...told, address }
}

/** An address that means the same to every device of the building; null for one that does not. */
const tellable = (host: string, port: number): string | null =>
  canonicalIp(host) === null || isOfOneLink(host) ? null : formatAddress({ host, port })

function isPlausible(host: string, { local, remote }: Link['ends']): boolean {
  // Devices of one machine know each other by the loopback, and nobody else does.
  if (isLoopback(host)) return isLoopback(remote)
  return host !== local && (isPrivate(host) || isOnOwnNetwork(host))
}
