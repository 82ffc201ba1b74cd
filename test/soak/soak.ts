/**
 * The simulation on seeds that no run has seen: `npm run soak` plays 100,000, or as many as TALLYDESK_SOAK_SEEDS says,
 * from TALLYDESK_SOAK_FIRST on where it is given; with TALLYDESK_SOAK_MINUTES it ends after that time. A seed that
 * fails goes into test/simulation/seeds.ts and stays there.
 */
import { expect, test } from 'vitest'
import { simulate } from '../simulation/run.ts'

const MINUTE = 60_000
const HALVES = 2
const seeds = Number(process.env.TALLYDESK_SOAK_SEEDS ?? 100_000)
const minutes = Number(process.env.TALLYDESK_SOAK_MINUTES ?? Infinity)

/** Plays its part of the seeds, every second one, so that two files use two processors. */
export function soak(half: number): void {
  test('SIM-1 fresh seeds end with one state, every op accounted for, rights and numbers whole', () => {
    const begin = Date.now()
    const first = Number(process.env.TALLYDESK_SOAK_FIRST ?? begin)
    let played = 0
    for (let i = half; i < seeds && Date.now() < begin + minutes * MINUTE; i += HALVES) {
      const seed = first + i
      expect(() => simulate(seed), `seed ${seed}`).not.toThrow()
      played += 1
    }
    expect(played).toBeGreaterThan(0)
  })
}
