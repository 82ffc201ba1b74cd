/** A zone's token that is taken back, or lost with its device, while the device that holds it is out of reach. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { Building, type Device } from './building.ts'

const building = new Building()
const { hq } = building
let desk: Device
let tablet: Device
/** Every audit number that anybody named. */
const named: string[] = []

beforeAll(async () => {
  await building.found()
  desk = await building.join('desk', 'supervisor')
  tablet = await building.join('tablet', 'technician')
  await giveToken()
  await hq.do('right.transfer', { right: 'audit-number', amount: 10, to: desk.actor })
  const holds = ({ rights }: QueryAnswer<'rights'>): boolean =>
    rights.some(({ self, right }) => self && right === 'audit-number')
  await desk.sees('rights', {}, holds, 'holds audit numbers')
  await building.agree([hq, desk, tablet])
}, 120_000)

afterAll(() => building.close())

const giveToken = async (): Promise<unknown> =>
  hq.do('right.transfer', { right: 'decide:close:North', amount: 1, to: desk.actor })

async function wanOut(): Promise<void> {
  hq.place.link('down')
  await desk.sees('status', {}, ({ wan }) => wan.state === 'down', 'the WAN is out')
}

/** Asked for on the tablet and closed at the desk. */
async function closedByDesk(title: string): Promise<{ readonly record: string; readonly decision: string }> {
  const { record } = await tablet.do('job.create', { title, zone: 'North' })
  const { request } = await tablet.do('request.close', { record })
  await desk.has(request)
  const { op, audit_number } = await desk.do('decide', { request, accept: true })
  named.push(audit_number ?? 'none')
  await tablet.sees('record', { record }, ({ status }) => status === 'closed', `${title} is closed`)
  return { record, decision: op }
}

/** Whatever the desk had said of it, the authority closes it under a number that nobody had named. */
async function expectDecidedAnew(record: string, devices: readonly Device[]): Promise<void> {
  const anew = ({ status, audit_number }: QueryAnswer<'record'>): boolean =>
    status === 'closed' && audit_number !== null && !named.includes(audit_number)
  const { audit_number } = await tablet.sees('record', { record }, anew, 'is closed by the authority')
  named.push(audit_number ?? 'none')
  await building.agree(devices)
  const { requests } = await tablet.ask('requests', {})
  expect(requests.find((row) => row.record === record)).toMatchObject({
    state: 'accepted',
    decided_by: { name: 'hq' },
    audit_number,
  })
}

test('NET-58 what a desk closed after its token was taken back is rejected everywhere, waits again, and is decided by the authority under another number', async () => {
  const before = await closedByDesk('Before')
  await hq.sees('record', { record: before.record }, ({ status }) => status === 'closed', 'has heard of it')
  await wanOut()
  const during = [await closedByDesk('During'), await closedByDesk('Meanwhile')]
  await hq.do('right.reclaim', { right: 'decide:close:North', actor: desk.actor })
  hq.place.link('up')
  for (const { record } of during) await expectDecidedAnew(record, [hq, desk, tablet])
  for (const device of [hq, desk, tablet]) {
    const { audit_number } = await device.ask('record', { record: before.record })
    expect(audit_number, 'what was closed before keeps its number').toBe(named[0])
    for (const { decision } of during)
      expect(await device.ask('op', { op: decision })).toMatchObject({
        judgement: 'rejected',
        reason: { code: 'token-elsewhere' },
      })
    const { items } = await device.ask('review', {})
    expect(items.map(({ op }) => op).sort()).toEqual(during.map(({ decision }) => decision).sort())
  }
})

test('NET-59 what a desk closed after it was cut with its token waits again and is decided by the authority', async () => {
  await giveToken()
  const holds = ({ rights }: QueryAnswer<'rights'>): boolean =>
    rights.some(({ self, right }) => self && right === 'decide:close:North')
  await desk.sees('rights', {}, holds, 'holds the token again')
  await wanOut()
  const lost = await closedByDesk('Lost')
  await hq.do('member.cut', { actor: desk.actor, reason: 'stolen' })
  hq.place.link('up')
  await expectDecidedAnew(lost.record, [hq, tablet])
  for (const device of [hq, tablet])
    expect(await device.ask('op', { op: lost.decision })).toMatchObject({
      judgement: 'rejected',
      reason: { code: 'cut' },
    })
  await hq.do('right.transfer', { right: 'decide:close:North', amount: 1, to: tablet.actor })
})
