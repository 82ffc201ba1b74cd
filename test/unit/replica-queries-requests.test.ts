import { expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { RequestRow } from '../../shared/api/rows.ts'
import type { RecordId } from '../../shared/model/ids.ts'
import { tokenRight } from '../../shared/model/rights.ts'
import { craft } from '../support/crafting.ts'
import { must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, newJob, page, requestsAt, settle } from '../support/site.ts'

const row = (device: Device, request: string): RequestRow => {
  const found = requestsAt(device).find((one) => one.request === request)
  if (!found) throw new Error('no such request here')
  return found
}

const board = ({ replica }: Device): QueryAnswer<'board'> => must(replica.query('board', {}, REACH))

test('QRY-1 a request of every kind says what it asks for', () => {
  const { hq, desk, tablet } = aSite()
  const item = must(desk.replica.execute('stock.create', { name: 'Filter F7' })).record
  const asked = (
    [
      ['request.numbers', { right: 'job-number', amount: 50 }],
      ['request.stock', { item, amount: 3 }],
      ['request.role', { actor: tablet.replica.actor, role: 'supervisor' }],
      ['request.cut', { actor: tablet.replica.actor, reason: 'lost' }],
    ] as const
  ).map(([command, input]) => must(desk.replica.execute(command, input)).request)
  pull(hq, desk)
  const rows = asked.map((request) => row(hq, request))
  const stock = { right: `stock:${item}`, of: 'stock', about: 'Filter F7' }
  expect(rows.map(({ action, kind, record, title, detail }) => ({ action, kind, record, title, detail }))).toEqual([
    { action: 'numbers', kind: null, record: null, title: '', detail: { right: { right: 'job-number', of: 'job-number', about: null }, amount: 50 } },
    { action: 'stock', kind: 'stock', record: item, title: 'Filter F7', detail: { right: stock, amount: 3 } },
    { action: 'role', kind: null, record: null, title: '', detail: { actor: tablet.replica.actor, name: 'Tablet 1', role: 'supervisor' } },
    { action: 'cut', kind: null, record: null, title: '', detail: { actor: tablet.replica.actor, name: 'Tablet 1', reason: 'lost' } },
  ]) // prettier-ignore
  for (const one of rows)
    expect(one).toMatchObject({
      mine: true,
      name: 'Desk',
      state: 'waiting',
      waits_for: { name: 'HQ', why: 'manual' },
    })
  expect(row(desk, asked[0] ?? '').mine).toBe(false)
})

test('QRY-1 an answered request says who answered it, when and why', () => {
  const { hq, desk } = aSite()
  const [first, second] = [newJob(desk), newJob(desk)]
  const yes = must(desk.replica.execute('request.close', { record: first })).request
  const no = must(desk.replica.execute('request.close', { record: second })).request
  pull(hq, desk)
  must(hq.replica.execute('decide', { request: yes, accept: true }))
  must(hq.replica.execute('decide', { request: no, accept: false, reason: 'Not before Monday' }))
  pull(desk, hq)
  const by = { actor: hq.replica.actor, name: 'HQ' }
  expect(row(desk, yes)).toMatchObject({
    state: 'accepted',
    decided_by: by,
    audit_number: 'A-2026-0001',
    mine: false,
    waits_for: null,
  })
  expect(row(desk, no)).toMatchObject({ state: 'rejected', decided_by: by, audit_number: null, mine: false })
  expect(row(desk, no).reason?.text).toBe('Not before Monday')
  expect(row(desk, yes).decided).not.toBeNull()
  expect(page(desk, first).closed_at).toBe(row(desk, yes).decided)
  expect(page(desk, second).closed_at).toBeNull()
})

test('QRY-2 a closing in a delegated zone waits for the holder of its token, until it is back', () => {
  const { hq, desk, tablet } = aSite()
  const right = tokenRight('Cold store')
  const record = must(tablet.replica.execute('job.create', { title: 'Pump', zone: 'Cold store' })).record
  const request = must(tablet.replica.execute('request.close', { record })).request
  must(hq.replica.execute('right.transfer', { right, amount: 1, to: desk.replica.actor }))
  pull(tablet, hq)
  expect(row(tablet, request)).toMatchObject({ mine: false, waits_for: { name: 'Desk', why: 'not-sent' } })
  pull(desk, tablet)
  sync(hq, tablet)
  expect(row(desk, request)).toMatchObject({ mine: true, waits_for: { name: 'Desk', why: 'manual' } })
  expect(row(hq, request)).toMatchObject({ mine: false, waits_for: { name: 'Desk' } })
  expect([page(desk, record).may_decide, page(hq, record).may_decide]).toEqual([true, false])
  expect(page(hq, newJob(hq)).may_decide).toBe(true)

  must(desk.replica.execute('right.transfer', { right, amount: 1, to: hq.replica.actor }))
  sync(hq, desk)
  expect(row(desk, request)).toMatchObject({ mine: false, waits_for: { name: 'HQ' } })
  expect(row(hq, request)).toMatchObject({ mine: true, waits_for: { name: 'HQ', why: 'manual' } })
})

test('QRY-2 nobody but the holder of both tokens decides for a record whose makings name two zones', () => {
  const { hq, desk, tablet, other } = aSite()
  const text = ''
  const rows = (zone: string) => [{ line: 2, key: 'WO-1', title: 'Pump', tags: [], zone, text }]
  must(tablet.replica.importRows('erp', rows('North')))
  must(other.replica.importRows('erp', rows('South')))
  must(
    hq.replica.execute('right.transfer', { right: tokenRight('North'), amount: 1, to: desk.replica.actor }),
  )
  for (const from of [tablet, other]) pull(hq, from)
  pull(desk, hq)
  const record = board(desk).rows[0]?.record ?? ''
  expect([page(hq, record).may_decide, page(desk, record).may_decide]).toEqual([false, false])
  must(
    hq.replica.execute('right.transfer', { right: tokenRight('South'), amount: 1, to: desk.replica.actor }),
  )
  pull(desk, hq)
  expect([page(hq, record).may_decide, page(desk, record).may_decide]).toEqual([false, true])
})

test('QRY-3 a second request for a closing shows the answer of the first; a withdrawn one stays withdrawn', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  settle(site)
  const [first, second, third] = [desk, tablet, other].map(
    (device) => must(device.replica.execute('request.close', { record })).request,
  )
  must(other.replica.execute('request.withdraw', { request: third ?? '' }))
  settle(site)
  expect(board(hq).rows[0]?.stage).toBe('waiting')
  must(hq.replica.execute('decide', { request: first ?? '', accept: true }))
  settle(site)
  for (const device of [hq, desk, tablet, other]) {
    for (const request of [first, second])
      expect(row(device, request ?? '')).toMatchObject({
        state: 'accepted',
        audit_number: 'A-2026-0001',
        decided_by: { name: 'HQ' },
        waits_for: null,
        mine: false,
      })
    expect(row(device, third ?? '')).toMatchObject({ state: 'withdrawn', decided: null, decided_by: null })
    expect(page(device, record).request).toBeNull()
    expect(device.replica.status().waiting).toBe(0)
  }
})

test('QRY-8 sign-offs count each person once, and go stale with a later change of what a closing freezes', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = must(desk.replica.execute('incident.create', { title: 'Fall from a ladder' })).record
  const request = must(desk.replica.execute('request.close', { record })).request
  settle(site)
  for (const device of [desk, tablet, tablet]) must(device.replica.execute('incident.sign', { record }))
  settle(site)
  const signedOff = (at: Device): unknown =>
    page(at, record).sign_offs.map(({ name, stale }) => [name, stale]).sort() // prettier-ignore
  for (const device of [hq, desk, tablet]) {
    expect(signedOff(device)).toEqual([['Desk', false], ['Tablet 1', false]]) // prettier-ignore
    expect([...row(device, request).signed].sort()).toEqual(['Desk', 'Tablet 1'])
  }
  must(desk.replica.execute('field.set', { record, field: 'title', value: 'Fall from a shelf' }))
  must(desk.replica.execute('incident.sign', { record }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(signedOff(device)).toEqual([['Desk', false], ['Tablet 1', true]]) // prettier-ignore
    expect(row(device, request).signed).toEqual(['Desk'])
  }
})

test('QRY-8 a note matters to no sign-off, and what was signed before a reopening counts no more', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = must(desk.replica.execute('incident.create', { title: 'Fall' })).record
  settle(site)
  for (const device of [desk, tablet]) must(device.replica.execute('incident.sign', { record }))
  must(tablet.replica.execute('note.add', { record, text: 'Photo follows' }))
  const request = must(desk.replica.execute('request.close', { record })).request
  settle(site)
  expect(page(hq, record).sign_offs.map(({ stale }) => stale)).toEqual([false, false])
  must(hq.replica.execute('decide', { request, accept: true }))
  settle(site)
  const again = must(desk.replica.execute('request.reopen', { record })).request
  pull(hq, desk)
  must(hq.replica.execute('decide', { request: again, accept: true }))
  expect(page(hq, record)).toMatchObject({ status: 'open', closed_at: null, may_decide: true })
  expect(page(hq, record).sign_offs.map(({ stale }) => stale)).toEqual([true, true])
})

test('QRY-1 what a lying device asks for in no known way stands in no queue', () => {
  const { hq, tablet } = aSite()
  craft(tablet, [{ type: 'request', action: 'numbers', right: 'no such right', amount: 1 }])
  craft(tablet, [{ type: 'request', action: 'close', record: '0'.repeat(32) as RecordId }])
  pull(hq, tablet)
  expect(requestsAt(hq)).toEqual([])
  expect(hq.replica.status()).toMatchObject({ waiting: 0, review: 2 })
})
