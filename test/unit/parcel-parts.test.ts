/** Parcels of several parts, of which some come late, twice or not at all. */
import { expect, test } from 'vitest'
import { parcelIdOf, partsOf } from '../../shared/replica/parcel.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { parcelOf, parcelsAt, take } from '../support/parcels.ts'
import { must, pull, restart, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob } from '../support/site.ts'

/** A shift's work of a tablet that nobody else has, in more than one part. */
function shift(tablet: Device): Uint8Array {
  for (let i = 0; i < 4; i += 1) {
    const record = newJob(tablet, [], `Job ${i}`)
    must(tablet.replica.execute('note.add', { record, text: 'word '.repeat(5000) }))
  }
  const content = parcelOf(tablet)
  expect(partsOf(content).length).toBeGreaterThan(1)
  return content
}

/** Gives `to` only the next ops of `from`, as where the link breaks. */
function pullSome(to: Device, from: Device, ops: number): void {
  const have = to.replica.heads().filter((head) => from.replica.holds(head))
  const [run] = from.replica.runsAfter(have, 0, { ops, bytes: 2 ** 20 }).runs
  if (run) to.replica.receive(run, from.replica.actor)
}

/** Says a part again, with other bytes. */
function sayAgain(device: Device, content: Uint8Array): void {
  const parcel = parcelIdOf((bytes) => coreOf(device).sha256(bytes), content)
  const count = partsOf(content).length
  craft(device, [{ type: 'parcel', of: 'part', parcel, index: 0, count, bytes: new Uint8Array([1, 2, 3]) }])
  restart(device)
}

test.each(['headquarters', 'the desk that began'] as const)(
  'PAR-11 a parcel of which only a part came from a desk that was lost is handed in again by %s',
  (who) => {
    const { hq, desk, tablet } = aSite()
    const content = shift(tablet)
    must(desk.replica.handIn(content))
    pullSome(hq, desk, 1)
    expect(parcelsAt(hq).map(({ complete }) => complete)).toEqual([false])
    if (who === 'headquarters') must(hq.replica.handIn(content))
    else pull(hq, desk)
    expect(parcelsAt(hq).map(({ complete, items }) => [complete, items.length])).toEqual([[true, 8]])
    const again = hq.replica.handIn(content)
    expect(again.ok ? null : again.error.code).toBe('parcel-known')
  },
)

test('PAR-11 what is said of a part later takes nothing away, whenever the parcel was looked at', () => {
  const { hq, desk, tablet, other } = aSite()
  const content = shift(tablet)
  const { parcel } = must(other.replica.handIn(content))
  for (const device of [hq, desk]) pull(device, other)
  // One has looked at it, the other has not.
  expect(parcelsAt(desk)[0]?.complete).toBe(true)
  sayAgain(other, content)
  for (const device of [hq, desk]) pull(device, other)
  for (const device of [hq, desk]) expect(judged(device, lastOp(other))).toBe('accepted')
  restart(desk)
  for (const device of [hq, desk]) expect(parcelsAt(device)[0]?.complete).toBe(true)
  expect(take(desk, parcel, [0]).ok).toBe(true)
})
