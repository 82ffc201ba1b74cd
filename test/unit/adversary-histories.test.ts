import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseOpId } from '../../shared/model/ids.ts'
import { coreOf, craft, nextOp, runOf } from '../support/crafting.ts'
import { expectSame } from '../support/orders.ts'
import { copyOf, must, openDevice, pull, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, requestsAt, setTitle, settle } from '../support/site.ts'

const give = (hq: Device, to: Device, right: string, amount = 1): string =>
  must(hq.replica.execute('right.transfer', { right, amount, to: to.replica.actor })).op

const close = (device: Device, record: string): string =>
  must(device.replica.execute('request.close', { record })).request

const cut = (hq: Device, whom: Device): void =>
  void must(hq.replica.execute('member.cut', { actor: whom.replica.actor, reason: 'lost' }))

/** A device that a desk admits within its right; it holds what the desk holds. */
function enrol(by: Device, name: string, person = name): Device {
  const signer = signerFrom(`${by.replica.site}/${name}`)
  const tlsKeyHash = new Uint8Array(createHash('sha256').update(name).digest())
  must(by.replica.admit({ opKey: signer.publicKey, tlsKeyHash, name, person, role: 'technician' }))
  const device = openDevice(name, signer, by.replica.site)
  pull(device, by)
  return device
}

test('JDG-62 an admission that falls takes with it all that hangs on it, whenever it is heard of', () => {
  const site = aSite()
  const { hq, desk, other } = site
  give(hq, desk, 'enrol', 2)
  give(hq, desk, 'decide:close:North')
  give(hq, desk, 'audit-number', 5)
  pull(desk, hq)
  const early = copyOf(hq)
  const fresh = enrol(desk, 'Fresh')
  const record = must(fresh.replica.execute('job.create', { title: 'Belt', zone: 'North' })).record
  const request = close(fresh, record)
  pull(desk, fresh)
  must(desk.replica.execute('decide', { request, accept: true }))
  pull(other, desk)
  setTitle(other, newJob(other), 'Own')
  cut(early, desk)
  const reader = expectSame([early, desk, fresh, other])
  expect(judged(reader, request)).toBe('rejected not-member')
})

test('JDG-57 a key that two desks and the authority admit under other names is one device everywhere', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  must(hq.replica.execute('member.setRole', { actor: tablet.replica.actor, role: 'supervisor' }))
  for (const one of [desk, tablet]) give(hq, one, 'enrol', 1)
  settle(site)
  const fresh = enrol(desk, 'Fresh', 'Ann')
  const again = enrol(tablet, 'Fresh', 'Bob')
  const incident = must(fresh.replica.execute('incident.create', { title: 'Slip' })).record
  must(fresh.replica.execute('incident.sign', { record: incident }))
  pull(again, fresh)
  craft(again, [{ type: 'create', kind: 'case' }])
  pull(hq, again)
  pull(hq, desk)
  pull(hq, tablet)
  const opKey = signerFrom(`${hq.replica.site}/Fresh`).publicKey
  must(
    hq.replica.admit({
      opKey,
      tlsKeyHash: new Uint8Array(32),
      name: 'Other',
      person: 'Eve',
      role: 'technician',
    }),
  )
  must(hq.replica.execute('incident.sign', { record: incident }))
  close(hq, incident)
  hq.replica.decideWaiting(5)
  expectSame([hq, desk, tablet, fresh, again])
})

test('JDG-63 a decision past a taking back falls with all that waited on it, also where it came first', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  give(hq, desk, 'decide:close:North')
  give(hq, desk, 'audit-number', 5)
  const record = must(hq.replica.execute('job.create', { title: 'Belt', zone: 'North' })).record
  settle(site)
  const far = copyOf(hq)
  close(tablet, record)
  pull(desk, tablet)
  const request = requestsAt(desk)[0]?.request ?? ''
  must(desk.replica.execute('decide', { request, accept: true }))
  setTitle(other, record, 'Too late')
  const late = lastOp(other)
  pull(desk, other)
  expect(judged(desk, late)).toBe('late frozen')
  must(far.replica.execute('right.reclaim', { right: 'decide:close:North', actor: desk.replica.actor }))
  craft(desk, [{ type: 'dismiss', op: parse(late), hash: hashOf(desk, late), reason: 'No' }])
  const reader = expectSame([far, desk, tablet, other])
  expect(judged(reader, late)).toBe('accepted')
  expect(requestsAt(reader)).toMatchObject([{ state: 'waiting' }])
})

test('JDG-64 acts of review by a desk that is cut or demoted behind them stand or fall alike everywhere', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(tablet)
  settle(site)
  const early = copyOf(hq)
  setTitle(other, record, 'Set aside')
  const aside = lastOp(other)
  const added = must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'wet' })).op
  cut(early, other)
  pull(desk, early)
  pull(desk, other)
  pull(desk, tablet)
  must(desk.replica.execute('review.adopt', { op: aside }))
  must(desk.replica.execute('fact.revoke', { dot: `${added}.0`, reason: 'Wrong' }))
  const onto = copyOf(tablet)
  pull(onto, desk)
  setTitle(onto, record, 'On top of it')
  must(early.replica.execute('member.setRole', { actor: desk.replica.actor, role: 'technician' }))
  const reader = expectSame([early, desk, onto, other])
  expect(page(reader, record).tags).toEqual(['wet'])
})

test('JDG-65 a job imported apart under two zones is closed by either delegate: every replica shows the same', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  must(hq.replica.execute('member.setRole', { actor: tablet.replica.actor, role: 'supervisor' }))
  give(hq, desk, 'decide:close:North')
  give(hq, tablet, 'decide:close:South')
  for (const one of [desk, tablet]) give(hq, one, 'audit-number', 5)
  settle(site)
  const rows = (zone: string) => [{ line: 1, key: 'W-1', title: 'Belt', tags: [], text: '', zone }]
  for (const [device, zone] of [
    [desk, 'North'],
    [tablet, 'South'],
  ] as const) {
    device.replica.importRows('orders', rows(zone))
    const record = must(device.replica.query('board', {}, { why: null, since: null })).rows[0]?.record ?? ''
    must(device.replica.execute('decide', { request: close(device, record), accept: true }))
  }
  pull(other, desk)
  const record = must(other.replica.query('board', {}, { why: null, since: null })).rows[0]?.record ?? ''
  must(other.replica.execute('request.reopen', { record }))
  expectSame([hq, desk, tablet, other])
})

test('JDG-75 what a cut device imports says nothing of who may close the job', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  give(hq, desk, 'decide:close:North')
  give(hq, desk, 'audit-number', 5)
  const rows = (zone?: string) => [
    { line: 1, key: 'W-1', title: 'Belt', tags: [], text: '', ...(zone && { zone }) },
  ]
  hq.replica.importRows('orders', rows('North'))
  const lost = copyOf(tablet)
  cut(hq, tablet)
  lost.replica.importRows('orders', rows())
  pull(desk, hq)
  pull(desk, lost)
  const record = must(desk.replica.query('board', {}, { why: null, since: null })).rows[0]?.record ?? ''
  must(desk.replica.execute('decide', { request: close(desk, record), accept: true }))
  const reader = expectSame([hq, desk, lost, other])
  expect(page(reader, record).audit_number).toBe('A-2026-0001')
})

test('JDG-66 what two branches ask under one name, and what is answered there, is the same in any order', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const [one, two] = [newJob(tablet, [], 'One'), newJob(tablet, [], 'Two')]
  settle(site)
  const clone = copyOf(tablet)
  close(tablet, one)
  close(clone, two)
  setTitle(clone, two, 'By the clone')
  pull(desk, clone)
  setTitle(desk, two, 'By the desk')
  pull(hq, tablet)
  hq.replica.decideWaiting(5)
  pull(hq, desk)
  hq.replica.cutForked()
  const third = copyOf(tablet)
  craft(third, [{ type: 'create', kind: 'case' }])
  craft(third, [{ type: 'withdraw', request: parse(lastOp(clone)) }])
  expectSame([hq, desk, tablet, clone, third])
})

test('JDG-67 stock that a fork, a taking back and a transfer move at once adds up alike everywhere', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Seal', quantity: 10 })).record
  const right = `stock:${item}`
  for (const one of [tablet, desk]) give(hq, one, right, 4)
  settle(site)
  const early = copyOf(hq)
  must(desk.replica.execute('right.transfer', { right, amount: 3, to: tablet.replica.actor }))
  pull(tablet, desk)
  const clone = copyOf(tablet)
  must(tablet.replica.execute('right.spend', { right, amount: 6 }))
  must(clone.replica.execute('right.transfer', { right, amount: 7, to: other.replica.actor }))
  pull(other, clone)
  must(other.replica.execute('right.spend', { right, amount: 5, record: newJob(other) }))
  must(early.replica.execute('right.reclaim', { right, actor: desk.replica.actor }))
  pull(early, tablet)
  must(early.replica.execute('right.reclaim', { right, actor: tablet.replica.actor }))
  const reader = expectSame([early, desk, tablet, clone, other])
  const { escrow } = coreOf(reader).control()
  const left = escrow.holdings().filter((one) => one.right === right)
  expect(left.reduce((sum, { share }) => sum + share.units, 0) + escrow.drawn(right)).toBe(10)
  expect(left.every(({ share }) => share.units >= 0)).toBe(true)
})

test('JDG-68 an authority that goes on after its succession is heard by nobody, whichever handover came first', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(tablet)
  settle(site)
  const twin = copyOf(hq)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  must(twin.replica.execute('site.handover', { actor: tablet.replica.actor }))
  pull(desk, hq)
  pull(tablet, twin)
  for (const one of [desk, tablet]) {
    craft(one, [{ type: 'setRole', actor: other.replica.actor, role: 'supervisor', through: 0 }])
    const request = close(one, record)
    craft(one, [
      {
        type: 'decide',
        request: parse(request),
        accept: true,
        number: { year: 2026, count: 1 },
        reason: null,
      },
    ])
  }
  setTitle(other, record, 'Meanwhile')
  const reader = expectSame([hq, twin, desk, tablet, other])
  expect(page(reader, record).status).toBe('open')
  expect(reader.replica.authority()).toBe(hq.replica.actor)
})

test('JDG-69 an op that knows nothing of its own admission is judged alike, whoever admitted its author', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  give(hq, desk, 'enrol', 2)
  settle(site)
  const fresh = enrol(desk, 'Fresh')
  const blind = { causes: [], lamport: 1 }
  craft(fresh, [{ type: 'create', kind: 'job' }], blind)
  const op = nextOp(tablet, [{ type: 'create', kind: 'job' }])
  other.replica.receive(runOf(tablet.signer, { ...op, ...blind }), tablet.replica.actor)
  const reader = expectSame([hq, desk, fresh, other])
  expect(judged(reader, lastOp(fresh))).toBe('rejected not-member')
})

const parse = (id: string): NonNullable<ReturnType<typeof parseOpId>> => {
  const ref = parseOpId(id)
  if (!ref) throw new Error(id)
  return { actor: ref.actor, seq: ref.seq }
}

const hashOf = (device: Device, id: string): Uint8Array => {
  const { log } = coreOf(device)
  return log.hashOf(log.numberAt(parse(id)) ?? 0)
}
