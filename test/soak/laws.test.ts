/**
 * The laws of authority, rights and review for longer: LAWS_SETS sets of ops, 500 unless told, each in 200 orders; and
 * those of compaction over LAWS_COMPACTED histories, 10,000 unless told.
 */
import fc from 'fast-check'
import { test } from 'vitest'
import { delivery } from '../laws/delivery.ts'
import { beginsAlike, compactsUnseen, delays, keepsControlUnseen, NOTHING_YET } from '../laws/compaction.ts'
import { finalStory, officeStory, wornStory } from '../laws/histories.ts'
import { comesOutAlike } from '../laws/orders.ts'
import { SEED } from '../support/seed.ts'

const seed = process.env.LAWS_SEED === undefined ? Date.now() % 2 ** 31 : SEED
const sets = Number(process.env.LAWS_SETS ?? 500)
const each = Number(process.env.LAWS_ORDERS ?? 200)

test('LAW-10 the same ops are judged alike in each of many orders', () => {
  const orders = fc.array(delivery, { minLength: each, maxLength: each })
  fc.assert(fc.property(officeStory, orders, comesOutAlike), { numRuns: sets, seed, endOnFailure: true })
})

test('LAW-12 the same holds where much becomes final', () => {
  const orders = fc.array(delivery, { minLength: each, maxLength: each })
  fc.assert(fc.property(finalStory, orders, comesOutAlike), { numRuns: sets, seed, endOnFailure: true })
})

const compacted = { numRuns: Number(process.env.LAWS_COMPACTED ?? 10_000), seed, endOnFailure: true }

test('LAW-14 nothing tells whether what is final was dropped', () => {
  const seen = { ...NOTHING_YET }
  fc.assert(
    fc.property(wornStory, delays, (told, late) => compactsUnseen(told, late, seen)),
    compacted,
  )
})

test('LAW-15 nothing tells whether a replica began from a snapshot', () => {
  const seen = { ...NOTHING_YET }
  fc.assert(
    fc.property(wornStory, delays, fc.nat(3), (told, late, at) => beginsAlike(told, late, at, seen)),
    compacted,
  )
})

test('LAW-16 nothing tells whether a replica goes on from the control state as it was kept', () => {
  const seen = { ...NOTHING_YET }
  fc.assert(
    fc.property(wornStory, delays, (told, late) => keepsControlUnseen(told, late, seen)),
    compacted,
  )
})
