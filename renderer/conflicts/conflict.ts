/**
 * A conflicted field as the queue sees it, and what the supervisor may choose for it. A choice is only a
 * draft on this screen until it is applied; it names the very values it was made from, so that a field
 * that moved on in the meantime is noticed and never settled blindly.
 */
import type { CommandInput } from '../../shared/api/commands.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { FieldValue, Value } from '../../shared/api/rows.ts'

export type Conflict = QueryAnswer<'conflicts'>['conflicts'][number]

/** Names one field of one record (or of one of its children) in the queue. */
export type ConflictKey = string

export type Choice =
  | { readonly how: 'pick'; readonly dot: string; readonly rule: RuleName | null }
  | { readonly how: 'merge'; readonly value: Value; readonly over: readonly string[] }

export type RuleName = 'newest' | 'longest' | 'mine' | 'author'

type Resolution = CommandInput<'conflict.resolve'>['choices'][number]

export const keyOf = (conflict: Conflict): ConflictKey =>
  `${conflict.record}/${conflict.child ?? ''}/${conflict.field}`

export const dotsOf = (conflict: Conflict): readonly string[] => conflict.values.map((value) => value.dot)

/** The value that `choice` sets, or undefined when the picked value is not there any more. */
export function chosenValue(conflict: Conflict, choice: Choice): Value | undefined {
  if (choice.how === 'merge') return choice.value
  return conflict.values.find((value) => value.dot === choice.dot)?.value
}

/**
 * The conflict with the writers that its values had before a settlement and its undo. A value that is told by
 * another dot than it was written by, but says the same, keeps its writer and time.
 */
export function withWriters(conflict: Conflict, written: readonly FieldValue[] | undefined): Conflict {
  if (!written) return conflict
  const values = conflict.values.map((value) => {
    const former = written.find((one) => one.value === value.value && one.dot !== value.dot)
    return former ? { ...former, dot: value.dot } : value
  })
  return { ...conflict, values }
}

/** Whether the values on the screen are still those the choice was made from. */
export function stillStands(conflict: Conflict, choice: Choice): boolean {
  const dots = dotsOf(conflict)
  if (choice.how === 'pick') return dots.includes(choice.dot)
  return choice.over.length === dots.length && choice.over.every((dot) => dots.includes(dot))
}

/** What the node is asked to do for one chosen field. */
export function resolutionOf(conflict: Conflict, choice: Choice): Resolution {
  const at = {
    record: conflict.record,
    field: conflict.field,
    ...(conflict.child === null ? {} : { child: conflict.child }),
  }
  return choice.how === 'pick' ? { ...at, pick: choice.dot } : { ...at, value: choice.value }
}

/** Everybody who has a value somewhere in the queue, the most frequent first. */
export function authorsOf(
  conflicts: readonly Conflict[],
): { readonly actor: string; readonly name: string; readonly count: number }[] {
  const found = new Map<string, { actor: string; name: string; count: number }>()
  for (const conflict of conflicts) {
    for (const value of onePerAuthor(conflict.values)) {
      const entry = found.get(value.author) ?? { actor: value.author, name: value.name, count: 0 }
      found.set(value.author, { ...entry, count: entry.count + 1 })
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
}

function onePerAuthor(values: readonly FieldValue[]): FieldValue[] {
  return [...new Map(values.map((value) => [value.author, value])).values()]
}
