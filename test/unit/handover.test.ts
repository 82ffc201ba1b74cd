import { expect, test } from 'vitest'
import { actorOf } from '../../shared/op/identity.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { coreOf, craft, nextOp, runOf } from '../support/crafting.ts'
import { copyOf, must, pull, signerFrom, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, refusal, requestsAt, settle } from '../support/site.ts'

const crypto = createCrypto()
const recovery = signerFrom('a small warehouse/recovery')

const close = (device: Device, record: string): string =>
  must(device.replica.execute('request.close', { record })).request

/** What `tallydesk recover` writes: an op of the recovery key, on this device, naming the head that it knows. */
function recover(device: Device, authority: Device, through?: { seq: number; hash: Uint8Array }): string {
  const { log, control } = coreOf(device)
  const actor = actorOf((bytes) => crypto.sha256(bytes), recovery.publicKey)
  const head = through ?? log.head(authority.replica.actor)
  const own = log.head(actor)
  if (!head) throw new Error('the authority has said something')
  const causes = log.heads().filter((one) => one.actor !== actor)
  const lamport = 1 + Math.max(...causes.map((one) => log.find(one)?.lamport ?? 0), own?.lamport ?? 0)
  const effect = {
    type: 'handover',
    actor: device.replica.actor,
    through: head.seq,
    hash: head.hash,
  } as const
  const op = {
    ...nextOp(device, [effect]),
    actor,
    seq: (own?.seq ?? 0) + 1,
    prev: own?.hash ?? new Uint8Array(0),
    lamport,
    causes,
  }
  const received = device.replica.receive(runOf(recovery, op), device.replica.actor)
  expect([received.outcome, control().siteName]).toEqual(['stored', 'Test warehouse'])
  return `${actor}:${op.seq}`
}

test('AUL-1 the authority hands its role over: from then on the other device decides, and the old one does not', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const closed = newJob(tablet)
  close(tablet, closed)
  settle(site)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  const record = newJob(tablet)
  const request = close(tablet, record)
  settle(site)
  for (const device of [hq, desk, tablet]) expect(device.replica.authority()).toBe(desk.replica.actor)
  expect(hq.replica.decideWaiting(5)).toBe(0)
  expect(refusal(hq.replica.execute('decide', { request, accept: true }))).toBe('not-authority')
  expect(desk.replica.decideWaiting(5)).toBe(1)
  settle(site)
  for (const device of [hq, tablet]) {
    expect(page(device, closed).audit_number).toBe('A-2026-0001')
    expect(page(device, record).audit_number).toBe('A-2026-0002')
    expect(device.replica.member(hq.replica.actor)?.role).toBe('supervisor')
  }
  expect(hq.replica.status().state_hash).toBe(tablet.replica.status().state_hash)
})

test('AUL-1 the role goes to a member in good standing, and only by who has it', () => {
  const { hq, desk, tablet } = aSite()
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  expect(refusal(hq.replica.execute('site.handover', { actor: tablet.replica.actor }))).toBe('device-cut')
  expect(refusal(hq.replica.execute('site.handover', { actor: hq.replica.actor }))).toBe('authority-itself')
  expect(refusal(desk.replica.execute('site.handover', { actor: desk.replica.actor }))).toBe('not-authority')
  const head = coreOf(desk).log.head(hq.replica.actor)
  if (!head) throw new Error('the authority has said something')
  craft(desk, [{ type: 'handover', actor: desk.replica.actor, through: head.seq, hash: head.hash }])
  pull(hq, desk)
  expect(judged(hq, lastOp(desk))).toBe('rejected not-permitted')
})

test('AUL-1 an authority that has written nothing yet hands the role on', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  settle(site)
  expect(desk.replica.ownSeq()).toBe(0)
  expect(refusal(desk.replica.execute('site.handover', { actor: desk.replica.actor }))).toBe(
    'authority-itself',
  )
  expect(desk.replica.ownSeq()).toBe(0)
  must(desk.replica.execute('site.handover', { actor: other.replica.actor }))
  const request = close(tablet, newJob(tablet))
  settle(site)
  for (const device of [hq, desk, tablet, other]) expect(device.replica.authority()).toBe(other.replica.actor)
  must(other.replica.execute('decide', { request, accept: true }))
  settle(site)
  expect(hq.replica.status().state_hash).toBe(tablet.replica.status().state_hash)
})

test('AUL-1 an authority says something of itself as soon as it is one, for the recovery key to name', () => {
  const site = aSite()
  const { hq, desk } = site
  expect(desk.replica.retain()).toBe(false)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  settle(site)
  expect([desk.replica.retain(), desk.replica.retain()]).toEqual([true, false])
  expect(desk.replica.ownSeq()).toBe(1)
})

test('AUL-2 with the recovery key a surviving desk becomes the authority, when the old one is gone', () => {
  const site = aSite()
  const { desk, tablet } = site
  const record = newJob(tablet)
  const request = close(tablet, record)
  pull(desk, tablet)
  const op = recover(desk, site.hq)
  expect(judged(desk, op)).toBe('accepted')
  expect(desk.replica.authority()).toBe(desk.replica.actor)
  expect(desk.replica.decideWaiting(5)).toBe(1)
  pull(tablet, desk)
  expect(requestsAt(tablet).find((one) => one.request === request)?.state).toBe('accepted')
  must(desk.replica.execute('member.cut', { actor: site.hq.replica.actor, reason: 'stolen' }))
})

test('AUL-3 what the old authority said beyond the op that the recovery names falls, and requests wait again', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(tablet)
  const request = close(tablet, record)
  settle(site)
  const lost = copyOf(hq)
  expect(lost.replica.decideWaiting(5)).toBe(1)
  recover(desk, hq)
  pull(tablet, lost)
  expect(page(tablet, record).status).toBe('closed')
  pull(tablet, desk)
  pull(desk, lost)
  for (const device of [desk, tablet]) {
    expect(judged(device, lastOp(lost))).toBe('rejected not-authority')
    expect(page(device, record).status).toBe('open')
    expect(requestsAt(device).find((one) => one.request === request)?.state).toBe('waiting')
    expect(device.replica.diagnose().findings).toEqual([])
  }
  expect(desk.replica.decideWaiting(5)).toBe(1)
  expect(page(desk, record).audit_number).toBe('A-2026-0002')
})

test('AUL-4 the recovery key prevails over a handover that it had not seen', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const stolen = copyOf(hq)
  must(stolen.replica.execute('member.setRole', { actor: other.replica.actor, role: 'supervisor' }))
  must(stolen.replica.execute('site.handover', { actor: other.replica.actor }))
  recover(desk, hq)
  pull(tablet, stolen)
  expect(tablet.replica.authority()).toBe(other.replica.actor)
  pull(tablet, desk)
  pull(desk, stolen)
  for (const device of [tablet, desk]) {
    expect(device.replica.authority()).toBe(desk.replica.actor)
    expect(device.replica.member(other.replica.actor)?.role).toBe('technician')
  }
  expect(tablet.replica.status().state_hash).toBe(desk.replica.status().state_hash)
})

test('AUL-5 a fork of the authority itself: what both branches have in common stands, and the recovery names the branch', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const [one, two] = [newJob(tablet), newJob(tablet)]
  const requests = [close(tablet, one), close(tablet, two)]
  settle(site)
  const clone = copyOf(hq)
  must(hq.replica.execute('decide', { request: requests[0] ?? '', accept: true }))
  must(clone.replica.execute('decide', { request: requests[1] ?? '', accept: true }))
  pull(desk, hq)
  const kept = coreOf(desk).log.head(hq.replica.actor)
  pull(other, clone)
  pull(desk, other)
  pull(other, desk)
  for (const device of [desk, other])
    expect([page(device, one).status, page(device, two).status]).toEqual(['open', 'open'])
  recover(desk, hq, kept ?? undefined)
  sync(other, desk)
  for (const device of [desk, other]) {
    expect(device.replica.authority()).toBe(desk.replica.actor)
    expect([page(device, one).status, page(device, two).status]).toEqual(['closed', 'open'])
  }
  expect(desk.replica.status().state_hash).toBe(other.replica.status().state_hash)
})
