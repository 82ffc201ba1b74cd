/** Laws of authority, rights and review: any order of arrival, and nothing scarce doubled or lost. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coreOf } from '../support/crafting.ts'
import { asWritten, delivery, readingFrom } from './delivery.ts'
import { FOUND_OFFICE } from './found.ts'
import { officeStory, opsOf, type Story } from './histories.ts'
import { breaches, happenings } from './invariants.ts'
import { comesOutAlike } from './orders.ts'
import { SEED } from '../support/seed.ts'

/** Told when a law fails, so that it can be run again. */
const seed = SEED
const SETS = Number(process.env.LAWS_SETS ?? 200)
const ORDERS = Number(process.env.LAWS_ORDERS ?? 12)
const MINUTES = 60_000
/** To shrink a history takes minutes: only where somebody asks for it. */
const END = !process.env.LAWS_SHRINK

const seen = new Map<string, number>()

test(
  'LAW-10 the same ops are judged alike in every order and under every key: roles, rights, decisions, forks and review',
  () => {
    const orders = fc.array(delivery, { minLength: ORDERS, maxLength: ORDERS })
    for (const told of FOUND_OFFICE)
      for (const sample of fc.sample(orders, { numRuns: 3, seed })) comesOutAlike(told, sample)
    fc.assert(fc.property(officeStory, orders, comesOutAlike), { numRuns: SETS, seed, endOnFailure: END })
  },
  60 * MINUTES,
)

test(
  'LAW-11 nothing scarce is doubled or lost: numbers, stock, tokens, answers, closings, and what is adopted several times',
  () => {
    const holds = (told: Story): void =>
      readingFrom(opsOf(told), asWritten, (_, device) => {
        const core = coreOf(device)
        expect(breaches(core)).toEqual([])
        for (const [what, times] of happenings(core)) seen.set(what, (seen.get(what) ?? 0) + times)
      })
    for (const told of FOUND_OFFICE) holds(told)
    fc.assert(fc.property(officeStory, holds), { numRuns: 3 * SETS, seed, endOnFailure: END })
  },
  60 * MINUTES,
)

const RICH = [
  'accepted admit', 'accepted setRole', 'accepted cut', 'accepted handover', 'accepted mint', 'accepted transfer',
  'accepted spend', 'accepted reclaim', 'accepted sign', 'accepted adopt', 'accepted dismiss', 'accepted revoke', 'accepted parcel',
  'accepted withdraw', 'accepted request close', 'accepted request reopen', 'accepted request numbers',
  'accepted request stock', 'accepted request role', 'accepted request cut',
  'decided by the authority', 'decided by delegation', 'adopted', 'forked',
  'because forked', 'because cut', 'because frozen', 'because rests-on', 'because not-permitted', 'because not-enough',
  'because number-outside', 'because token-elsewhere', 'because token-passed',
  'because not-in-review', 'because not-authority',
] as const // prettier-ignore

test('LAW-11 the histories that it held for were rich', () => {
  expect(seen.size).toBeGreaterThan(0)
  if (SETS < 100) return
  const told = Object.fromEntries(seen)
  for (const what of RICH) expect(told, `no history with: ${what}`).toHaveProperty([what])
})
