/** Closing what a cut device made: nobody could know of the cut, and no number may go to what does not count. */
import { expect, test } from 'vitest'
import { must, pull, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, page, requestsAt, settle, type Site } from '../support/site.ts'

type Fallen = { readonly site: Site; readonly record: string; readonly creation: string }

/** The tablet's job is at the desk, and not at headquarters, which cuts the tablet. */
function madeByCut(zone?: string): Fallen {
  const site = aSite()
  const { record, op } = must(
    site.tablet.replica.execute('job.create', { title: 'Taxi', ...(zone ? { zone } : {}) }),
  )
  pull(site.desk, site.tablet)
  return { site, record, creation: op }
}

function cut({ hq, tablet }: Site): void {
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'left in a taxi' }))
}

const ask = ({ replica }: Device, command: 'request.close' | 'request.reopen', record: string): string =>
  must(replica.execute(command, { record })).request

test('ATK-26 a closing of what a cut device made is answered no, and no number goes to it', () => {
  const { site, record, creation } = madeByCut()
  const { hq, desk } = site
  const request = ask(desk, 'request.close', record)
  cut(site)
  settle(site)
  expect(judged(hq, creation)).toBe('rejected cut')
  const refused = hq.replica.execute('decide', { request, accept: true })
  expect(refused).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(hq.replica.decideWaiting(5)).toBe(1)
  const next = newJob(desk)
  ask(desk, 'request.close', next)
  settle(site)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  settle(site)
  const answers = requestsAt(desk).map(({ state, reason, audit_number }) => [
    state,
    reason?.code,
    audit_number,
  ])
  expect(answers).toContainEqual(['rejected', 'rests-on', null])
  expect(page(desk, next).audit_number).toBe('A-2026-0001')
})

test('ATK-27 a job of a cut device that a desk closed can be reopened and taken back in', () => {
  const { site, record, creation } = madeByCut('North')
  const { hq, desk } = site
  must(
    hq.replica.execute('right.transfer', { right: 'decide:close:North', amount: 1, to: desk.replica.actor }),
  )
  must(hq.replica.execute('right.transfer', { right: 'audit-number', amount: 5, to: desk.replica.actor }))
  pull(desk, hq)
  const request = ask(desk, 'request.close', record)
  must(desk.replica.execute('decide', { request, accept: true }))
  cut(site)
  settle(site)
  expect(judged(desk, creation)).toBe('rejected cut')
  const adopt = () => desk.replica.execute('review.adopt', { op: creation })
  expect(adopt()).toMatchObject({ ok: false, error: { code: 'not-adoptable' } })
  ask(desk, 'request.reopen', record)
  must(hq.replica.execute('right.reclaim', { right: 'decide:close:North', actor: desk.replica.actor }))
  settle(site)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  settle(site)
  must(adopt())
  settle(site)
  for (const device of [hq, desk, site.other])
    expect(page(device, record)).toMatchObject({ title: 'Taxi', status: 'open', freeze_epoch: 2 })
})
