/** The rights that can be asked for and given, by the names that the node knows them by. */
import type { RightName } from '../../shared/api/rows.ts'

/** As they stand in lists: what everybody needs first. */
export const RIGHT_ORDER: readonly RightName['of'][] = [
  'job-number',
  'decide',
  'audit-number',
  'enrol',
  'stock',
  'unknown',
]

export const zoneRight = (zone: string): RightName => ({
  right: `decide:close:${zone}`,
  of: 'decide',
  about: zone,
})
export const stockRight = (item: string, name: string): RightName => ({
  right: `stock:${item}`,
  of: 'stock',
  about: name,
})
export const plainRight = (of: 'job-number' | 'audit-number' | 'enrol'): RightName => ({
  right: of,
  of,
  about: null,
})

/** The stock item behind a right's name; null for any other right. */
export const itemOf = ({ of, right }: RightName): string | null =>
  of === 'stock' ? right.slice('stock:'.length) : null

/** Of a token there is one; of everything else there are amounts. */
export const isCounted = ({ of }: RightName): boolean => of !== 'decide'

/** What is usually asked for or given at once. */
export const USUAL_AMOUNT: Readonly<Record<RightName['of'], number>> = {
  'job-number': 100,
  'audit-number': 50,
  enrol: 5,
  stock: 10,
  decide: 1,
  unknown: 1,
}

export const compareRights = (a: RightName, b: RightName): number =>
  RIGHT_ORDER.indexOf(a.of) - RIGHT_ORDER.indexOf(b.of) ||
  (a.about ?? a.right).localeCompare(b.about ?? b.right)
