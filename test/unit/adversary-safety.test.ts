import { expect, test } from 'vitest'
import type { ChildId, RecordId } from '../../shared/model/ids.ts'
import { craft } from '../support/crafting.ts'
import { expectSame } from '../support/orders.ts'
import { copyOf, must, pull, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, newJob, page, refusal, requestsAt, settle } from '../support/site.ts'

const ATTACHMENTS = 21

const attach = (device: Device, record: string, size: number): string =>
  must(
    device.replica.attach(record, {
      name: 'photo.jpg',
      mime: 'image/jpeg',
      size,
      sha256: 'a'.repeat(64),
    }),
  ).attachment

test('JDG-70 nobody makes the retention policy revoke what another attached', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  must(hq.replica.execute('policy.set', { max_bytes: 1000 }))
  const record = newJob(desk)
  settle(site)
  const attachment = attach(desk, record, 500)
  settle(site)
  const at = { record: record as RecordId, field: ATTACHMENTS, child: attachment as ChildId, sub: 3 }
  craft(tablet, [{ type: 'assign', at, value: 1_000_000, over: [] }])
  settle(site)
  while (hq.replica.retain());
  settle(site)
  expect(page(desk, record).attachments.map((one) => one.attachment)).toEqual([attachment])
})

test('JDG-76 the retention policy looks at every attachment, however many one op makes', () => {
  const { hq, tablet } = aSite()
  must(hq.replica.execute('policy.set', { types: ['image/*'] }))
  const record = newJob(tablet) as RecordId
  craft(
    tablet,
    Array.from({ length: 60 }, () => ({ type: 'child', record, field: ATTACHMENTS }) as const),
  )
  pull(hq, tablet)
  for (let acts = 0; acts < 70 && hq.replica.retain(); acts += 1);
  expect(page(hq, record).attachments).toEqual([])
})

test('JDG-71 an attachment of a device that forked is revoked once, and is gone', () => {
  const site = aSite()
  const { hq, tablet } = site
  const record = newJob(tablet)
  settle(site)
  const kept = [0, 1, 2, 3].map((wall) => {
    const clone = copyOf(tablet)
    craft(clone, [{ type: 'create', kind: 'case' }], { wall })
    return clone
  })
  attach(tablet, record, 5000)
  pull(hq, tablet)
  newJob(hq)
  for (const clone of kept) pull(hq, clone)
  must(hq.replica.execute('policy.set', { max_bytes: 1000 }))
  let acts = 0
  while (acts < 5 && hq.replica.retain()) acts += 1
  expect(page(hq, record).attachments).toEqual([])
  expect(acts).toBe(1)
  expectSame([hq, tablet, ...kept])
})

test('JDG-72 a request to check what is no attachment is answered', () => {
  const site = aSite()
  const { hq, tablet } = site
  must(hq.replica.execute('policy.set', { max_bytes: 1000 }))
  const record = newJob(tablet, ['Oil'])
  const [task] = page(tablet, record).tasks
  craft(tablet, [
    { type: 'request', action: 'check', record: record as RecordId, child: task?.task as ChildId },
  ])
  pull(hq, tablet)
  expect(hq.replica.decideWaiting(5)).toBe(1)
})

test('JDG-73 a request far beyond what anybody holds neither stalls nor breaks the policy', () => {
  const site = aSite()
  const { hq, tablet } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Seal', quantity: 3 })).record
  settle(site)
  craft(tablet, [
    { type: 'request', action: 'stock', record: item as RecordId, amount: Number.MAX_SAFE_INTEGER },
  ])
  craft(tablet, [
    { type: 'request', action: 'numbers', right: 'audit-number', amount: Number.MAX_SAFE_INTEGER },
  ])
  craft(tablet, [
    {
      type: 'request',
      action: 'numbers',
      right: 'decide:close:\u0000 "\'%',
      amount: Number.MAX_SAFE_INTEGER,
    },
  ])
  must(tablet.replica.execute('request.close', { record: newJob(tablet) }))
  pull(hq, tablet)
  expect(hq.replica.decideWaiting(9)).toBe(1)
  const waiting = requestsAt(hq).filter(({ state }) => state === 'waiting')
  expect(waiting).toHaveLength(3)
  for (const { request } of waiting) hq.replica.execute('decide', { request, accept: true })
  expect(hq.replica.diagnose().findings).toEqual([])
})

test('JDG-77 a device that was cut takes over nothing, though it has the recovery key, and is told so', () => {
  const { hq, desk } = aSite()
  must(hq.replica.execute('member.cut', { actor: desk.replica.actor, reason: 'lost' }))
  pull(desk, hq)
  expect(refusal(desk.replica.recover(signerFrom('a small warehouse/recovery')))).not.toBeNull()
  expect(desk.replica.authority()).toBe(hq.replica.actor)
})
