/**
 * `draft`: a last-writer register by (lamport, actor), for labels where losing one edit is fine. Every write is kept and
 * the greatest shows: so nothing rests on the order in which they came, and one that is revoked uncovers the next.
 */
import { compareEntries, type DotChange, type Entry } from './dots.ts'

export const write = (entry: Entry): DotChange => ({ add: [entry], remove: [] })

/** The greatest of those that are live. */
export function lastWrite<One extends Entry>(live: Iterable<One>): One | null {
  let last: One | null = null
  for (const entry of live) if (last === null || compareEntries(entry, last) > 0) last = entry
  return last
}
