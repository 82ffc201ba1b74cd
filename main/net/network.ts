/** The network of a node: its presence, calls, links and pairing, composed behind one face. */
import * as v from 'valibot'
import type { WebSocket } from 'ws'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { AuthorityReach } from '../../shared/replica/contract.ts'
import { formatAddress, parseAddress } from './address.ts'
import { Calls } from './calls.ts'
import type { Network, NetworkOptions, NetworkStatus, PeerLink, Seen, Timing } from './contract.ts'
import { DialPlan } from './dial-plan.ts'
import { InviteTable } from './invites.ts'
import type { Link, LinkEnd } from './link.ts'
import type { PairReply } from './listener.ts'
import { PairRequest } from './pairing-proof.ts'
import { Presence } from './presence.ts'
import { Roster } from './roster.ts'
import { Standing } from './standing.ts'
import { Switchboard, type Via } from './switchboard.ts'
import { LIMITS } from '../../shared/op/limits.ts'

const TIMING: Timing = {
  tick: 250,
  handshake: LIMITS.handshake,
  backoffLeast: 250,
  backoffMost: 5_000,
  backoffMostOther: 15_000,
}

/** Not the wall clock, which people and time servers set. */
const monotonic = (): number => performance.now()

export const createNetwork = (options: NetworkOptions): Network => new NodeNetwork(options)

class NodeNetwork implements Network {
  readonly invites: InviteTable
  readonly #options: NetworkOptions
  readonly #timing: Timing
  readonly #roster: Roster
  readonly #switchboard: Switchboard
  readonly #plan: DialPlan
  readonly #calls: Calls
  readonly #presence: Presence
  readonly #standing: Standing
  readonly #listeners = new Set<() => void>()
  readonly #on = { lan: true, wan: true }
  #ticker: NodeJS.Timeout | null = null
  #telling: NodeJS.Immediate | null = null

  constructor(options: NetworkOptions) {
    const { store, members, bootstrapPin: pin, identity, random } = options
    this.#options = options
    this.#timing = { ...TIMING, ...options.timing }
    this.#roster = new Roster({ store, members, ownKeyHash: identity.keyHash, pin })
    this.#plan = new DialPlan({ timing: this.#timing, random })
    this.#switchboard = this.#createSwitchboard()
    this.#standing = this.#createStanding()
    this.#calls = this.#createCalls()
    this.#presence = this.#createPresence()
    this.invites = this.#createInvites()
  }

  #createSwitchboard(): Switchboard {
    return new Switchboard({
      store: this.#options.store,
      roster: this.#roster,
      monotonic,
      authorityAge: (now) => this.#standing.authorityAge(now),
      onAuthorityHeard: (age) => this.#standing.authorityHeardBy(age),
      onUp: (link) => this.#onUp(link),
      onDown: (link, end) => this.#onDown(link, end),
      log: this.#options.log,
    })
  }

  #createStanding(): Standing {
    const { store, hq, authorityHeard, clock } = this.#options
    return new Standing({
      self: store.actor,
      hq,
      authorityHeard,
      clock,
      monotonic,
      roster: this.#roster,
      switchboard: this.#switchboard,
      plan: this.#plan,
      isOn: (via) => this.#on[via],
    })
  }

  #createCalls(): Calls {
    return new Calls({
      plan: this.#plan,
      roster: this.#roster,
      switchboard: this.#switchboard,
      identity: this.#options.identity,
      timing: this.#timing,
      monotonic,
      isOn: (via) => this.#on[via],
      onChange: () => this.#changed(),
      log: this.#options.log,
    })
  }

  #createPresence(): Presence {
    const { identity, listen, mdns, store, log, mayAdmit } = this.#options
    return new Presence({
      identity,
      listen,
      mdns,
      store,
      log,
      handshake: this.#timing.handshake,
      isMember: (keyHash) => ['member', 'cut'].includes(this.#roster.identify(keyHash).is),
      onLink: (socket, keyHash, address) => this.#onLink(socket, keyHash, address),
      mayPair: () => this.invites.owesAnswers() && mayAdmit(),
      onPair: (body, keyHash) => this.#onPair(body, keyHash),
      onSight: (address) => this.#onSight(address),
    })
  }

  #createInvites(): InviteTable {
    const { store, identity, clock, admit } = this.#options
    return new InviteTable({
      site: store.site,
      actor: store.actor,
      keyHash: identity.keyHash,
      clock,
      addresses: () => this.#presence.addresses(),
      admit,
      onChange: () => this.#changed(),
    })
  }

  async start(): Promise<{ readonly listen: string }> {
    const { addressBook, peers, hq } = this.#options
    await this.#presence.open()
    const now = monotonic()
    for (const { actor, address } of addressBook.list()) this.#plan.add(address, 'remembered', now, actor)
    for (const address of peers) this.#plan.add(address, 'typed', now)
    if (hq !== null) this.#plan.add(hq, 'hq', now)
    this.#ticker = setInterval(() => this.#tick(), this.#timing.tick)
    this.#tick()
    return { listen: this.#presence.address }
  }

  async stop(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker)
    this.#ticker = null
    this.#on.lan = false
    this.#on.wan = false
    await this.#calls.cancel(() => true)
    await this.#switchboard.stop()
    await this.#presence.close()
    if (this.#telling !== null) clearImmediate(this.#telling)
    this.#listeners.clear()
  }

  #tick(): void {
    this.#switchboard.tick()
    this.#calls.tick()
    if (this.#standing.update()) this.#changed()
  }

  #onSight(address: string): void {
    this.#plan.add(address, 'seen', monotonic())
    this.#changed()
  }

  #onLink(socket: WebSocket, keyHash: Bytes, address: string): void {
    const who = this.#roster.identify(keyHash)
    if (who.is !== 'member' && who.is !== 'cut') {
      socket.terminate()
      return
    }
    // Who calls from headquarters comes over the WAN, whoever dialled.
    const via: Via = who.actor === this.#standing.hqTarget()?.actor ? 'wan' : 'lan'
    const connection = { socket, peer: who.actor, keyHash, dialled: false, via, address }
    if (who.is === 'cut') this.#switchboard.refuse(connection, 'cut', who.reason)
    else if (this.#on[via]) this.#switchboard.connect(connection)
    else this.#switchboard.refuse(connection, 'off')
  }

  #onPair(body: string, keyHash: Bytes): PairReply {
    const request = v.safeParse(PairRequest, parseJson(body))
    if (!request.success) return { status: 400, body: JSON.stringify({ error: 'pairing-refused' }) }
    const answer = this.invites.answer(request.output, keyHash)
    if (answer.ok) return { status: 200, body: JSON.stringify(answer.value) }
    this.#options.log.info({ why: answer.error }, 'a pairing code was not accepted')
    return { status: 403, body: JSON.stringify({ error: answer.error }) }
  }

  #onUp(link: Link): void {
    if (link.dialled) this.#options.addressBook.remember(link.peer, link.address)
    this.#options.log.info({ peer: link.peer, via: link.via, address: link.address }, 'link up')
    this.#changed()
  }

  #onDown(link: Link, { by, reason, detail }: LinkEnd): void {
    this.#standing.linkEnded(link)
    this.#options.log.info({ peer: link.peer, by, reason, detail }, 'link down')
    if (by === 'peer' && reason === 'cut') this.#options.onCut(link.peer, detail)
    const target = this.#plan.all().find((each) => each.address === link.address)
    // A link that was lost is called again at once; a goodbye is an answer to the call.
    if (target !== undefined && reason !== 'lost' && reason !== 'replaced') {
      this.#plan.failed(target, reason, monotonic())
    } else if (target !== undefined) this.#plan.dropped(target, monotonic())
    this.#presence.hurry()
    this.#changed()
  }

  committed(): void {
    this.#switchboard.committed()
  }

  dial(address: string): boolean {
    const parsed = parseAddress(address)
    if (parsed === null || parsed.port === 0) return false
    this.#plan.add(formatAddress(parsed), 'typed', monotonic())
    if (this.#ticker !== null) this.#calls.tick()
    return true
  }

  get switches(): { readonly lan: boolean; readonly wan: boolean } {
    return { ...this.#on }
  }

  setLan(on: boolean): void {
    this.#set('lan', on)
    if (this.#ticker !== null) this.#presence.set(on)
  }

  setWan(on: boolean): void {
    this.#set('wan', on)
  }

  #set(via: Via, on: boolean): void {
    this.#on[via] = on
    if (on) this.#plan.hurryAll(monotonic())
    else this.#switchboard.endAll('off', (link) => link.via === via)
    if (!on) void this.#calls.cancel((each) => each === via)
    this.#changed()
  }

  addresses(): number {
    return this.#plan.all().length
  }

  peers(): readonly PeerLink[] {
    return this.#standing.peers()
  }

  seen(): readonly Seen[] {
    return this.#standing.seen()
  }

  status(): NetworkStatus {
    return this.#standing.status()
  }

  reach(): AuthorityReach {
    return this.#standing.reach()
  }

  authorityHeard(): number | null {
    return this.#standing.authorityHeard()
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Told once for many changes of one turn. */
  #changed(): void {
    this.#telling ??= setImmediate(() => {
      this.#telling = null
      this.#standing.update()
      for (const listener of this.#listeners) listener()
    })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
