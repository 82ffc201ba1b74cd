/** The laws of authority, rights and review for longer: LAWS_SETS sets of ops, 500 unless told, each in 200 orders. */
import fc from 'fast-check'
import { test } from 'vitest'
import { delivery } from '../laws/delivery.ts'
import { finalStory, officeStory } from '../laws/histories.ts'
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
