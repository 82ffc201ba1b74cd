/** The parcels of a site as its log has them: parts that came, joined where all are here, and what became of the items. */
import { concatBytes, type Bytes } from '../base/bytes.ts'
import { compareActors } from '../merge/dots.ts'
import type { ActorId, OpRef, ParcelId } from '../model/ids.ts'
import type { Effect } from '../op/effect.ts'
import type { Core } from './core.ts'
import { OP_COLUMNS, type OpRow } from './log.ts'
import { CLASSES, type JudgedOp } from './judging.ts'
import { parcelIdOf, parseParcel, type Parcel } from './parcel.ts'

type Part = Extract<Effect, { type: 'parcel'; of: 'part' }>
type Settled = Extract<Effect, { type: 'parcel'; of: 'settled' }>

/** An op that settled items: takes stand right before it in its author's chain, one op an item. */
export type Settlement = { readonly op: OpRef; readonly items: readonly number[]; readonly taken: boolean }

export type StoredParcel = {
  readonly id: ParcelId
  readonly handedInBy: ActorId
  readonly wall: number
  /** Null while parts are missing, and for what is no parcel of this site. */
  readonly parcel: Parcel | null
  readonly settlements: readonly Settlement[]
}

export type ItemState = 'open' | 'taken' | 'dismissed'

type Found = { readonly op: JudgedOp; readonly part: Part }

/** Contents that were joined and read before: a parcel goes by its content, so they never change. */
const read = new WeakMap<Core, Map<ParcelId, Parcel>>()

/** By the time of their first part, oldest first. */
export function parcelsOf(core: Core): StoredParcel[] {
  const parts = new Map<ParcelId, Found[]>()
  const settlements = new Map<ParcelId, Settlement[]>()
  for (const op of parcelOps(core)) {
    for (const effect of op.effects) {
      if (effect.type !== 'parcel') continue
      if (effect.of === 'part') put(parts, effect.parcel, { op, part: effect })
      else put(settlements, effect.parcel, settlementOf(op, effect))
    }
  }
  return [...parts].map(([id, found]) => stored(core, id, found, settlements.get(id) ?? []))
}

export const parcelOf = (core: Core, id: string): StoredParcel | null =>
  parcelsOf(core).find((parcel) => parcel.id === id) ?? null

/** Taking over beats dismissing: what somebody has taken counts already. */
export function stateOfItem({ settlements }: StoredParcel, item: number): ItemState {
  const settled = settlements.filter(({ items }) => items.includes(item))
  if (settled.some(({ taken }) => taken)) return 'taken'
  return settled.length > 0 ? 'dismissed' : 'open'
}

/** The ops in which an item was taken over. */
export const takesOf = ({ settlements }: StoredParcel, item: number): OpRef[] =>
  settlements.flatMap(({ op, items, taken }) => {
    const at = items.indexOf(item)
    return taken && at >= 0 ? [{ actor: op.actor, seq: op.seq - items.length + at }] : []
  })

const settlementOf = ({ actor, seq }: JudgedOp, { items, reason }: Settled): Settlement => ({
  op: { actor, seq },
  items,
  taken: reason === null,
})

function stored(
  core: Core,
  id: ParcelId,
  found: readonly Found[],
  settlements: readonly Settlement[],
): StoredParcel {
  const [first] = found.toSorted(
    (a, b) => a.op.lamport - b.op.lamport || compareActors(a.op.actor, b.op.actor),
  )
  return {
    id,
    handedInBy: first?.op.actor ?? core.self,
    wall: first?.op.wall ?? 0,
    parcel: contentOf(core, id, found),
    settlements,
  }
}

function contentOf(core: Core, id: ParcelId, found: readonly Found[]): Parcel | null {
  const known = read.get(core) ?? new Map<ParcelId, Parcel>()
  read.set(core, known)
  const before = known.get(id)
  if (before) return before
  for (const parts of Map.groupBy(found, ({ op, part }) => `${op.actor} ${part.count}`).values()) {
    const content = joined(parts.map(({ part }) => part))
    if (!content || parcelIdOf(core.sha256, content) !== id) continue
    const parsed = parseParcel(content)
    if (!parsed.ok || parsed.value.site !== core.site) continue
    known.set(id, parsed.value)
    return parsed.value
  }
  return null
}

/** Null while a part is missing. */
function joined(parts: readonly Part[]): Bytes | null {
  const byIndex = new Map(parts.map((part) => [part.index, part.bytes]))
  const ordered: Bytes[] = []
  for (let index = 0; index < (parts[0]?.count ?? 0); index += 1) {
    const bytes = byIndex.get(index)
    if (!bytes) return null
    ordered.push(bytes)
  }
  return concatBytes(...ordered)
}

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Accepted ops with parcel effects, in the order in which they came. */
function parcelOps(core: Core): JudgedOp[] {
  return core.sql
    .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE op.control = ? AND op.judgement = 0 ORDER BY op.no`)
    .all<OpRow>(CLASSES.review)
    .map((row) => core.judging.fromRow(row))
}
