/** The retention policy as it is typed, and as the node has it. */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { readAmount } from '../stock/amount.ts'

export type Retention = NonNullable<QueryAnswer<'policies'>['retention']>
export type Typed = { readonly size: string; readonly types: string; readonly days: string }
export type TypedField = keyof Typed

export const NO_POLICY: Retention = { max_bytes: null, types: null, max_days: null }

const MB = 1_000_000
const TYPES_MAX = 20
const MIME = /^[a-z0-9][a-z0-9.+-]*\/(\*|[a-z0-9][a-z0-9.+-]*)$/

/** The same again when it is read. */
export const typedOf = ({ max_bytes, types, max_days }: Retention): Typed => ({
  size: max_bytes === null ? '' : String(max_bytes / MB),
  types: types?.join(', ') ?? '',
  days: max_days === null ? '' : String(max_days),
})

const mimes = (text: string): string[] => [
  ...new Set(
    text
      .toLowerCase()
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ),
]

/** Which fields cannot be read. */
export function faultsOf({ size, types, days }: Typed): ReadonlySet<TypedField> {
  const faults = new Set<TypedField>()
  if (size.trim() !== '' && bytesOf(size) === null) faults.add('size')
  const named = mimes(types)
  if (named.length > TYPES_MAX || !named.every((one) => MIME.test(one))) faults.add('types')
  if (days.trim() !== '' && readAmount(days) === null) faults.add('days')
  return faults
}

function bytesOf(text: string): number | null {
  const trimmed = text.trim().replace(',', '.')
  const bytes = Math.round(Number(trimmed) * MB)
  return /^\d{1,6}(\.\d{1,6})?$/.test(trimmed) && bytes >= 1 ? bytes : null
}

/** Only where `faultsOf` found nothing. */
export function retentionOf({ size, types, days }: Typed): Retention & { readonly types: string[] | null } {
  const named = mimes(types)
  return { max_bytes: bytesOf(size), types: named.length === 0 ? null : named, max_days: readAmount(days) }
}

/** By its own name, or by its family: `image/*`. */
const isAllowed = (type: string, types: readonly string[]): boolean =>
  types.some((one) => one === type || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))))

/** Whether something that may stay now would have to go. */
export function isStricter(next: Retention, now: Retention): boolean {
  const tighter = (to: number | null, from: number | null) => to !== null && (from === null || to < from)
  const { types } = next
  const narrower = types !== null && !now.types?.every((one) => isAllowed(one, types))
  return tighter(next.max_bytes, now.max_bytes) || tighter(next.max_days, now.max_days) || narrower
}
