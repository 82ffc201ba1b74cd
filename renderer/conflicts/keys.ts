/**
 * Which key does what in the queue. A verb says what is meant, so that a button can mean the same. Letters and
 * digits work anywhere in the place; the keys that mean something to other controls (arrows, Enter, Escape) and
 * those with Shift work inside the list.
 */
import { isPlain, walkVerb, type Key, type WalkVerb } from './list-keys.ts'

export type QueueVerb =
  | WalkVerb
  | { readonly verb: 'choose'; readonly nth: number }
  | {
      readonly verb: 'merge' | 'toggle' | 'all' | 'none' | 'clear' | 'author' | 'preview' | 'undo'
    }
  | { readonly verb: 'rule'; readonly rule: 'newest' | 'longest' | 'mine' }

type KeyWords =
  'step' | 'choose' | 'merge' | 'toggle' | 'all' | 'newest' | 'longest' | 'mine' | 'author' | 'undo'

/** The keys of the place, each with the name of its words; those without words are not listed in the help. */
export const PLACE_KEYS: readonly {
  readonly keys: string
  readonly verb: QueueVerb
  readonly words: KeyWords | null
}[] = [
  { keys: 'j', verb: { verb: 'step', by: 1, extend: false }, words: 'step' },
  { keys: 'k', verb: { verb: 'step', by: -1, extend: false }, words: null },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((nth) => ({
    keys: String(nth),
    verb: { verb: 'choose', nth } as const,
    words: nth === 1 ? ('choose' as const) : null,
  })),
  { keys: 'm', verb: { verb: 'merge' }, words: 'merge' },
  { keys: 'x', verb: { verb: 'toggle' }, words: 'toggle' },
  { keys: 'a', verb: { verb: 'all' }, words: 'all' },
  { keys: 'n', verb: { verb: 'rule', rule: 'newest' }, words: 'newest' },
  { keys: 'l', verb: { verb: 'rule', rule: 'longest' }, words: 'longest' },
  { keys: 'o', verb: { verb: 'rule', rule: 'mine' }, words: 'mine' },
  { keys: 'u', verb: { verb: 'author' }, words: 'author' },
  { keys: 'mod+z', verb: { verb: 'undo' }, words: 'undo' },
]

const IN_LIST: Readonly<Record<string, QueueVerb>> = {
  Backspace: { verb: 'clear' },
  Delete: { verb: 'clear' },
  Enter: { verb: 'preview' },
  Escape: { verb: 'none' },
}

/** The verb of a key press inside the list, or null when the list has no use for it. */
export function listVerb(event: Key): QueueVerb | null {
  const walk = walkVerb(event)
  if (walk || !isPlain(event)) return walk
  if (/^[1-9]$/.test(event.key)) return { verb: 'choose', nth: Number(event.key) }
  return IN_LIST[event.key] ?? null
}
