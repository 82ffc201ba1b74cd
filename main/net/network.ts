/** The network of a node: its presence, calls, links and pairing, composed behind one face. */
import * as v from 'valibot'
import type { WebSocket } from 'ws'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { AuthorityReach } from '../../shared/replica/contract.ts'
import { formatAddress, parseAddress } from './address.ts'
import { Calls } from './calls.ts'
import type { Network, NetworkOptions, NetworkStatus, PeerLink, Seen, Timing } from './contract.ts'
import { DialPlan } from './dial-plan.ts'
import { Hearsay } from './hearsay.ts'
import { ownAddresses } from './interfaces.ts'
import { InviteTable } from './invites.ts'
import { lastRead } from './last-read.ts'
import type { Ends, Link, LinkEnd } from './link.ts'
import type { PairReply } from './listener.ts'
import { PairRequest } from './pairing-proof.ts'
import { Passage } from './passage.ts'
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
  backoffMostOther: 8_000,
}

/** ms between looks at the addresses of this machine. */
const LOOK = 1_000

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
  readonly #hearsay: Hearsay
  readonly #passage = new Passage()
  readonly #monotonic = (): number => this.#passage.now()
  readonly #listeners = new Set<() => void>()
  readonly #on = { lan: true, wan: true }
  #ticker: NodeJS.Timeout | null = null
  #telling: NodeJS.Immediate | null = null
  #addresses = ownAddresses()
  #looked = 0
  #isOver = false

  constructor(options: NetworkOptions) {
    const { store, members, bootstrapPin: pin, identity, random } = options
    this.#options = options
    this.#timing = { ...TIMING, ...options.timing }
    this.#roster = new Roster({ store, members, ownKeyHash: identity.keyHash, pin })
    this.#plan = new DialPlan({ timing: this.#timing, random })
    this.#switchboard = this.#createSwitchboard()
    this.#hearsay = this.#createHearsay()
    this.#standing = this.#createStanding()
    this.#calls = this.#createCalls()
    this.#presence = this.#createPresence()
    this.invites = this.#createInvites()
  }

  #createSwitchboard(): Switchboard {
    return new Switchboard({
      store: this.#options.store,
      exchange: this.#options.exchange ?? null,
      roster: this.#roster,
      monotonic: this.#monotonic,
      there: () => this.#plan.there(this.#monotonic()),
      onTold: (link, told) => {
        if (this.#hearsay.take(link, told)) this.#changed()
      },
      tell: (link) => this.#hearsay.tell(link),
      authorityAge: (now) => this.#standing.authorityAge(now),
      onAuthorityHeard: (age) => this.#standing.authorityHeardBy(age),
      onAuthoritySigned: () => this.#standing.authoritySigned(),
      onStart: (link, run) => this.#options.onStart(link.peer, run),
      onUp: (link) => this.#onUp(link),
      onDown: (link, end) => this.#onDown(link, end),
      log: this.#options.log,
    })
  }

  #createHearsay(): Hearsay {
    return new Hearsay({
      self: this.#options.store.actor,
      roster: this.#roster,
      plan: this.#plan,
      links: () => this.#switchboard.up(),
      monotonic: this.#monotonic,
      port: () => this.#presence.port,
    })
  }

  #createStanding(): Standing {
    const { store, hq, addressBook, authorityHeard, clock } = this.#options
    return new Standing({
      self: store.actor,
      hq,
      met: addressBook.list(),
      authorityHeard,
      clock,
      ownSeq: lastRead(() => store.heads().find(({ actor }) => actor === store.actor)?.seq ?? 0),
      monotonic: this.#monotonic,
      hearsay: this.#hearsay,
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
      monotonic: this.#monotonic,
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
      onLink: (socket, keyHash, address, ends) => this.#onLink(socket, keyHash, address, ends),
      mayPair: () => this.invites.owesAnswers() && mayAdmit(),
      onPair: (body, keyHash) => this.#onPair(body, keyHash),
      isAlone: () => this.#switchboard.up().length === 0,
      members: () => this.#roster.others().map(({ actor }) => actor),
      onSight: (address, actor) => this.#onSight(address, actor),
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
    const now = this.#monotonic()
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
    this.#isOver = true
    if (this.#telling !== null) clearImmediate(this.#telling)
    this.#listeners.clear()
  }

  #tick(): void {
    this.#lookAround()
    this.#switchboard.tick()
    this.#hearsay.tick()
    this.#calls.tick()
    if (this.#standing.update()) this.#changed()
  }

  /** After a sleep, or on another network, nothing that was true of the way to others needs to be true still. */
  #lookAround(): void {
    const woke = this.#passage.hasWoken()
    const now = this.#monotonic()
    if (!woke && now - this.#looked < LOOK) return
    this.#looked = now
    const addresses = ownAddresses()
    const hasMoved = addresses.join() !== this.#addresses.join()
    this.#addresses = addresses
    if (!woke && !hasMoved) return
    this.#options.log.info({ woke, addresses }, woke ? 'this device has woken' : 'this device has moved')
    this.#switchboard.probe(addresses)
    this.#plan.hurryAll(now)
    this.#presence.renew(woke)
    this.#changed()
  }

  #onSight(address: string, actor: ActorId | null): void {
    this.#plan.add(address, 'seen', this.#monotonic(), actor)
    this.#changed()
  }

  #onLink(socket: WebSocket, keyHash: Bytes, address: string, ends: Ends): void {
    const who = this.#roster.identify(keyHash)
    if (who.is !== 'member' && who.is !== 'cut') {
      socket.terminate()
      return
    }
    // Who calls from headquarters comes over the WAN, whoever dialled.
    const via: Via = who.actor === this.#standing.hqTarget()?.actor ? 'wan' : 'lan'
    const connection = { socket, peer: who.actor, keyHash, dialled: false, via, address, ends }
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
    const { addressBook, clock } = this.#options
    if (link.dialled) addressBook.remember(link.peer, link.address, clock.now())
    this.#options.log.info({ peer: link.peer, via: link.via, address: link.address }, 'link up')
    this.#changed()
  }

  #onDown(link: Link, { by, reason, detail }: LinkEnd): void {
    // A socket that lingers may go when the node has stopped, and its store with it.
    if (this.#isOver) return
    const heard = this.#standing.linkEnded(link, { reason })
    if (link.dialled && this.#roster.isMember(link.peer))
      this.#options.addressBook.remember(link.peer, link.address, heard)
    this.#options.log.info({ peer: link.peer, by, reason, detail }, 'link down')
    if (by === 'peer' && reason === 'cut') this.#options.onCut(link.peer, detail)
    const target = this.#plan.all().find((each) => each.address === link.address)
    // A link that was lost is called again at once; a goodbye is an answer to the call.
    if (target !== undefined && reason !== 'lost' && reason !== 'replaced') {
      this.#plan.failed(target, by === 'us' && reason === 'full' ? 'enough' : reason, this.#monotonic())
    } else if (target !== undefined) this.#plan.dropped(target, this.#monotonic())
    this.#presence.hurry()
    this.#changed()
  }

  committed(): void {
    this.#switchboard.committed()
  }

  dial(address: string): boolean {
    const parsed = parseAddress(address)
    if (parsed === null || parsed.port === 0) return false
    this.#plan.add(formatAddress(parsed), 'typed', this.#monotonic())
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
    if (on) this.#plan.hurryAll(this.#monotonic())
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

  tablets(): ReturnType<Network['tablets']> {
    return this.#standing.tablets()
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

  unknownThrough(): number | null {
    return this.#standing.unknownThrough()
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
