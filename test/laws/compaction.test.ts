/** Laws of compaction: nothing that is judged, folded or shown tells whether what is final was sealed and dropped. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SEED } from '../support/seed.ts'
import { snapshotOf } from '../support/snapshots.ts'
import { asWritten, deliver, readingFrom, withReader } from './delivery.ts'
import {
  beginFrom,
  coming,
  compactingReader,
  delays,
  kept,
  shown,
  type Compacted,
} from './compaction.ts'
import { opsOf, wornStory, type Story } from './histories.ts'

/** Told when a law fails, so that it can be run again. */
const seed = SEED
const HISTORIES = Number(process.env.LAWS_COMPACTED ?? 400)
const MINUTES = 60_000
const END = !process.env.LAWS_SHRINK

const seen: Compacted = { passes: 0, sealed: 0, dropped: 0, late: 0 }

test(
  'LAW-14 a replica that seals and drops what is final as soon as it is judges, folds and shows the same as one that keeps every op, in any order of arrival',
  () => {
    const holds = (told: Story, late: readonly number[]): void => {
      const ops = opsOf(told)
      const whole = readingFrom(ops, asWritten, (replica, device) => ({
        shown: shown(replica),
        kept: kept(device),
      }))
      withReader((device) => {
        const isInForce = compactingReader(device, coming(ops, late), seen)
        // What the recovery key took the force from was no checkpoint: history does not come back.
        if (!isInForce) return
        expect(shown(device.replica)).toEqual(whole.shown)
        expect(whole.kept).toEqual(expect.objectContaining(kept(device)))
        expect(device.replica.diagnose().findings).toEqual([])
      })
    }
    fc.assert(fc.property(wornStory, delays, holds), { numRuns: HISTORIES, seed, endOnFailure: END })
    console.log(JSON.stringify(seen))
    expect(seen.dropped).toBeGreaterThan(HISTORIES)
    expect(seen.late).toBeGreaterThan(HISTORIES / 4)
  },
  60 * MINUTES,
)

const begun = { snapshots: 0, dropped: 0, beyond: 0 }

test(
  'LAW-15 a replica that begins from the snapshot of a checkpoint and hears of the rest afterwards judges, folds and shows the same as one that heard of everything',
  () => {
    const holds = (told: Story, late: readonly number[], at: number): void => {
      const ops = opsOf(told)
      const whole = readingFrom(ops, asWritten, (replica, device) => ({
        shown: shown(replica),
        kept: kept(device),
        snapshot: snapshotOf(device, at),
      }))
      if (!whole.snapshot) return
      const device = beginFrom(whole.snapshot, begun)
      try {
        const before = device.replica.end()
        deliver(device.replica, coming(ops, late))
        begun.beyond += device.replica.end() - before
        expect(shown(device.replica)).toEqual(whole.shown)
        expect(whole.kept).toEqual(expect.objectContaining(kept(device)))
        expect(device.replica.diagnose().findings).toEqual([])
      } finally {
        device.sql.close()
      }
    }
    fc.assert(fc.property(wornStory, delays, fc.nat(3), holds), { numRuns: HISTORIES, seed, endOnFailure: END })
    console.log(JSON.stringify(begun))
    expect(begun.snapshots).toBeGreaterThan(HISTORIES / 2)
    expect(begun.beyond).toBeGreaterThan(HISTORIES / 4)
  },
  60 * MINUTES,
)
