/**
 * The promise of ten seconds, with real nodes in network namespaces: who is there is found, who falls silent without a
 * word is shown as gone. What is shown is what the desk's peers say.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answered } from '../support/node-process.ts'
import { until } from './building.ts'
import { Wifi, type Place } from './namespaces.ts'

/** ms. */
const PROMISE = 10_000
const LOOK = 50
/** Seconds; what has its own promise elsewhere. */
const PATIENCE = 60

let wifi: Wifi
let desk: Place
let edge: Place
let tablet: Place

beforeEach(async () => {
  wifi = new Wifi('ten-seconds')
  desk = wifi.place()
  edge = wifi.place()
  tablet = wifi.place()
  await desk.tallydesk('init', '--data', desk.data, '--site', 'Warehouse', '--name', 'Desk')
  await desk.run('--listen', '0.0.0.0:7100')
  await join(edge, 'edge', 'Edge')
  await join(tablet, 'technician', 'Tablet')
  await desk.stop()
  // At other ports than anybody remembers, so that each must be found.
  await desk.run('--listen', '0.0.0.0:7101')
  await edge.run('--listen', '0.0.0.0:7102')
})

afterEach(() => {
  // What is frozen does not end.
  tablet.wake()
  return wifi.close()
})

async function join(place: Place, role: 'edge' | 'technician', name: string): Promise<void> {
  const { code } = answered(await desk.desk.do('invite.create', { role, name }))
  await place.tallydesk('join', code, '--data', place.data, '--name', name)
}

type Shown = { readonly link: string; readonly isThrough: boolean }

/** How `place` shows the tablet, or the tablet the desk. */
async function shown(place: Place, name: string): Promise<Shown> {
  const { peers } = answered(await place.desk.query('peers', {}))
  const peer = peers.find((each) => each.name === name)
  return { link: peer?.link ?? 'unknown', isThrough: (peer?.through ?? null) !== null }
}

const isUp = async (place: Place, name: string): Promise<boolean> => (await shown(place, name)).link === 'up'

/** Neither linked, nor being called for the first time, nor reached through another. */
async function isGone(place: Place, name: string): Promise<boolean> {
  const { link, isThrough } = await shown(place, name)
  return link === 'down' && !isThrough
}

const allLinked = (): Promise<void> =>
  until(
    async () => {
      const pairs = [isUp(desk, 'Tablet'), isUp(edge, 'Tablet'), isUp(desk, 'Edge'), isUp(tablet, 'Desk')]
      return !(await Promise.all(pairs)).includes(false)
    },
    'all are linked',
    PATIENCE,
  )

/** ms from now until it holds. */
async function timeUntil(holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now()
  while (!(await holds())) {
    if (performance.now() - begun > 3 * PROMISE) return Infinity
    await new Promise((resolve) => setTimeout(resolve, LOOK))
  }
  return performance.now() - begun
}

/** Whatever moment of its talk with the others it is. */
const anyMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 6_000 * Math.random()))

const goneEverywhere = (): Promise<number[]> =>
  Promise.all([desk, edge].map((place) => timeUntil(() => isGone(place, 'Tablet'))))

test('NET-71 a device that starts is found by mDNS, and finds, within 10 s', async () => {
  await tablet.run('--listen', '0.0.0.0:7103')
  const times = await Promise.all([
    timeUntil(() => isUp(desk, 'Tablet')),
    timeUntil(() => isUp(edge, 'Tablet')),
    timeUntil(() => isUp(tablet, 'Desk')),
  ])
  expect(Math.max(...times)).toBeLessThan(PROMISE)
})

test('NET-71 a device that freezes is shown as gone within 10 s, and found within 10 s of going on', async () => {
  await tablet.run('--listen', '0.0.0.0:7103')
  await allLinked()
  await anyMoment()
  tablet.sleep()
  expect(Math.max(...(await goneEverywhere()))).toBeLessThan(PROMISE)
  await anyMoment()
  tablet.wake()
  const back = [timeUntil(() => isUp(desk, 'Tablet')), timeUntil(() => isUp(tablet, 'Desk'))]
  expect(Math.max(...(await Promise.all(back)))).toBeLessThan(PROMISE)
})

test('NET-71 a device whose packets go nowhere is shown as gone within 10 s, and found within 10 s of being back', async () => {
  wifi.corner('nowhere')
  await tablet.run('--listen', '0.0.0.0:7103')
  await allLinked()
  await anyMoment()
  tablet.walk('nowhere')
  const times = await Promise.all([goneEverywhere(), timeUntil(() => isGone(tablet, 'Desk'))])
  expect(Math.max(...times.flat())).toBeLessThan(PROMISE)
  await anyMoment()
  await anyMoment()
  tablet.walk('air')
  const back = [timeUntil(() => isUp(desk, 'Tablet')), timeUntil(() => isUp(tablet, 'Desk'))]
  expect(Math.max(...(await Promise.all(back)))).toBeLessThan(PROMISE)
})
