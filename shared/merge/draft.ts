/** `draft`: a last-writer register by (lamport, actor), for labels where losing one edit is fine. */
import { compareEntries, type DotChange, type Entry } from './dots.ts'

/** Keeps the greater of what is live and the new entry, so that at most one dot stays. */
export function write(entry: Entry, live: Iterable<Entry>): DotChange {
  const others = [...live].filter((other) => compareEntries(other, entry) !== 0)
  const greater = others.some((other) => compareEntries(other, entry) > 0)
  return greater
    ? { add: [], remove: [entry.dot] }
    : { add: [entry], remove: others.map((other) => other.dot) }
}

/** The greatest of those that are live: one in the replica, perhaps several in a join that no write followed. */
export function lastWrite(live: Iterable<Entry>): Entry | null {
  let last: Entry | null = null
  for (const entry of live) if (last === null || compareEntries(entry, last) > 0) last = entry
  return last
}
