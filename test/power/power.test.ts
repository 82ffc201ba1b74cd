/** Power loss: what was answered, sent or acknowledged is there, wherever the power goes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededDice } from '../../main/demo/dice.ts'
import { scratchFolder } from '../support/node-process.ts'
import { Record, type Cut } from './cuts.ts'
import { compileRecorder, Recorded } from './recording.ts'
import { alone, shift } from './work.ts'

const CUTS = 250

const folder = scratchFolder()
let library: string
let records: { readonly hq: Record; readonly tablet: Record }

beforeAll(async () => {
  library = compileRecorder(folder.path)
  const [hq, tablet] = [
    new Recorded(library, folder.path, 'hq'),
    new Recorded(library, folder.path, 'tablet'),
  ]
  await shift(hq, tablet, 6)
  records = { hq: new Record(hq), tablet: new Record(tablet) }
}, 300_000)

afterAll(() => folder.remove())

const broken = (cuts: readonly Cut[]): readonly Cut[] => cuts.filter(({ faults }) => faults.length > 0)

/** So many points of a record, the same in every run of it. */
function points({ events }: Record, count: number, dice: () => number): Set<number> {
  const chosen = new Set<number>()
  while (chosen.size < Math.min(count, events.length)) chosen.add(Math.floor(dice() * events.length))
  return chosen
}

test('PWR-1 the record gives every file again', () => {
  for (const record of Object.values(records)) expect(record.unrecorded()).toEqual([])
})

test.each(['hq', 'tablet'] as const)(
  'PWR-2 %s',
  async (name) => {
    const dice = seededDice(20_264)
    const record = records[name]
    console.log(name, record.events.length, record.told)
    const t = Date.now()
    const cuts = await record.cut(points(record, CUTS, dice), 1, dice)
    console.log(Date.now() - t, cuts.length)
    const bad = broken(cuts)
    console.log(bad.length, JSON.stringify(bad.slice(0, 5), null, 1).slice(0, 3000))
    expect(bad.slice(0, 3)).toEqual([])
  },
  600_000,
)

test('PWR-3 NORMAL', async () => {
  const weak = new Recorded(library, folder.path, 'weak', ['unsynced.ts'])
  await alone(weak, 10)
  const record = new Record(weak)
  const dice = seededDice(20_265)
  const cuts = await record.cut(points(record, 20, dice), 0, dice)
  console.log(JSON.stringify(broken(cuts).slice(0, 2)).slice(0, 1000), broken(cuts).length)
  expect(broken(cuts).flatMap(({ faults }) => faults)).toContainEqual(
    expect.stringMatching(/answered op .* is lost/),
  )
}, 300_000)
