/**
 * A building full of devices: an authority behind the WAN, an edge, desks and tablets, each a node in a process and a
 * network namespace of its own. They are given no address but that of headquarters.
 */
import { expect } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { answered } from '../support/node-process.ts'
import { until } from './building.ts'
import type { Place, Wifi } from './namespaces.ts'
import type { RemoteDesk } from './remote-desk.ts'

const PORT = 7101
const HQ = `10.78.0.1:${PORT}`
/** Seconds. Generous: the machine may have twenty other things to do. */
export const PATIENCE = 240

type Role = 'supervisor' | 'edge' | 'technician'
type Device = {
  readonly name: string
  readonly role: Role | 'authority'
  readonly place: Place
  readonly desk: RemoteDesk
}

function start(place: Place, name: string, role: Device['role']): Device {
  const isBuilding = role === 'edge' || role === 'supervisor'
  return {
    name,
    role,
    place,
    desk: place.node({ hq: isBuilding ? HQ : null, listen: { host: '0.0.0.0', port: PORT } }),
  }
}

async function found(place: Place): Promise<Device> {
  const hq = start(place, 'hq', 'authority')
  answered(await hq.desk.do('setup.init', { site: 'Twenty', name: 'hq' }))
  return hq
}

async function join(hq: Device, place: Place, name: string, role: Role): Promise<Device> {
  const device = start(place, name, role)
  const { code } = answered(await hq.desk.do('invite.create', { role, name }))
  answered(await device.desk.do('setup.join', { code, name }))
  return device
}

/** A few at a time: each is a program that starts. */
async function joinAll(
  hq: Device,
  wanted: readonly (readonly [string, Role])[],
  places: readonly Place[],
): Promise<Device[]> {
  const devices: Device[] = []
  const waiting = wanted.map(([name, role], i) => ({ name, role, place: places[i] }))
  const next = async (): Promise<void> => {
    for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
      invariant(each.place !== undefined, 'a place for each')
      devices.push(await join(hq, each.place, each.name, each.role))
    }
  }
  await Promise.all([next(), next(), next(), next()])
  return devices
}

const peersOf = async ({ desk }: Device): Promise<QueryAnswer<'peers'>> =>
  answered(await desk.query('peers', {}))
const status = async ({ desk }: Device): Promise<QueryAnswer<'status'>> =>
  answered(await desk.query('status', {}))
const upOf = ({ peers }: QueryAnswer<'peers'>): number => peers.filter(({ link }) => link === 'up').length

/** Everybody who has a screen writes. */
async function work(devices: readonly Device[], what: string): Promise<void> {
  await Promise.all(
    devices
      .filter(({ role }) => role !== 'edge')
      .map(async ({ desk, name }) => answered(await desk.do('job.create', { title: `${name}: ${what}` }))),
  )
}

async function agree(devices: readonly Device[], ops: number): Promise<void> {
  let said: string[] = []
  const same = async (): Promise<boolean> => {
    const all = await Promise.all(devices.map(status))
    said = all.map(({ name, state_hash, log }) => `${name}: ${log.ops} ops, ${state_hash}`)
    return (
      new Set(all.map(({ state_hash }) => state_hash)).size === 1 && all.every(({ log }) => log.ops >= ops)
    )
  }
  await until(same, 'all hold the same', PATIENCE).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${said.join('\n')}`)
  })
}

/** No tablet ever has more links to tablets than it may. */
async function expectWithinLimits(tablets: readonly Device[]): Promise<void> {
  for (const tablet of tablets) {
    const { tablets: links, peers } = await peersOf(tablet)
    expect(links?.most).toBe(4)
    expect(links?.linked).toBeLessThanOrEqual(4)
    expect(
      peers.filter(({ role, link }) => role === 'technician' && link === 'up').length,
    ).toBeLessThanOrEqual(4)
  }
}

/** A day in the building: they meet, work, lose the WAN and one of them the Wi-Fi, and come together again. */
export async function liveThrough(
  wifi: Wifi,
  crowd: { readonly desks: number; readonly tablets: number },
): Promise<void> {
  const hq = await found(wifi.headquarters())
  const wanted: (readonly [string, Role])[] = [
    ['edge', 'edge'],
    ...named('desk', crowd.desks, 'supervisor'),
    ...named('tablet', crowd.tablets, 'technician'),
  ]
  const devices = await joinAll(
    hq,
    wanted,
    wanted.map(() => wifi.place()),
  )
  const all = [hq, ...devices]
  const tablets = devices.filter(({ role }) => role === 'technician')
  const relays = devices.filter(({ role }) => role !== 'technician')
  await expectMeshed(relays, tablets)
  await work(all, 'first')
  const { log } = await status(hq)
  await agree(all, log.ops)

  hq.place.link('down')
  const [away, ...stayed] = tablets
  invariant(away !== undefined, 'a tablet')
  away.place.link('down')
  await work(all, 'with the WAN out')
  const knowOfTheWan = async (): Promise<boolean> =>
    (await Promise.all(relays.map(status))).every(({ wan }) => wan.state === 'down')
  await until(knowOfTheWan, 'the building knows that the WAN is out', PATIENCE)
  await until(async () => upOf(await peersOf(away)) === 0, 'who is away knows that it is alone', PATIENCE)
  await agree([...relays, ...stayed], log.ops)
  await expectWithinLimits(stayed)

  away.place.link('up')
  hq.place.link('up')
  await work(all, 'all back')
  const { log: most } = await status(hq)
  await agree(all, Math.max(most.ops, log.ops + 2 * (all.length - 1)))
  await expectWithinLimits(tablets)
}

const named = (name: string, count: number, role: Role): (readonly [string, Role])[] =>
  Array.from({ length: count }, (_, i) => [`${name} ${i + 1}`, role])

/** Everybody is linked with whom it should be. */
async function expectMeshed(relays: readonly Device[], tablets: readonly Device[]): Promise<void> {
  const others = relays.length + tablets.length
  const relaysAre = async (): Promise<boolean> =>
    (await Promise.all(relays.map(peersOf))).every((peers) => upOf(peers) === others)
  await until(relaysAre, 'the edge and the desks are linked with everybody', PATIENCE)
  const tabletsAre = async (): Promise<boolean> =>
    (await Promise.all(tablets.map(peersOf))).every(({ tablets: links }) => links?.linked === 4)
  await until(tabletsAre, 'each tablet has its four links', PATIENCE)
}
