/** The parcels of a site as its log has them: parts that came, joined where all are here, and what became of the items. */
import { concatBytes } from '../base/bytes.ts'
import { byOrder } from '../judge/past.ts'
import type { Named } from '../judge/review.ts'
import { parseParcelId, type ActorId, type OpRef, type ParcelId } from '../model/ids.ts'
import type { Effect } from '../op/effect.ts'
import type { Core } from './core.ts'
import { parcelIdOf, parseParcel, type Parcel } from './parcel.ts'

type Part = Extract<Effect, { type: 'parcel'; of: 'part' }>
type Handed = Named<'parcel'>

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

type Found = { readonly op: Handed['op']; readonly part: Part }

/** Content that was joined and read before, and the ops that it came in. */
type Content = { readonly parcel: Parcel; readonly ops: readonly number[] }

const read = new WeakMap<Core, Map<ParcelId, Content>>()

/** By the time of their first part, oldest first. */
export function parcelsOf(core: Core): StoredParcel[] {
  return [...core.judging.review.parcels()]
    .flatMap(([id, named]) => storedParcel(core, id, named) ?? [])
    .sort((a, b) => a.wall - b.wall || (a.id < b.id ? -1 : 1))
}

export function parcelOf(core: Core, id: string): StoredParcel | null {
  const known = parseParcelId(id)
  return known && storedParcel(core, known, core.judging.review.parcel(known))
}

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

/** Null where no part of it counts. */
function storedParcel(core: Core, id: ParcelId, named: readonly Handed[]): StoredParcel | null {
  const counting = named.filter(({ op }) => counts(core, op.no))
  const found = counting.flatMap(({ op, effect }) => (effect.of === 'part' ? [{ op, part: effect }] : []))
  const [first] = found.toSorted((a, b) => byOrder(a.op, b.op))
  if (!first) return null
  return {
    id,
    handedInBy: first.op.actor,
    wall: first.op.wall,
    parcel: contentOf(core, id, found),
    settlements: counting.flatMap(({ op, effect }) =>
      effect.of === 'settled'
        ? [{ op: { actor: op.actor, seq: op.seq }, items: effect.items, taken: effect.reason === null }]
        : [],
    ),
  }
}

const counts = ({ sql }: Core, no: number): boolean =>
  sql.prepare('SELECT judgement FROM op WHERE no = ?').get<{ judgement: number }>(no)?.judgement === 0

function contentOf(core: Core, id: ParcelId, found: readonly Found[]): Parcel | null {
  const known = read.get(core) ?? new Map<ParcelId, Content>()
  read.set(core, known)
  const counting = new Set(found.map(({ op }) => op.no))
  const before = known.get(id)
  if (before?.ops.every((no) => counting.has(no))) return before.parcel
  for (const series of seriesIn(found)) {
    const content = concatBytes(...series.map(({ part }) => part.bytes))
    if (parcelIdOf(core.sha256, content) !== id) continue
    const parsed = parseParcel(content)
    if (!parsed.ok || parsed.value.site !== core.site) continue
    known.set(id, { parcel: parsed.value, ops: series.map(({ op }) => op.no) })
    return parsed.value
  }
  return null
}

/** Who hands a parcel in says its parts one after the other: nothing that is said later takes any of them away. */
function* seriesIn(found: readonly Found[]): Generator<readonly Found[]> {
  const at = new Map(found.map((one) => [`${one.op.actor}:${one.op.seq}`, one]))
  for (const { op, part } of found.toSorted((a, b) => byOrder(a.op, b.op))) {
    if (part.index !== 0) continue
    const series = Array.from({ length: part.count }, (_, i) => at.get(`${op.actor}:${op.seq + i}`))
    const whole = series.flatMap((one, i) =>
      one?.part.index === i && one.part.count === part.count ? [one] : [],
    )
    if (whole.length === part.count) yield whole
  }
}
