import { expect, test } from 'vitest'
import { stockRight, tokenRight } from '../../shared/model/rights.ts'
import type { RecordId } from '../../shared/model/ids.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { copyOf, must, pull, signerFrom, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, setTitle, settle, titles, type Site } from '../support/site.ts'

const recovery = signerFrom('a small warehouse/recovery')

const publish = ({ replica }: Device): string => must(replica.execute('checkpoint.publish', {})).op

/** What every device says alike of an op, whichever way it heard of all there is. */
function everywhere(site: Site, op: string): string {
  settle(site)
  const [first = '', ...rest] = Object.values(site).map((device) => judged(device, op))
  for (const other of rest) expect(other).toBe(first)
  for (const device of Object.values(site)) expect(device.replica.diagnose().findings).toEqual([])
  const hashes = Object.values(site).map(({ replica }) => replica.status().state_hash)
  expect(new Set(hashes).size).toBe(1)
  return first
}

/** A desk that closes by itself what it knows of, while a tablet that it does not hear works on at it. */
function closedApart(site: Site): { record: string; edit: string } {
  const { hq, desk, tablet } = site
  const to = desk.replica.actor
  must(hq.replica.execute('right.transfer', { right: tokenRight('North'), amount: 1, to }))
  must(hq.replica.execute('right.transfer', { right: 'audit-number', amount: 3, to }))
  const { record } = must(tablet.replica.execute('job.create', { title: 'Pump', zone: 'North' }))
  settle(site)
  const { request } = must(desk.replica.execute('request.close', { record }))
  must(desk.replica.execute('decide', { request, accept: true }))
  return { record, edit: setTitle(tablet, record, 'By the tablet') }
}

test('CKP-6 a closing that a checkpoint did not know of does not make late what the checkpoint took in', () => {
  const site = aSite()
  const { record, edit } = closedApart(site)
  pull(site.hq, site.tablet)
  publish(site.hq)
  const after = setTitle(site.other, record, 'By the other')
  expect(everywhere(site, edit)).toBe('accepted')
  expect(judged(site.hq, after)).toBe('late frozen')
  expect(page(site.hq, record).status).toBe('closed')
})

test('CKP-6 without a checkpoint the same closing makes the same edit late', () => {
  const site = aSite()
  const { edit } = closedApart(site)
  expect(everywhere(site, edit)).toBe('late frozen')
})

test('CKP-6 the closing may be here long before the checkpoint: the edit comes back when that arrives', () => {
  const site = aSite()
  const { edit } = closedApart(site)
  const { hq, desk, tablet, other } = site
  sync(desk, tablet)
  pull(other, desk)
  expect([desk, tablet, other].map((device) => judged(device, edit))).toEqual(Array(3).fill('late frozen'))
  const apart = copyOf(tablet)
  pull(hq, aloneOf(apart, site))
  publish(hq)
  expect(everywhere(site, edit)).toBe('accepted')
})

/** A device that holds what the tablet wrote, and nothing of the desk's closing. */
function aloneOf(tablet: Device, { edge }: Site): Device {
  const { actor } = tablet.replica
  const page = tablet.replica.runsAfter(edge.replica.heads(), 0, { ops: 256, bytes: 1 << 20 })
  for (const run of page.runs) if (run.actor === actor) edge.replica.receive(run, actor)
  return edge
}

test('CKP-7 a cut, a role or a taking back reaches nothing that a checkpoint took in before', () => {
  const site = aSite()
  const { hq, tablet } = site
  const { record: item } = must(hq.replica.execute('stock.create', { name: 'Seals', quantity: 9 }))
  const right = stockRight(item as RecordId)
  must(hq.replica.execute('right.transfer', { right, amount: 5, to: tablet.replica.actor }))
  const record = newJob(tablet)
  settle(site)
  const edit = setTitle(tablet, record, 'Pump 7')
  const drawn = must(tablet.replica.execute('right.spend', { right, amount: 2 })).op
  pull(hq, tablet)
  publish(hq)
  const behind = setTitle(tablet, record, 'Pump 8')
  const { actor } = tablet.replica
  craft(hq, [
    { type: 'cut', actor, through: 1, hash: hashAt(hq, actor, 1), reason: 'lost' },
    { type: 'reclaim', right, actor, through: 1 },
  ])
  expect(judged(hq, lastOp(hq))).toBe('accepted')
  expect(everywhere(site, edit)).toBe('accepted')
  expect(everywhere(site, drawn)).toBe('accepted')
  expect(everywhere(site, behind)).toBe('rejected cut')
  expect(titles(hq, record)).toEqual(['Pump 7'])
  const { escrow } = coreOf(hq).control()
  expect(escrow.heldBy(actor, right).units).toBe(0)
  expect(escrow.heldBy(hq.replica.actor, right).units).toBe(7)
})

function hashAt(device: Device, actor: Site['hq']['replica']['actor'], seq: number): Uint8Array {
  const { log } = coreOf(device)
  return log.hashOf(log.numbersAt({ actor, seq })[0] ?? 0)
}

test('CKP-8 a branch that comes to light after a checkpoint sets aside nothing of the one that it took in', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const clone = copyOf(tablet)
  const edit = newJob(tablet)
  pull(hq, tablet)
  publish(hq)
  newJob(clone, [], 'Belt')
  pull(desk, clone)
  settle(site)
  expect(page(desk, edit).title).toBe('Pump')
  expect(everywhere(site, lastOp(tablet))).toBe('accepted')
})

test('CKP-8 so it is for who holds the role by then: its own fork does not reach below', () => {
  const site = aSite()
  const { hq, desk, other } = site
  const clone = copyOf(desk)
  const made = newJob(desk)
  const op = lastOp(desk)
  pull(hq, desk)
  publish(hq)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(desk, hq)
  const later = newJob(desk, [], 'Later')
  newJob(clone, [], 'Belt')
  pull(other, clone)
  expect(everywhere(site, op)).toBe('accepted')
  expect(page(hq, made).title).toBe('Pump')
  expect(judged(hq, lastOp(desk))).toBe('rejected forked')
  expect(later).not.toBe(made)
})

test('CKP-9 a checkpoint that the recovery key leaves out of its author’s chain makes nothing final', () => {
  const site = aSite()
  const { record, edit } = closedApart(site)
  const { hq, desk, tablet } = site
  const survivor = copyOf(desk)
  pull(hq, tablet)
  const op = publish(hq)
  must(survivor.replica.recover(recovery))
  pull(site.edge, hq)
  pull(site.edge, tablet)
  expect(judged(site.edge, edit)).toBe('accepted')
  pull(site.edge, survivor)
  pull(desk, survivor)
  expect(everywhere(site, op)).toMatch(/^rejected/)
  expect(everywhere(site, edit)).toBe('late frozen')
  expect(hq.replica.status().checkpoint).toBeNull()
  expect(page(hq, record).final.ops).toBe(0)
})

test('CKP-10 adoptions and revocations are new facts: they reach what is final', () => {
  const site = aSite()
  const { hq, tablet } = site
  const record = newJob(tablet)
  settle(site)
  const { request } = must(hq.replica.execute('request.close', { record }))
  expect(hq.replica.decideWaiting(1)).toBe(1)
  const late = setTitle(tablet, record, 'Too late')
  pull(hq, tablet)
  expect(judged(hq, late)).toBe('late frozen')
  publish(hq)
  must(hq.replica.execute('request.reopen', { record }))
  expect(hq.replica.decideWaiting(1)).toBe(1)
  must(hq.replica.execute('review.adopt', { op: late }))
  expect(everywhere(site, late)).toBe('accepted')
  expect(titles(hq, record)).toContain('Too late')
  must(hq.replica.execute('fact.revoke', { dot: `${late}.0`, reason: 'Wrong pump' }))
  settle(site)
  expect(titles(tablet, record)).not.toContain('Too late')
  expect(must(hq.replica.query('op', { op: request }, { why: null, since: null })).final).toBe(true)
})

test('AUL-6 who holds the role again has not said anew what it said in its first time', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(desk, hq)
  newJob(desk)
  must(desk.replica.execute('site.handover', { actor: hq.replica.actor }))
  pull(hq, desk)
  const admission = `${hq.replica.actor}:2`
  expect(everywhere(site, admission)).toBe('accepted')
  expect(judged(tablet, admission)).toBe('accepted')
  // Opened again, all is folded anew from the log.
  expect(judged(copyOf(hq), admission)).toBe('accepted')
})
