/**
 * How things stand: peers, the way to headquarters, whether anybody is heard. Computed from the links and the plan
 * as they are when asked; kept is only since when a state has been what it is.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import type { AuthorityReach } from '../../shared/replica/contract.ts'
import { PACE } from '../../shared/sync/pace.ts'
import type { Clock } from '../../shared/replica/ports.ts'
import { AuthorityWatch } from './authority-watch.ts'
import type { Network, NetworkStatus, PeerLink, Seen } from './contract.ts'
import type { DialPlan, Target } from './dial-plan.ts'
import type { Hearsay, Through } from './hearsay.ts'
import type { Link, LinkEnd } from './link.ts'
import { TABLET_LINKS } from './neighbours.ts'
import type { Roster } from './roster.ts'
import { Since } from './since.ts'
import type { Switchboard, Via } from './switchboard.ts'

/**
 * A peer that fell silent on the own link may have said something to another just after its last word here: what others
 * heard of it later than this says that it is there. ms.
 */
const SAME_WORD = PACE.ping + 1_000

/** Pings come every 3 s from each hop; what was heard longer ago than this is out of reach. ms. */
const FRESH = 12_000

type StandingOptions = {
  readonly self: ActorId
  readonly hq: string | null
  /** When members were met before this start, wall time, the latest last. */
  readonly met: readonly { readonly actor: ActorId; readonly worked: number }[]
  /** Wall time, from before this start. */
  readonly authorityHeard: number | null
  readonly clock: Clock
  /** The seq of this device's last own op. */
  readonly ownSeq: () => number
  readonly monotonic: () => number
  readonly hearsay: Pick<Hearsay, 'through'>
  readonly roster: Roster
  readonly switchboard: Switchboard
  readonly plan: DialPlan
  readonly isOn: (via: Via) => boolean
}

export class Standing {
  readonly #options: StandingOptions
  readonly #authority: AuthorityWatch
  /** When peers whose link has ended were last heard, wall time. */
  readonly #heard = new Map<ActorId, number>()
  /** The last word, by the monotonic clock, of peers whose link ended without a goodbye. */
  readonly #lastWords = new Map<ActorId, number>()
  /** When this device's own link to the authority ended, by the monotonic clock. */
  #lost = -Infinity
  readonly #wan: Since<NetworkStatus['wan']['state']>
  readonly #lan: Since<NetworkStatus['lan']['state']>
  readonly #alone: Since<boolean>
  /** The last own op when the last peer was lost. */
  #lastHeard: number

  constructor(options: StandingOptions) {
    const now = options.clock.now()
    this.#options = options
    for (const { actor, worked } of options.met) this.#heard.set(actor, worked)
    this.#authority = new AuthorityWatch(options.monotonic())
    this.#wan = new Since(this.#wanState(), now)
    this.#lan = new Since(this.#lanState(), now)
    this.#alone = new Since(true, now)
    this.#lastHeard = options.ownSeq()
  }

  /** States change with time alone, too; each keeps the moment at which its change was noticed. True after a change. */
  update(): boolean {
    const now = this.#options.clock.now()
    const turned = this.#alone.set(this.#options.switchboard.up().length === 0, now)
    if (turned && this.#alone.state) this.#lastHeard = this.#options.ownSeq()
    const changes = [this.#wan.set(this.#wanState(), now), this.#lan.set(this.#lanState(), now), turned]
    return changes.includes(true)
  }

  /** Answers when its peer was last heard, wall time. */
  linkEnded(link: Link, { reason }: Pick<LinkEnd, 'reason'>): number {
    if (reason === 'silent' || reason === 'lost') this.#lastWords.set(link.peer, link.heard)
    else this.#lastWords.delete(link.peer)
    const heard = this.#wallOf(link.heard)
    this.#heard.set(link.peer, heard)
    if (link.peer === this.#options.roster.authority()) this.#lost = this.#options.monotonic()
    return heard
  }

  /** A peer said that the authority was heard `age` ms ago. */
  authorityHeardBy(age: number): void {
    this.#authority.told(age, this.#options.monotonic())
  }

  /** Something new under the authority's signature has come. */
  authoritySigned(): void {
    this.#authority.signed(this.#options.monotonic())
  }

  /** ms since the authority was heard, directly or through others; null: never since the start. */
  authorityAge(now: number): number | null {
    const { roster, switchboard } = this.#options
    if (this.#isAuthority()) return 0
    const authority = roster.authority()
    const link = authority === null ? null : switchboard.link(authority)
    if (link?.up === true) this.#authority.heard(now - link.heard, now)
    return this.#authority.age(now)
  }

  /** The last own op of which nobody can be asked now whether it arrived; null while somebody is heard. */
  unknownThrough(): number | null {
    this.update()
    return this.#alone.state ? this.#lastHeard : null
  }

  authorityHeard(): number | null {
    const { monotonic, clock, authorityHeard } = this.#options
    const age = this.authorityAge(monotonic())
    return age === null ? authorityHeard : Math.round(clock.now() - age)
  }

  reach(): AuthorityReach {
    if (this.#isInReach(this.#options.monotonic())) return { why: null, since: null }
    const heard = this.authorityHeard()
    const { wan, unknown_since } = this.status()
    if (heard === null) return { why: 'never-heard', since: null }
    if (wan.state === 'down' || wan.state === 'off') return { why: 'wan-out', since: wan.since }
    return unknown_since === null
      ? { why: 'wan-out', since: heard }
      : { why: 'no-route', since: unknown_since }
  }

  /** Heard a moment ago, and not only before the own link to it was lost. */
  #isInReach(now: number): boolean {
    const age = this.authorityAge(now)
    return age !== null && age < FRESH && now - age > this.#lost
  }

  status(): NetworkStatus {
    this.update()
    const { switchboard, plan } = this.#options
    return {
      wan: { state: this.#wan.state, since: this.#wan.since },
      lan: { state: this.#lan.state, since: this.#lan.since },
      peers: {
        linked: switchboard.up().length,
        seen: plan.all().filter((target) => !this.#isLinked(target)).length,
      },
      unknown_since: this.#alone.state ? this.#alone.since : null,
    }
  }

  /** A direct link to headquarters: the authority when it answers at the address that was configured for it. */
  #wanState(): NetworkStatus['wan']['state'] {
    const { hq, isOn, switchboard } = this.#options
    if (this.#isAuthority()) return 'self'
    if (hq === null) return 'none'
    if (!isOn('wan')) return 'off'
    const target = this.hqTarget()
    if (target === null) return 'connecting'
    if (target.actor !== null && switchboard.link(target.actor)?.up === true) return 'up'
    return target.attempts === 0 && target.why === null ? 'connecting' : 'down'
  }

  #lanState(): NetworkStatus['lan']['state'] {
    const { isOn, switchboard } = this.#options
    if (!isOn('lan')) return 'off'
    return switchboard.up().some((link) => link.via === 'lan') ? 'up' : 'alone'
  }

  #isAuthority(): boolean {
    return this.#options.roster.authority() === this.#options.self
  }

  hqTarget(): Target | null {
    return this.#options.plan.all().find((target) => target.source === 'hq') ?? null
  }

  #isLinked({ actor }: Target): boolean {
    return actor !== null && this.#options.switchboard.link(actor) !== null
  }

  peers(): readonly PeerLink[] {
    return this.#options.roster.others().map(({ actor }) => this.#peer(actor))
  }

  tablets(): ReturnType<Network['tablets']> {
    const { roster, self, switchboard } = this.#options
    if (roster.roleOf(self) !== 'technician') return null
    return { linked: switchboard.tablets(), most: TABLET_LINKS }
  }

  #peer(actor: ActorId): PeerLink {
    const { switchboard, plan } = this.#options
    const last = switchboard.lastLink(actor)
    const link = switchboard.link(actor)
    const target = plan.all().findLast((each) => each.actor === actor)
    return {
      actor,
      link: this.#linkState(actor, link, last?.via ?? 'lan', target),
      via: last?.via ?? null,
      last_heard: link === null ? (this.#heard.get(actor) ?? null) : this.#wallOf(link.heard),
      lag: last?.lag() ?? null,
      address: link?.address ?? target?.address ?? last?.address ?? null,
      ...this.#wayTo(actor, link, target),
    }
  }

  /** Where there is no link: through whom the member is heard, and why it is not called or did not answer. */
  #wayTo(actor: ActorId, link: Link | null, target: Target | undefined): Pick<PeerLink, 'through' | 'why'> {
    if (link?.up === true) return { through: null, why: null }
    const through = this.#through(actor)
    const why = this.#options.switchboard.wants(actor) ? (target?.why ?? null) : 'enough'
    return { through: through && { ...through, heard: this.#wallOf(through.heard) }, why }
  }

  /** Whoever others heard only before it fell silent here is not there for them either, for all that is known. */
  #through(actor: ActorId): Through | null {
    const through = this.#options.hearsay.through(actor)
    const lastWord = this.#lastWords.get(actor) ?? -Infinity
    return through !== null && through.heard > lastWord + SAME_WORD ? through : null
  }

  /** Who did not answer is gone until it does, and not `connecting` whenever it is called again. */
  #linkState(actor: ActorId, link: Link | null, via: Via, target: Target | undefined): PeerLink['link'] {
    if (link?.up === true) return 'up'
    if (!this.#options.isOn(via)) return 'off'
    if (link !== null) return 'connecting'
    const isCalled = target?.calling === true && target.why === null
    return isCalled && !this.#lastWords.has(actor) ? 'connecting' : 'down'
  }

  seen(): readonly Seen[] {
    return this.#options.plan.all().flatMap((target) => {
      const { address, why } = target
      return why === null || this.#isLinked(target) ? [] : [{ address, why }]
    })
  }

  #wallOf(moment: number): number {
    return Math.round(this.#options.clock.now() - (this.#options.monotonic() - moment))
  }
}
