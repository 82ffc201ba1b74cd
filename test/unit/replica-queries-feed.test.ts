import { expect, test } from 'vitest'
import type { Change, FeedRow } from '../../shared/api/rows.ts'
import type { RecordId } from '../../shared/model/ids.ts'
import { stockRight, tokenRight } from '../../shared/model/rights.ts'
import { must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, newJob, page, requestsAt, setTitle, settle } from '../support/site.ts'

const feedAt = ({ replica }: Device, record?: string): readonly FeedRow[] =>
  must(replica.query('feed', { limit: 500, ...(record ? { record } : {}) }, REACH)).rows

/** What one op did, as its feed row says; the query `op` must say the same. */
function changesOf(device: Device, op: string): readonly Change[] {
  const changes = feedAt(device).find((row) => row.op === op)?.changes ?? []
  expect(must(device.replica.query('op', { op }, REACH)).effects).toEqual(changes)
  return changes
}

test('QRY-11 what is given, passed on, used and taken back is told with its right, its amount and its numbers', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter F7', quantity: 4 })).record
  const right = stockRight(item as RecordId)
  const filter = { right, of: 'stock', about: 'Filter F7' }
  const token = tokenRight('Cold store')
  const to = { to: desk.replica.actor }
  const numbers = must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 5, ...to })).op
  const zone = must(hq.replica.execute('right.transfer', { right: token, amount: 1, ...to })).op
  const stock = must(hq.replica.execute('right.transfer', { right, amount: 6, ...to })).op
  expect(changesOf(hq, numbers)).toEqual([
    { what: 'given', right: { right: 'job-number', of: 'job-number', about: null }, amount: 5, ranges: [[1, 5]], name: 'Desk' },
  ]) // prettier-ignore
  expect(changesOf(hq, zone)).toEqual([
    { what: 'given', right: { right: token, of: 'decide', about: 'Cold store' }, amount: 1, ranges: [], name: 'Desk' },
  ]) // prettier-ignore
  expect(changesOf(hq, stock)).toEqual([
    { what: 'passed', right: filter, amount: 4, ranges: [], name: 'Desk' },
    { what: 'given', right: filter, amount: 2, ranges: [], name: 'Desk' },
  ])
  settle(site)
  const passed = must(
    desk.replica.execute('right.transfer', { right, amount: 2, to: tablet.replica.actor }),
  ).op
  const drawn = must(desk.replica.execute('right.spend', { right, amount: 2 })).op
  const job = must(desk.replica.execute('job.create', { title: 'Pump' }))
  const forJob = must(desk.replica.execute('right.spend', { right, amount: 1, record: job.record })).op
  settle(site)
  expect(changesOf(hq, passed)).toEqual([
    { what: 'passed', right: filter, amount: 2, ranges: [], name: 'Tablet 1' },
  ])
  const spent = { what: 'spent', right: filter, number: null } as const
  expect(changesOf(hq, drawn)).toEqual([{ ...spent, amount: 2, purpose: null }])
  expect(changesOf(hq, forJob)).toEqual([{ ...spent, amount: 1, purpose: 'Pump' }])
  expect(changesOf(hq, job.op)).toContainEqual(
    expect.objectContaining({ what: 'spent', amount: 1, number: 'J-0001' }),
  )
  const back = must(hq.replica.execute('right.reclaim', { right, actor: tablet.replica.actor })).op
  expect(changesOf(hq, back)).toEqual([{ what: 'reclaimed', right: filter, name: 'Tablet 1' }])
})

test('QRY-11 what is asked, withdrawn and decided is told with what it was about', () => {
  const { hq, desk, tablet } = aSite()
  const asked = must(desk.replica.execute('request.numbers', { right: 'enrol', amount: 2 })).request
  const role = must(
    desk.replica.execute('request.role', { actor: tablet.replica.actor, role: 'supervisor' }),
  ).request
  const withdrawn = must(desk.replica.execute('request.withdraw', { request: role })).op
  pull(hq, desk)
  const decided = must(hq.replica.execute('decide', { request: asked, accept: false, reason: 'None' })).op
  expect(changesOf(hq, asked)).toEqual([
    {
      what: 'requested',
      action: 'numbers',
      detail: { right: { right: 'enrol', of: 'enrol', about: null }, amount: 2 },
    },
  ])
  expect(changesOf(hq, role)).toEqual([
    {
      what: 'requested',
      action: 'role',
      detail: { actor: tablet.replica.actor, name: 'Tablet 1', role: 'supervisor' },
    },
  ])
  expect(changesOf(hq, withdrawn)).toEqual([{ what: 'withdrew', request: role }])
  expect(changesOf(hq, decided)).toEqual([
    { what: 'decided', request: asked, action: 'numbers', accept: false, audit_number: null, reason: 'None' },
  ])
})

test('QRY-11 what became of the review, of a fact, of a sign-off, of the policy and of the role is told', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const [record, incident] = [
    newJob(desk),
    must(desk.replica.execute('incident.create', { title: 'Fall' })).record,
  ]
  settle(site)
  const cut = must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' })).op
  const [one, two] = [setTitle(tablet, record, 'Pump 7'), setTitle(tablet, record, 'Pump 8')]
  settle(site)
  const adopted = must(desk.replica.execute('review.adopt', { op: one })).op
  const dismissed = must(desk.replica.execute('review.dismiss', { op: two, reason: 'Wrong pump' })).op
  const dot = page(desk, record).fields.title?.values.find(({ value }) => value === 'Pump 7')?.dot ?? ''
  const revoked = must(desk.replica.execute('fact.revoke', { dot, reason: 'It was pump 9' })).op
  const signed = must(desk.replica.execute('incident.sign', { record: incident })).op
  const policy = must(hq.replica.execute('policy.set', { max_days: 30 })).op
  sync(hq, desk)
  const handed = must(hq.replica.execute('site.handover', { actor: desk.replica.actor })).op
  expect(changesOf(hq, cut)[0]).toEqual({ what: 'cut', name: 'Tablet 1', reason: 'lost' })
  expect(changesOf(hq, adopted)).toEqual([{ what: 'adopted', op: one, author: 'Tablet 1' }])
  expect(changesOf(hq, dismissed)).toEqual([
    { what: 'dismissed', op: two, author: 'Tablet 1', reason: 'Wrong pump' },
  ])
  expect(changesOf(hq, revoked)).toEqual([{ what: 'revoked', dot, field: 'title', reason: 'It was pump 9' }])
  expect(changesOf(hq, signed)).toEqual([{ what: 'signed-off' }])
  expect(changesOf(hq, policy)).toEqual([{ what: 'policy-set' }])
  expect(changesOf(hq, handed)).toEqual([{ what: 'handed-over', name: 'Desk' }])
})

test('QRY-11 the feed of a record has the acts about it, and the feed of another has not', () => {
  const { hq, desk } = aSite()
  const [record, other] = [newJob(desk), newJob(desk)]
  const request = must(desk.replica.execute('request.close', { record })).request
  pull(hq, desk)
  const decided = must(hq.replica.execute('decide', { request, accept: true })).op
  const acts = (of: string): string[] => feedAt(hq, of).map(({ op }) => op)
  expect(acts(record).slice(0, 2)).toEqual([decided, request])
  expect(acts(other)).toHaveLength(1)
  expect(feedAt(hq, record)[0]?.changes).toMatchObject([{ what: 'decided', audit_number: 'A-2026-0001' }])
  expect(requestsAt(hq).map((row) => row.request)).toEqual([request])
})
