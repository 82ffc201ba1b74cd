import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Run } from '../../shared/op/run.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { restart, type Device } from '../support/replicas.ts'
import { asWritten, deliver, delivery, observe, readingFrom, runsOf, withReader } from './delivery.ts'
import { FOUND } from './found.ts'
import { opsOf, story, type Story } from './histories.ts'
import { Tale } from './tale.ts'
import { SEED } from '../support/seed.ts'

/** One seed for all laws here, so that they share their histories; it is told when a law fails. */
const seed = SEED
const RUNS = { numRuns: Number(process.env.LAWS_RUNS ?? 1000), seed }

const MINUTES = 60_000
const tale = new Tale()

/** Runs `law` on the histories that once broke one, then on random ones. */
function holds<T>(other: fc.Arbitrary<T>, law: (told: Story, other: T) => void): void {
  for (const told of FOUND) for (const sample of fc.sample(other, { numRuns: 5, seed })) law(told, sample)
  fc.assert(fc.property(story, other, law), RUNS)
}

test(
  'REP-7 the same ops give the same state hash, judgements and views in whatever order and runs they came, also rebuilt from the log and after a restart',
  () => {
    holds(delivery, (told, how) => {
      const ops = opsOf(told)
      const first = readingFrom(ops, asWritten, (replica) => {
        tale.hear(replica)
        return observe(replica)
      })
      readingFrom(ops, how, (replica, device) => {
        expect(observe(replica)).toEqual(first)
        expect(replica.diagnose().findings).toEqual([])
        restart(device)
        expect(observe(device.replica)).toEqual(first)
      })
    })
  },
  8 * MINUTES,
)

test(
  'REP-8 a run that fails at any statement leaves the replica as it was, and can be taken again',
  () => {
    holds(fc.tuple(delivery, fc.nat(), fc.integer({ min: 1, max: 60 })), (told, [how, at, statement]) => {
      const runs = runsOf(opsOf(told), how)
      const broken = 1 + (at % (runs.length - 1))
      withReader((device) => {
        for (const run of runs.slice(0, broken)) device.replica.receive(run, device.replica.actor)
        const run = runs[broken]
        if (run) failing(device, run, statement)
        deliver(device.replica, runs)
        expect(device.replica.status().state_hash).toBe(hashOf(told))
      })
    })
  },
  8 * MINUTES,
)

test(
  'REP-9 whatever a replica holds without gaps it can send on to one that holds nothing',
  () => {
    holds(delivery, (told, how) => {
      readingFrom(opsOf(told), how, (relay) => {
        const page = relay.runsAfter([], 0, { ops: 10_000, bytes: 1 << 30 })
        expect(page.end).toBe(true)
        withReader(({ replica }) => {
          deliver(replica, page.runs)
          expect(replica.digest()).toEqual(relay.digest())
        })
      })
    })
  },
  8 * MINUTES,
)

afterAll(() => {
  if (RUNS.numRuns >= 1000) tale.expectRich()
})

/** What must be as before when nothing was taken in: the log, all that is folded and judged, and what waits. */
const briefly = ({ replica, sql }: Device): unknown => [
  replica.status(),
  replica.digest(),
  sql.prepare('SELECT hash FROM inbox ORDER BY no').all(),
]

function failing(device: Device, run: Run, statement: number): void {
  const before = briefly(device)
  device.sql.failAt(statement)
  let failed = false
  try {
    device.replica.receive(run, device.replica.actor)
  } catch {
    failed = true
  }
  device.sql.failAt(0)
  if (failed) expect(briefly(device)).toEqual(before)
}

const hashes = new Map<string, string>()

function hashOf(told: Story): string {
  const key = JSON.stringify(told)
  const hash =
    hashes.get(key) ?? readingFrom(opsOf(told), asWritten, (replica: Replica) => replica.status().state_hash)
  hashes.set(key, hash)
  return hash
}
