import { expect, test } from 'vitest'
import fc from 'fast-check'
import type { Replica } from '../../shared/replica/contract.ts'
import type { Statement } from '../../shared/replica/ports.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { IN_REVIEW } from '../../shared/replica/views.ts'
import { HashSum, MODULUS } from '../../shared/replica/hash-sum.ts'
import { coreOf } from '../support/crafting.ts'
import { must, pull, REACH, restart, type Device } from '../support/replicas.ts'
import { aSite, newJob, setTitle, settle } from '../support/site.ts'

const hashOf = ({ replica }: Device): string => replica.status().state_hash

/** The hash as a replica that has just been opened sums it, from every record. */
const summedAnew = (device: Device): string => coreOf(device).stateHash.value()

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

test('QRY-13 a sum that follows what is added and taken off equals the sum of what is left', () => {
  fc.assert(
    fc.property(fc.array(hash), fc.array(hash), fc.array(hash), (first, added, gone) => {
      const sum = new HashSum()
      sum.begin([...first, ...gone])
      for (const one of added) sum.add(one)
      for (const one of gone) sum.takeOff(one)
      const left = [...first, ...added].reduce((total, one) => total + numberOf(one), 0n)
      expect(sum.value()).toBe(left % MODULUS)
    }),
  )
})

test('QRY-13 the state hash follows each change of data and control, and equals the hash summed anew', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const seen = new Set<string>()
  const changed = (device: Device): void => {
    const found = hashOf(device)
    expect(found).toBe(summedAnew(device))
    expect(hashOf(device)).toBe(found)
    expect(seen.has(found)).toBe(false)
    seen.add(found)
  }
  changed(desk)
  const record = newJob(desk, ['inspect'])
  changed(desk)
  setTitle(desk, record, 'Pump 7')
  changed(desk)
  const request = must(desk.replica.execute('request.close', { record })).request
  changed(desk)
  pull(hq, desk)
  must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 5, to: tablet.replica.actor }))
  changed(hq)
  must(hq.replica.execute('decide', { request, accept: true }))
  changed(hq)
  pull(tablet, desk)
  setTitle(tablet, record, 'Pump 8')
  changed(tablet)
  settle(site)
  // What is late is not in it.
  expect(hashOf(desk)).toBe(hashOf(hq))
  const before = hashOf(tablet)
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  changed(hq)
  settle(site)
  expect(hashOf(tablet)).not.toBe(before)
  for (const device of [desk, tablet, site.edge, site.other]) {
    expect(hashOf(device)).toBe(hashOf(hq))
    expect(summedAnew(device)).toBe(hashOf(hq))
  }
})

test('QRY-13 the number of a job is in the state hash', () => {
  const { hq, desk } = aSite()
  const record = newJob(desk)
  pull(hq, desk)
  const before = hashOf(hq)
  must(hq.replica.execute('right.spend', { right: 'job-number', amount: 1, record }))
  expect(hashOf(hq)).not.toBe(before)
  expect(hashOf(hq)).toBe(summedAnew(hq))
})

test('QRY-13 a transaction that fails leaves the hash as it was', () => {
  const { hq } = aSite()
  const record = newJob(hq)
  const before = hashOf(hq)
  hq.sql.failAt(6)
  expect(() => setTitle(hq, record, 'Pump 7')).toThrow()
  hq.sql.failAt(0)
  expect(hashOf(hq)).toBe(before)
  setTitle(hq, record, 'Pump 7')
  expect(hashOf(hq)).not.toBe(before)
  expect(hashOf(hq)).toBe(summedAnew(hq))
  const after = hashOf(hq)
  restart(hq)
  expect(hashOf(hq)).toBe(after)
})

/** The statements that the device prepares while `work` runs on its database, opened anew. */
function preparedBy(device: Device, work: (replica: Replica) => void): readonly string[] {
  const texts = new Set<string>()
  const prepare = (text: string): Statement => {
    texts.add(text)
    return device.sql.prepare(text)
  }
  const sql = { ...device.sql, prepare }
  work(openReplica({ ...device.world, sql }, device.signer, device.replica.site))
  return [...texts]
}

function planOf({ sql }: Device, text: string): string {
  const holes = text.split('?').slice(1).map(() => 1) // prettier-ignore
  const plan = sql.prepare(`EXPLAIN QUERY PLAN ${text}`).all<{ detail: string }>(...holes)
  return plan.map(({ detail }) => detail).join('; ')
}

test('QRY-14 what is in review is found and counted by an index', () => {
  const { hq } = aSite()
  const asked = preparedBy(hq, (replica) => {
    replica.status()
    must(replica.query('review', {}, REACH))
  }).filter((text) => text.includes(IN_REVIEW))
  expect(asked).toHaveLength(2)
  for (const text of asked) {
    expect(planOf(hq, text)).toMatch(/op USING (COVERING )?INDEX op_set_aside/)
  }
})

test('QRY-14 what is in review of one record is found by its own ops', () => {
  const { hq } = aSite()
  const record = newJob(hq)
  const asked = preparedBy(hq, (replica) => void must(replica.query('record', { record }, REACH)))
  const ofReview = asked.filter((text) => text.includes('op.dismissed'))
  expect(ofReview).toHaveLength(2)
  for (const text of ofReview) expect(planOf(hq, text)).not.toMatch(/SCAN/)
})
