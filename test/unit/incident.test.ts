import { expect, test } from 'vitest'
import { parseOpId } from '../../shared/model/ids.ts'
import { craft } from '../support/crafting.ts'
import { must, openDevice, pull, signerFrom, type Device } from '../support/replicas.ts'
import {
  aSite,
  judged,
  lastOp,
  newJob,
  page,
  refusal,
  requestsAt,
  setTitle,
  settle,
  type Site,
} from '../support/site.ts'

const incident = (device: Device): string =>
  must(device.replica.execute('incident.create', { title: 'Forklift hit a rack' })).record

const sign = (device: Device, record: string): string =>
  must(device.replica.execute('incident.sign', { record })).op

const ask = ({ hq, desk }: Site, record: string): string => {
  const { request } = must(desk.replica.execute('request.close', { record }))
  pull(hq, desk)
  return request
}

const forge = ({ hq }: Site, request: string): string => {
  const ref = parseOpId(request)
  if (!ref) throw new Error('a request is an op')
  craft(hq, [{ type: 'decide', request: ref, accept: true, number: { year: 2026, count: 77 }, reason: null }])
  return judged(hq, lastOp(hq))
}

test('INC-1 an incident is closed only after two persons have signed it off', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = incident(desk)
  settle(site)
  sign(tablet, record)
  pull(desk, tablet)
  const request = ask(site, record)
  expect(hq.replica.decideWaiting(5)).toBe(0)
  expect(refusal(hq.replica.execute('decide', { request, accept: true }))).toBe('sign-offs-missing')
  expect(forge(site, request)).toBe('rejected sign-offs')
  expect(requestsAt(hq)[0]).toMatchObject({ state: 'waiting', signed: ['Tablet 1'] })
  sign(desk, record)
  pull(hq, desk)
  expect(
    page(hq, record)
      .sign_offs.map(({ person, stale }) => [person, stale])
      .sort(),
  ).toEqual([
    ['Desk', false],
    ['Tablet 1', false],
  ])
  expect(hq.replica.decideWaiting(5)).toBe(1)
  expect(page(hq, record)).toMatchObject({ status: 'closed' })
  expect(page(hq, record).closed_at).not.toBeNull()
})

test('INC-2 several devices of one person are one person', () => {
  const site = aSite()
  const { hq, tablet } = site
  const record = incident(tablet)
  const second = openDevice('Tablet 1b', signerFrom('a second tablet'), hq.replica.site)
  must(
    hq.replica.admit({
      opKey: second.signer.publicKey,
      tlsKeyHash: new Uint8Array(32),
      name: 'Tablet 1b',
      person: 'Tablet 1',
      role: 'technician',
    }),
  )
  settle(site)
  pull(second, hq)
  for (const device of [tablet, second]) sign(device, record)
  pull(hq, second)
  pull(hq, tablet)
  const request = must(hq.replica.execute('request.close', { record })).request
  expect(hq.replica.decideWaiting(5)).toBe(0)
  expect(forge(site, request)).toBe('rejected sign-offs')
})

test('INC-6 a device that only a desk admitted signs off for nobody until the authority has spoken of it', () => {
  const site = aSite()
  const { hq, desk } = site
  must(hq.replica.execute('right.transfer', { right: 'enrol', amount: 1, to: desk.replica.actor }))
  pull(desk, hq)
  const invented = openDevice('Invented', signerFrom('a made-up person'), hq.replica.site)
  const keys = { opKey: invented.signer.publicKey, tlsKeyHash: new Uint8Array(32) }
  must(desk.replica.admit({ ...keys, name: 'Invented', person: 'Nobody', role: 'technician' }))
  const record = incident(desk)
  pull(invented, desk)
  for (const device of [desk, invented]) sign(device, record)
  pull(desk, invented)
  ask(site, record)
  expect(hq.replica.decideWaiting(5)).toBe(0)
  must(hq.replica.execute('member.setRole', { actor: invented.replica.actor, role: 'technician' }))
  expect(hq.replica.decideWaiting(5)).toBe(1)
})

test('INC-3 a sign-off stands only for what its signer had seen: a later change of a frozen field asks for it again', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = incident(desk)
  settle(site)
  for (const device of [desk, tablet]) sign(device, record)
  setTitle(other, record, 'Forklift hit a person')
  must(other.replica.execute('note.add', { record, text: 'Called an ambulance' }))
  settle(site)
  const request = ask(site, record)
  expect(hq.replica.decideWaiting(5)).toBe(0)
  expect(forge(site, request)).toBe('rejected sign-offs')
  expect(page(hq, record).sign_offs.every(({ stale }) => stale)).toBe(true)
  for (const device of [desk, tablet]) sign(device, record)
  must(other.replica.execute('note.add', { record, text: 'A note changes nothing' }))
  settle(site)
  expect(hq.replica.decideWaiting(5)).toBe(1)
})

test('INC-4 after a reopening an incident is signed off anew', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = incident(desk)
  settle(site)
  for (const device of [desk, tablet]) sign(device, record)
  pull(desk, tablet)
  ask(site, record)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  pull(desk, hq)
  must(desk.replica.execute('request.reopen', { record }))
  pull(hq, desk)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  settle(site)
  ask(site, record)
  expect(hq.replica.decideWaiting(5)).toBe(0)
  for (const device of [desk, tablet]) sign(device, record)
  settle(site)
  expect(hq.replica.decideWaiting(5)).toBe(1)
})

test('INC-5 only incidents are signed off, stock is not closed, and no token decides an incident', () => {
  const site = aSite()
  const { hq, desk } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter' })).record
  settle(site)
  expect(refusal(desk.replica.execute('incident.sign', { record: newJob(desk) }))).toBe('cannot-sign')
  expect(refusal(desk.replica.execute('request.close', { record: item }))).toBe('cannot-close')
  const request = must(desk.replica.execute('request.close', { record: incident(desk) })).request
  expect(refusal(desk.replica.execute('decide', { request, accept: true }))).toBe('not-authority')
})
