/** An older build of random shortcomings keeps a random history; opened by this build, it is as if it had been kept by it. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { EFFECT_CODES } from '../../shared/op/codes.ts'
import { THIS_BUILD } from '../../shared/op/vocabulary.ts'
import { after, before, openWith } from '../support/builds.ts'
import { SEED } from '../support/seed.ts'
import {
  asWritten,
  deliver,
  delivery,
  judgements,
  observe,
  readingFrom,
  runsOf,
  withReader,
} from './delivery.ts'
import { FOUND } from './found.ts'
import { opsOf, story, type Story } from './histories.ts'

const seed = SEED
const RUNS = { numRuns: Number(process.env.LAWS_RUNS ?? 80), seed, endOnFailure: true }
const MINUTES = 60_000

/** Without the word on who is a member no device's chain can be checked: every version knows it. */
const ALWAYS: readonly number[] = [EFFECT_CODES.genesis, EFFECT_CODES.admit]

const { effects, kinds, fields, actions, parcels } = THIS_BUILD.known
const some = <T>(all: Iterable<T>, most: number): fc.Arbitrary<T[]> =>
  fc.subarray([...all], { minLength: 0, maxLength: most })

const older = fc
  .record({
    effects: some(
      [...effects].filter((code) => !ALWAYS.includes(code)),
      4,
    ),
    kinds: some(kinds, 1),
    fields: some(fields, 3),
    actions: some(actions, 1),
    parcels: some(parcels, 1),
  })
  .map((left) => before(left))

let held = 0

function asIfAlways(told: Story, build: ReturnType<typeof before>, how: Parameters<typeof runsOf>[1]): void {
  const ops = opsOf(told)
  const [judged, shown] = readingFrom(ops, asWritten, (replica, device) => [
    judgements(device),
    observe(replica),
  ])
  withReader((device) => {
    device.sql.exec("DELETE FROM meta WHERE key = 'vocabulary'")
    const old = openWith(device, build)
    deliver(old.replica, runsOf(ops, how))
    expect(old.replica.diagnose().findings).toEqual([])
    held += old.sql.prepare('SELECT count(*) AS n FROM op WHERE judgement = 3').get<{ n: number }>()?.n ?? 0
    const grown = openWith(old, after(build))
    expect(grown.replica.status().site).toBe(old.replica.site)
    expect(judgements(grown)).toEqual(judged)
    expect(observe(grown.replica)).toEqual(shown)
    expect(grown.replica.diagnose().findings).toEqual([])
  })
}

test(
  'VER-12 what an older build kept comes out, in the build that knows all of it, as if that one had kept it',
  () => {
    for (const told of FOUND)
      for (const [build, how] of fc.sample(fc.tuple(older, delivery), { numRuns: 2, seed }))
        asIfAlways(told, build, how)
    fc.assert(fc.property(story, older, delivery, asIfAlways), RUNS)
  },
  8 * MINUTES,
)

afterAll(() => {
  expect(held).toBeGreaterThan(100)
})
