/** Laws of compaction: nothing that is judged, folded or shown tells whether what is final was sealed and dropped. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../support/seed.ts'
import { beginsAlike, compactsUnseen, delays, keepsControlUnseen, NOTHING_YET } from './compaction.ts'
import { wornStory } from './histories.ts'

/** Told when a law fails, so that it can be run again. */
const seed = SEED
const HISTORIES = Number(process.env.LAWS_COMPACTED ?? 400)
const MINUTES = 60_000
const END = !process.env.LAWS_SHRINK
const runs = { numRuns: HISTORIES, seed, endOnFailure: END }

test(
  'LAW-14 a replica that seals and drops what is final as soon as it is judges, folds and shows the same as one that keeps every op, in any order of arrival',
  () => {
    const seen = { ...NOTHING_YET }
    fc.assert(
      fc.property(wornStory, delays, (told, late) => compactsUnseen(told, late, seen)),
      runs,
    )
    expect(seen.dropped).toBeGreaterThan(HISTORIES / 2)
    expect(seen.late).toBeGreaterThan(HISTORIES)
  },
  60 * MINUTES,
)

test(
  'LAW-15 a replica that begins from the snapshot of a checkpoint and hears of the rest afterwards judges, folds and shows the same as one that heard of everything',
  () => {
    const seen = { ...NOTHING_YET }
    fc.assert(
      fc.property(wornStory, delays, fc.nat(3), (told, late, at) => beginsAlike(told, late, at, seen)),
      runs,
    )
    expect(seen.passes).toBeGreaterThan(HISTORIES / 2)
    expect(seen.late).toBeGreaterThan(HISTORIES)
  },
  60 * MINUTES,
)

/** Of histories that failed once, the seed and the way to it, by the law that they broke. */
const FAILED_ONCE = {
  compacts: [
    { seed: 764317664, path: '2051' },
    { seed: 770021013, path: '2227' },
  ],
  begins: [
    { seed: 777, path: '216' },
    { seed: 764317664, path: '5669' },
  ],
  keeps: [{ seed: 764317664, path: '2051' }],
}

test('LAW-14 to 16 histories that failed once', () => {
  const seen = { ...NOTHING_YET }
  const compacts = fc.property(wornStory, delays, (told, late) => compactsUnseen(told, late, seen))
  const begins = fc.property(wornStory, delays, fc.nat(3), (told, late, at) =>
    beginsAlike(told, late, at, seen),
  )
  const keeps = fc.property(wornStory, delays, (told, late) => keepsControlUnseen(told, late, seen))
  const again = { numRuns: 1, endOnFailure: true }
  for (const one of FAILED_ONCE.compacts) fc.assert(compacts, { ...one, ...again })
  for (const one of FAILED_ONCE.begins) fc.assert(begins, { ...one, ...again })
  for (const one of FAILED_ONCE.keeps) fc.assert(keeps, { ...one, ...again })
})

test(
  'LAW-16 a replica that goes on from the control state as it was kept at checkpoints judges, folds and shows the same as one that folds all of it',
  () => {
    const seen = { ...NOTHING_YET }
    fc.assert(
      fc.property(wornStory, delays, (told, late) => keepsControlUnseen(told, late, seen)),
      runs,
    )
    expect(seen.passes).toBeGreaterThan(HISTORIES)
    expect(seen.late).toBeGreaterThan(HISTORIES)
  },
  60 * MINUTES,
)
