/** mDNS on the loopback, with real packets: devices find each other, and strangers' packets do no harm. */
import { encode } from 'dns-packet'
import { createSocket, type Socket } from 'node:dgram'
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { Log } from '../../main/net/contract.ts'
import { Discovery } from '../../main/net/discovery.ts'
import { usableAddresses } from '../../main/net/interfaces.ts'
import { discoveryTag } from '../../main/net/site-tag.ts'
import { parseActorId, parseSiteId, type ActorId, type SiteId } from '../../shared/model/ids.ts'
import { invariant } from '../../shared/base/invariant.ts'
import { closeDevices, enrol, found, linkTo, sameLog, until } from './device.ts'

const LOOPBACK = ['127.0.0.1']
const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
const running: { stop(): Promise<void> }[] = []
const sockets: Socket[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
  for (const socket of sockets.splice(0)) socket.close()
  await closeDevices()
})

function siteOf(text: string): SiteId {
  const site = parseSiteId(text)
  invariant(site !== null, 'a site')
  return site
}

/** A site of its own for each test: others on this machine may be announcing theirs. */
const newSite = (): SiteId => siteOf(randomBytes(32).toString('hex'))

function newActor(): ActorId {
  const actor = parseActorId(randomBytes(32).toString('hex'))
  invariant(actor !== null, 'an actor')
  return actor
}

async function discover(
  site: SiteId,
  port: number,
): Promise<{ readonly seen: Set<string>; readonly discovery: Discovery }> {
  const seen = new Set<string>()
  const discovery = new Discovery({
    site,
    actor: newActor(),
    members: () => [],
    isAlone: () => true,
    port,
    interfaces: LOOPBACK,
    onSight: (address) => seen.add(address),
    log: quiet,
  })
  running.push(discovery)
  await discovery.start()
  return { seen, discovery }
}

/** A stranger's socket on the same network. */
async function stranger(): Promise<(packet: Uint8Array) => Promise<void>> {
  const socket = createSocket('udp4')
  sockets.push(socket)
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  socket.setMulticastInterface('127.0.0.1')
  return (packet) => new Promise((resolve) => socket.send(packet, 5353, '224.0.0.251', () => resolve()))
}

/** The announcement of a device of this site that does not exist. */
function invented(site: SiteId, n: number, ttl = 120): Uint8Array {
  const name = `fake-${n}._tallydesk._tcp.local`
  const text = { v: '1', site: discoveryTag(site), id: `fake-${n}`, who: 'made up' }
  return encode({
    type: 'response',
    answers: [
      { name: '_tallydesk._tcp.local', type: 'PTR', ttl, data: name },
      { name, type: 'SRV', ttl, data: { port: 5000 + n, target: 'nobody.local' } },
      { name, type: 'TXT', ttl, data: Object.entries(text).map(([key, value]) => `${key}=${value}`) },
    ],
  })
}

test('NET-26 two devices of one site find each other by mDNS alone and sync', async () => {
  const mdns = { interfaces: LOOPBACK }
  const desk = await found('Desk', { mdns })
  await desk.start()
  const tablet = await enrol(desk, 'Tablet', 'technician', { mdns })
  await tablet.start()
  await until(() => linkTo(desk, tablet) === 'up' && linkTo(tablet, desk) === 'up', 'they are linked')
  tablet.work('Found you')
  await until(() => sameLog(desk, tablet), 'they hold the same')
})

test('NET-27 devices of other sites, and a device’s own announcements, are not sighted', async () => {
  const site = newSite()
  const first = await discover(site, 4001)
  const second = await discover(site, 4002)
  const other = await discover(newSite(), 4003)
  await until(() => first.seen.size > 0 && second.seen.size > 0, 'both see each other')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect([...first.seen]).toEqual(['127.0.0.1:4002'])
  expect([...second.seen]).toEqual(['127.0.0.1:4001'])
  expect([...other.seen]).toEqual([])
})

test('NET-27 an announcement does not tell the site', () => {
  const site = newSite()
  expect(site).not.toContain(discoveryTag(site))
  expect(discoveryTag(site)).toMatch(/^[0-9a-f]{12}$/)
})

test('NET-28 a device that restarts at another port is found there', async () => {
  const site = newSite()
  const first = await discover(site, 4001)
  const second = await discover(site, 4002)
  await until(() => first.seen.has('127.0.0.1:4002'), 'it is seen')
  await second.discovery.stop()
  await discover(site, 4009)
  await until(() => first.seen.has('127.0.0.1:4009'), 'it is seen again')
})

test('NET-29 garbage on the multicast group harms nothing', async () => {
  const site = newSite()
  const first = await discover(site, 4001)
  const send = await stranger()
  for (let i = 0; i < 150; i += 1) await send(randomBytes(1 + ((i * 13) % 1400)))
  // A header that promises 65,535 questions and answers, and one whose name points at itself.
  await send(Buffer.from([0, 0, 0x84, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]))
  await send(Buffer.from([0, 0, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c, 0, 12, 0, 1]))
  await new Promise((resolve) => setTimeout(resolve, 1200))
  await discover(site, 4002)
  await until(() => first.seen.has('127.0.0.1:4002'), 'discovery still works')
})

test('NET-30 five thousand invented names do not keep a device from finding the real one', async () => {
  const site = newSite()
  const first = await discover(site, 4001)
  const send = await stranger()
  for (let n = 0; n < 5_000; n += 1) await send(invented(site, n))
  await discover(site, 4002)
  await until(() => first.seen.has('127.0.0.1:4002'), 'the real one is found', 30_000)
})

test('NET-30 a goodbye that anybody may forge is no sighting and takes none away', async () => {
  const site = newSite()
  const first = await discover(site, 4001)
  const send = await stranger()
  await send(invented(site, 1, 0))
  await send(invented(site, 2))
  await until(() => first.seen.has('127.0.0.1:5002'), 'the one that is alive is seen')
  expect(first.seen.has('127.0.0.1:5001')).toBe(false)
})

test('NET-31 interfaces can be picked by name or address, and the loopback only so', () => {
  expect(usableAddresses(['127.0.0.1'])).toEqual(['127.0.0.1'])
  expect(usableAddresses(['lo'])).toEqual(['127.0.0.1'])
  expect(usableAddresses()).not.toContain('127.0.0.1')
  expect(usableAddresses(['no-such-interface'])).toEqual([])
})
