/**
 * Random histories of a small site: an authority, two desks and two tablets, each with its own replica, that work, meet
 * and part. Devices are admitted by desks, copied and gone on with twice, and the authority's role passes on. A history
 * is told as moments and ends as the set of its ops, each signed by its author.
 */
import fc from 'fast-check'
import { equalBytes, toHex, type Bytes } from '../../shared/base/bytes.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import { parseOp } from '../../shared/op/op.ts'
import { encodeParcel } from '../../shared/replica/parcel.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { deceive } from '../support/liar.ts'
import { attend, DUTIES, type Duty } from '../support/office.ts'
import {
  copyOf,
  foundSite,
  joinSite,
  must,
  openDevice,
  pull,
  REACH,
  restart,
  signerFrom,
  steppingClock,
  type Device,
} from '../support/replicas.ts'
import { DEEDS, emptyShelf, perform, type Deed, type Shelf } from '../support/workload.ts'
import { misbehave, worldOf } from '../support/rogue.ts'

/**
 * Beside people's deeds and duties: two devices meet, or all do; the authority hears one and answers it, that one works on meanwhile,
 * or gets a zone's closings; the authority changes a
 * member, or takes back its rights as of some ops ago; a member signs what it likes; a device is copied and both go on;
 * a desk admits a tablet; work that one device alone has is handed in at
 * another; the authority's role passes on, by itself or by the recovery key; the authority makes what it holds final,
 * also what a desk closed before without its hearing of it.
 */
type What =
  | Deed
  | Duty
  | 'meet'
  | 'gather'
  | 'closing'
  | 'late'
  | 'delegate'
  | 'role'
  | 'cut'
  | 'reclaim'
  | 'rogue'
  | 'lie'
  | 'copy'
  | 'parcel'
  | 'enrol'
  | 'handover'
  | 'recover'
  | 'checkpoint'
  | 'overtaken'

export type Moment = { readonly who: number; readonly what: What; readonly a: number; readonly b: number }
export type Story = readonly Moment[]

const often = (what: What, times: number): What[] => Array.from({ length: times }, () => what)
const MIX: readonly What[] = [
  ...DEEDS, ...often('meet', 11), ...often('gather', 3), ...often('closing', 4), ...often('rogue', 4), ...often('import', 2), ...often('title', 2),
  ...often('task', 1), ...often('tick', 2), ...often('rewrite', 2), ...often('close', 2), ...often('decide', 3),
  ...often('settle', 2), ...often('role', 4), ...often('cut', 2), ...often('job', 2), ...often('checkpoint', 2),
] // prettier-ignore

/** Stories of rights, decisions and review rather than of the work itself. */
const OFFICE_MIX: readonly What[] = [
  ...DUTIES, ...often('meet', 8), ...often('gather', 14), ...often('closing', 6), ...often('late', 6), ...often('delegate', 6), ...often('give', 5),
  ...often('zoned', 4), ...often('answer', 5), ...often('ask', 2), ...often('draw', 3), ...often('pass', 2), ...often('sign', 4),
  ...often('incident', 2), ...often('stock', 2), ...often('reclaim', 3), ...often('adopt', 4), ...often('revoke', 1), ...often('copy', 3), ...often('parcel', 3),
  ...often('enrol', 2), ...often('role', 3), ...often('cut', 2), ...often('lie', 5), ...often('handover', 1), ...often('recover', 1),
  ...often('title', 5), ...often('tick', 4), ...often('close', 3), ...often('unlock', 4), ...often('takeback', 2), ...often('number', 2), ...often('import', 1), ...often('minutes', 2),
  ...often('withdraw', 1), ...often('task', 1), ...often('rogue', 1), ...often('note', 1), ...often('rewrite', 3), ...often('checkpoint', 4),
] // prettier-ignore

/** Stories in which much becomes final, and much comes too late for it. */
const FINAL_MIX: readonly What[] = [
  ...OFFICE_MIX, ...often('checkpoint', 24), ...often('overtaken', 12), ...often('late', 6), ...often('delegate', 6), ...often('title', 6), ...often('tick', 4),
  ...often('role', 5), ...often('cut', 3), ...often('reclaim', 6), ...often('copy', 5), ...often('meet', 8), ...often('recover', 1),
  ...often('draw', 3), ...often('number', 3), ...often('handover', 1),
] // prettier-ignore

/** Stories of much work on few records, most of it superseded or final soon, some of it late, adopted or revoked. */
const WORN_MIX: readonly What[] = [
  ...often('title', 14), ...often('zone', 4), ...often('label', 4), ...often('tag', 5), ...often('untag', 5), ...often('rename', 4), ...often('tick', 8),
  ...often('untick', 7), ...often('task', 3), ...often('untask', 3), ...often('note', 3), ...often('rewrite', 14), ...often('unnote', 2),
  ...often('minutes', 5), ...often('settle', 6), ...often('restore', 2), ...often('job', 2), ...often('import', 1), ...often('gather', 14),
  ...often('meet', 10), ...often('checkpoint', 12), ...often('closing', 3), ...often('late', 7), ...often('delegate', 2), ...often('overtaken', 2),
  ...often('adopt', 4), ...often('dismiss', 3), ...often('revoke', 5), ...often('cut', 1), ...often('role', 2), ...often('copy', 1), ...often('stock', 1),
  ...often('draw', 2), ...often('number', 2), ...often('incident', 1), ...often('rogue', 1), ...often('lie', 1), ...often('parcel', 1),
] // prettier-ignore

const momentOf = (mix: readonly What[]): fc.Arbitrary<Moment> =>
  fc.record({ what: fc.constantFrom(...mix), who: fc.nat(6), a: fc.nat(5), b: fc.nat(5) })

export const story: fc.Arbitrary<Story> = fc.array(momentOf(MIX), { minLength: 6, maxLength: 20 })
export const officeStory: fc.Arbitrary<Story> = fc.array(momentOf(OFFICE_MIX), {
  minLength: 1,
  maxLength: 60,
  size: 'max',
})

export const finalStory: fc.Arbitrary<Story> = fc.array(momentOf(FINAL_MIX), {
  minLength: 1,
  maxLength: 60,
  size: 'max',
})

export const wornStory: fc.Arbitrary<Story> = fc.array(momentOf(WORN_MIX), {
  minLength: 12,
  maxLength: 48,
  size: 'max',
})

/** One op as it left its author. */
export type Signed = {
  readonly actor: ActorId
  readonly seq: number
  readonly hash: Bytes
  readonly prev: Bytes
  readonly bytes: Bytes
  readonly signature: Bytes
}

const hq = foundSite('laws')
const members = [
  hq,
  joinSite(hq, 'Desk', 'supervisor'),
  joinSite(hq, 'Tablet 1', 'technician'),
  joinSite(hq, 'Tablet 2', 'technician'),
  // The second device of one person.
  joinSite(hq, 'Desk 2', 'supervisor', steppingClock(), 'Desk'),
]
const first = must(
  hq.replica.execute('job.create', { title: 'Pump', tasks: ['inspect valve', 'replace filter'] }),
).record
must(hq.replica.execute('note.add', { record: first, text: 'Filter was cracked' }))
for (const member of members.slice(1)) pull(member, hq)

export const SITE = hq.replica.site
const recoveryKey = signerFrom('laws/recovery')

/** Keys under which a reader may hold the log: some that it has ops of, one that it has none of. */
export const KEYS = [signerFrom('a reader'), ...members.map(({ signer }) => signer)]

const kept = new Map<string, readonly Signed[]>()

/** The ops of a story. Told again it is not played again: laws that share a seed share their histories. */
export function opsOf(told: Story): readonly Signed[] {
  const key = JSON.stringify(told)
  const ops = kept.get(key) ?? play(told)
  kept.set(key, ops)
  return ops
}

/** Plays a story on the members' replicas, which forget it afterwards. */
function play(told: Story): readonly Signed[] {
  const shelf = { ...emptyShelf(), records: [first] }
  const rehearsed = members.reduce<() => readonly Signed[]>(
    (work, { sql }) =>
      () =>
        sql.rehearse(work),
    () => {
      for (const member of members) restart(member)
      const cast = new Cast(shelf)
      for (const moment of told) cast.live(moment)
      return cast.end()
    },
  )
  return rehearsed()
}

class Cast {
  readonly #devices: Device[] = [...members]
  readonly #shelf: Shelf

  constructor(shelf: Shelf) {
    this.#shelf = shelf
  }

  live({ who, what, a, b }: Moment): void {
    const devices = this.#devices
    const device = devices[who % devices.length]
    // Who took the role over and has not heard of it does not act for the site yet.
    const authority = devices.findLast(({ replica }) => replica.authority() === replica.actor)
    if (!device || !authority) return
    switch (what) {
      case 'meet':
        return meet(devices, device, a)
      case 'gather':
        return gather(devices, authority)
      case 'closing':
        return closing(authority, device, { a, b }, this.#shelf)
      case 'late':
        return late(authority, device, { a, b }, this.#shelf)
      case 'delegate':
        return delegate(authority, device, { a, b }, this.#shelf)
      case 'rogue':
        return misbehave(device, worldOf(devices), a, b)
      case 'lie':
        // The authority's word is what everybody goes by: it does not lie.
        if (device.replica.authority() !== device.replica.actor) deceive(device, worldOf(devices), a, b)
        return
      case 'role':
      case 'cut':
      case 'reclaim':
        return restrain(authority, device, what, a, b)
      case 'copy':
        return void devices.push(copyOf(device))
      case 'parcel':
        return handIn(device, devices[a % devices.length], b)
      case 'enrol':
        return this.#enrol(device, b)
      case 'handover':
        return void authority.replica.execute('site.handover', { actor: device.replica.actor })
      case 'recover':
        return void device.replica.recover(recoveryKey)
      case 'overtaken':
        return overtaken(authority, devices[a % 2 === 0 ? 1 : 4] ?? device, device, { a, b }, this.#shelf)
      case 'checkpoint':
        return void authority.replica.execute('checkpoint.publish', {})
      default:
        return this.#work(device, what, a, b, authority)
    }
  }

  /** Every op with a signature of its own, and the end of the devices that were only in this story. */
  end(): readonly Signed[] {
    const ops = new Map(this.#devices.flatMap(signedOps).map((op) => [toHex(op.hash), op]))
    for (const device of this.#devices.slice(members.length)) device.sql.close()
    return [...ops.values()].sort(byChain)
  }

  #work(device: Device, what: Deed | Duty, a: number, b: number, authority: Device): void {
    if (isDuty(what)) {
      attend(this.#clerkOf(what, device, authority), { duty: what, a, b }, this.#shelf)
    } else perform(device, { deed: what, a, b }, this.#shelf)
  }

  /** What takes an office is done by somebody who has it, more often than not. */
  #clerkOf(duty: Duty, device: Device, authority: Device): Device {
    if (duty === 'give' || duty === 'takeback' || duty === 'expel') return authority
    const supervises = duty === 'adopt' || duty === 'dismiss' || duty === 'revoke' || duty === 'answer'
    const at = this.#devices.indexOf(device)
    const desk = this.#devices[at % 2 === 0 ? 1 : 4]
    return supervises && desk && at > 1 ? desk : device
  }

  #enrol(device: Device, b: number): void {
    const name = `Tablet ${3 + (b % 2)}`
    const signer = signerFrom(`laws/${name}`)
    const key = signer.publicKey
    const admitted = device.replica.admit({
      opKey: key,
      tlsKeyHash: key,
      name,
      person: b < 3 ? name : `Person ${b}`,
      role: b === 5 ? 'edge' : 'technician',
    })
    if (!admitted.ok) return
    const known = this.#devices.find(
      (one) => one.replica.actor === actorFrom(signer.publicKey, this.#devices),
    )
    const joined = known ?? openDevice(name, signer, SITE)
    if (!known) this.#devices.push(joined)
    pull(joined, device)
  }
}

const isDuty = (what: Deed | Duty): what is Duty => DUTIES.some((duty) => duty === what)

const actorFrom = (key: Bytes, devices: readonly Device[]): ActorId | null =>
  devices.find(({ signer }) => equalBytes(signer.publicKey, key))?.replica.actor ?? null

function meet(devices: readonly Device[], device: Device, a: number): void {
  const other = devices[a % devices.length]
  if (other && other !== device) pull(device, other)
}

function gather(devices: readonly Device[], authority: Device): void {
  for (const device of devices) if (device !== authority) pull(authority, device)
  for (const device of devices) if (device !== authority) pull(device, authority)
}

type Draw = Pick<Moment, 'a' | 'b'>

function closing(authority: Device, device: Device, { a, b }: Draw, shelf: Shelf): void {
  perform(device, { deed: 'tick', a, b: 0 }, shelf)
  perform(device, { deed: 'tick', a, b: 1 }, shelf)
  perform(device, { deed: b === 0 ? 'reopen' : 'close', a, b }, shelf)
  if (device !== authority) pull(authority, device)
  authority.replica.decideWaiting(2)
}

/** A device works on at what was closed meanwhile; of some, that is taken over once the record is open again. */
function late(authority: Device, device: Device, { a, b }: Draw, shelf: Shelf): void {
  closing(authority, device, { a, b: 1 + b }, shelf)
  perform(device, { deed: 'title', a, b }, shelf)
  perform(device, { deed: 'minutes', a, b: b + 3 }, shelf)
  if (device !== authority) pull(authority, device)
  if (b > 3) return
  attend(authority, { duty: 'unlock', a, b: a }, shelf)
  attend(authority, { duty: 'answer', a: 0, b: 1 }, shelf)
  attend(authority, { duty: b === 0 ? 'dismiss' : 'adopt', a: b, b }, shelf)
}

/** A device gets what it takes to close in a zone, hears of it, and closes what waits there. */
function delegate(authority: Device, device: Device, { a, b }: Draw, shelf: Shelf): void {
  const to = device.replica.actor
  const zone = b % 2 === 0 ? 'North' : 'South'
  authority.replica.execute('right.transfer', { right: `decide:close:${zone}`, amount: 1, to })
  authority.replica.execute('right.transfer', { right: 'audit-number', amount: 3, to })
  if (device !== authority) pull(device, authority)
  attend(device, { duty: 'zoned', a: b % 2, b }, shelf)
  perform(device, { deed: 'close', a: shelf.records.length - 1, b }, shelf)
  attend(device, { duty: 'answer', a, b: 1 }, shelf)
}

/** A desk closes by itself what another device works on; the authority hears of the work first, and makes it final. */
function overtaken(authority: Device, desk: Device, other: Device, draw: Draw, shelf: Shelf): void {
  if (authority === desk || desk === other || other === authority) return
  const to = desk.replica.actor
  authority.replica.execute('right.transfer', { right: 'decide:close:North', amount: 1, to })
  authority.replica.execute('right.transfer', { right: 'audit-number', amount: 1, to })
  pull(desk, authority)
  if (!attend(desk, { duty: 'zoned', a: 0, b: 0 }, shelf)) return
  const at = shelf.records.length - 1
  pull(other, desk)
  const asked = desk.replica.execute('request.close', { record: shelf.records[at] ?? '' })
  if (asked.ok) desk.replica.execute('decide', { request: asked.value.request, accept: true })
  for (const deed of ['title', 'minutes', 'tick'] as const) perform(other, { deed, a: at, b: draw.b }, shelf)
  pull(authority, other)
  authority.replica.execute('checkpoint.publish', {})
  if (draw.b > 2) pull(other, desk)
}

/** What another device alone has is handed in here, and an item of what was handed in taken over or dismissed. */
function handIn(device: Device, other: Device | undefined, b: number): void {
  const ops = other?.replica.unsent() ?? []
  if (other && ops.length > 0)
    device.replica.handIn(
      encodeParcel({ site: SITE, actor: other.replica.actor, name: other.name, cause: 'cut', ops }),
    )
  const found = device.replica.query('parcels', {}, REACH)
  const parcel = found.ok ? found.value.parcels[0]?.parcel : undefined
  if (parcel === undefined) return
  if (b < 4) device.replica.execute('parcel.take', { parcel, items: [b] })
  else device.replica.execute('parcel.dismiss', { parcel, items: [b - 4], reason: 'No' })
}

/** Down to a seq that the authority has seen, and not always the last. */
function restrain(
  authority: Device,
  device: Device,
  what: 'role' | 'cut' | 'reclaim',
  a: number,
  b: number,
): void {
  const actor = device.replica.actor
  const { log, control } = coreOf(authority)
  const head = log.head(actor)
  if (!head || device === authority) return
  const through = Math.max(0, head.seq - (b % 3))
  if (what === 'cut') craft(authority, [{ type: 'cut', actor, through, hash: head.hash, reason: 'lost' }])
  else if (what === 'role')
    craft(authority, [{ type: 'setRole', actor, role: b % 2 === 0 ? 'edge' : 'technician', through }])
  else {
    const held = control()
      .escrow.holdings()
      .filter(({ owner }) => owner === actor)
    const right = held[a % Math.max(1, held.length)]?.right
    if (right) craft(authority, [{ type: 'reclaim', right, actor, through }])
  }
}

function signedOps({ sql }: Device): Signed[] {
  return sql
    .prepare('SELECT op.hash, op.bytes, op.signature FROM op WHERE op.signature IS NOT NULL')
    .all<{ hash: Bytes; bytes: Bytes; signature: Bytes }>()
    .map((row) => {
      const parsed = parseOp(row.bytes)
      if (!parsed.ok) throw new Error(parsed.error)
      const { actor, seq, prev } = parsed.value
      return { actor, seq, prev, ...row }
    })
}

/** Authors one after another, each from its first op to its last; of twins, the lesser hash first. */
const byChain = (x: Signed, y: Signed): number =>
  x.actor === y.actor ? x.seq - y.seq || (toHex(x.hash) < toHex(y.hash) ? -1 : 1) : x.actor < y.actor ? -1 : 1
