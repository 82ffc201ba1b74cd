/** The ids under which the review finds its entries in the page, to move the focus with the keyboard. */
import type { EntryKey } from './review.ts'

export const entryId = (key: EntryKey): string => `entry-${key.replace(/[^0-9a-z]/g, '-')}`

/** Puts the keyboard on an entry: on its checkbox, where it has one. */
export function focusEntry(key: EntryKey): void {
  const row = document.getElementById(entryId(key))
  const target = row?.querySelector<HTMLInputElement>('input[type=checkbox]') ?? row
  target?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}
