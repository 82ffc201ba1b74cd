/** Which edits the person wants to see. An edit is of every kind that one of its changes is. */
import type { Change, FeedRow } from '../../shared/api/rows.ts'

export const CHANGE_KINDS = [
  'jobs',
  'fields',
  'conflicts',
  'checklist',
  'notes',
  'requests',
  'rights',
  'review',
  'members',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]
export type FeedFilter = { readonly author: string | null; readonly kind: ChangeKind | null }

export const NO_FILTER: FeedFilter = { author: null, kind: null }

export const isFiltering = (filter: FeedFilter): boolean => filter.author !== null || filter.kind !== null

export function fits(filter: FeedFilter, row: FeedRow): boolean {
  if (filter.author !== null && row.author !== filter.author) return false
  return filter.kind === null || row.changes.some((change) => kindOf(change) === filter.kind)
}

export function kindOf(change: Change): ChangeKind | null {
  switch (change.what) {
    case 'created':
      return 'jobs'
    case 'set':
      return change.settles > 0 ? 'conflicts' : 'fields'
    case 'added':
    case 'removed':
    case 'counted':
      return 'fields'
    case 'child-added':
    case 'child-removed':
      return change.field === 'tasks' ? 'checklist' : 'notes'
    case 'ticked':
    case 'unticked':
      return 'checklist'
    case 'text':
      return 'notes'
    case 'withdrawn':
      return change.field === 'tasks' ? 'checklist' : change.of === 'value' ? 'fields' : 'notes'
    case 'requested':
    case 'withdrew':
    case 'decided':
    case 'signed-off':
      return 'requests'
    case 'given':
    case 'passed':
    case 'spent':
    case 'reclaimed':
      return 'rights'
    case 'adopted':
    case 'dismissed':
    case 'revoked':
    case 'parcel-handed-in':
    case 'parcel-taken':
    case 'parcel-dismissed':
    case 'policy-set':
    case 'checkpoint':
    case 'snapshot':
      return 'review'
    case 'admitted':
    case 'role-set':
    case 'cut':
    case 'founded':
    case 'handed-over':
    case 'rules-raised':
      return 'members'
    case 'unknown':
      return null
  }
}
