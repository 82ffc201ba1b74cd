/** Which seeds are played, and what a run of them must have met so that it was not empty. */
import { describe, expect, test } from 'vitest'
import { simulate, type Outcome } from './run.ts'

/** Seeds that failed once: they stay for ever and run first. */
export const FAILED_ONCE: readonly number[] = []

const BATCH = 25

/** Declares the tests of the seeds from `first` to `last`, both included, and of the seeds in `again`. */
export function playSeeds(first: number, last: number, again: readonly number[] = []): void {
  const outcomes: Outcome[] = []
  describe('SIM-1 five replicas through partitions, stalls, cut links and crashes end in one state, every op accounted for', () => {
    if (again.length > 0) {
      test('SIM-1 seeds that failed once', () => {
        for (const seed of again) simulate(seed)
      })
    }
    for (let from = first; from <= last; from += BATCH) {
      const to = Math.min(from + BATCH - 1, last)
      test(`SIM-1 seeds ${from} to ${to}`, () => {
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
    expect(sum((one) => one.decisions)).toBeGreaterThan(outcomes.length / 2)
    expect(sum((one) => one.numbers.length)).toBeGreaterThan(outcomes.length / 10)
    expect(sum((one) => one.late)).toBeGreaterThan(outcomes.length / 10)
    expect(sum((one) => one.crashes)).toBeGreaterThan(outcomes.length / 2)
  })
}
