/** How long to wait before the n-th attempt (n from 0), in ms: doubling, bounded, and spread so that tabs do not knock together. */
const FIRST_MS = 250
const LONGEST_MS = 5_000

export function backoff(attempt: number, chance: number = Math.random()): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return whole * (0.75 + chance / 2)
}
