import { expect, test } from 'vitest'
import type { RecordId } from '../../shared/model/ids.ts'
import { firstOf, minus, NOTHING, plus, sizeOf, stockRight, type Share } from '../../shared/model/rights.ts'
import { coreOf, craft, writeEffects } from '../support/crafting.ts'
import { must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, refusal, settle } from '../support/site.ts'

const held = (at: Device, of: Device, right: string): number =>
  sizeOf(coreOf(at).control().escrow.heldBy(of.replica.actor, right))

const give = (hq: Device, to: Device, right: string, amount: number): string =>
  must(hq.replica.execute('right.transfer', { right, amount, to: to.replica.actor })).op

const span = (from: number, to: number, year = 0): Share => ({ units: 0, spans: [{ year, from, to }] })

test('RGT-1 shares are added and taken away without loss: spans join where they touch, and part where one is taken', () => {
  const block = plus(span(1, 10), span(11, 20))
  expect(block).toEqual(span(1, 20))
  const parted = minus(block, span(5, 6))
  expect(parted?.spans).toEqual([...span(1, 4).spans, ...span(7, 20).spans])
  expect(minus(parted ?? NOTHING, span(5, 5))).toBeNull()
  expect(plus(parted ?? NOTHING, span(5, 6))).toEqual(block)
  expect(firstOf(parted ?? NOTHING, 6)?.spans).toEqual([...span(1, 4).spans, ...span(7, 8).spans])
  expect(firstOf(block, 21)).toBeNull()
  expect(sizeOf(plus({ units: 3, spans: [] }, { units: 4, spans: [] }))).toBe(7)
})

test('RGT-2 a job gets the next number of its device’s own block, also offline, and none while there is no block', () => {
  const { hq, tablet } = aSite()
  expect(must(tablet.replica.execute('job.create', { title: 'Early' })).number).toBeNull()
  expect(must(hq.replica.execute('job.create', { title: 'At HQ' })).number).toBe('J-0001')
  give(hq, tablet, 'job-number', 3)
  pull(tablet, hq)
  const numbers = ['Pump', 'Fan', 'Belt', 'Valve'].map(
    (title) => must(tablet.replica.execute('job.create', { title })).number,
  )
  expect(numbers).toEqual(['J-0002', 'J-0003', 'J-0004', null])
  sync(hq, tablet)
  expect(must(hq.replica.execute('job.create', { title: 'Next' })).number).toBe('J-0005')
})

test('RGT-2 a low block asks for more by itself, is refilled by policy, and jobs made without a number get one', () => {
  const { hq, tablet } = aSite()
  const record = newJob(tablet)
  expect(tablet.replica.replenish()).toBe(true)
  expect(tablet.replica.replenish()).toBe(false)
  sync(hq, tablet)
  expect(hq.replica.decideWaiting(5, true)).toBe(1)
  pull(tablet, hq)
  expect(held(tablet, tablet, 'job-number')).toBe(100)
  expect(tablet.replica.replenish()).toBe(true)
  expect(tablet.replica.replenish()).toBe(false)
  expect(page(tablet, record).number).toBe('J-0001')
})

test('RGT-3 more than is held cannot be used or passed on: refused at the desk, rejected everywhere through the wire', () => {
  const { hq, desk, tablet } = aSite()
  const item = must(hq.replica.execute('stock.create', { name: 'Filter F7', quantity: 20 })).record
  const right = stockRight(item as RecordId)
  give(hq, tablet, right, 5)
  pull(tablet, hq)
  expect(refusal(tablet.replica.execute('right.spend', { right, amount: 6 }))).toBe('not-enough')
  expect(
    refusal(tablet.replica.execute('right.transfer', { right, amount: 6, to: desk.replica.actor })),
  ).toBe('not-enough')
  craft(tablet, [{ type: 'spend', right, share: { units: 6, spans: [] }, record: null }])
  const wire = lastOp(tablet)
  craft(tablet, [
    { type: 'transfer', right, to: desk.replica.actor, share: { units: 3, spans: [] } },
    { type: 'transfer', right, to: hq.replica.actor, share: { units: 3, spans: [] } },
  ])
  pull(hq, tablet)
  expect(judged(hq, wire)).toBe('rejected not-enough')
  expect(judged(hq, lastOp(tablet))).toBe('rejected not-enough')
  expect([held(hq, tablet, right), held(hq, hq, right)]).toEqual([5, 15])
})

test('RGT-3 a number outside the block is rejected on every replica, and never issued again', () => {
  const { hq, tablet, other } = aSite()
  give(hq, tablet, 'job-number', 2)
  pull(tablet, hq)
  const record = newJob(tablet)
  craft(tablet, [{ type: 'spend', right: 'job-number', share: span(3, 3), record: record as RecordId }])
  pull(hq, tablet)
  pull(other, hq)
  expect(judged(other, lastOp(tablet))).toBe('rejected number-outside')
  expect(must(hq.replica.execute('job.create', { title: 'Next' })).number).toBe('J-0004')
})

test('RGT-4 stock passes from device to device offline, is drawn for a job, and its sum is always what was counted in', () => {
  const { hq, desk, tablet } = aSite()
  const item = must(hq.replica.execute('stock.create', { name: 'Filter F7', quantity: 20 })).record
  const right = stockRight(item as RecordId)
  give(hq, desk, right, 12)
  pull(desk, hq)
  must(desk.replica.execute('right.transfer', { right, amount: 7, to: tablet.replica.actor }))
  pull(tablet, desk)
  const record = newJob(tablet)
  must(tablet.replica.execute('right.spend', { right, amount: 4, record }))
  for (const device of [tablet, hq]) pull(device, device === hq ? tablet : desk)
  const stock = must(hq.replica.query('stock', {}, REACH)).items[0]
  expect(stock).toMatchObject({ name: 'Filter F7', on_hand: 16, drawn: 4 })
  expect(stock?.held.reduce((sum, one) => sum + one.amount, 0)).toBe(16)
})

test('RGT-5 what the authority gives it mints, and stock that it holds goes first', () => {
  const { hq, tablet } = aSite()
  const item = must(hq.replica.execute('stock.create', { name: 'Filter', quantity: 4 })).record
  const right = stockRight(item as RecordId)
  give(hq, tablet, right, 10)
  expect([held(hq, tablet, right), held(hq, hq, right)]).toEqual([10, 0])
  expect(sizeOf(coreOf(hq).control().escrow.minted(right))).toBe(10)
  expect(refusal(tablet.replica.execute('stock.create', { name: 'Own', quantity: 4 }))).toBe('not-authority')
})

test('RGT-6 a taking back takes exactly what the device held as far as the authority had seen; later use falls', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter', quantity: 20 })).record
  const right = stockRight(item as RecordId)
  give(hq, tablet, right, 8)
  settle(site)
  must(tablet.replica.execute('right.spend', { right, amount: 2 }))
  pull(hq, tablet)
  const unseen = must(tablet.replica.execute('right.spend', { right, amount: 3 })).op
  must(desk.replica.execute('request.numbers', { right: 'audit-number', amount: 5 }))
  must(hq.replica.execute('right.reclaim', { right, actor: tablet.replica.actor }))
  expect(held(hq, hq, right)).toBe(18)
  pull(desk, tablet)
  pull(desk, hq)
  pull(tablet, hq)
  for (const device of [desk, tablet]) {
    expect(judged(device, unseen)).toBe('rejected not-enough')
    expect(held(device, tablet, right)).toBe(0)
  }
  expect(refusal(hq.replica.execute('right.reclaim', { right, actor: tablet.replica.actor }))).toBe(
    'holds-nothing',
  )
})

test('RGT-6 what reaches a device outside the taking back’s sight stays its own', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter', quantity: 20 })).record
  const right = stockRight(item as RecordId)
  give(hq, tablet, right, 8)
  give(hq, desk, right, 5)
  settle(site)
  must(desk.replica.execute('right.transfer', { right, amount: 5, to: tablet.replica.actor }))
  must(hq.replica.execute('right.reclaim', { right, actor: tablet.replica.actor }))
  pull(tablet, desk)
  pull(tablet, hq)
  expect(held(tablet, tablet, right)).toBe(5)
  must(tablet.replica.execute('right.spend', { right, amount: 5 }))
  pull(hq, tablet)
  expect([held(hq, tablet, right), held(hq, hq, right)]).toEqual([0, 15])
  expect(coreOf(hq).control().escrow.drawn(right)).toBe(5)
})

test('RGT-7 a cut takes back all that the device held, also what it had not heard of', () => {
  const site = aSite()
  const { hq, tablet } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter', quantity: 20 })).record
  const right = stockRight(item as RecordId)
  settle(site)
  give(hq, tablet, right, 8)
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  expect([held(hq, tablet, right), held(hq, hq, right)]).toEqual([0, 20])
})

test('RGT-8 a desk within its count admits technicians while the authority is out of reach, and nobody else', () => {
  const { hq, desk } = aSite()
  const admission = (name: string, role: 'technician' | 'supervisor') => ({
    opKey: new Uint8Array(32).fill(name.length),
    tlsKeyHash: new Uint8Array(32),
    name,
    person: name,
    role,
  })
  expect(refusal(desk.replica.admit(admission('One', 'technician')))).toBe('not-authority')
  give(hq, desk, 'enrol', 1)
  pull(desk, hq)
  expect(desk.replica.mayAdmit('supervisor')).toBe(false)
  expect(refusal(desk.replica.admit(admission('Boss', 'supervisor')))).toBe('not-authority')
  must(desk.replica.admit(admission('Eve', 'technician')))
  expect(refusal(desk.replica.admit(admission('Fourth', 'technician')))).toBe('not-authority')
  craft(desk, [{ type: 'admit', ...admission('Fifth', 'technician') }])
  craft(desk, [{ type: 'admit', ...admission('Sixth!', 'supervisor') }])
  pull(hq, desk)
  expect(judged(hq, lastOp(desk))).toBe('rejected technicians-only')
  expect(hq.replica.members().filter(({ name }) => ['Eve', 'Fifth', 'Sixth!'].includes(name))).toMatchObject([
    { name: 'Eve', role: 'technician' },
  ])
})

test('RGT-8 the authority’s later word on a key prevails over a desk’s', () => {
  const { hq, desk } = aSite()
  give(hq, desk, 'enrol', 1)
  pull(desk, hq)
  const keys = { opKey: new Uint8Array(32).fill(9), tlsKeyHash: new Uint8Array(32) }
  must(desk.replica.admit({ ...keys, name: 'Temp', person: 'Temp', role: 'technician' }))
  pull(hq, desk)
  must(hq.replica.admit({ ...keys, name: 'Tablet 9', person: 'Ana', role: 'supervisor' }))
  pull(desk, hq)
  expect(desk.replica.members().find(({ name }) => name === 'Tablet 9')).toMatchObject({ role: 'supervisor' })
})

test('RGT-9 of two numbers a job keeps the least by causal order, and the other shows as former', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  give(hq, desk, 'job-number', 2)
  give(hq, tablet, 'job-number', 2)
  settle(site)
  for (const device of [tablet, desk]) {
    const share = device === desk ? span(1, 1) : span(3, 3)
    writeEffects(device, [{ type: 'spend', right: 'job-number', share, record: record as RecordId }])
  }
  settle(site)
  const [first, second] = [page(hq, record), page(tablet, record)]
  expect(first.number).toBe(second.number)
  expect([first.number, ...first.former_numbers].sort()).toEqual(['J-0001', 'J-0003'])
})

test('RGT-10 rights that do not exist, and shares that do not fit, are refused and rejected', () => {
  const { hq, tablet } = aSite()
  const to = tablet.replica.actor
  expect(refusal(hq.replica.execute('right.transfer', { right: 'gold', amount: 1, to }))).toBe(
    'unknown-right',
  )
  expect(refusal(hq.replica.execute('right.transfer', { right: 'decide:close:A', amount: 2, to }))).toBe(
    'bad-value',
  )
  expect(
    refusal(hq.replica.execute('right.transfer', { right: 'enrol', amount: 1, to: 'a'.repeat(64) })),
  ).toBe('not-found')
  craft(hq, [{ type: 'mint', right: 'gold', to, share: { units: 1, spans: [] } }])
  expect(judged(hq, lastOp(hq))).toBe('rejected unknown-right')
  craft(hq, [{ type: 'mint', right: 'job-number', to, share: { units: 5, spans: [] } }])
  expect(judged(hq, lastOp(hq))).toBe('rejected bad-share')
  craft(tablet, [{ type: 'mint', right: 'job-number', to, share: span(1, 9) }])
  pull(hq, tablet)
  expect(judged(hq, lastOp(tablet))).toBe('rejected not-permitted')
})
