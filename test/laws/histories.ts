/**
 * Random histories of a small site: an authority, a desk and two tablets, each with its own replica, that work, meet
 * and part. A history is told as moments and ends as the set of its ops, each signed by its author.
 */
import fc from 'fast-check'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { foundSite, joinSite, must, pull, restart, type Device } from '../support/replicas.ts'
import { DEEDS, emptyShelf, perform, type Deed, type Shelf } from '../support/workload.ts'
import { misbehave, worldOf } from '../support/rogue.ts'

/**
 * Beside people's deeds: two devices meet, or all do; the authority hears one and answers it, or changes a member; a
 * rogue member signs what it likes.
 */
type What = Deed | 'meet' | 'gather' | 'closing' | 'role' | 'cut' | 'rogue'

export type Moment = { readonly who: number; readonly what: What; readonly a: number; readonly b: number }
export type Story = readonly Moment[]

const often = (what: What, times: number): What[] => Array.from({ length: times }, () => what)
const MIX: readonly What[] = [
  ...DEEDS, ...often('meet', 11), ...often('gather', 3), ...often('closing', 4), ...often('rogue', 4), ...often('import', 2), ...often('title', 2),
  ...often('task', 1), ...often('tick', 2), ...often('rewrite', 2), ...often('close', 2), ...often('decide', 3),
  ...often('settle', 2), ...often('role', 4), ...often('cut', 2), ...often('job', 2),
] // prettier-ignore

const moment: fc.Arbitrary<Moment> = fc.record({
  what: fc.constantFrom(...MIX),
  who: fc.nat(3),
  a: fc.nat(5),
  b: fc.nat(5),
})

export const story: fc.Arbitrary<Story> = fc.array(moment, { minLength: 6, maxLength: 20 })

/** One op as it left its author. */
export type Signed = {
  readonly actor: ActorId
  readonly seq: number
  readonly bytes: Bytes
  readonly signature: Bytes
}

const hq = foundSite('laws')
const members = [
  hq,
  joinSite(hq, 'Desk', 'supervisor'),
  joinSite(hq, 'Tablet 1', 'technician'),
  joinSite(hq, 'Tablet 2', 'technician'),
]
const first = must(
  hq.replica.execute('job.create', { title: 'Pump', tasks: ['inspect valve', 'replace filter'] }),
).record
must(hq.replica.execute('note.add', { record: first, text: 'Filter was cracked' }))
for (const member of members.slice(1)) pull(member, hq)

export const SITE = hq.replica.site

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
      for (const moment of told) live(members, moment, shelf)
      return members.flatMap(signedOps)
    },
  )
  return rehearsed()
}

function live(devices: readonly Device[], { who, what, a, b }: Moment, shelf: Shelf): void {
  const device = devices[who % devices.length]
  const [authority] = devices
  if (!device || !authority) return
  if (what === 'meet') meet(devices, device, a)
  else if (what === 'gather') gather(devices, authority)
  else if (what === 'closing') closing(authority, device, { a, b }, shelf)
  else if (what === 'rogue') misbehave(device, worldOf(devices), a, b)
  else if (what === 'role' || what === 'cut') restrain(authority, device, what, b)
  else perform(device, { deed: what, a, b }, shelf)
}

function meet(devices: readonly Device[], device: Device, a: number): void {
  const other = devices[a % devices.length]
  if (other && other !== device) pull(device, other)
}

function gather(devices: readonly Device[], authority: Device): void {
  for (const device of devices) if (device !== authority) pull(authority, device)
  for (const device of devices) if (device !== authority) pull(device, authority)
}

function closing(authority: Device, device: Device, { a, b }: Pick<Moment, 'a' | 'b'>, shelf: Shelf): void {
  perform(device, { deed: 'tick', a, b: 0 }, shelf)
  perform(device, { deed: 'tick', a, b: 1 }, shelf)
  perform(device, { deed: b === 0 ? 'reopen' : 'close', a, b }, shelf)
  if (device !== authority) pull(authority, device)
  authority.replica.decideWaiting(2)
}

/** Down to a seq that the authority has seen, and not always the last. */
function restrain(authority: Device, device: Device, what: 'role' | 'cut', b: number): void {
  const actor = device.replica.actor
  const head = coreOf(authority).log.head(actor)
  if (!head || device === authority) return
  const through = Math.max(0, head.seq - (b % 3))
  if (what === 'cut') craft(authority, [{ type: 'cut', actor, through, hash: head.hash, reason: 'lost' }])
  else craft(authority, [{ type: 'setRole', actor, role: b % 2 === 0 ? 'edge' : 'technician', through }])
}

function signedOps({ sql, replica }: Device): Signed[] {
  return sql
    .prepare(
      `SELECT op.seq, op.bytes, op.signature FROM op JOIN actor ON actor.no = op.actor
       WHERE lower(hex(actor.id)) = ? AND op.signature IS NOT NULL ORDER BY op.seq`,
    )
    .all<{ seq: number; bytes: Bytes; signature: Bytes }>(replica.actor)
    .map((row) => ({ actor: replica.actor, ...row }))
}
