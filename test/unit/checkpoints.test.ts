import { expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { CommandResult } from '../../shared/api/commands.ts'
import { coreOf, craft, writeEffects } from '../support/crafting.ts'
import {
  copyOf,
  foundSite,
  joinSite,
  must,
  pull,
  REACH,
  restart,
  sync,
  type Device,
  idle,
} from '../support/replicas.ts'
import { judged, lastOp, page, refusal } from '../support/site.ts'

const HASH = new Uint8Array(32)

const publish = ({ replica }: Device): CommandResult<'checkpoint.publish'> =>
  must(replica.execute('checkpoint.publish', {}))

const job = ({ replica }: Device, title = 'Pump'): { op: string; record: string } =>
  must(replica.execute('job.create', { title, tasks: ['inspect'] }))

const isFinal = ({ replica }: Device, op: string): boolean => must(replica.query('op', { op }, REACH)).final

/** What a device says of the last checkpoint once it has done all its work. */
function checkpointAt(device: Device): QueryAnswer<'status'>['checkpoint'] {
  idle(device)
  return device.replica.status().checkpoint
}

test('CKP-1 the authority publishes what it holds, and every device that holds the same agrees', () => {
  const hq = foundSite()
  const tablet = joinSite(hq, 'Tablet 1', 'technician')
  const made = job(tablet)
  pull(hq, tablet)
  expect(checkpointAt(hq)).toBeNull()
  const { op, frontier, state_hash, ops } = publish(hq)
  expect(frontier).toEqual({ [hq.replica.actor]: 2, [tablet.replica.actor]: 1 })
  expect(ops).toBe(3)
  pull(tablet, hq)
  for (const device of [hq, tablet]) {
    expect(checkpointAt(device)).toMatchObject({ op, ops, beyond: 0, agreed: true, differs: null })
    expect(device.replica.status().state_hash).toBe(state_hash)
    expect(isFinal(device, made.op)).toBe(true)
    expect(isFinal(device, op)).toBe(false)
  }
})

test('CKP-1 what every list says of an op, and of a record, tells what is final', () => {
  const hq = foundSite()
  const { record } = job(hq)
  const { op } = publish(hq)
  must(hq.replica.execute('field.set', { record, field: 'title', value: 'Pump 7' }))
  expect(page(hq, record).final).toEqual({ ops: 1, of: 2 })
  const { rows } = must(hq.replica.query('feed', {}, REACH))
  expect(rows.map(({ final }) => final)).toEqual([false, false, true, true])
  expect(rows.find((row) => row.op === op)?.changes).toEqual([{ what: 'checkpoint', ops: 2 }])
})

test('CKP-2 only the authority publishes, and only where something is new', () => {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  expect(refusal(desk.replica.execute('checkpoint.publish', {}))).toBe('not-authority')
  publish(hq)
  expect(refusal(hq.replica.execute('checkpoint.publish', {}))).toBe('nothing-new')
  craft(desk, [{ type: 'checkpoint', ops: 3, stateHash: HASH }])
  expect(judged(desk, lastOp(desk))).toBe('rejected not-permitted')
  pull(hq, desk)
  expect(checkpointAt(hq)).toMatchObject({ ops: 2, beyond: 1 })
})

test('CKP-2 a checkpoint stands alone in its op', () => {
  const hq = foundSite()
  const policy = { maxBytes: null, types: null, maxDays: null }
  craft(hq, [
    { type: 'checkpoint', ops: 1, stateHash: HASH },
    { type: 'policy', retention: policy },
  ])
  expect(judged(hq, lastOp(hq))).toBe('rejected mixed-control')
  expect(checkpointAt(hq)).toBeNull()
})

test('CKP-3 what a device holds beyond the frontier does not keep it from comparing', () => {
  const hq = foundSite()
  const [a, b] = [joinSite(hq, 'Tablet 1', 'technician'), joinSite(hq, 'Tablet 2', 'technician')]
  const { record } = job(a)
  const { note } = must(a.replica.execute('note.add', { record, text: 'cracked' }))
  sync(hq, a)
  pull(b, hq)
  must(b.replica.execute('field.set', { record, field: 'title', value: 'Pump 7' }))
  must(b.replica.execute('note.edit', { record, note, text: 'cracked and dry' }))
  job(b, 'Belt')
  publish(hq)
  pull(b, hq)
  must(b.replica.execute('note.edit', { record, note, text: 'dry' }))
  const before = b.replica.status().state_hash
  expect(checkpointAt(b)).toMatchObject({ beyond: 4, agreed: true })
  expect(b.replica.status().state_hash).toBe(before)
  expect(page(b, record).notes).toMatchObject([{ text: 'dry' }])
  expect(b.replica.diagnose().findings).toEqual([])
  restart(b)
  expect(b.replica.status().checkpoint).toMatchObject({ agreed: true })
})

test('CKP-4 a state, or a number of ops, that is not what comes out here is an alarm until a later one agrees', () => {
  const hq = foundSite()
  const tablet = joinSite(hq, 'Tablet 1', 'technician')
  job(hq)
  const { ops, stateHash } = statement(hq)
  const wrong = writeEffects(hq, [{ type: 'checkpoint', ops: ops + 1, stateHash }])
  pull(tablet, hq)
  expect(checkpointAt(tablet)).toMatchObject({ agreed: false, differs: wrong })
  const worse = writeEffects(hq, [{ type: 'checkpoint', ops: ops + 1, stateHash: HASH }])
  pull(tablet, hq)
  expect(tablet.replica.status().checkpoint).toMatchObject({ agreed: null, differs: wrong })
  expect(checkpointAt(tablet)).toMatchObject({ agreed: false, differs: worse })
  expect(tablet.replica.diagnose().findings).toMatchObject([
    { what: 'checkpoint', detail: wrong },
    { what: 'checkpoint', detail: worse },
  ])
  job(hq, 'Belt')
  publish(hq)
  pull(tablet, hq)
  expect(checkpointAt(tablet)).toMatchObject({ agreed: true, differs: null })
})

/** What the authority would truly publish now. */
function statement(hq: Device): { ops: number; stateHash: Uint8Array } {
  const core = coreOf(hq)
  const hash = core.stateHash.value()
  return { ops: core.log.size().ops, stateHash: new Uint8Array(Buffer.from(hash, 'hex')) }
}

const DAY = 86_400_000

test('CKP-5 the authority publishes by itself once a day where anything is new, and nobody else does', () => {
  let now = Date.UTC(2026, 0, 5)
  const clock = { now: () => now }
  const hq = foundSite('daily', clock)
  const desk = joinSite(hq, 'Desk', 'supervisor', clock)
  now += DAY - 1
  expect(hq.replica.publishDue()).toBe(false)
  now += 1
  expect(desk.replica.publishDue()).toBe(false)
  expect(hq.replica.publishDue()).toBe(true)
  expect(checkpointAt(hq)).toMatchObject({ ops: 2, beyond: 0, agreed: true })
  now += 2 * DAY
  expect(hq.replica.publishDue()).toBe(false)
  job(hq)
  expect(hq.replica.publishDue()).toBe(true)
  expect(hq.replica.publishDue()).toBe(false)
  now -= 9 * DAY
  job(hq)
  expect(hq.replica.publishDue()).toBe(true)
})

test('CKP-3 a branch of the authority itself that came first, and fell, is no fork at the frontier', () => {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  job(desk)
  sync(hq, desk)
  const clone = copyOf(hq)
  job(clone, 'By the copy')
  // Some device heard the copy first, so that the chain which stands is a branch there.
  const reader = copyOf(desk)
  pull(reader, clone)
  job(hq)
  publish(hq)
  must(hq.replica.execute('site.handover', { actor: desk.replica.actor }))
  pull(desk, hq)
  for (const device of [reader, desk]) {
    pull(device, hq)
    pull(device, clone)
    expect(checkpointAt(device)).toMatchObject({ agreed: true, ops: 4 })
    expect(device.replica.diagnose().findings).toEqual([])
  }
})
