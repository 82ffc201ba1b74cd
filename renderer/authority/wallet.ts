/**
 * The wallet: what this device holds of each right, what of it is low, and what was asked for and not yet answered.
 * And the zones whose closing is away from the authority, with whom. Both are read off the same rows.
 */
import type { RequestRow, RightName, RightRow } from '../../shared/api/rows.ts'
import { compareRights, plainRight } from './right-names.ts'

export type Holding = {
  readonly right: RightName
  readonly left: number
  readonly used: number
  readonly ranges: RightRow['ranges']
  readonly years: RightRow['years']
  /** Few are left, or none of what this device cannot do without. */
  readonly low: boolean
  /** The own request for more that waits. */
  readonly asked: RequestRow | null
  /** For a zone's closing: how many audit numbers this device has for it. */
  readonly audits: number
}

/** A zone whose closing a device holds, and how many audit numbers it has for that. */
export type Delegation = {
  readonly zone: string
  readonly right: RightName
  readonly holder: string
  readonly name: string
  readonly self: boolean
  readonly audits: number
}

/** Below so many a right is low; of job numbers a device asks for more by itself at the same mark. */
const LOW: Readonly<Record<RightName['of'], number>> = {
  'job-number': 30,
  'audit-number': 10,
  enrol: 1,
  stock: 1,
  decide: 0,
  unknown: 0,
}

/**
 * Job numbers always stand in it: without them new jobs have no number. The authority makes its own, and a zone that
 * it has not given away is nothing that it holds.
 */
export function walletOf(
  rows: readonly RightRow[],
  requests: readonly RequestRow[],
  self: string,
  isAuthority: boolean,
): readonly Holding[] {
  const own = rows.filter(
    (row) => row.self && (row.left > 0 || row.used > 0) && !(isAuthority && row.of === 'decide'),
  )
  const asked = requests.filter(
    ({ by, state, action }) =>
      by === self && state === 'waiting' && (action === 'numbers' || action === 'stock'),
  )
  const names = new Map<string, RightName>(isAuthority ? [] : [['job-number', plainRight('job-number')]])
  for (const row of own) names.set(row.right, row)
  for (const { detail } of asked) if (detail.right) names.set(detail.right.right, detail.right)
  return [...names.values()].sort(compareRights).map((right) => holdingOf(right, own, asked))
}

function holdingOf(right: RightName, own: readonly RightRow[], asked: readonly RequestRow[]): Holding {
  const row = own.find((one) => one.right === right.right)
  const left = row?.left ?? 0
  return {
    right,
    left,
    used: row?.used ?? 0,
    ranges: row?.ranges ?? [],
    years: row?.years ?? [],
    low: isLow(right, left, own),
    asked: asked.find(({ detail }) => detail.right?.right === right.right) ?? null,
    audits: auditsOf(own),
  }
}

/** Audit numbers are for closing: without a zone nobody misses them. */
function isLow({ of }: RightName, left: number, own: readonly RightRow[]): boolean {
  const isOfUse = of !== 'audit-number' || own.some((row) => row.of === 'decide' && row.left > 0)
  return isOfUse && left < LOW[of]
}

const auditsOf = (rows: readonly RightRow[]): number =>
  rows.filter(({ of }) => of === 'audit-number').reduce((sum, { left }) => sum + left, 0)

/** The zones that are out, by name. What lies with the authority is not away. */
export function delegationsOf(rows: readonly RightRow[], authority: string): readonly Delegation[] {
  return rows
    .filter(({ of, left, holder }) => of === 'decide' && left > 0 && holder !== authority)
    .map((row) => ({
      zone: row.about ?? row.right,
      right: row,
      holder: row.holder,
      name: row.name,
      self: row.self,
      audits: auditsOf(rows.filter(({ holder }) => holder === row.holder)),
    }))
    .sort((a, b) => a.zone.localeCompare(b.zone))
}

/** One right with everybody who holds of it. */
export type Sharing = { readonly right: RightName; readonly rows: readonly RightRow[] }

/** Who holds what, but for zones, which stand by themselves. */
export function sharingsOf(rows: readonly RightRow[]): readonly Sharing[] {
  const byRight = new Map<string, RightRow[]>()
  for (const row of rows) {
    if (row.of === 'decide' || (row.left === 0 && row.used === 0)) continue
    byRight.set(row.right, [...(byRight.get(row.right) ?? []), row])
  }
  return [...byRight.values()]
    .flatMap((held) => {
      const right = held[0]
      return right ? [{ right, rows: held.toSorted((a, b) => a.name.localeCompare(b.name)) }] : []
    })
    .sort((a, b) => compareRights(a.right, b.right))
}

/** "101–184", with the year where numbers know one: "2026: 51–96". */
export function spansText(ranges: RightRow['ranges'], years: RightRow['years']): string {
  return ranges
    .map(([from, to], i) => {
      const year = years[i] ?? 0
      const span = from === to ? String(from) : `${from}–${to}`
      return year === 0 ? span : `${year}: ${span}`
    })
    .join(', ')
}
