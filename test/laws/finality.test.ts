/** Laws of checkpoints: in whatever order they and all else arrive, what is under one keeps its judgement for good. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareNext } from '../../shared/replica/checkpoints.ts'
import { coreOf } from '../support/crafting.ts'
import { SEED } from '../support/seed.ts'
import { asWritten, delivery, readingFrom } from './delivery.ts'
import { unfinal } from './finality.ts'
import { finalStory, opsOf, type Story } from './histories.ts'
import { breaches } from './invariants.ts'
import { comesOutAlike } from './orders.ts'

/** Told when a law fails, so that it can be run again. */
const seed = SEED
const SETS = Number(process.env.LAWS_SETS ?? 200)
const ORDERS = Number(process.env.LAWS_ORDERS ?? 12)
const MINUTES = 60_000
const END = !process.env.LAWS_SHRINK
/** The other laws tell of checkpoints too: here fewer histories, in which they are many. */
const TOLD = Math.ceil(SETS / 4)
const LOOKED_INTO = Math.ceil(SETS / 2)

test(
  'LAW-12 the same ops, checkpoints among them, are judged alike in every order of arrival',
  () => {
    const orders = fc.array(delivery, { minLength: ORDERS, maxLength: ORDERS })
    fc.assert(fc.property(finalStory, orders, comesOutAlike), { numRuns: TOLD, seed, endOnFailure: END })
  },
  60 * MINUTES,
)

const seen = { published: 0, beyond: 0 }

test(
  'LAW-13 an op under a checkpoint keeps the judgement that a replica of that frontier alone gives it, and every replica finds the published state there',
  () => {
    const holds = (told: Story): void => {
      const ops = opsOf(told)
      readingFrom(ops, asWritten, (replica, device) => {
        expect(unfinal(ops, device)).toEqual([])
        expect(breaches(coreOf(device))).toEqual([])
        const core = coreOf(device)
        core.stateHash.value()
        compareNext(core, Infinity)
        const { checkpoint } = replica.status()
        if (checkpoint) expect(checkpoint).toMatchObject({ agreed: true, differs: null })
        seen.published += core.control().membership.checkpoints.length
        seen.beyond += checkpoint && checkpoint.beyond > 0 ? 1 : 0
      })
    }
    fc.assert(fc.property(finalStory, holds), { numRuns: LOOKED_INTO, seed, endOnFailure: END })
    expect(seen.published).toBeGreaterThan(LOOKED_INTO)
    expect(seen.beyond).toBeGreaterThan(LOOKED_INTO / 4)
  },
  60 * MINUTES,
)
