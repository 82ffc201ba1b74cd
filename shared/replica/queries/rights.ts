/** Who holds what, by all that is here: rights by device, and what stock there is and where it lies. */
import type { QueryAnswer } from '../../api/queries.ts'
import type { RightRow, StockRow } from '../../api/rows.ts'
import { toHex, type Bytes } from '../../base/bytes.ts'
import type { ActorId, RecordId } from '../../model/ids.ts'
import { isNothing, parseRight, plus, sizeOf, stockRight } from '../../model/rights.ts'
import { compareActors } from '../../merge/dots.ts'
import type { Holding } from '../../judge/ledger.ts'
import type { Core } from '../core.ts'
import type { RecordRow } from '../interner.ts'
import { shownOf } from '../views.ts'
import { nameOf, rightName, titleOf } from './naming.ts'

type Held = Omit<Holding, 'owner'> & { readonly holder: ActorId }

export function rights(core: Core): QueryAnswer<'rights'> {
  const rows = held(core)
    .filter(({ share, used }) => !isNothing(share) || used > 0)
    .sort((a, b) => (a.right < b.right ? -1 : a.right > b.right ? 1 : compareActors(a.holder, b.holder)))
    .map((one) => rightRow(core, one))
  return { rights: rows, zones: zonesOfJobs(core) }
}

/** By device: the pool of tokens goes with the authority's role, so whoever has that holds it. */
function held(core: Core): Held[] {
  const { authority, escrow } = core.control()
  const found = new Map<string, Held>()
  for (const { owner, right, share, used } of escrow.holdings()) {
    const holder = owner === 'pool' ? authority : owner
    if (holder === null) continue
    const before = found.get(`${holder} ${right}`)
    const all = before ? plus(before.share, share) : share
    found.set(`${holder} ${right}`, { holder, right, share: all, used: (before?.used ?? 0) + used })
  }
  return [...found.values()]
}

const rightRow = (core: Core, { holder, right, share, used }: Held): RightRow => ({
  ...rightName(core, right),
  holder,
  name: nameOf(core, holder),
  kind: parseRight(right)?.kind ?? 'quantity',
  left: sizeOf(share),
  ranges: share.spans.map(({ from, to }) => [from, to] as const),
  years: share.spans.map(({ year }) => year),
  used,
  self: holder === core.self,
})

const zonesOfJobs = (core: Core): string[] =>
  core.sql
    .prepare("SELECT DISTINCT zone FROM board WHERE zone IS NOT NULL AND kind = 'job' ORDER BY zone")
    .all<{ zone: string }>()
    .map(({ zone }) => zone)

export function stock(core: Core): QueryAnswer<'stock'> {
  const byRight = Map.groupBy(held(core), ({ right }) => right)
  const rows = core.sql
    .prepare(
      `SELECT record.id FROM board JOIN record ON record.no = board.record
       WHERE board.kind = 'stock' ORDER BY board.title, record.id`,
    )
    .all<{ id: Bytes }>()
  const items = rows.flatMap(({ id }) => core.records.find(toHex(id) as RecordId) ?? [])
  return { items: items.map((row) => stockRow(core, row, byRight.get(stockRight(row.id)) ?? [])) }
}

export function stockOf(core: Core, row: RecordRow): StockRow | null {
  if (row.kind !== 'stock') return null
  const right = stockRight(row.id)
  return stockRow(
    core,
    row,
    held(core).filter((one) => one.right === right),
  )
}

/** What was counted in and not drawn lies with its holders, so their shares add up to what is on hand. */
function stockRow(core: Core, row: RecordRow, holders: readonly Held[]): StockRow {
  const { escrow } = core.control()
  const right = stockRight(row.id)
  const state = core.states.of(row.no)
  const drawn = escrow.drawn(right)
  return {
    record: row.id,
    name: titleOf(core, row.id).title,
    location: textOf(shownOf(state, 'location')),
    unit: textOf(shownOf(state, 'unit')),
    on_hand: sizeOf(escrow.minted(right)) - drawn,
    drawn,
    held: holders
      .filter(({ share }) => !isNothing(share))
      .sort((a, b) => compareActors(a.holder, b.holder))
      .map(({ holder, share }) => ({ actor: holder, name: nameOf(core, holder), amount: sizeOf(share) })),
  }
}

const textOf = (value: ReturnType<typeof shownOf>): string | null => (value === null ? null : String(value))
