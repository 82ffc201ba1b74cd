/** Real nodes killed for longer: TALLYDESK_KILLS times, 2,000 unless told, alone and beside a peer. */
import { expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { killAlone, killBesidePeer } from '../crash/kills.ts'
import { SEED } from '../support/seed.ts'

const KILLS = Number(process.env.TALLYDESK_KILLS ?? 2_000)

test(`CRASH-1 nothing answered is lost over ${KILLS} kills, the chain stays whole, and no seq is used twice`, async () => {
  await killAlone(KILLS, seededDice(SEED))
})

test(`CRASH-2 over ${KILLS} kills a device keeps what a peer has of it, and what it had acknowledged to the peer`, async () => {
  expect(await killBesidePeer(KILLS, seededDice(SEED))).toBeGreaterThan(0)
})
