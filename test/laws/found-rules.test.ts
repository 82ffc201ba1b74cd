/** Rules of judgement that random histories brought to light, each by itself. */
import { expect, test } from 'vitest'
import type { OpRef } from '../../shared/model/ids.ts'
import { parseOpId } from '../../shared/model/ids.ts'
import type { Numbered, Share } from '../../shared/model/rights.ts'
import { sizeOf } from '../../shared/model/rights.ts'
import type { ControlEffect } from '../../shared/op/effect.ts'
import { compact, expectAlike, revoke, threeOf } from '../support/compacted.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { copyOf, must, openDevice, pull, signerFrom, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, setTitle, settle, titles } from '../support/site.ts'

const held = (at: Device, of: Device, right: string): number =>
  sizeOf(coreOf(at).control().escrow.heldBy(of.replica.actor, right))

const give = (hq: Device, to: Device, right: string, amount: number): string =>
  must(hq.replica.execute('right.transfer', { right, amount, to: to.replica.actor })).op

const numbers = (from: number, to = from): Share => ({ units: 0, spans: [{ year: 2026, from, to }] })

const decision = (request: OpRef, number: Numbered | null, accept = true): ControlEffect => ({
  type: 'decide',
  request,
  accept,
  number,
  reason: null,
})

/** How many ops of a device stand under each of its numbers. */
const standing = (at: Device, of: Device): number[] =>
  at.sql
    .prepare(
      `SELECT sum(op.judgement = 0) AS standing FROM op JOIN actor ON actor.no = op.actor
       WHERE lower(hex(actor.id)) = ? GROUP BY op.seq ORDER BY op.seq`,
    )
    .all<{ standing: number }>(of.replica.actor)
    .map((row) => row.standing)

test('JDG-30 one op stands under each number of a forked device, also where the branch that stands forks again', () => {
  const { hq, tablet } = aSite()
  const clone = copyOf(tablet)
  newJob(tablet)
  newJob(clone, [], 'On the other branch')
  pull(hq, tablet)
  newJob(hq)
  const second = copyOf(tablet)
  newJob(tablet)
  newJob(second, [], 'On a third')
  newJob(second)
  for (const device of [second, clone, tablet]) pull(hq, device)
  newJob(hq)
  expect([coreOf(hq).log.forksOf(tablet.replica.actor), standing(hq, tablet)]).toEqual([
    [1, 2],
    [1, 1, 1],
  ])
  pull(clone, hq)
  expect(standing(clone, tablet)).toEqual(standing(hq, tablet))
})

test('JDG-30 an op that knows the other branch of its author by way of others is of its own branch still', () => {
  const { hq, desk, tablet } = aSite()
  const clone = copyOf(tablet)
  newJob(tablet)
  newJob(clone, [], 'On the other branch')
  pull(hq, tablet)
  newJob(hq)
  sync(desk, hq)
  setTitle(desk, newJob(desk), 'Knows the branch that stands')
  pull(clone, desk)
  craft(clone, [{ type: 'create', kind: 'case' }])
  pull(hq, clone)
  newJob(hq)
  expect(standing(hq, tablet)).toEqual([1, 0])
})

/** A desk that may close in the North, with numbers 1 to 3, and a request that waits for it. */
function delegated(): { hq: Device; desk: Device; other: Device; request: OpRef } {
  const site = aSite()
  give(site.hq, site.desk, 'decide:close:North', 1)
  give(site.hq, site.desk, 'audit-number', 3)
  pull(site.desk, site.hq)
  const { record } = must(site.desk.replica.execute('job.create', { title: 'Pump', zone: 'North' }))
  const { request } = must(site.desk.replica.execute('request.close', { record }))
  const ref = parseOpId(request)
  if (!ref) throw new Error('a request has a name')
  return { hq: site.hq, desk: site.desk, other: site.tablet, request: ref }
}

test('JDG-31 a number that an op decides with it can neither pass on nor spend besides', () => {
  const { hq, desk, other, request } = delegated()
  const used = decision(request, { year: 2026, count: 1 })
  const to = other.replica.actor
  craft(desk, [used, { type: 'transfer', right: 'audit-number', to, share: numbers(1) }])
  expect(judged(desk, lastOp(desk))).toBe('rejected number-outside')
  craft(desk, [{ type: 'spend', right: 'audit-number', share: numbers(1), record: null }, used])
  expect(judged(desk, lastOp(desk))).toBe('rejected number-outside')
  craft(desk, [used, { type: 'transfer', right: 'audit-number', to, share: numbers(2, 3) }])
  pull(hq, desk)
  expect([judged(hq, lastOp(desk)), held(hq, desk, 'audit-number'), held(hq, other, 'audit-number')]).toEqual(
    ['accepted', 0, 2],
  )
})

test('JDG-32 a decision that names a number where none is due is rejected and costs its author none', () => {
  const { hq, desk, request } = delegated()
  craft(desk, [decision(request, { year: 2026, count: 9 }, false)])
  expect(judged(desk, lastOp(desk))).toBe('rejected bad-share')
  pull(hq, desk)
  expect(held(hq, desk, 'audit-number')).toBe(3)
})

test('JDG-33 the authority’s word on a key that a desk had admitted prevails over what it did before', () => {
  const site = aSite()
  const { hq, desk } = site
  const signer = signerFrom('a seventh')
  give(hq, desk, 'enrol', 1)
  pull(desk, hq)
  const keys = { opKey: signer.publicKey, tlsKeyHash: signer.publicKey, name: 'Seventh', person: 'Seventh' }
  must(desk.replica.admit({ ...keys, role: 'technician' }))
  const seventh = openDevice('Seventh', signer, hq.replica.site)
  pull(seventh, desk)
  const record = newJob(seventh, [], 'By the seventh')
  pull(desk, seventh)
  expect(titles(desk, record)).toEqual(['By the seventh'])
  must(hq.replica.admit({ ...keys, role: 'edge' }))
  settle(site)
  expect(judged(desk, lastOp(seventh))).toBe('rejected not-permitted')
  expect(desk.replica.status().state_hash).toBe(hq.replica.status().state_hash)
  expect(desk.replica.diagnose().findings).toEqual([])
})

test('JDG-34 what a refused op named is passed over, and no number beside it', () => {
  const { hq, tablet, desk } = aSite()
  craft(tablet, [
    {
      type: 'spend',
      right: 'job-number',
      share: { units: 0, spans: [{ year: 0, from: 3, to: 4 }] },
      record: null,
    },
  ])
  pull(hq, tablet)
  give(hq, desk, 'job-number', 4)
  const share = coreOf(hq).control().escrow.heldBy(desk.replica.actor, 'job-number')
  expect(share.spans.map(({ from, to }) => [from, to])).toEqual([
    [1, 2],
    [5, 6],
  ])
})

test('MRG-12 a label that is revoked once it is final uncovers the one before it, in whatever order they came, also where history went', () => {
  const { hq, desk, edge: whole, tablet } = aSite()
  const three = threeOf(hq, whole)
  const record = newJob(hq)
  for (const device of [desk, tablet, ...three.slice(1)]) pull(device, hq)
  const label = ({ replica }: Device, value: string): string =>
    must(replica.execute('field.set', { record, field: 'label', value })).op
  label(tablet, 'seal')
  setTitle(desk, record, 'Pump in hall 2')
  const later = label(desk, 'valve')
  // One hears of the lesser label first, the others of the greater.
  for (const from of [tablet, desk]) pull(hq, from)
  for (const from of [desk, tablet]) for (const device of three.slice(1)) pull(device, from)
  compact(hq, three)
  revoke(hq, `${later}.0`)
  for (const device of three.slice(1)) pull(device, hq)
  const labels = (device: Device): unknown[] =>
    (page(device, record).fields.label?.values ?? []).map(({ value }) => value)
  expect(three.map(labels)).toEqual(Array(3).fill(['seal']))
  expectAlike(three, [record])
})

test('REV-8 a task that somebody renamed while another removed it stays when the name is revoked once it is final', () => {
  const { hq, desk, edge: whole, tablet } = aSite()
  const three = threeOf(hq, whole)
  const record = newJob(hq, ['Close valve', 'Empty it'])
  for (const device of [desk, tablet, ...three.slice(1)]) pull(device, hq)
  const task = page(hq, record).tasks[0]?.task ?? ''
  must(desk.replica.execute('task.remove', { record, task }))
  const value = 'Close the valve of Mrs Smith'
  const renamed = must(tablet.replica.execute('field.set', { record, child: task, field: 'text', value })).op
  for (const from of [tablet, desk]) for (const device of three) pull(device, from)
  compact(hq, three)
  revoke(hq, `${renamed}.0`)
  for (const device of three.slice(1)) pull(device, hq)
  expect(three.map((device) => page(device, record).tasks.map(({ text }) => text))).toEqual(
    Array(3).fill(['', 'Empty it']),
  )
  expectAlike(three, [record])
})

test('REV-9 what was revoked before it became final takes nothing away from what is adopted later', () => {
  const { hq, edge: whole, tablet } = aSite()
  const three = threeOf(hq, whole)
  const record = newJob(hq)
  pull(tablet, hq)
  const [first, second] = [setTitle(tablet, record, 'First'), setTitle(tablet, record, 'Second')]
  must(hq.replica.execute('request.close', { record }))
  hq.replica.decideWaiting(1)
  pull(hq, tablet)
  expect([judged(hq, first), judged(hq, second)]).toEqual(['late frozen', 'late frozen'])
  must(hq.replica.execute('request.reopen', { record }))
  hq.replica.decideWaiting(1)
  must(hq.replica.execute('review.adopt', { op: second }))
  revoke(hq, `${second}.0`)
  const hearAll = (device: Device): void => {
    for (const from of [tablet, hq]) pull(device, from)
  }
  hearAll(whole)
  compact(hq, three, hearAll)
  must(hq.replica.execute('review.adopt', { op: first }))
  for (const device of three.slice(1)) hearAll(device)
  expect(three.map((device) => titles(device, record))).toEqual(Array(3).fill(['First']))
  expectAlike(three, [record])
})
