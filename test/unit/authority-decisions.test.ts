import { expect, test } from 'vitest'
import { formatOpId, parseOpId, type OpRef } from '../../shared/model/ids.ts'
import type { ControlEffect } from '../../shared/op/effect.ts'
import { craft, nextOp } from '../support/crafting.ts'
import { must, pull, REACH, restart, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, page, refusal, requestsAt, setTitle, settle } from '../support/site.ts'

const ask = (
  device: Device,
  record: string,
  command: 'request.close' | 'request.reopen' = 'request.close',
): string => must(device.replica.execute(command, { record })).request

const refOf = (request: string): OpRef => {
  const ref = parseOpId(request)
  if (!ref) throw new Error('a request is an op')
  return ref
}

const stateAt = (device: Device, request: string): unknown => {
  const found = requestsAt(device).find((one) => one.request === request)
  return found && [found.state, found.audit_number, found.reason?.code ?? null]
}

/** Signs a decision, whoever may make it, and answers its verdict at headquarters. */
function decideAs(
  device: Device,
  hq: Device,
  decision: Partial<Extract<ControlEffect, { type: 'decide' }>>,
  request: string,
): string {
  const effect = {
    type: 'decide',
    request: refOf(request),
    accept: true,
    number: null,
    reason: null,
    ...decision,
  } as const
  const { actor, seq } = nextOp(device, [effect])
  craft(device, [effect])
  if (device !== hq) pull(hq, device)
  return judged(hq, formatOpId({ actor, seq }))
}

test('AUT-1 a request waits, says for whom and why, and ends accepted, rejected with its reason, or withdrawn', () => {
  const { hq, desk } = aSite()
  const [done, open, taken] = [newJob(desk), newJob(desk, ['inspect valve']), newJob(desk)]
  const [first, second, third] = [done, open, taken].map((record) => ask(desk, record))
  const [waiting] = requestsAt(desk)
  expect(waiting).toMatchObject({ state: 'waiting', waits_for: { name: 'HQ', why: 'not-sent', ahead: 0 } })
  expect(
    must(desk.replica.query('requests', {}, { why: 'wan-out', since: 7 })).requests[0]?.waits_for,
  ).toMatchObject({
    why: 'wan-out',
    since: 7,
  })
  must(desk.replica.execute('request.withdraw', { request: third ?? '' }))
  expect(page(desk, done).stage).toBe('waiting')
  pull(hq, desk)
  expect(hq.replica.decideWaiting(10)).toBe(2)
  pull(desk, hq)
  expect([first, second, third].map((request) => stateAt(desk, request ?? ''))).toEqual([
    ['accepted', 'A-2026-0001', null],
    ['rejected', null, 'open-tasks'],
    ['withdrawn', null, null],
  ])
  expect(page(desk, done)).toMatchObject({
    status: 'closed',
    stage: 'closed',
    audit_number: 'A-2026-0001',
    freeze_epoch: 1,
  })
  expect(page(desk, open)).toMatchObject({
    status: 'open',
    stage: 'todo',
    audit_number: null,
    freeze_epoch: 0,
  })
})

test('AUT-1 the policy refuses what a closing would freeze in conflict', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  settle(site)
  setTitle(tablet, record, 'Valve')
  setTitle(other, record, 'Belt')
  settle(site)
  const request = ask(desk, record)
  pull(hq, desk)
  hq.replica.decideWaiting(1)
  expect(stateAt(hq, request)).toEqual(['rejected', null, 'open-conflicts'])
})

test('AUT-2 numbers count up in the year of the decision, and start anew with the next', () => {
  const { hq, desk } = aSite()
  const requests = [1, 2, 3].map(() => ask(desk, newJob(desk)))
  pull(hq, desk)
  hq.replica.decideWaiting(10)
  expect(requests.map((request) => stateAt(hq, request))).toEqual(
    ['A-2026-0001', 'A-2026-0002', 'A-2026-0003'].map((number) => ['accepted', number, null]),
  )
})

test('AUT-2 a number named in any op is never issued, and a name by others does not touch what the authority says', () => {
  const { hq, desk, tablet, other } = aSite()
  const [one, two, three] = [newJob(desk), newJob(desk), newJob(desk)].map((record) => ask(desk, record))
  pull(hq, desk)
  pull(tablet, desk)
  expect(decideAs(tablet, tablet, { number: { year: 2026, count: 1 } }, one ?? '')).toBe(
    'rejected not-permitted',
  )
  hq.replica.decideWaiting(1)
  pull(other, tablet)
  pull(other, hq)
  pull(hq, tablet)
  for (const device of [hq, other])
    expect(stateAt(device, one ?? '')).toEqual(['accepted', 'A-2026-0001', null])
  expect(other.replica.status().state_hash).toBe(hq.replica.status().state_hash)
  decideAs(tablet, hq, { number: { year: 2026, count: 2 } }, two ?? '')
  decideAs(tablet, hq, { number: { year: 2026, count: 2 ** 40 } }, two ?? '')
  expect(hq.replica.decideWaiting(10)).toBe(2)
  expect([two, three].map((request) => stateAt(hq, request ?? ''))).toEqual([
    ['accepted', 'A-2026-0003', null],
    ['accepted', 'A-2026-0004', null],
  ])
})

test('AUT-2 a closing without a number, or with one that was used, is rejected', () => {
  const { hq, desk } = aSite()
  const [one, two] = [newJob(desk), newJob(desk)].map((record) => ask(desk, record))
  pull(hq, desk)
  expect(decideAs(hq, hq, {}, one ?? '')).toBe('rejected number-used')
  expect(decideAs(hq, hq, { number: { year: 2026, count: 5 } }, one ?? '')).toBe('accepted')
  expect(decideAs(hq, hq, { number: { year: 2026, count: 5 } }, two ?? '')).toBe('rejected number-used')
  hq.replica.decideWaiting(1)
  expect(stateAt(hq, two ?? '')).toEqual(['accepted', 'A-2026-0006', null])
})

test('AUT-2 after a start in the middle the authority goes on from its log: nothing is decided twice', () => {
  const { hq, desk } = aSite()
  const requests = [1, 2, 3].map(() => ask(desk, newJob(desk)))
  pull(hq, desk)
  expect(hq.replica.decideWaiting(1)).toBe(1)
  hq.sql.failAt(4)
  expect(() => hq.replica.decideWaiting(1)).toThrow(/disk/)
  hq.sql.failAt(0)
  restart(hq)
  expect(hq.replica.decideWaiting(10)).toBe(2)
  expect(hq.replica.decideWaiting(10)).toBe(0)
  expect(requests.map((request) => stateAt(hq, request))).toEqual(
    ['A-2026-0001', 'A-2026-0002', 'A-2026-0003'].map((number) => ['accepted', number, null]),
  )
})

test('AUT-3 each request has one answer, and a second one for the same closing gets the first one’s', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  settle(site)
  const [first, second] = [ask(desk, record), ask(tablet, record)]
  pull(hq, desk)
  pull(hq, tablet)
  expect(hq.replica.decideWaiting(10)).toBe(1)
  expect(decideAs(hq, hq, { accept: false }, first)).toBe('rejected already-decided')
  expect(decideAs(hq, hq, { accept: false }, second)).toBe('rejected already-decided')
  for (const request of [first, second])
    expect(stateAt(hq, request)).toEqual(['accepted', 'A-2026-0001', null])
})

test('AUT-3 what is closed is not closed again, and what is open is not reopened', () => {
  const { hq, desk, tablet } = aSite()
  const record = newJob(desk)
  expect(refusal(desk.replica.execute('request.reopen', { record }))).toBe('already-open')
  const first = ask(desk, record)
  expect(refusal(desk.replica.execute('request.close', { record }))).toBe('already-requested')
  pull(tablet, desk)
  const second = craft(tablet, [
    { type: 'request', action: 'close', record: page(tablet, record).record as never },
  ])
  expect(second.outcome).toBe('stored')
  pull(hq, tablet)
  must(hq.replica.execute('decide', { request: first, accept: true }))
  const other = formatOpId({ actor: tablet.replica.actor, seq: 1 })
  expect(refusal(hq.replica.execute('decide', { request: other, accept: true }))).toBe('request-settled')
  expect(decideAs(hq, hq, { number: { year: 2026, count: 9 } }, other)).toBe('rejected already-decided')
  sync(hq, desk)
  const third = nextOp(desk, [])
  craft(desk, [{ type: 'request', action: 'close', record: page(desk, record).record as never }])
  pull(hq, desk)
  expect(decideAs(hq, hq, { number: { year: 2026, count: 10 } }, formatOpId(third))).toBe(
    'rejected already-closed',
  )
  expect(refusal(desk.replica.execute('request.close', { record }))).toBe('already-closed')
})

test('AUT-3 a request is withdrawn by who made it, while it waits; a withdrawal too late changes nothing', () => {
  const { hq, desk, tablet } = aSite()
  const record = newJob(desk)
  const request = ask(desk, record)
  pull(hq, desk)
  pull(tablet, desk)
  expect(refusal(tablet.replica.execute('request.withdraw', { request }))).toBe('not-permitted')
  const forged = nextOp(tablet, [])
  craft(tablet, [{ type: 'withdraw', request: refOf(request) }])
  expect(judged(tablet, formatOpId(forged))).toBe('rejected not-author')
  hq.replica.decideWaiting(1)
  must(desk.replica.execute('request.withdraw', { request }))
  sync(hq, desk)
  for (const device of [hq, desk]) expect(stateAt(device, request)).toEqual(['accepted', 'A-2026-0001', null])
  expect(refusal(desk.replica.execute('request.withdraw', { request }))).toBe('request-settled')
})

test('AUT-4 nobody but the authority decides by command either', () => {
  const { hq, desk } = aSite()
  const request = ask(desk, newJob(desk))
  expect(refusal(desk.replica.execute('decide', { request, accept: true }))).not.toBeNull()
  expect(desk.replica.decideWaiting(5)).toBe(0)
  pull(hq, desk)
  expect(
    must(hq.replica.execute('decide', { request, accept: false, reason: 'Not before Monday' })).audit_number,
  ).toBeNull()
  expect(requestsAt(hq)[0]).toMatchObject({ state: 'rejected', reason: { text: 'Not before Monday' } })
})

test('AUT-5 a reopening opens the fields again, and each closing and reopening raises the freeze epoch', () => {
  const { hq, desk } = aSite()
  const record = newJob(desk)
  const turn = (command: 'request.close' | 'request.reopen'): void => {
    ask(desk, record, command)
    sync(hq, desk)
    hq.replica.decideWaiting(1)
    sync(hq, desk)
  }
  turn('request.close')
  turn('request.reopen')
  expect(page(desk, record)).toMatchObject({ status: 'open', audit_number: null, freeze_epoch: 2 })
  setTitle(desk, record, 'Valve')
  turn('request.close')
  expect(page(desk, record)).toMatchObject({
    status: 'closed',
    audit_number: 'A-2026-0002',
    freeze_epoch: 3,
    title: 'Valve',
  })
})

test('AUT-6 requests stand in one order everywhere: waiting ones first and oldest first, then the answered', () => {
  const { hq, desk, tablet, other } = aSite()
  const [one, two, three] = [ask(desk, newJob(desk)), ask(desk, newJob(desk)), ask(tablet, newJob(tablet))]
  pull(hq, tablet)
  pull(hq, desk)
  pull(other, desk)
  pull(other, tablet)
  const order = (device: Device): string[] => requestsAt(device).map((row) => row.request)
  expect(order(hq)).toEqual(order(other))
  expect(order(hq).filter((request) => request !== three)).toEqual([one, two])
  hq.replica.decideWaiting(1)
  expect(order(hq).at(-1)).toBe(three)
  expect(
    must(hq.replica.query('record', { record: requestsAt(hq)[0]?.record ?? '' }, REACH)).request?.waits_for,
  ).toMatchObject({ why: 'manual', ahead: 0 })
})
