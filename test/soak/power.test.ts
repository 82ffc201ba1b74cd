/**
 * Power cut after every single change of a file, on a longer shift, each time with nothing of what was not synced and
 * with several draws of it: TALLYDESK_POWER_DRAWS, three unless told.
 */
import { expect, test } from 'vitest'
import { Record } from '../power/cuts.ts'
import { ALL_LOST, chosenBy } from '../power/disk.ts'
import { compileRecorder, Recorded } from '../power/recording.ts'
import { shift } from '../power/work.ts'
import { seededDice } from '../../main/demo/dice.ts'
import { scratchFolder } from '../support/node-process.ts'
import { SEED } from '../support/seed.ts'

const draws = Number(process.env.TALLYDESK_POWER_DRAWS ?? 3)

test('PWR-2 wherever the power goes, after every change of a file, nothing that was told is lost', async () => {
  const folder = scratchFolder()
  try {
    const library = compileRecorder(folder.path)
    const devices = ['hq', 'tablet'].map((name) => new Recorded(library, folder.path, name))
    const [hq, tablet] = devices
    if (!hq || !tablet) throw new Error('two devices')
    await shift(hq, tablet, 12)
    const dice = seededDice(SEED)
    for (const record of devices.map((device) => new Record(device))) {
      expect(record.unrecorded()).toEqual([])
      const every = new Set(record.events.keys())
      const fates = [ALL_LOST, ...Array.from({ length: draws }, () => chosenBy(dice))]
      const cuts = await record.cut(every, () => fates)
      expect(cuts.filter(({ faults }) => faults.length > 0)).toEqual([])
    }
  } finally {
    folder.remove()
  }
})
