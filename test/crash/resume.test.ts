import { expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { scratchFolder } from '../support/node-process.ts'
import { story, syncThroughCuts } from './resume.ts'

const CUTS = 200

test(`PWR-20 a sync of 5,000 ops that is cut at ${CUTS} frames, either side being killed, goes on and sends at most one batch twice`, () => {
  const dice = seededDice(20_266)
  const all = story()
  let cuts = 0
  while (cuts < CUTS) {
    const folder = scratchFolder()
    try {
      const made = syncThroughCuts(all, folder.path, dice)
      expect(made.length).toBeGreaterThan(5)
      cuts += made.length
    } finally {
      folder.remove()
    }
  }
}, 300_000)
