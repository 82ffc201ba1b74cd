/** `register`: a multi-value register. An assignment names the dots that it supersedes; concurrent values all stay. */
import type { DotRef } from '../model/ids.ts'
import type { Scalar } from '../op/effect.ts'
import { compareEntries, compareValues, type DotChange, type Entry } from './dots.ts'

export const assign = (entry: Entry, over: readonly DotRef[]): DotChange => ({ add: [entry], remove: over })

/** The values, each once under its least dot, in dot order: more than one is a conflict. */
export function valuesOf<One extends Entry>(live: Iterable<One>): readonly One[] {
  const byValue = new Map<Scalar, One>()
  for (const entry of [...live].sort(compareValues)) {
    if (!byValue.has(entry.value)) byValue.set(entry.value, entry)
  }
  return [...byValue.values()]
}

/** What a list shows of a register in conflict: the value last set in (lamport, dot) order. */
export function shownValue(live: Iterable<Entry>): Scalar {
  let shown: Entry | null = null
  for (const entry of live) if (shown === null || compareEntries(entry, shown) > 0) shown = entry
  return shown?.value ?? null
}
