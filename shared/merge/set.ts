/** `set`: an observed-remove set in which add wins: a remove takes away only the dots that it saw. */
import type { DotRef } from '../model/ids.ts'
import type { DotChange, Entry } from './dots.ts'

export const insert = (entry: Entry): DotChange => ({ add: [entry], remove: [] })
export const remove = (seen: readonly DotRef[]): DotChange => ({ add: [], remove: seen })

/** The keys, each once, in code-unit order. */
export function keysOf(live: Iterable<Entry>): readonly string[] {
  return [...new Set([...live].map((entry) => String(entry.value)))].sort()
}
