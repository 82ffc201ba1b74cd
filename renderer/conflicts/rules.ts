/**
 * The rules that settle many conflicts at once. A rule picks one of the values that are there, or none:
 * what it does not fit stays open. Ties go to the later wall time, then to the greater dot, so that the
 * same queue always gives the same batch. Wall times are what the authors' clocks said; no rule is applied
 * without the preview that shows them.
 */
import type { FieldValue } from '../../shared/api/rows.ts'
import type { Conflict } from './conflict.ts'

export type Rule =
  | { readonly rule: 'newest' }
  | { readonly rule: 'longest' }
  | { readonly rule: 'mine'; readonly actor: string }
  | { readonly rule: 'author'; readonly actor: string; readonly name: string }

/** The value that the rule takes for this conflict, or null when it has none to take. */
export function pickBy(rule: Rule, conflict: Conflict): FieldValue | null {
  const candidates = candidatesOf(rule, conflict)
  return candidates.reduce<FieldValue | null>(
    (best, value) => (best === null || isBetter(rule, value, best) ? value : best),
    null,
  )
}

function candidatesOf(rule: Rule, conflict: Conflict): readonly FieldValue[] {
  if (rule.rule === 'newest' || rule.rule === 'longest') return conflict.values
  return conflict.values.filter((value) => value.author === rule.actor)
}

function isBetter(rule: Rule, value: FieldValue, best: FieldValue): boolean {
  if (rule.rule === 'longest') {
    const difference = lengthOf(value) - lengthOf(best)
    if (difference !== 0) return difference > 0
  }
  if (value.wall !== best.wall) return value.wall > best.wall
  return value.dot > best.dot
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** In characters as people count them; an empty value is the shortest. */
const lengthOf = (value: FieldValue): number =>
  value.value === null ? -1 : [...characters.segment(String(value.value))].length
