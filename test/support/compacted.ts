/** Three devices that hear of the same, the last of which lets what is final go at once; and what must not tell it from the others. */
import { expect } from 'vitest'
import { parseOpId, type DotRef, type OpId, type OpRef, type RecordId } from '../../shared/model/ids.ts'
import { coreOf } from './crafting.ts'
import { copyOf, idle, keeping, must, pull, REACH, type Device } from './replicas.ts'
import { page } from './site.ts'

export type Three = readonly [Device, Device, Device]

export const threeOf = (one: Device, other: Device): Three => [one, other, keeping(copyOf(other), -Infinity)]

/** Makes all that the authority holds final, and says that it is written down. */
export function publish({ replica }: Device): void {
  const { op } = must(replica.execute('checkpoint.publish', {}))
  expect(replica.snapshotMade(op as OpId, 'ab'.repeat(32), 1000)).toBe(true)
}

/** Makes all that the authority holds final, and lets the last of three let it go. */
export function compact(
  hq: Device,
  [, , forgetful]: Three,
  hear = (device: Device) => pull(device, hq),
): void {
  publish(hq)
  hear(forgetful)
  idle(forgetful)
  expect(forgetful.sql.prepare('SELECT 1 AS here FROM touch WHERE sealed = 1').get()).toBeDefined()
}

/** All hold the same ops by now: they show the same of these records, of the site and in review, and find nothing wrong. */
export function expectAlike(three: readonly Device[], records: readonly string[]): void {
  const [first, ...others] = three.map((device) => seen(device, records))
  for (const other of others) expect(other).toEqual(first)
}

function seen(device: Device, records: readonly string[]): unknown {
  idle(device)
  const { state_hash: state, log, conflicts } = device.replica.status()
  return {
    state,
    ops: log.ops,
    conflicts,
    records: records.map((record) => {
      const { review, ...shown } = page(device, record)
      return {
        ...shown,
        ...{ may_decide: null, may_revoke: null, unsent: null, request: null },
        review: review.map(({ op, judgement }) => [op, judgement]),
      }
    }),
    review: must(device.replica.query('review', {}, REACH)).items.map(({ op, state, judgement, reason }) => [
      op,
      state,
      judgement,
      reason.code,
    ]),
    board: must(device.replica.query('board', { limit: 100 }, REACH)).rows.map((row) => ({
      ...row,
      unsent: null,
    })),
    findings: device.replica.diagnose().findings,
  }
}

export const revoke = ({ replica }: Device, dot: string): string =>
  must(replica.execute('fact.revoke', { dot, reason: 'Against policy' })).op

export function refOf(op: string): OpRef {
  const ref = parseOpId(op)
  if (!ref) throw new Error(`${op} is the name of an op`)
  return ref
}

/** The whole hash of an op that is here. */
export function hashOf(device: Device, op: string): Uint8Array {
  const { log } = coreOf(device)
  const no = log.numberAt(refOf(op))
  if (no === null) throw new Error(`${op} is here`)
  return log.hashOf(no)
}

/** The dots of what stands in a field. */
export function dotsOf(device: Device, record: string, field: string): DotRef[] {
  const { records, states } = coreOf(device)
  const row = records.find(record as RecordId)
  return row
    ? states
        .of(row.no)
        .live(field)
        .map(({ dot }) => dot)
    : []
}
