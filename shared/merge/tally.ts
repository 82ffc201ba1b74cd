/** `tally`: the sum of signed increments, one per dot, so that nothing counts twice. */
import type { DotChange, Entry } from './dots.ts'

export const count = (entry: Entry): DotChange => ({ add: [entry], remove: [] })

export function sumOf(live: Iterable<Entry>): number {
  let sum = 0
  for (const entry of live) sum += typeof entry.value === 'number' ? entry.value : 0
  return sum
}
