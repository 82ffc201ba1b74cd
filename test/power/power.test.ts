/**
 * Power loss: the files of real nodes at work are recorded below SQLite, and rebuilt as a power cut at any moment might
 * leave them. What had left a node by then, to a screen or to a peer, must be there.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { scratchFolder } from '../support/node-process.ts'
import { Record, type Cut } from './cuts.ts'
import { ALL_LOST, chosenBy } from './disk.ts'
import { compileRecorder, Recorded } from './recording.ts'
import { alone, shift } from './work.ts'

/** Of each of two devices. */
const CUTS = 250

const folder = scratchFolder()
let library: string
let records: { readonly authority: Record; readonly tablet: Record }

beforeAll(async () => {
  library = compileRecorder(folder.path)
  const [hq, tablet] = [
    new Recorded(library, folder.path, 'hq'),
    new Recorded(library, folder.path, 'tablet'),
  ]
  await shift(hq, tablet, 4)
  records = { authority: new Record(hq), tablet: new Record(tablet) }
})

afterAll(() => folder.remove())

const broken = (cuts: readonly Cut[]): readonly Cut[] => cuts.filter(({ faults }) => faults.length > 0)

test('PWR-1 the record of a node’s files gives every file again, byte for byte', () => {
  for (const record of Object.values(records)) {
    expect(record.unrecorded()).toEqual([])
    expect(record.told).toBeGreaterThan(50)
  }
})

test.each(['authority', 'tablet'] as const)(
  `PWR-2 wherever the power goes, ${CUTS} times, nothing that the %s had told is lost`,
  async (name) => {
    const dice = seededDice(20_264)
    const record = records[name]
    // Either nothing is there that was not synced, or any part of it.
    const fates = () => [dice() < 0.5 ? ALL_LOST : chosenBy(dice)]
    const cuts = await record.cut(record.moments(CUTS, dice), fates)
    expect(broken(cuts)).toEqual([])
    expect(cuts).toHaveLength(CUTS)
  },
)

test('PWR-3 under synchronous=NORMAL answered ops are lost, and these cuts find it', async () => {
  const weak = new Recorded(library, folder.path, 'weak', ['unsynced.ts'])
  await alone(weak, 10)
  const record = new Record(weak)
  const cuts = await record.cut(record.moments(20, seededDice(20_265)), () => [ALL_LOST])
  const faults = broken(cuts).flatMap((cut) => cut.faults)
  expect(faults).toContainEqual(expect.stringMatching(/^answered op .* is lost$/))
})
