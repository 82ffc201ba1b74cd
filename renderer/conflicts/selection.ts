/**
 * Which row of a list the keyboard stands on and which rows are selected, as a pure value. Rows are named
 * by key, so that rows which come and go never move the selection onto something else.
 */
export type Selection = {
  /** The row the keyboard stands on; null only while the list is empty. */
  readonly cursor: string | null
  /** Where a range selection began. */
  readonly anchor: string | null
  readonly selected: ReadonlySet<string>
}

export const EMPTY_SELECTION: Selection = { cursor: null, anchor: null, selected: new Set() }

/** Follows the list: drops keys that are gone, and moves the cursor to the row that took its place. */
export function follow(selection: Selection, before: readonly string[], now: readonly string[]): Selection {
  const here = new Set(now)
  const cursor =
    selection.cursor !== null && here.has(selection.cursor)
      ? selection.cursor
      : heir(selection.cursor, before, now)
  return {
    cursor,
    anchor: selection.anchor !== null && here.has(selection.anchor) ? selection.anchor : cursor,
    selected: new Set([...selection.selected].filter((key) => here.has(key))),
  }
}

/** The first row after the lost one that is still there, else the last before it, else the first of all. */
function heir(lost: string | null, before: readonly string[], now: readonly string[]): string | null {
  const at = lost === null ? -1 : before.indexOf(lost)
  if (at === -1) return now[0] ?? null
  const here = new Set(now)
  return (
    before.slice(at).find((key) => here.has(key)) ??
    before.slice(0, at).findLast((key) => here.has(key)) ??
    now[0] ??
    null
  )
}

export function stepTo(selection: Selection, key: string): Selection {
  return { ...selection, cursor: key, anchor: key }
}

/** Moves the cursor by `by` rows, staying inside the list. */
export function step(selection: Selection, keys: readonly string[], by: number): Selection {
  const target = rowAt(selection, keys, by)
  return target === null ? selection : stepTo(selection, target)
}

/** Moves the cursor and selects everything from the anchor to it. */
export function extend(selection: Selection, keys: readonly string[], by: number): Selection {
  const target = rowAt(selection, keys, by)
  return target === null ? selection : extendTo(selection, keys, target)
}

/** Selects everything from the anchor to `key`, beside what was selected. */
export function extendTo(selection: Selection, keys: readonly string[], key: string): Selection {
  const anchor = selection.anchor ?? selection.cursor ?? key
  const [from, to] = [keys.indexOf(anchor), keys.indexOf(key)].sort((a, b) => a - b)
  const range = keys.slice(Math.max(from ?? 0, 0), (to ?? 0) + 1)
  return { cursor: key, anchor, selected: new Set([...selection.selected, ...range]) }
}

export function toggle(selection: Selection, key: string): Selection {
  const selected = new Set(selection.selected)
  if (!selected.delete(key)) selected.add(key)
  return { cursor: key, anchor: key, selected }
}

export const selectAll = (selection: Selection, keys: readonly string[]): Selection => ({
  ...selection,
  selected: new Set(keys),
})

export const selectNone = (selection: Selection): Selection => ({ ...selection, selected: new Set() })

function rowAt(selection: Selection, keys: readonly string[], by: number): string | null {
  const at = selection.cursor === null ? -1 : keys.indexOf(selection.cursor)
  if (at === -1) return keys[0] ?? null
  return keys[Math.min(Math.max(at + by, 0), keys.length - 1)] ?? null
}
