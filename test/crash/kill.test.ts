import { expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { killAlone, killBesidePeer } from './kills.ts'

const ALONE = 200
const BESIDE = 12

test(`CRASH-1 nothing answered is lost over ${ALONE} kills, the chain stays whole, and no seq is used twice`, async () => {
  await killAlone(ALONE, seededDice(20_260))
}, 1_200_000)

test(`CRASH-2 over ${BESIDE} kills a device keeps what a peer has of it, and what it had acknowledged to the peer`, async () => {
  expect(await killBesidePeer(BESIDE, seededDice(20_262))).toBeGreaterThan(0)
}, 600_000)
