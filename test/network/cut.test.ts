/** A cut that arrives: sessions end, and the device that was cut knows why, also when it starts again alone. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Building, until, type Device } from './building.ts'

const building = new Building()
const { hq } = building
let edge: Device
let desk: Device
let tablet: Device

beforeAll(async () => {
  await building.found()
  edge = await building.join('edge', 'edge')
  desk = await building.join('desk', 'supervisor')
  tablet = await building.join('tablet', 'technician')
  await building.agree([hq, edge, desk, tablet])
}, 120_000)

afterAll(() => building.close())

const isLinked = async (device: Device): Promise<boolean> =>
  (await device.ask('peers', {})).peers.some(({ actor, link }) => actor === tablet.actor && link === 'up')

const knowsOfCut = async (device: Device): Promise<boolean> =>
  (await device.ask('members', {})).members.some(({ actor, cut }) => actor === tablet.actor && cut)

/** From the moment at which the cut is here to that at which no session with the tablet is left, ms. */
async function closing(device: Device): Promise<number> {
  await until(() => knowsOfCut(device), `${device.name} knows of the cut`)
  const since = Date.now()
  await until(async () => !(await isLinked(device)), `${device.name} ends its session`)
  return Date.now() - since
}

test('NET-56 a cut ends every live session with the device within 5 s of its arrival', async () => {
  for (const device of [edge, desk])
    await until(() => isLinked(device), `${device.name} and the tablet are linked`)
  await hq.do('member.cut', { actor: tablet.actor, reason: 'stolen from a van' })
  for (const took of await Promise.all([hq, edge, desk].map(closing))) expect(took).toBeLessThan(5000)
  const { op } = await tablet.do('job.create', { title: 'Nobody hears of it' })
  const later = await desk.do('job.create', { title: 'Work goes on' })
  await edge.has(later.op)
  for (const device of [hq, edge, desk]) {
    expect(await isLinked(device)).toBe(false)
    expect((await device.place.desk.query('op', { op })).ok).toBe(false)
  }
})

test('NET-57 the cut device says that it was cut and why, also after a start with nobody in reach', async () => {
  const cut = { reason: 'stolen from a van' }
  await tablet.sees('status', {}, (status) => status.cut !== null, 'knows of its cut')
  expect(await tablet.ask('status', {})).toMatchObject({ cut })
  await tablet.place.stop()
  tablet.place.link('down')
  await tablet.start()
  expect(await tablet.ask('status', {})).toMatchObject({ cut, peers: { linked: 0 } })
  const { members } = await tablet.ask('members', {})
  expect(members.find(({ self }) => self)).toMatchObject({ cut: true, cut_reason: cut.reason })
})
