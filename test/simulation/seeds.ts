/** Which seeds are played, and what a run of them must have met so that it was not empty. */
import { describe, expect, test } from 'vitest'
import { simulate, type Outcome } from './run.ts'

/** Seeds that failed once: they stay for ever and run first. */
export const FAILED_ONCE: readonly number[] = []

const BATCH = 25

/** Declares the tests of the seeds from `first` to `last`, both included, and of the seeds in `again`. */
export function playSeeds(first: number, last: number, again: readonly number[] = []): void {
  const outcomes: Outcome[] = []
  describe('SIM-1 six replicas through partitions, stalls, cut links and crashes end in one state, every op accounted for', () => {
    if (again.length > 0) {
      test('SIM-1 seeds that failed once', () => {
        for (const seed of again) simulate(seed)
      })
    }
    for (let from = first; from <= last; from += BATCH) {
      const to = Math.min(from + BATCH - 1, last)
      test(`SIM-10 seeds ${from} to ${to}: rights, numbers and answers hold in each`, () => {
        for (let seed = from; seed <= to; seed += 1) outcomes.push(simulate(seed))
        expect(outcomes.at(-1)?.seed).toBe(to)
      })
    }
  })
  test('SIM-2 the runs were not empty: conflicts, settlements, closings, late work and crashes came about', () => {
    const sum = (of: (outcome: Outcome) => number): number =>
      outcomes.reduce((total, one) => total + of(one), 0)
    expect(sum((one) => one.ops)).toBeGreaterThan(20 * outcomes.length)
    expect(sum((one) => one.conflicts)).toBeGreaterThan(outcomes.length / 10)
    expect(sum((one) => one.superseded)).toBeGreaterThan(outcomes.length)
    expect(sum((one) => one.late)).toBeGreaterThan(outcomes.length / 10)
    expect(sum((one) => one.crashes)).toBeGreaterThan(outcomes.length / 2)
    expect(sum((one) => one.undone)).toBeGreaterThan(outcomes.length / 10)
  })
  test('SIM-13 the runs were not empty: history was dropped, and devices began anew from a snapshot', () => {
    const sum = (of: (outcome: Outcome) => number): number =>
      outcomes.reduce((total, one) => total + of(one), 0)
    expect(sum((one) => one.dropped)).toBeGreaterThan(outcomes.length / 10)
    expect(sum((one) => one.begun)).toBeGreaterThan(outcomes.length / 100)
  })
  test('SIM-12 the runs were not empty: of rights, decisions, forks and review enough came about', () => {
    for (const [what, least] of Object.entries(OFTEN)) {
      const times = outcomes.reduce((total, one) => total + (one.happened[what] ?? 0), 0)
      expect(times, what).toBeGreaterThan((least * outcomes.length) / 100)
    }
  })
}

/** How often at least, in a hundred runs. */
const OFTEN: Readonly<Record<string, number>> = {
  'decided by the authority': 80,
  'decided by delegation': 80,
  'accepted request close': 150,
  'accepted request reopen': 20,
  'accepted request numbers': 50,
  'accepted request stock': 5,
  'accepted mint': 150,
  'accepted transfer': 20,
  'accepted spend': 80,
  'accepted reclaim': 15,
  'accepted sign': 8,
  'accepted cut': 8,
  'accepted handover': 0.3,
  'accepted checkpoint': 20,
  'accepted withdraw': 5,
  'accepted revoke': 15,
  adopted: 0.1,
  forked: 6,
  'because forked': 15,
  'because not-permitted': 20,
  'because number-outside': 8,
  'because frozen': 15,
}
