/** The time left until a moment, as minutes and seconds; follows the clock. */
import { clock } from '../services/clock.svelte.ts'

export function countdown(until: number): string {
  const seconds = Math.max(0, Math.floor((until - clock.now) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
