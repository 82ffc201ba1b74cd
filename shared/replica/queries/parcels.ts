/** Work that was handed in, item by item: what each would change, what became of it, and why one cannot be taken over. */
import type { ParcelItem, ParcelRow } from '../../api/rows.ts'
import type { Core } from '../core.ts'
import { LocalReading } from '../local-reading.ts'
import { parcelsOf, stateOfItem, type StoredParcel } from '../parcel-log.ts'
import { Takeover } from '../parcel-takeover.ts'
import type { Parcel } from '../parcel.ts'
import { nextRef } from '../writer.ts'
import { madeReason, nameOf } from './naming.ts'
import { ParcelChanges } from './parcel-changes.ts'

/** Of `parcel.take`. */
const AT_ONCE = 250

export const parcels = (core: Core): ParcelRow[] => parcelsOf(core).map((stored) => rowOf(core, stored))

function rowOf(core: Core, stored: StoredParcel): ParcelRow {
  const { parcel } = stored
  return {
    parcel: stored.id,
    author: parcel?.actor ?? '',
    name: parcel?.name ?? '',
    cause: parcel?.cause ?? 'cut',
    handed_in_by: nameOf(core, stored.handedInBy),
    wall: stored.wall,
    complete: parcel !== null,
    items: parcel ? itemsOf(core, stored, parcel) : [],
  }
}

/**
 * Obstacles are those that taking open items over, in their order, would meet; words are not placed for that. Items
 * beyond as many as one command takes are looked at once those before them are settled.
 */
function itemsOf(core: Core, stored: StoredParcel, parcel: Parcel): ParcelItem[] {
  const reading = new LocalReading(core)
  const takeover = new Takeover(core, reading, stored, parcel, nextRef(core), 'guessed')
  const changes = new ParcelChanges(core, stored, parcel, reading)
  let looked = 0
  return parcel.ops.map((op, item) => {
    const state = stateOfItem(stored, item)
    const isNext = state === 'open' && looked < AT_ONCE
    if (isNext) looked += 1
    const taken = isNext ? takeover.take(item) : null
    const obstacle = taken === null || taken.ok ? null : madeReason(taken.error.code, taken.error.params)
    return { item, effects: changes.changesOf(op), title: changes.titleOf(op), state, obstacle }
  })
}
