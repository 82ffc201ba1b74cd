/** Real nodes, started by the command line, in network namespaces of their own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { invariant } from '../../shared/base/invariant.ts'
import { Wifi, type Place } from './namespaces.ts'

let wifi: Wifi
let desk: Place
let tablet: Place

beforeEach(async () => {
  wifi = new Wifi('tallydesk')
  desk = wifi.place()
  tablet = wifi.place()
  await desk.tallydesk('init', '--data', desk.data, '--site', 'Warehouse', '--name', 'Desk')
})

afterEach(() => wifi.close())

const OLD_PORT = '0.0.0.0:7101'
const NEW_PORT = '0.0.0.0:7102'

/** Joins the tablet, then stops the desk, which starts at another port: what the tablet remembers leads nowhere. */
async function joinAndForget(): Promise<void> {
  await desk.run('--listen', OLD_PORT)
  const { code } = await desk.tallydesk(
    'invite',
    '--data',
    desk.data,
    '--role',
    'technician',
    '--name',
    'Tablet',
  )
  invariant(typeof code === 'string', 'a code')
  expect(await tablet.tallydesk('join', code, '--data', tablet.data, '--name', 'Tablet')).toMatchObject({
    role: 'technician',
  })
  await desk.stop()
}

async function eventually(holds: () => Promise<boolean>, sentence: string, seconds = 30): Promise<number> {
  const begun = Date.now()
  while (!(await holds())) invariant(Date.now() - begun < seconds * 1000, `within ${seconds} s: ${sentence}`)
  return (Date.now() - begun) / 1000
}

const stateHash = async (place: Place): Promise<unknown> => (await place.query('status')).state_hash
const agree = async (): Promise<boolean> => (await stateHash(desk)) === (await stateHash(tablet))
const linked = async (place: Place): Promise<boolean> => {
  const { peers } = await place.query('status')
  return JSON.stringify(peers).includes('"linked":1')
}

async function isLinkedAt(host: string): Promise<boolean> {
  const { peers } = await tablet.query('peers')
  const text = JSON.stringify(peers)
  return text.includes(host) && text.includes('"link":"up"')
}

async function workSyncs(title: string): Promise<void> {
  expect(await tablet.do('job.create', { title })).toHaveProperty('op')
  await eventually(agree, 'both hold the same state')
  expect(JSON.stringify(await desk.query('board'))).toContain(title)
}

test('NET-36 two nodes in two namespaces find each other by mDNS alone and sync', async () => {
  await joinAndForget()
  await tablet.run()
  await desk.run('--listen', NEW_PORT)
  await eventually(() => linked(tablet), 'they are linked')
  await workSyncs('Found by mDNS')
})

test('NET-36 with multicast blocked nothing is found, and a typed address syncs', async () => {
  await joinAndForget()
  wifi.blockMulticast()
  await desk.run('--listen', NEW_PORT)
  await tablet.run()
  await new Promise((resolve) => setTimeout(resolve, 6000))
  expect(await linked(tablet)).toBe(false)
  expect(await tablet.do('peer.dial', { address: desk.listen })).toEqual({ address: desk.listen })
  await eventually(() => linked(tablet), 'they are linked')
  await workSyncs('By typed address')
})

test('NET-36 with multicast blocked a node is given an address when it starts', async () => {
  await joinAndForget()
  wifi.blockMulticast()
  await desk.run('--listen', NEW_PORT)
  await tablet.run('--peer', desk.listen)
  await eventually(() => linked(tablet), 'they are linked')
  await workSyncs('By --peer')
})

test('NET-28 a device that gets another address is found there', async () => {
  await joinAndForget()
  await tablet.run()
  await desk.run('--listen', NEW_PORT)
  await eventually(() => linked(tablet), 'they are linked')
  desk.move('10.77.0.99')
  await eventually(() => isLinkedAt('10.77.0.99'), 'they are linked again', 90)
  await workSyncs('At the new address')
})

test('SYN-14 a peer that left the Wi-Fi without a word is noticed within 10 s, and found when it is back', async () => {
  await joinAndForget()
  await tablet.run()
  await desk.run('--listen', NEW_PORT)
  await eventually(() => linked(desk), 'they are linked')
  tablet.link('down')
  // Asking takes a moment of its own.
  expect(await eventually(async () => !(await linked(desk)), 'the desk notices', 15)).toBeLessThan(12)
  expect(await tablet.do('job.create', { title: 'Out of reach' })).toHaveProperty('op')
  tablet.link('up')
  await eventually(() => linked(desk), 'they are linked again')
  await workSyncs('Back')
})

test('NET-37 where port 5353 is taken the node warns and works by address', async () => {
  await joinAndForget()
  const taken = `require('node:dgram').createSocket('udp4').bind(5353, () => console.log('taken'))`
  expect(await desk.start(taken)).toBe('taken')
  await desk.run('--listen', NEW_PORT)
  await tablet.run('--peer', desk.listen)
  await eventually(() => linked(tablet), 'they are linked')
  expect(readFileSync(join(desk.data, 'tallydesk.log'), 'utf8')).toContain('mdns is not available here')
})
