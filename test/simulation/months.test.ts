/** A year in small: 12,000 ops by fifty devices. What it is to show over a million is in test/soak. */
import { afterAll, expect, test } from 'vitest'
import { scratchFolder } from '../support/node-process.ts'
import { SEED } from '../support/seed.ts'
import { Warehouse } from '../soak/months.ts'
import { ALONE, rejoin } from '../soak/months/away.ts'

const folders: { remove(): void }[] = []

function warehouse(ops: number, days: number): Warehouse {
  const folder = scratchFolder()
  folders.push(folder)
  return new Warehouse({
    seed: SEED,
    ops,
    days,
    authors: 50,
    jobsADay: ops / days / 90,
    history: 20,
    folder: folder.path,
  })
}

afterAll(() => {
  for (const folder of folders) folder.remove()
})

test('MON-1 over a year every job shows what people left, every checkpoint agrees, and who was away is back', async () => {
  const year = warehouse(12_000, 60)
  const months = year.live()
  expect(months.map(({ month }) => month)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(months.at(-1)?.log.ops).toBeGreaterThan(12_000)
  const { replica } = year.headquarters
  expect(replica.status().checkpoint?.agreed).toBe(true)
  expect(replica.diagnose().findings).toEqual([])
  const { judged, isSame } = await rejoin(year.away, year.headquarters)
  expect(judged.accepted + judged.late).toBe(ALONE)
  expect(isSame).toBe(true)
  year.close()
})

test('MON-1 one seed tells one year', () => {
  const [one, other] = [warehouse(300, 12), warehouse(300, 12)].map((year) => {
    const hashes = year.live().map(({ stateHash }) => stateHash)
    year.close()
    return hashes
  })
  expect(one).toEqual(other)
})
