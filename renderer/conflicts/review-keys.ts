/**
 * Which key does what in the review. As in the queue of conflicts, letters work anywhere in the place; the keys that
 * mean something to other controls, and those with Shift, work inside the list.
 */
import { isPlain, walkVerb, type Key, type WalkVerb } from './list-keys.ts'

export type ReviewVerb =
  | WalkVerb
  | { readonly verb: 'toggle' | 'all' | 'none' | 'adopt' | 'dismiss' | 'reopen' | 'filter' | 'handIn' }

type KeyWords = 'step' | 'toggle' | 'all' | 'adopt' | 'dismiss' | 'reopen' | 'filter' | 'handIn'

/** The keys of the place, each with the name of its words; those without words are not listed in the help. */
export const REVIEW_KEYS: readonly {
  readonly keys: string
  readonly verb: ReviewVerb
  readonly words: KeyWords | null
}[] = [
  { keys: 'j', verb: { verb: 'step', by: 1, extend: false }, words: 'step' },
  { keys: 'k', verb: { verb: 'step', by: -1, extend: false }, words: null },
  { keys: 'x', verb: { verb: 'toggle' }, words: 'toggle' },
  { keys: 'a', verb: { verb: 'all' }, words: 'all' },
  { keys: 'y', verb: { verb: 'adopt' }, words: 'adopt' },
  { keys: 'd', verb: { verb: 'dismiss' }, words: 'dismiss' },
  { keys: 'r', verb: { verb: 'reopen' }, words: 'reopen' },
  { keys: 'f', verb: { verb: 'filter' }, words: 'filter' },
  { keys: 'h', verb: { verb: 'handIn' }, words: 'handIn' },
]

const IN_LIST: Readonly<Record<string, ReviewVerb>> = {
  Backspace: { verb: 'dismiss' },
  Delete: { verb: 'dismiss' },
  Enter: { verb: 'adopt' },
  Escape: { verb: 'none' },
}

/** The verb of a key press inside the list, or null when the list has no use for it. */
export function reviewVerb(event: Key): ReviewVerb | null {
  const walk = walkVerb(event)
  if (walk || !isPlain(event)) return walk
  return IN_LIST[event.key] ?? null
}
