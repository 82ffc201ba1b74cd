import { expect, test } from 'vitest'
import { actorOf } from '../../shared/op/identity.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import { coreOf, nextOp, runOf } from '../support/crafting.ts'
import { expectSame } from '../support/orders.ts'
import { copyOf, must, pull, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, setTitle, settle, titles } from '../support/site.ts'

const crypto = createCrypto()
const recovery = signerFrom('a small warehouse/recovery')

/** An op of the recovery key that knows all that the device holds. */
function byRecovery(device: Device, effects: readonly KnownEffect[]): string {
  const { log } = coreOf(device)
  const actor = actorOf((bytes) => crypto.sha256(bytes), recovery.publicKey)
  const own = log.head(actor)
  const causes = log.heads().filter((one) => one.actor !== actor)
  const op = {
    ...nextOp(device, effects),
    actor,
    seq: (own?.seq ?? 0) + 1,
    prev: own?.hash ?? new Uint8Array(0),
    lamport: 1 + Math.max(...causes.map((one) => log.find(one)?.lamport ?? 0), own?.lamport ?? 0),
    causes,
  }
  device.replica.receive(runOf(recovery, op), device.replica.actor)
  return `${actor}:${op.seq}`
}

const headOf = (device: Device, of: Device): { through: number; hash: Uint8Array } => {
  const head = coreOf(device).log.head(of.replica.actor)
  if (!head) throw new Error('it has written')
  return { through: head.seq, hash: head.hash }
}

test('JDG-60 what the recovery key takes from the authority, it takes from the branches that the authority had named', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(tablet)
  settle(site)
  const clone = copyOf(tablet)
  setTitle(tablet, record, 'By the tablet')
  setTitle(clone, record, 'By its clone')
  const before = headOf(desk, hq)
  pull(hq, tablet)
  newJob(hq)
  byRecovery(desk, [{ type: 'handover', actor: desk.replica.actor, ...before }])
  pull(other, clone)
  const reader = expectSame([hq, desk, tablet, clone])
  expect(titles(reader, record)).toEqual(['Pump'])
})

test('JDG-60 a fork of the authority takes with it what the authority had said of other forks', () => {
  const site = aSite()
  const { hq, tablet } = site
  const record = newJob(tablet)
  settle(site)
  newJob(hq)
  const clone = copyOf(tablet)
  setTitle(tablet, record, 'By the tablet')
  setTitle(clone, record, 'By its clone')
  const twin = copyOf(hq)
  newJob(twin, [], 'By the twin')
  pull(hq, tablet)
  newJob(hq)
  const reader = expectSame([hq, twin, tablet, clone])
  expect(titles(reader, record)).toEqual(['Pump'])
})

test('JDG-60 a new authority names the branches that it had seen before it became so', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(tablet)
  settle(site)
  newJob(hq)
  const clone = copyOf(tablet)
  setTitle(tablet, record, 'By the tablet')
  setTitle(clone, record, 'By its clone')
  pull(desk, tablet)
  newJob(desk)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  const reader = expectSame([hq, desk, tablet, clone])
  expect(titles(reader, record)).toEqual(['By the tablet'])
})

test('JDG-61 the recovery key hands over and says nothing else', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  settle(site)
  const op = byRecovery(desk, [
    { type: 'handover', actor: desk.replica.actor, ...headOf(desk, hq) },
    { type: 'setRole', actor: tablet.replica.actor, role: 'supervisor', through: 0 },
  ])
  const reader = expectSame([hq, desk])
  expect(judged(reader, op)).not.toBe('accepted')
  expect(reader.replica.authority()).toBe(hq.replica.actor)
  expect(reader.replica.member(tablet.replica.actor)?.role).toBe('technician')
})

test('JDG-58 an old copy of a device that handed its role over takes nothing back of what its successor said', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  settle(site)
  const copy = copyOf(hq)
  newJob(hq)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(desk, hq)
  const record = newJob(tablet)
  must(tablet.replica.execute('request.close', { record }))
  pull(desk, tablet)
  expect(desk.replica.decideWaiting(5)).toBe(1)
  pull(copy, tablet)
  expect(copy.replica.decideWaiting(5)).toBe(1)
  must(copy.replica.execute('member.cut', { actor: other.replica.actor, reason: 'by the copy' }))
  setTitle(other, newJob(other), 'Counts')
  pull(other, desk)
  pull(other, copy)
  newJob(other)
  const reader = expectSame([hq, copy, desk, tablet, other])
  expect(reader.replica.authority()).toBe(desk.replica.actor)
  expect(page(reader, record)).toMatchObject({
    status: 'closed',
    audit_number: 'A-2026-0001',
    freeze_epoch: 1,
  })
  expect(judged(reader, lastOp(other))).toBe('accepted')
})
