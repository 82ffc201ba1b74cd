/** mDNS on the loopback, with real packets: devices find each other, and strangers' packets do no harm. */
import { Bonjour } from 'bonjour-service'
import { createSocket, type Socket } from 'node:dgram'
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { Log } from '../../main/net/contract.ts'
import { Discovery, discoveryTag } from '../../main/net/discovery.ts'
import { usableAddresses } from '../../main/net/interfaces.ts'
import { parseSiteId, type SiteId } from '../../shared/model/ids.ts'
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

async function discover(
  site: SiteId,
  port: number,
): Promise<{ readonly seen: Set<string>; readonly discovery: Discovery }> {
  const seen = new Set<string>()
  const discovery = new Discovery({
    site,
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

/** Fifty announcements of devices of this site that do not exist. */
function inventNames(site: SiteId, from: number): void {
  const options = { interface: '127.0.0.1', bind: '0.0.0.0', port: 5353 }
  const flood = new Bonjour(options, () => undefined)
  running.push({ stop: () => new Promise((resolve) => flood.destroy(() => resolve())) })
  const txt = { v: '1', site: discoveryTag(site), id: 'invented' }
  for (let i = from; i < from + 50; i += 1) {
    flood.publish({ name: `fake-${i}`, type: 'tallydesk', port: 5000 + i, txt, probe: false })
  }
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

test('NET-30 five hundred invented names neither stop discovery nor hold the loop', async () => {
  const site = newSite()
  const first = await discover(site, 4001)
  for (let i = 0; i < 10; i += 1) inventNames(site, i * 50)
  let longest = 0
  let last = performance.now()
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  await discover(site, 4002)
  await until(() => first.seen.has('127.0.0.1:4002'), 'the real one is found', 30_000)
  clearInterval(watch)
  expect(longest).toBeLessThan(500)
})

test('NET-31 interfaces can be picked by name or address, and the loopback only so', () => {
  expect(usableAddresses(['127.0.0.1'])).toEqual(['127.0.0.1'])
  expect(usableAddresses(['lo'])).toEqual(['127.0.0.1'])
  expect(usableAddresses()).not.toContain('127.0.0.1')
  expect(usableAddresses(['no-such-interface'])).toEqual([])
})
