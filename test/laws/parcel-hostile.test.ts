/** Parcels that were tampered with: whatever they hold, nothing throws and nothing unsound is written. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packed, parseParcel } from '../../shared/replica/parcel.ts'
import { contentOf, obstacles, parcelsAt, take } from '../support/parcels.ts'
import { copyOf, must, pull, REACH } from '../support/replicas.ts'
import { aSite, newJob, page } from '../support/site.ts'

const site = aSite()
const known = newJob(site.hq, ['Drain'], 'Known')
const { note } = must(site.hq.replica.execute('note.add', { record: known, text: 'The valve leaks.' }))
for (const device of [site.desk, site.tablet]) pull(device, site.hq)

/** A shift with something of every kind in it. */
const ops = ((): readonly Uint8Array[] => {
  const { replica } = site.tablet
  const record = newJob(site.tablet, ['One', 'Two'], 'New')
  must(replica.execute('task.tick', { record, task: page(site.tablet, record).tasks[0]?.task ?? '' }))
  must(replica.execute('field.set', { record: known, field: 'priority', value: 'high' }))
  must(replica.execute('set.add', { record: known, field: 'tags', key: 'urgent' }))
  must(replica.execute('tally.add', { record: known, field: 'labour', amount: 5 }))
  must(replica.execute('note.edit', { record: known, note, text: 'The big valve leaks. Call Ana.' }))
  const added = must(replica.execute('note.add', { record, text: 'A\nB' }))
  must(replica.execute('note.edit', { record, note: added.note, text: 'A\nC' }))
  must(replica.execute('note.remove', { record, note: added.note }))
  must(replica.execute('request.close', { record: known }))
  return replica.unsent()
})()

const change = fc.record({
  op: fc.nat(ops.length - 1),
  /** Of the op's length. */
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  xor: fc.integer({ min: 1, max: 255 }),
})

function tampered(changes: readonly { op: number; at: number; xor: number }[]): Uint8Array | undefined {
  const copies = ops.map((op) => Uint8Array.from(op))
  for (const { op, at, xor } of changes) {
    const bytes = copies[op]
    const index = Math.floor(at * (bytes?.length ?? 0))
    if (bytes) bytes[index] = (bytes[index] ?? 0) ^ xor
  }
  return packed(contentOf(site.tablet, { ops: copies }))[0]
}

test('PAR-10 whatever a parcel holds, its items become changes that count or are refused, and nothing breaks', () => {
  let read = 0
  fc.assert(
    fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      const content = tampered(changes)
      if (!content || !parseParcel(content).ok) return
      read += 1
      const desk = copyOf(site.desk)
      const { parcel, items } = must(desk.replica.handIn(content))
      expect(obstacles(desk)).toHaveLength(items)
      for (let item = 0; item < items; item += 1) take(desk, parcel, [item])
      for (const row of must(desk.replica.query('board', {}, REACH)).rows) page(desk, row.record)
      expect(parcelsAt(desk)[0]?.items).toHaveLength(items)
      expect(desk.replica.diagnose().findings).toEqual([])
    }),
    { numRuns: 150, seed: 20_260_105 },
  )
  expect(read).toBeGreaterThan(20)
})
