/**
 * A whole site in one process, drawn from a seed: the real engine and the real sync session of every device, on a
 * virtual clock and a network of links that delay, stall, break and come back; devices crash and start again from
 * what they had stored, or from an old copy of it, and work on; in some sites one lies, in some the authority is lost.
 * The same seed gives the same run.
 */
import { createHash } from 'node:crypto'
import { seededDice } from '../../main/demo/dice.ts'
import { startIn } from '../../main/node/snapshots/beginning.ts'
import type { OpId } from '../../shared/model/ids.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Effect } from '../../shared/sync/effect.ts'
import { Session } from '../../shared/sync/session.ts'
import { deceive } from '../support/liar.ts'
import { attend, type Duty } from '../support/office.ts'
import {
  copyOf,
  foundSite,
  joinSite,
  keeping,
  must,
  pull,
  restart,
  signerFrom,
  type Device,
} from '../support/replicas.ts'
import { worldOf } from '../support/rogue.ts'
import { beginAs, snapshotOf } from '../support/snapshots.ts'
import { VirtualTime } from './virtual-time.ts'
import { DEEDS, emptyShelf, perform, type Deed, type Shelf } from '../support/workload.ts'

const TICK_MS = 1_000
/** After so many moments some devices are backed up. */
const BACKUP_AT = 12
/** Virtual time that a run may take to come to rest once everything is whole again. */
const REST_MS = 600_000
/** The last is away: it works alone until the end. */
const NAMES = ['HQ', 'Edge', 'Desk', 'Tablet 1', 'Tablet 2', 'Tablet 3'] as const
const [HQ, DESK, LIAR, AWAY] = [0, 2, 4, 5]
/** The edge writes nothing; headquarters writes seldom. */
const AT_WORK = [0, 2, 2, 3, 3, 3, 4, 4, 4, 5] as const
/** These let history go as soon as it is final. */
const FORGETFUL = [1, 3] as const
/** Who does what beside the work on the floor. */
const OFFICE: readonly (readonly [number, readonly Duty[]])[] = [
  [HQ, ['give', 'give', 'give', 'give', 'stock', 'takeback', 'answer', 'answer', 'answer', 'adopt', 'unlock', 'revoke', 'expel', 'zoned']],
  [DESK, ['answer', 'answer', 'answer', 'zoned', 'zoned', 'adopt', 'adopt', 'dismiss', 'revoke', 'sign', 'ask', 'unlock', 'incident', 'pass', 'number']],
  [3, ['zoned', 'ask', 'sign', 'draw', 'number', 'incident', 'refill', 'pass', 'unlock']],
  [4, ['zoned', 'ask', 'sign', 'draw', 'number', 'refill', 'pass']],
] // prettier-ignore
/** What people do often, so that conflicts, closings and late work come about in a short run. */
const MIX: readonly Deed[] = [
  ...DEEDS, 'title', 'title', 'title', 'title', 'zone', 'rename', 'tick', 'tick', 'tick', 'tick', 'rewrite', 'rewrite',
  'minutes', 'minutes', 'close', 'close', 'close', 'close', 'reopen',
] // prettier-ignore

/** One direction of a link delivers in order, as TCP does; what is under way when the link breaks is lost. */
type End = { readonly session: Session; readonly device: number; busyUntil: number; delay: number }
type Link = { readonly ends: readonly [End, End]; alive: boolean }

const hq = foundSite('simulation')
const members = [
  hq,
  joinSite(hq, 'Edge', 'edge'),
  joinSite(hq, 'Desk', 'supervisor'),
  joinSite(hq, 'Tablet 1', 'technician'),
  joinSite(hq, 'Tablet 2', 'technician'),
  joinSite(hq, 'Tablet 3', 'technician'),
]
const { record: first } = must(
  hq.replica.execute('job.create', { title: 'Pump', tasks: ['inspect valve', 'replace filter'] }),
)
must(hq.replica.execute('note.add', { record: first, text: 'Filter was cracked' }))
const { record: item } = must(hq.replica.execute('stock.create', { name: 'Seals', quantity: 12 }))
const zoned = must(hq.replica.execute('job.create', { title: 'Belt', zone: 'North' })).record
// The desk may close in one zone from the first.
for (const [right, amount] of [
  ['decide:close:North', 1],
  ['audit-number', 3],
] as const)
  // prettier-ignore
  must(hq.replica.execute('right.transfer', { right, amount, to: members[DESK]?.replica.actor ?? '' }))
for (const member of members.slice(1)) pull(member, hq)
const recoveryKey = signerFrom('simulation/recovery')
const images = members.map((member) => member.sql.serialize())

export class World {
  readonly devices: Device[]
  readonly #dice: () => number
  readonly #shelf: Shelf = { ...emptyShelf(), records: [first, zoned], items: [item] }
  /** What a device could be restored from. */
  readonly #backups = new Map<number, Buffer>()
  /** Not every site has a device that lies, nor one that loses its authority. */
  readonly #lies: boolean
  #loses: boolean
  readonly #links = new Map<string, Link>()
  /** What the authority wrote down, by file. */
  readonly #snapshots = new Map<string, readonly Uint8Array[]>()
  readonly #time = new VirtualTime()
  #crashes = 0
  #undone = 0
  #begun = 0

  constructor(seed: number) {
    this.#dice = seededDice(seed)
    this.#lies = this.#chance(0.4)
    this.#loses = this.#chance(0.1)
    this.devices = members.map((member, i) => copyOf(member, images[i]))
    // What only the recovery key undoes is not dropped: no device could undo it then.
    for (const i of this.#loses ? [] : FORGETFUL) this.devices[i] = keeping(this.devices[i] ?? hq, -Infinity)
    for (const i of this.devices.keys()) this.#listen(i)
  }

  get crashes(): number {
    return this.#crashes
  }

  /** How often a crash undid what can be done again. */
  get undone(): number {
    return this.#undone
  }

  /** How often a device began anew from a snapshot. */
  get begun(): number {
    return this.#begun
  }

  /** The device that holds the authority's role as far as it knows; of two, the one that got it last. */
  get authority(): Device {
    const found = this.devices.findLast(({ replica }) => replica.authority() === replica.actor)
    if (!found) throw new Error('somebody is the authority')
    return found
  }

  /** Lets `moments` things happen, each drawn, with time between them for frames to travel. */
  live(moments: number): void {
    for (const [a, b] of this.#present()) if (this.#chance(0.4)) this.#connect(a, b)
    for (let moment = 0; moment < moments; moment += 1) {
      if (moment === BACKUP_AT) this.#backUp()
      this.#happen()
      this.#time.pass(this.#pick(40, 900))
    }
  }

  /** Makes every link whole and waits until nothing more happens; answers whether it came to rest. */
  heal(): boolean {
    for (const key of [...this.#links.keys()]) this.#cut(key)
    for (const [a, b] of this.#pairs()) this.#connect(a, b)
    const end = this.#time.now + REST_MS
    while (this.#time.now < end) {
      this.#time.pass(5_000)
      const { replica } = this.authority
      replica.decideWaiting(100)
      replica.cutForked()
      if (this.#isAtRest()) return true
    }
    return false
  }

  close(): void {
    for (const device of this.devices) device.sql.close()
  }

  #isAtRest(): boolean {
    const digests = new Set(this.devices.map(({ replica }) => Buffer.from(replica.digest()).toString('hex')))
    const busy = [...this.#links.values()].some(({ ends }) => ends.some(({ session }) => session.busy))
    return digests.size === 1 && !busy
  }

  #happen(): void {
    const turn = this.#dice()
    const present = this.#present()
    const [a, b] = present[this.#pick(0, present.length - 1)] ?? [0, 1]
    if (turn < 0.39) this.#work()
    else if (turn < 0.61) this.#office()
    else if (turn < 0.66) this.#delegated()
    else if (turn < 0.68) this.#deceive()
    else if (turn < 0.76) this.#cut(keyOf(a, b))
    else if (turn < 0.85) this.#connect(a, b)
    else if (turn < 0.88) this.#partition()
    else if (turn < 0.9) this.#stall(keyOf(a, b))
    else if (turn < 0.92) this.#crash(this.#pick(0, AWAY))
    else if (turn < 0.927) this.#restore(this.#pick(DESK, LIAR))
    else if (turn < 0.936) this.#recover()
    else if (turn < 0.955) this.#publish()
    else if (turn < 0.985) this.#idle(FORGETFUL[this.#pick(0, 1)] ?? 1)
    else this.authority.replica.decideWaiting(3)
  }

  /** Makes final what the authority holds, and most times writes it down. */
  #publish(): void {
    const { authority } = this
    const published = authority.replica.execute('checkpoint.publish', {})
    if (!published.ok || this.#loses || this.#chance(0.2)) return
    const parts = snapshotOf(authority, 0)
    if (!parts) return
    const bytes = Buffer.concat(parts)
    const file = createHash('sha256').update(bytes).digest('hex')
    this.#snapshots.set(file, parts)
    authority.replica.snapshotMade(published.value.op as OpId, file, bytes.length)
  }

  /** Does what was put off, the letting go of history among it; as often as not the power goes in the middle of it. */
  #idle(i: number): void {
    const pieces = this.#chance(0.5) ? this.#pick(1, 6) : Infinity
    for (let done = 0; done < pieces; done += 1) if (this.devices[i]?.replica.work() !== true) return
    this.#crash(i)
  }

  /** A peer has dropped what this device lacks: it begins from what was written down, with what it alone has. */
  #begin(i: number, run: Run): void {
    const device = this.devices[i]
    const parts = this.#snapshots.get(startIn(run)?.file ?? '')
    if (!device || !parts) return
    const fresh = beginAs(device, parts)
    pull(fresh, device)
    const linked = this.#pairs().filter(([a, b]) => (a === i || b === i) && this.#links.has(keyOf(a, b)))
    this.#silence(i)
    device.sql.close()
    this.devices[i] = fresh
    this.#listen(i)
    // As a node that starts again, it calls whom it was linked with.
    for (const [a, b] of linked) this.#connect(a, b)
    this.#begun += 1
  }

  #office(): void {
    const [who, duties] = OFFICE[this.#pick(0, OFFICE.length - 1)] ?? [HQ, []]
    const device = this.devices[who]
    const duty = duties[this.#pick(0, duties.length - 1)]
    // A cut is a rare thing.
    if (!device || !duty || (duty === 'expel' && this.#chance(0.7))) return
    attend(device, { duty, a: this.#pick(0, 4), b: this.#pick(0, 5) }, this.#shelf)
  }

  /** The desk closes what waits in the zone that it was given. */
  #delegated(): void {
    const desk = this.devices[DESK]
    if (!desk) return
    const a = this.#pick(0, 5)
    if (this.#chance(0.6)) {
      attend(desk, { duty: 'zoned', a: 0, b: 0 }, this.#shelf)
      perform(desk, { deed: 'close', a: this.#shelf.records.length - 1, b: 0 }, this.#shelf)
    } else perform(desk, { deed: this.#chance(0.3) ? 'reopen' : 'close', a: 1, b: 0 }, this.#shelf)
    for (let at = 0; at < 3; at += 1) attend(desk, { duty: 'answer', a: a + at, b: 1 }, this.#shelf)
  }

  #deceive(): void {
    const liar = this.devices[LIAR]
    if (!liar || !this.#lies) return
    for (let times = 0; times < 3; times += 1)
      deceive(liar, worldOf(this.devices), this.#pick(0, 5), this.#pick(0, 5))
  }

  #backUp(): void {
    for (const [i, { sql }] of this.devices.entries())
      if (i >= DESK && this.#chance(0.5)) this.#backups.set(i, sql.serialize())
  }

  /** A device goes on from an old copy of its database, and works before it hears of what it had done since. */
  #restore(i: number): void {
    const device = this.devices[i]
    const image = this.#backups.get(i)
    if (!device || !image) return
    this.#silence(i)
    device.sql.close()
    this.devices[i] = copyOf(device, image)
    this.#backups.delete(i)
    this.#listen(i)
    for (let times = 0; times < 2; times += 1) this.#workOf(i)
  }

  /** The authority is thought lost: the desk takes its role with the recovery key, and the lost one may come back. */
  #recover(): void {
    if (this.#loses) this.#loses = this.devices[DESK]?.replica.recover(recoveryKey).ok !== true
  }

  #work(): void {
    this.#workOf(AT_WORK[this.#pick(0, AT_WORK.length - 1)] ?? HQ)
  }

  #workOf(i: number): void {
    const device = this.devices[i]
    const deed = MIX[this.#pick(0, MIX.length - 1)]
    if (device && deed) perform(device, { deed, a: this.#pick(0, 2), b: this.#pick(0, 5) }, this.#shelf)
  }

  /** Some devices on one side, the rest on the other, and no link between the sides. */
  #partition(): void {
    const side = this.devices.map(() => this.#chance(0.5))
    for (const [a, b] of this.#pairs()) if (side[a] !== side[b]) this.#cut(keyOf(a, b))
  }

  /** One direction slows down so that the other overtakes it, and other links this one. */
  #stall(key: string): void {
    const end = this.#links.get(key)?.ends[this.#pick(0, 1)]
    if (end) end.delay = this.#pick(500, 8_000)
  }

  /** The power goes: everything in memory is gone, and what did not wait for the disk; what was stored is not. */
  #crash(i: number): void {
    const device = this.devices[i]
    if (!device) return
    this.#silence(i)
    if (device.sql.losePower()) this.#undone += 1
    restart(device)
    this.#listen(i)
    this.#crashes += 1
  }

  #silence(i: number): void {
    for (const [key, link] of [...this.#links]) if (link.ends.some((end) => end.device === i)) this.#cut(key)
  }

  #listen(i: number): void {
    const device = this.devices[i]
    const { replica } = device ?? {}
    device?.sql.delay()
    replica?.onCommit(() => {
      if (device?.replica !== replica) return
      for (const link of this.#links.values())
        for (const end of link.ends)
          if (end.device === i) this.#soon(link, end, (now) => end.session.committed(now))
    })
  }

  #connect(a: number, b: number): void {
    const key = keyOf(a, b)
    if (this.#links.has(key)) return
    const link: Link = { ends: [this.#end(a), this.#end(b)], alive: true }
    this.#links.set(key, link)
    for (const end of link.ends) this.#soon(link, end, () => end.session.open())
    this.#tick(link)
  }

  #end(device: number): End {
    const replica = this.devices[device]?.replica
    if (!replica) throw new Error('a link joins devices')
    const session = new Session({ store: replica, admits: () => ({ ok: true }) }, this.#time.now)
    return { session, device, busyUntil: this.#time.now, delay: this.#pick(2, 60) }
  }

  #cut(key: string): void {
    const link = this.#links.get(key)
    if (!link) return
    link.alive = false
    this.#links.delete(key)
  }

  #tick(link: Link): void {
    this.#time.at(this.#time.now + TICK_MS, () => {
      if (!link.alive) return
      for (const end of link.ends) this.#perform(link, end, end.session.tick(this.#time.now))
      this.#tick(link)
    })
  }

  #soon(link: Link, end: End, event: (now: number) => Effect[]): void {
    this.#time.at(this.#time.now, () => {
      if (link.alive) this.#perform(link, end, event(this.#time.now))
    })
  }

  #perform(link: Link, end: End, effects: readonly Effect[]): void {
    const other = link.ends[0] === end ? link.ends[1] : link.ends[0]
    for (const effect of effects) {
      if (effect.kind === 'send') this.#send(link, end, other, effect.bytes)
      else if (effect.kind === 'close') this.#closed(link, effect)
      else if (effect.kind === 'start' && effect.run) return this.#begin(end.device, effect.run)
    }
    if (end.session.busy) this.#time.at(this.#time.now + 1, () => this.#step(link, end))
  }

  #step(link: Link, end: End): void {
    if (link.alive && end.session.busy) this.#perform(link, end, end.session.step(this.#time.now))
  }

  /** A session may give a silent peer up, as the network would; nothing else may end one here. */
  #closed(link: Link, { reason, detail }: Extract<Effect, { kind: 'close' }>): void {
    if (!['silent', 'lost', 'off', 'timeout', 'stalled', 'goodbye'].includes(reason))
      throw new Error(`a session ended: ${reason} ${detail}`)
    for (const [key, one] of this.#links) if (one === link) this.#cut(key)
  }

  #send(link: Link, from: End, to: End, bytes: Uint8Array): void {
    from.busyUntil = Math.max(from.busyUntil, this.#time.now) + 1
    const at = from.busyUntil + from.delay
    from.busyUntil = at
    this.#time.at(at, () => {
      if (link.alive) this.#perform(link, to, to.session.receive(bytes, this.#time.now))
    })
  }

  #pairs(): (readonly [number, number])[] {
    return NAMES.flatMap((_, a) => NAMES.slice(a + 1).map((__, i) => [a, a + 1 + i] as const))
  }

  #present(): (readonly [number, number])[] {
    return this.#pairs().filter(([, b]) => b !== AWAY)
  }

  #chance(of: number): boolean {
    return this.#dice() < of
  }

  /** Uniform from `least` to `most`, both included. */
  #pick(least: number, most: number): number {
    return least + Math.floor(this.#dice() * (most - least + 1))
  }
}

const keyOf = (a: number, b: number): string => `${a}-${b}`
