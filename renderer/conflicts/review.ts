/**
 * What waits for review as one list: edits that do not count, and the items of parcels that were handed in. Both are
 * read, selected, taken and dismissed alike, so both are entries; entries stand in groups, by record or by parcel.
 */
import type { Change, ParcelItem, ParcelRow, Reason, ReviewItem } from '../../shared/api/rows.ts'

export type EntryKey = string

type Common = {
  readonly key: EntryKey
  readonly changes: readonly Change[]
  readonly title: string | null
  /** May it be made to count from here now; if not, `obstacle` says why. */
  readonly isAdoptable: boolean
  readonly obstacle: Reason | null
  readonly state: 'open' | 'taken' | 'dismissed'
}
export type EditEntry = Common & { readonly of: 'edit'; readonly item: ReviewItem }
export type ParcelEntry = Common & {
  readonly of: 'parcel'
  readonly parcel: ParcelRow
  readonly item: ParcelItem
}
export type Entry = EditEntry | ParcelEntry

export type RecordGroup = {
  readonly of: 'record'
  readonly key: string
  /** Null: the edits are about the site, or about several records. */
  readonly record: string | null
  readonly title: string | null
  readonly entries: readonly EditEntry[]
}
export type ParcelGroup = {
  readonly of: 'parcel'
  readonly key: string
  readonly parcel: ParcelRow
  readonly entries: readonly ParcelEntry[]
}
export type Group = RecordGroup | ParcelGroup

/** `own`: what this device did itself, whatever became of it. */
export const REVIEW_FILTERS = ['open', 'settled', 'own'] as const
export type ReviewFilter = (typeof REVIEW_FILTERS)[number]

const STATES = { open: 'open', adopted: 'taken', dismissed: 'dismissed' } as const

export const editEntry = (item: ReviewItem): EditEntry => ({
  of: 'edit',
  key: item.op,
  item,
  changes: item.effects,
  title: item.title,
  isAdoptable: item.adoptable,
  obstacle: item.obstacle,
  state: STATES[item.state],
})

export const parcelEntries = (parcel: ParcelRow): readonly ParcelEntry[] =>
  parcel.items.map((item) => ({
    of: 'parcel',
    key: `${parcel.parcel}#${item.item}`,
    parcel,
    item,
    changes: item.effects,
    title: item.title,
    isAdoptable: item.state === 'open' && item.obstacle === null,
    obstacle: item.obstacle,
    state: item.state,
  }))

/** Whether an entry stands under a filter. A parcel is never one's own: it was handed in. */
export function fits(filter: ReviewFilter, entry: Entry): boolean {
  if (filter === 'own') return entry.of === 'edit' && entry.item.own
  return (entry.state === 'open') === (filter === 'open')
}

/**
 * Groups in the order of their newest entry, which comes first from the node; parcels before the rest, for each was
 * brought by somebody. Within a record its edits are told in the order in which they were made. Of parcels that are
 * still `coming` there is nothing to show but that.
 */
export function groupsOf(
  edits: readonly EditEntry[],
  items: readonly ParcelEntry[],
  coming: readonly ParcelRow[] = [],
): readonly Group[] {
  const empty = coming.map((parcel): ParcelGroup => ({
    of: 'parcel',
    key: parcel.parcel,
    parcel,
    entries: [],
  }))
  return [...empty, ...parcelGroups(items), ...recordGroups(edits)]
}

function parcelGroups(items: readonly ParcelEntry[]): readonly ParcelGroup[] {
  const groups = Map.groupBy(items, (entry) => entry.parcel)
  return [...groups].map(([parcel, entries]) => ({ of: 'parcel', key: parcel.parcel, parcel, entries }))
}

function recordGroups(edits: readonly EditEntry[]): readonly RecordGroup[] {
  const groups = Map.groupBy(edits, ({ item }) => item.record)
  return [...groups].map(([record, entries]) => ({
    of: 'record',
    key: record ?? 'site',
    record,
    title: record === null ? null : (entries.find(({ title }) => title !== null)?.title ?? null),
    entries: entries.toReversed(),
  }))
}

/** What a batch becomes: the edits in one command, the items of each parcel in one of their own. */
export type Batch = {
  readonly ops: readonly string[]
  readonly parcels: readonly { readonly parcel: string; readonly items: readonly number[] }[]
}

export function batchOf(entries: readonly Entry[]): Batch {
  const items = entries.flatMap((entry) => (entry.of === 'parcel' ? [entry] : []))
  return {
    ops: entries.flatMap((entry) => (entry.of === 'edit' ? [entry.item.op] : [])),
    parcels: [...Map.groupBy(items, ({ parcel }) => parcel.parcel)].map(([parcel, group]) => ({
      parcel,
      items: group.map(({ item }) => item.item),
    })),
  }
}

/** The obstacle that a reopening takes away. */
export const needsReopening = ({ obstacle }: Entry): boolean => obstacle?.code === 'frozen'

/** The item of the same parcel that an item goes with, and that is not taken over yet. */
function neededBy(entry: Entry, among: readonly Entry[]): Entry | undefined {
  if (entry.of !== 'parcel' || entry.obstacle?.code !== 'parcel-needs') return undefined
  const index = Number(entry.obstacle.params.item) - 1
  // It only ever goes with an earlier one.
  if (index >= entry.item.item) return undefined
  return among.find(
    (other) =>
      other.of === 'parcel' && other.parcel.parcel === entry.parcel.parcel && other.item.item === index,
  )
}

/** An entry behind everything that it goes with, in the order in which they must be taken over. */
export function withNeeded(entry: Entry, among: readonly Entry[]): readonly Entry[] {
  const needed = neededBy(entry, among)
  return needed ? [...withNeeded(needed, among), entry] : [entry]
}

/** What of a batch can be made to count: what may by itself, and what goes with something that is in the batch too. */
export function adoptable(entries: readonly Entry[]): readonly Entry[] {
  return entries.filter((entry) => {
    const [first] = withNeeded(entry, entries)
    return entry.state !== 'taken' && first?.isAdoptable === true
  })
}
