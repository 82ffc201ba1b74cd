/** What Wi-Fi does to devices over a day: sleep, other addresses, a VPN, a port that is taken, a network that lies. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { answered } from '../support/node-process.ts'
import { until } from './building.ts'
import { Wifi, type Place } from './namespaces.ts'

/** Generous: it says that something comes at all. */
const PATIENCE = 120
const DESK = '0.0.0.0:7101'
const TABLET = '0.0.0.0:7102'

let wifi: Wifi
let desk: Place
let tablet: Place

beforeEach(async () => {
  wifi = new Wifi('wifi-life')
  desk = wifi.place()
  tablet = wifi.place()
  await desk.tallydesk('init', '--data', desk.data, '--site', 'Warehouse', '--name', 'Desk')
  await desk.run('--listen', '0.0.0.0:7100')
  const { code } = answered(await desk.desk.do('invite.create', { role: 'technician', name: 'Tablet' }))
  await tablet.tallydesk('join', code, '--data', tablet.data, '--name', 'Tablet')
  await desk.stop()
})

afterEach(() => wifi.close())

const logOf = (place: Place): string => readFileSync(join(place.data, 'tallydesk.log'), 'utf8')
const count = (text: string, part: string): number => text.split(part).length - 1

async function peerOf(place: Place): Promise<QueryAnswer<'peers'>['peers'][number] | undefined> {
  return answered(await place.desk.query('peers', {})).peers[0]
}

const isLinked = async (place: Place): Promise<boolean> => (await peerOf(place))?.link === 'up'

/** At another port than the tablet remembers, so that it must be found. */
async function startBoth(): Promise<void> {
  await desk.run('--listen', DESK)
  await tablet.run('--listen', TABLET)
}

async function linkedAndSynced(title: string): Promise<void> {
  await until(async () => (await isLinked(desk)) && (await isLinked(tablet)), `linked: ${title}`, PATIENCE)
  answered(await tablet.desk.do('job.create', { title }))
  answered(await desk.desk.do('job.create', { title: `${title}, at the desk` }))
  const hash = async (place: Place): Promise<string> =>
    answered(await place.desk.query('status', {})).state_hash
  await until(async () => (await hash(desk)) === (await hash(tablet)), `the same: ${title}`, PATIENCE)
}

test('NET-65 a device that slept asks its links at once, announces itself anew, and goes on where it was', async () => {
  await startBoth()
  await linkedAndSynced('before the sleep')
  tablet.sleep()
  answered(await desk.desk.do('job.create', { title: 'while it slept' }))
  await new Promise((resolve) => setTimeout(resolve, 7_000))
  tablet.wake()
  await until(() => logOf(tablet).includes('this device has woken'), 'it notices', PATIENCE)
  await linkedAndSynced('after the sleep')
})

test('NET-66 links over an interface that loses its address end at once; others stay, also with a VPN up and down', async () => {
  const edge = wifi.wiredTo(desk)
  await desk.run('--listen', DESK)
  const { code } = answered(await desk.desk.do('invite.create', { role: 'edge', name: 'Edge' }))
  await edge.tallydesk('join', code, '--data', edge.data, '--name', 'Edge')
  await edge.run('--listen', DESK)
  await tablet.run('--listen', TABLET)
  const linkOf = async (name: string): Promise<string | undefined> =>
    answered(await desk.desk.query('peers', {})).peers.find((peer) => peer.name === name)?.link
  const isUp = async (name: string): Promise<boolean> => (await linkOf(name)) === 'up'
  await until(async () => (await isUp('Edge')) && (await isUp('Tablet')), 'both are linked', PATIENCE)
  const edgeActor = answered(await edge.desk.query('status', {})).actor
  const losses = (): number =>
    logOf(desk)
      .split('\n')
      .filter((line) => line.includes('link down') && line.includes(edgeActor)).length
  const before = losses()

  /** Does something to the desk's network, and waits until the desk has noticed. */
  const change = async (what: () => void, sentence: string): Promise<void> => {
    const moves = (): number => count(logOf(desk), 'this device has moved')
    const known = moves()
    what()
    await until(() => moves() > known, sentence, PATIENCE)
  }
  await change(() => desk.vpn('up'), 'the VPN is noticed')
  await change(() => desk.move('10.77.0.88'), 'the new address is noticed')
  await until(() => isUp('Tablet'), 'the tablet is back', PATIENCE)
  await change(() => desk.vpn('down'), 'the end of the VPN is noticed')
  desk.interface('wlan0', 'down')
  await until(async () => !(await isUp('Tablet')), 'without Wi-Fi the tablet is gone', PATIENCE)
  expect(await isUp('Edge')).toBe(true)
  desk.interface('wlan0', 'up')
  await until(() => isUp('Tablet'), 'with Wi-Fi it is back', PATIENCE)
  expect(await isUp('Edge')).toBe(true)
  expect(losses()).toBe(before)
})

test('NET-67 discovery begins when port 5353 is free again', async () => {
  const free = await desk.hold(5353)
  await startBoth()
  await until(() => logOf(desk).includes('mdns is not available here'), 'it warns', PATIENCE)
  expect(await isLinked(tablet)).toBe(false)
  await free()
  await linkedAndSynced('once the port was free')
})

test('NET-67 two devices that nothing let find each other do so when multicast is let through', async () => {
  wifi.blockMulticast()
  await startBoth()
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  expect(await isLinked(tablet)).toBe(false)
  wifi.letMulticast()
  await linkedAndSynced('with multicast')
})

/** Announces 5,000 devices of the site that it hears of, over and over, and says goodbye for all that it hears. */
const LIAR = `
const { decode, encode } = require('dns-packet')
const socket = require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true })
const type = '_tallydesk._tcp.local'
const host = process.argv.at(-1)
let text = null
socket.on('message', (packet, from) => {
  if (from.address === host) return
  const { type: kind, answers = [], additionals = [] } = decode(packet)
  const records = [...answers, ...additionals].filter((record) => record.type !== 'NSEC')
  if (kind !== 'response' || !records.some(({ name }) => name.endsWith(type))) return
  text = records.find((record) => record.type === 'TXT')?.data ?? text
  const gone = records.map((record) => ({ ...record, ttl: 0 }))
  socket.send(encode({ type: 'response', flags: 1024, answers: gone }), 5353, '224.0.0.251')
})
function lie(n) {
  const name = 'fake-' + (n % 5000) + '.' + type
  const data = (text ?? []).map((item) => String(item).replace(/^id=.*/, 'id=fake' + (n % 5000)))
  const answers = [
    { name: type, type: 'PTR', ttl: 120, data: name },
    { name, type: 'SRV', ttl: 120, data: { port: 1024 + (n % 5000), target: 'x.local' } },
    { name, type: 'TXT', ttl: 120, data },
  ]
  if (text) socket.send(encode({ type: 'response', flags: 1024, answers }), 5353, '224.0.0.251')
}
socket.bind(5353, () => {
  socket.addMembership('224.0.0.251', host)
  socket.setMulticastInterface(host)
  let n = 0
  setInterval(() => { for (let i = 0; i < 100; i += 1) lie((n += 1)) }, 50)
  console.log('lying')
})
`

test('NET-68 beside a device that invents 5,000 others and says goodbye for all, two devices find each other and stay linked', async () => {
  const liar = wifi.place()
  expect(await liar.start(LIAR, liar.address)).toBe('lying')
  await startBoth()
  await linkedAndSynced('beside the liar')
  const before = count(logOf(tablet), 'link down')
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  await linkedAndSynced('still')
  expect(count(logOf(tablet), 'link down')).toBe(before)
  const { seen } = answered(await tablet.desk.query('peers', {}))
  expect(seen.length).toBeLessThanOrEqual(130)
})
