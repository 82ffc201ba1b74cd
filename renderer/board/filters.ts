/** What the board is narrowed to, and how that is remembered as text. */
import type { QueryInput } from '../../shared/api/queries.ts'

export type Filters = {
  readonly kind: 'job' | 'case' | null
  readonly zone: string | null
  readonly assignee: string | null
  readonly tag: string | null
  readonly text: string
}

export const NO_FILTERS: Filters = { kind: null, zone: null, assignee: null, tag: null, text: '' }

export const isFiltered = (filters: Filters): boolean =>
  filters.kind !== null ||
  filters.zone !== null ||
  filters.assignee !== null ||
  filters.tag !== null ||
  filters.text !== ''

/** The part of a board query that filters decide. */
export function filterInput(filters: Filters): QueryInput<'board'> {
  const text = filters.text.trim()
  return {
    ...(filters.kind === null ? {} : { kind: filters.kind }),
    ...(filters.zone === null ? {} : { zone: filters.zone }),
    ...(filters.assignee === null ? {} : { assignee: filters.assignee }),
    ...(filters.tag === null ? {} : { tag: filters.tag }),
    ...(text === '' ? {} : { text }),
  }
}

export const writeFilters = (filters: Filters): string => JSON.stringify({ ...filters, text: '' })

/** Reads remembered filters; what cannot be read means none. A text search is not remembered. */
export function readFilters(kept: string | null): Filters {
  if (kept === null) return NO_FILTERS
  try {
    const read: unknown = JSON.parse(kept)
    if (typeof read !== 'object' || read === null) return NO_FILTERS
    const entry = (key: string): string | null => {
      const value: unknown = Reflect.get(read, key)
      return typeof value === 'string' && value !== '' ? value : null
    }
    const kind = entry('kind')
    return {
      kind: kind === 'job' || kind === 'case' ? kind : null,
      zone: entry('zone'),
      assignee: entry('assignee'),
      tag: entry('tag'),
      text: '',
    }
  } catch {
    return NO_FILTERS
  }
}
