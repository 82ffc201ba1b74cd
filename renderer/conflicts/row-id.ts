/** The ids under which the queue finds its rows in the page, to move the focus with the keyboard. */
import type { ConflictKey } from './conflict.ts'

export const rowId = (key: ConflictKey): string => `conflict-${key.replaceAll('/', '-')}`
export const valueId = (key: ConflictKey, nth: number): string => `${rowId(key)}-${nth}`

/** Puts the keyboard on a row: on its chosen value, else on its first. */
export function focusRow(key: ConflictKey): void {
  const row = document.getElementById(rowId(key))
  const target =
    row?.querySelector<HTMLInputElement>('input[type=radio]:checked') ??
    row?.querySelector<HTMLInputElement>('input[type=radio]')
  target?.focus({ preventScroll: true })
  row?.scrollIntoView({ block: 'nearest' })
}
