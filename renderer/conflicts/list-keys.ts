/** The keys that walk a list and select a stretch of it: the same in every list of this place. */
export type WalkVerb =
  { readonly verb: 'step'; readonly by: number; readonly extend: boolean } | { readonly verb: 'range' }

export type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

const PAGE = 8
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: -Infinity,
  End: Infinity,
}
const SHIFTED: Readonly<Record<string, WalkVerb>> = {
  J: { verb: 'step', by: 1, extend: true },
  K: { verb: 'step', by: -1, extend: true },
  X: { verb: 'range' },
}

/** Null for a key that walks nowhere, and for one that is held with another modifier than Shift. */
export function walkVerb(event: Key): WalkVerb | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null
  const by = STEPS[event.key]
  if (by !== undefined) return { verb: 'step', by, extend: event.shiftKey }
  return event.shiftKey ? (SHIFTED[event.key] ?? null) : null
}

export const isPlain = (event: Key): boolean =>
  !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
