/** What the board is narrowed to, and how that is remembered as text. */
import type { QueryInput } from '../../shared/api/queries.ts'
import { RECORD_KINDS, STAGES, type RecordKind, type Stage } from '../../shared/api/rows.ts'

export type Filters = {
  /** Which kind of record the board shows: a choice that always holds, not a filter to be cleared. */
  readonly kind: RecordKind
  readonly zone: string | null
  readonly assignee: string | null
  readonly tag: string | null
  readonly text: string
}

export const NO_FILTERS: Filters = { kind: 'job', zone: null, assignee: null, tag: null, text: '' }

export const isFiltered = (filters: Filters): boolean =>
  filters.zone !== null || filters.assignee !== null || filters.tag !== null || filters.text !== ''

/** The same kind of record, all of them. */
export const cleared = ({ kind }: Filters): Filters => ({ ...NO_FILTERS, kind })

/** Another kind has other fields: what it lacks does not narrow it. Whoever owns a case is its assignee here. */
export function withKind(filters: Filters, kind: RecordKind): Filters {
  if (kind === 'stock') return { ...NO_FILTERS, kind, text: filters.text }
  return kind === 'job' ? { ...filters, kind } : { ...filters, kind, zone: null }
}

/** A case has no checklist, so it is never half done; stock is a list without stages. */
export const stagesOf = (kind: RecordKind): readonly Stage[] =>
  kind === 'stock' ? [] : kind === 'job' ? STAGES : STAGES.filter((stage) => stage !== 'doing')

/** The part of a board query that filters decide. */
export function filterInput(filters: Filters): QueryInput<'board'> {
  const text = filters.text.trim()
  return {
    kind: filters.kind,
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
    return {
      kind: RECORD_KINDS.find((kind) => kind === entry('kind')) ?? NO_FILTERS.kind,
      zone: entry('zone'),
      assignee: entry('assignee'),
      tag: entry('tag'),
      text: '',
    }
  } catch {
    return NO_FILTERS
  }
}
