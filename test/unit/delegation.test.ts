import { expect, test } from 'vitest'
import { sizeOf, tokenRight } from '../../shared/model/rights.ts'
import { parseOpId } from '../../shared/model/ids.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { must, pull, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, page, refusal, requestsAt, settle, type Site } from '../support/site.ts'

const NORTH = tokenRight('North')

const jobIn = (device: Device, zone?: string): string =>
  must(device.replica.execute('job.create', { title: 'Pump', ...(zone ? { zone } : {}) })).record

/** The desk holds the token of zone North and a block of audit numbers; the WAN is out from then on. */
function delegated(): Site {
  const site = aSite()
  const to = site.desk.replica.actor
  must(site.hq.replica.execute('right.transfer', { right: NORTH, amount: 1, to }))
  must(site.hq.replica.execute('right.transfer', { right: 'audit-number', amount: 3, to }))
  settle(site)
  return site
}

const ask = (device: Device, record: string): string =>
  must(device.replica.execute('request.close', { record })).request

const state = (device: Device, request: string): unknown =>
  requestsAt(device).find((one) => one.request === request)?.state

test('DLG-1 a desk with the token of a zone and a block of numbers closes that zone’s jobs itself', () => {
  const { hq, desk, tablet } = delegated()
  const record = jobIn(tablet, 'North')
  const request = ask(tablet, record)
  pull(desk, tablet)
  expect(requestsAt(desk)[0]).toMatchObject({ mine: true, state: 'waiting' })
  expect(must(desk.replica.execute('decide', { request, accept: true })).audit_number).toBe('A-2026-0001')
  sync(desk, tablet)
  pull(hq, desk)
  for (const device of [desk, tablet, hq]) {
    expect(page(device, record)).toMatchObject({ status: 'closed', audit_number: 'A-2026-0001' })
    expect(state(device, request)).toBe('accepted')
  }
})

test('DLG-1 which token governs a job is fixed where the job was made, whatever its zone is edited to later', () => {
  const { hq, desk, tablet } = delegated()
  const [north, south, none] = [jobIn(tablet, 'North'), jobIn(tablet, 'South'), jobIn(tablet)]
  for (const record of [south, none])
    must(tablet.replica.execute('field.set', { record, field: 'zone', value: 'North' }))
  must(tablet.replica.execute('field.set', { record: north, field: 'zone', value: 'South' }))
  const [first, second, third] = [north, south, none].map((record) => ask(tablet, record))
  sync(desk, tablet)
  const refused = [second, third].map((request) =>
    refusal(desk.replica.execute('decide', { request: request ?? '', accept: true })),
  )
  expect(refused).toEqual(['token-elsewhere', 'not-authority'])
  must(desk.replica.execute('decide', { request: first ?? '', accept: true }))
  pull(hq, desk)
  expect(hq.replica.decideWaiting(5)).toBe(2)
})

test('DLG-2 while the token is out the authority does not decide for its zone, by policy, by hand or through the wire', () => {
  const { hq, tablet } = delegated()
  const request = ask(tablet, jobIn(tablet, 'North'))
  sync(hq, tablet)
  expect(hq.replica.decideWaiting(5)).toBe(0)
  expect(refusal(hq.replica.execute('decide', { request, accept: true }))).toBe('token-out')
  const ref = parseOpId(request)
  if (!ref) throw new Error('a request is an op')
  craft(hq, [{ type: 'decide', request: ref, accept: true, number: { year: 2026, count: 99 }, reason: null }])
  expect(judged(hq, lastOp(hq))).toBe('rejected token-out')
  expect(requestsAt(tablet)[0]?.waits_for).toMatchObject({ name: 'Desk' })
})

test('DLG-2 given back, the zone is the authority’s again, and the token can go to another device', () => {
  const { hq, desk, tablet, other } = delegated()
  const request = ask(tablet, jobIn(tablet, 'North'))
  pull(desk, tablet)
  const back = { right: NORTH, amount: 1, to: hq.replica.actor }
  expect(refusal(desk.replica.execute('right.transfer', { ...back, to: other.replica.actor }))).toBe(
    'token-passed',
  )
  must(desk.replica.execute('right.transfer', back))
  expect(refusal(desk.replica.execute('decide', { request, accept: true }))).toBe('token-elsewhere')
  pull(hq, desk)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  must(hq.replica.execute('right.transfer', { right: NORTH, amount: 1, to: other.replica.actor }))
  expect(
    refusal(hq.replica.execute('right.transfer', { right: NORTH, amount: 1, to: desk.replica.actor })),
  ).toBe('token-out')
})

test('DLG-3 a decision past a taking back is rejected, and its request waits again for all to see', () => {
  const site = delegated()
  const { hq, desk, tablet } = site
  const record = jobIn(tablet, 'North')
  const request = ask(tablet, record)
  settle(site)
  const { op } = must(desk.replica.execute('decide', { request, accept: true }))
  expect(state(desk, request)).toBe('accepted')
  must(hq.replica.execute('right.reclaim', { right: NORTH, actor: desk.replica.actor }))
  sync(desk, hq)
  for (const device of [desk, hq]) {
    expect(judged(device, op)).toBe('rejected token-elsewhere')
    expect(page(device, record).status).toBe('open')
    expect(state(device, request)).toBe('waiting')
  }
  expect(hq.replica.decideWaiting(5)).toBe(1)
  expect(page(hq, record).audit_number).not.toBe('A-2026-0001')
  expect(hq.replica.status().state_hash).not.toBe(desk.replica.status().state_hash)
  pull(desk, hq)
  expect(hq.replica.status().state_hash).toBe(desk.replica.status().state_hash)
})

test('DLG-4 a device that is lost with a token is cut, and the zone is the authority’s again', () => {
  const { hq, desk, tablet } = delegated()
  const request = ask(tablet, jobIn(tablet, 'North'))
  pull(hq, tablet)
  must(hq.replica.execute('member.cut', { actor: desk.replica.actor, reason: 'stolen' }))
  expect(hq.replica.decideWaiting(5)).toBe(1)
  expect(state(hq, request)).toBe('accepted')
  expect(sizeOf(coreOf(hq).control().escrow.heldBy(desk.replica.actor, 'audit-number'))).toBe(0)
})

test('DLG-5 a delegate decides within its numbers: none left, none closed; a number outside its block is rejected', () => {
  const { hq, desk, tablet } = delegated()
  const requests = [1, 2, 3, 4].map(() => ask(tablet, jobIn(tablet, 'North')))
  pull(desk, tablet)
  const numbers = requests
    .slice(0, 3)
    .map((request) => must(desk.replica.execute('decide', { request, accept: true })).audit_number)
  expect(numbers).toEqual(['A-2026-0001', 'A-2026-0002', 'A-2026-0003'])
  const last = requests[3] ?? ''
  expect(refusal(desk.replica.execute('decide', { request: last, accept: true }))).toBe('not-enough')
  const ref = parseOpId(last)
  if (!ref) throw new Error('a request is an op')
  craft(desk, [
    { type: 'decide', request: ref, accept: true, number: { year: 2026, count: 4 }, reason: null },
  ])
  pull(hq, desk)
  expect(judged(hq, lastOp(desk))).toBe('rejected number-outside')
})

test('DLG-6 two requests for one closing, made apart, get one answer, whoever gives it', () => {
  const { hq, desk, tablet, other } = delegated()
  const record = jobIn(tablet, 'North')
  sync(other, tablet)
  const [one, two] = [ask(tablet, record), ask(other, record)]
  pull(desk, tablet)
  must(desk.replica.execute('decide', { request: one, accept: true }))
  for (const device of [other, tablet]) sync(desk, device)
  pull(tablet, desk)
  pull(hq, desk)
  for (const device of [hq, desk, tablet, other])
    expect(
      requestsAt(device)
        .map(({ request, audit_number }) => [request, audit_number])
        .sort(),
    ).toEqual([one, two].sort().map((request) => [request, 'A-2026-0001']))
})
