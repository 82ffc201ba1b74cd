/**
 * What a desk does with a parcel: items are taken over, or dismissed with a reason. Taking writes one op an item, in
 * the order of the parcel, and then what was taken, all in one transaction: all or none.
 */
import { err, ok, type Result } from '../base/result.ts'
import type { CommandInput } from '../api/commands.ts'
import { reasonText } from '../api/messages/reasons.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import type { ReviewEffect } from '../op/effect.ts'
import type { Plan, Planner } from './commands.ts'
import { parcelOf, stateOfItem, type StoredParcel } from './parcel-log.ts'
import { Takeover } from './parcel-takeover.ts'
import type { Parcel } from './parcel.ts'

type Planned = Result<Plan, Refusal>
type Chosen = { readonly stored: StoredParcel; readonly parcel: Parcel; readonly items: readonly number[] }

export function takeItems(planner: Planner, input: CommandInput<'parcel.take'>): Planned {
  const chosen = choose(planner, input)
  if (!chosen.ok) return chosen
  const { stored, parcel, items } = chosen.value
  const takeover = new Takeover(planner.core, planner.reading, stored, parcel, planner.composer.ref)
  const ops: Plan['ops'][number][] = []
  for (const item of items) {
    const taken = takeover.take(item)
    if (!taken.ok) {
      const { code, params } = taken.error
      return err(refuse('bad-item', { item: item + 1, reason: reasonText('en', code, params) }))
    }
    ops.push(taken.value)
  }
  return ok({ ops: [...ops, [settled(stored, items, null)]], result: { taken: items.length } })
}

export function dismissItems(planner: Planner, input: CommandInput<'parcel.dismiss'>): Planned {
  const chosen = choose(planner, input)
  if (!chosen.ok) return chosen
  const { stored, items } = chosen.value
  const effect = settled(stored, items, input.reason.normalize('NFC'))
  return ok({ ops: [[effect]], result: { dismissed: items.length } })
}

const settled = ({ id }: StoredParcel, items: readonly number[], reason: string | null): ReviewEffect => ({
  type: 'parcel',
  of: 'settled',
  parcel: id,
  items,
  reason,
})

/** Each item once, in the order of the parcel; only those that nobody has settled. */
function choose(
  { core }: Planner,
  { parcel: id, items }: { readonly parcel: string; readonly items: readonly number[] },
): Result<Chosen, Refusal> {
  const stored = parcelOf(core, id)
  if (!stored?.parcel) return err(refuse('not-found', { what: 'parcel', id }))
  const ordered = [...new Set(items)].sort((a, b) => a - b)
  const beyond = ordered.find((item) => item >= (stored.parcel?.ops.length ?? 0))
  if (beyond !== undefined) return err(refuse('not-found', { what: 'item', id: beyond + 1 }))
  const done = ordered.find((item) => stateOfItem(stored, item) !== 'open')
  if (done !== undefined) return err(refuse('item-settled', { item: done + 1 }))
  return ok({ stored, parcel: stored.parcel, items: ordered })
}
