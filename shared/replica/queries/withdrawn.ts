/** What an op said that was taken out of every view since: the feed tells that it was said, and no more. */
import type { Change } from '../../api/rows.ts'
import { fieldByCode, placeOf } from '../../model/fields.ts'
import type { DataEffect } from '../../op/effect.ts'
import type { Core } from '../core.ts'

/** Null where it was not. `no` and `index` say which effect of which op it is. */
export function withdrawnChange(
  { records, judging }: Core,
  no: number,
  index: number,
  effect: DataEffect,
): Change | null {
  if (!judging.revocations.any || effect.type === 'session') return null
  if (effect.type === 'create' || effect.type === 'import' || effect.type === 'drop') return null
  const [at, about] = effect.type === 'child' ? [null, effect] : [effect.at, effect.at]
  const row = records.find(about.record)
  const child = at?.child ? { field: at.field, id: at.child } : null
  if (!row || judging.revocations.revokedIn(no, index, row.no, child) === null) return null
  const named = fieldByCode(row.kind, about.field)?.name ?? ''
  if (at === null) return { what: 'withdrawn', of: 'child', field: named }
  if (!judging.revocations.isRevoked(no, index)) return { what: 'withdrawn', of: 'part', field: named }
  const place = placeOf(row.kind, at.field, at.sub)
  return { what: 'withdrawn', of: 'value', field: place?.of === 'child' ? place.sub.name : named }
}
