/**
 * The simulation for as long as somebody lets it run, on seeds that no run has seen: `npm run soak`, for an hour or
 * for TALLYDESK_SOAK_MINUTES. A seed that fails goes into test/simulation/seeds.ts and stays there.
 */
import { expect, test } from 'vitest'
import { simulate } from '../simulation/run.ts'

const MINUTE = 60_000
const minutes = Number(process.env.TALLYDESK_SOAK_MINUTES ?? 60)

test('SIM-1 fresh seeds end with one state, every op accounted for', () => {
  const first = Date.now()
  let seeds = 0
  for (; Date.now() < first + minutes * MINUTE; seeds += 1) {
    const seed = first + seeds
    expect(() => simulate(seed), `seed ${seed}`).not.toThrow()
  }
  expect(seeds).toBeGreaterThan(0)
})
