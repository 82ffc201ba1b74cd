import { expect, test } from 'vitest'
import { createHash } from 'node:crypto'
import { coreOf, craft } from '../support/crafting.ts'
import { expectSame } from '../support/orders.ts'
import { copyOf, must, openDevice, pull, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, setTitle, settle, titles } from '../support/site.ts'

const give = (hq: Device, to: Device, right: string, amount = 1): string =>
  must(hq.replica.execute('right.transfer', { right, amount, to: to.replica.actor })).op

function enrol(by: Device, name: string): Device {
  const signer = signerFrom(`${by.replica.site}/${name}`)
  const tlsKeyHash = new Uint8Array(createHash('sha256').update(name).digest())
  must(by.replica.admit({ opKey: signer.publicKey, tlsKeyHash, name, person: name, role: 'technician' }))
  const device = openDevice(name, signer, by.replica.site)
  pull(device, by)
  return device
}

test('JDG-80 a branch that leaves earlier than those known before moves the fork, in whatever order they come', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  give(hq, tablet, 'job-number', 5)
  const record = newJob(tablet)
  pull(tablet, hq)
  const first = copyOf(tablet)
  setTitle(tablet, record, 'Two')
  must(tablet.replica.execute('request.close', { record }))
  const second = copyOf(tablet)
  setTitle(tablet, record, 'Three')
  setTitle(second, record, 'Three apart')
  setTitle(first, record, 'Two apart')
  must(first.replica.execute('incident.create', { title: 'Slip' }))
  pull(hq, tablet)
  newJob(hq)
  hq.replica.decideWaiting(3)
  pull(hq, second)
  newJob(hq)
  pull(other, first)
  setTitle(other, record, 'On the first')
  pull(desk, second)
  setTitle(desk, record, 'On the second')
  pull(hq, first)
  hq.replica.cutForked()
  expectSame([hq, desk, tablet, first, second, other])
})

test('JDG-81 two devices that begin under one key, and neither knows of the other', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const twin = copyOf(tablet)
  const record = newJob(tablet, ['Oil'])
  const again = newJob(twin, ['Belt'], 'Twin')
  pull(other, tablet)
  setTitle(other, record, 'Seen one')
  pull(desk, twin)
  setTitle(desk, again, 'Seen the other')
  pull(other, twin)
  const fallen = coreOf(desk).log.head(tablet.replica.actor)
  expect(fallen?.seq).toBe(1)
  pull(hq, other)
  newJob(hq)
  expectSame([hq, desk, tablet, twin, other])
})

test('JDG-82 a desk that forked admits, gives and decides on both branches: what stands is the same everywhere', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  give(hq, desk, 'enrol', 1)
  give(hq, desk, 'decide:close:North')
  give(hq, desk, 'audit-number', 1)
  const record = must(hq.replica.execute('job.create', { title: 'Belt', zone: 'North' })).record
  settle(site)
  const { request } = must(tablet.replica.execute('request.close', { record }))
  pull(desk, tablet)
  const twin = copyOf(desk)
  const [ann, bob] = [enrol(desk, 'Ann'), enrol(twin, 'Bob')]
  must(desk.replica.execute('decide', { request, accept: true }))
  must(twin.replica.execute('decide', { request, accept: false, reason: 'No' }))
  pull(ann, desk)
  const made = newJob(ann)
  setTitle(bob, newJob(bob), 'By Bob')
  setTitle(other, record, 'Late?')
  pull(other, ann)
  setTitle(other, made, 'Between')
  pull(hq, twin)
  newJob(hq)
  must(hq.replica.execute('right.reclaim', { right: 'decide:close:North', actor: desk.replica.actor }))
  const reader = expectSame([hq, desk, twin, ann, bob, tablet, other])
  expect(judged(reader, lastOp(ann))).toBe('rejected not-member')
})

test('JDG-83 adoptions and revocations of what lies on branches, by desks on branches', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(tablet)
  settle(site)
  const clone = copyOf(tablet)
  const kept = must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'kept' })).op
  must(clone.replica.execute('set.add', { record, field: 'tags', key: 'fallen' }))
  setTitle(clone, record, 'Fallen')
  pull(hq, tablet)
  newJob(hq)
  pull(desk, hq)
  pull(desk, clone)
  const twin = copyOf(desk)
  for (const item of must(desk.replica.query('review', {}, { why: null, since: null })).items)
    desk.replica.execute('review.adopt', { op: item.op })
  twin.replica.execute('fact.revoke', { dot: `${kept}.0`, reason: 'No' })
  for (const item of must(twin.replica.query('review', {}, { why: null, since: null })).items)
    twin.replica.execute('review.dismiss', { op: item.op, reason: 'No' })
  pull(other, desk)
  setTitle(other, record, 'On the adopted')
  pull(other, twin)
  pull(hq, other)
  newJob(hq)
  craft(desk, [{ type: 'create', kind: 'case' }])
  expectSame([hq, desk, twin, tablet, clone, other])
})

test('JDG-84 a forked device that is cut at a seq below the fork, on one branch, or before it wrote anything', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(tablet)
  setTitle(tablet, record, 'Two')
  const far = copyOf(hq)
  const clone = copyOf(tablet)
  setTitle(tablet, record, 'Three')
  setTitle(clone, record, 'Three apart')
  must(far.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'unseen' }))
  pull(far, clone)
  newJob(far)
  pull(other, tablet)
  setTitle(other, record, 'By another')
  pull(desk, far)
  for (const item of must(desk.replica.query('review', {}, { why: null, since: null })).items)
    desk.replica.execute('review.adopt', { op: item.op })
  const reader = expectSame([far, desk, tablet, clone, other])
  expect(titles(reader, record)).not.toContain('Three')
})
