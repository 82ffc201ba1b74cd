/**
 * Hostile runs and cursors, given to a replica a hundred thousand times each: what is refused changes nothing that the
 * replica holds or shows, in memory and on the disk.
 */
import { expect, test } from 'vitest'
import { equalBytes, toHex } from '../../shared/base/bytes.ts'
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import type { Run } from '../../shared/op/run.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { decodeMessage, encodeMessage } from '../../shared/sync/wire.ts'
import { bent, fuzz, hostileCbor, mutated, type Dice } from '../support/fuzz.ts'
import { coreOf } from '../support/crafting.ts'
import { copyOf, must, type Device } from '../support/replicas.ts'
import { aSite, newJob, settle } from '../support/site.ts'

const TABLES = [
  'op',
  'line',
  'inbox',
  'actor',
  'record',
  'child',
  'value',
  'touch',
  'text_update',
  'fork',
  'meta',
] as const

/** Log, folds, and how many rows stand where. */
function stateOf({ replica, sql }: Device): unknown {
  const there = sql
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all<{ name: string }>()
    .map(({ name }) => name)
  const rows = TABLES.filter((name) => there.includes(name)).map(
    (name) => `${name} ${sql.prepare(`SELECT count(*) AS n FROM ${name}`).get<{ n: number }>()?.n ?? 0}`,
  )
  return [toHex(replica.digest()), replica.status().state_hash, rows]
}

/** A site where something of many kinds happened, as the desk holds it, and all runs that it was given. */
function told(): { readonly desk: Device; readonly runs: readonly Run[] } {
  const site = aSite()
  const { desk, tablet } = site
  const record = newJob(tablet, ['One', 'Two'])
  must(tablet.replica.execute('note.add', { record, text: 'The valve leaks.' }))
  must(tablet.replica.execute('field.set', { record, field: 'priority', value: 'high' }))
  newJob(desk)
  must(desk.replica.execute('request.close', { record: newJob(desk) }))
  settle(site)
  const runs = desk.replica.runsAfter([], 0, { ops: 1000, bytes: 1 << 24 }).runs
  return { desk: copyOf(desk), runs }
}

/** Either of the frame, or of an op within it: the chain and the signature then no longer fit. */
function hostileRun(dice: Dice, runs: readonly Run[], frames: readonly Uint8Array[]): Uint8Array {
  if (dice.roll(2) === 0) return hostileCbor(dice, frames)
  const run = dice.pick(runs)
  const ops = [...run.ops]
  const at = dice.roll(ops.length)
  const decoded = decodeCbor(ops[at] ?? new Uint8Array(0), LIMITS.opBytes)
  const other: CborValue = decoded.ok ? bent(dice, decoded.value) : null
  ops[at] = dice.roll(2) === 0 ? mutated(dice, run.ops) : encodeCbor(other)
  return encodeMessage({ kind: 'run', batch: 1, run: { ...run, ops } })
}

test('FUZ-10 no run that was tampered with is stored, and a replica is afterwards as it was', () => {
  const { desk, runs } = told()
  const frames = runs.map((run) => encodeMessage({ kind: 'run', batch: 1, run }))
  const before = stateOf(desk)
  const { actor } = desk.replica
  const outcomes = fuzz(
    'runs',
    (dice) => hostileRun(dice, runs, frames),
    (frame) => {
      const read = decodeMessage(frame, PROTOCOL)
      if (!read.ok || read.value.kind !== 'run') return 'no run'
      const received = desk.replica.receive(read.value.run, actor)
      expect(received.outcome, Buffer.from(frame).toString('base64')).not.toBe('stored')
      return received.outcome === 'refused' ? received.reason : received.outcome
    },
  )
  expect(stateOf(desk)).toEqual(before)
  expect(desk.replica.diagnose().findings).toEqual([])
  for (const outcome of [
    'known',
    'a signature that does not fit',
    'a broken chain',
    'an op that is not of its run',
    'an op of another site',
  ])
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(10)
})

test('FUZ-11 no authority’s cursor that was tampered with is taken', () => {
  const site = aSite()
  const cursor = site.hq.replica.authorityCursor()
  if (!cursor) throw new Error('the authority signs')
  const { desk } = site
  expect(desk.replica.receiveAuthorityCursor(cursor)).toBe(true)
  const before = stateOf(desk)
  const outcomes = fuzz(
    'cursors',
    (dice) => hostileCbor(dice, [cursor]),
    (bytes) => {
      if (equalBytes(bytes, cursor)) return 'as it was'
      return desk.replica.receiveAuthorityCursor(bytes) ? 'taken' : 'none'
    },
  )
  expect(outcomes.get('taken') ?? 0).toBe(0)
  expect(toHex(coreOf(desk).acks.authorityCursor() ?? new Uint8Array(0))).toBe(toHex(cursor))
  expect(stateOf(desk)).toEqual(before)
})
