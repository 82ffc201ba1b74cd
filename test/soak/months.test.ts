/**
 * A million ops by fifty devices over a year: TALLYDESK_MONTHS_OPS, 1,000,000 unless told, of the seed that LAWS_SEED
 * names. Every month tells what it cost, as a line of JSON.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scratchFolder } from '../support/node-process.ts'
import { SEED } from '../support/seed.ts'
import { Warehouse } from './months.ts'
import { ALONE, rejoin } from './months/away.ts'
import type { Month } from './months/headquarters.ts'

const OPS = Number(process.env.TALLYDESK_MONTHS_OPS ?? 1_000_000)
const DAYS = 365
/** Of every job some ninety ops tell, most of them of what another one superseded. */
const OPS_A_JOB = 90

const MIB = 2 ** 20

/** Bytes of the file for a byte of what people can see, counted as text: names, indexes, what the search needs. With all ops kept it is 19, of 20,000. */
const FILE_PER_STATE = 15
/** A full slice of work in one transaction; with 20,000 ops it is 1.5 MiB. */
const WAL_BYTES = 8 * MIB
/** What is kept in memory of ten thousand closed jobs. */
const HEAP_BYTES = 48 * MIB
/** Of two costs: what is open grows until the second month and not after it. */
const FLAT = 1.5
/** Of the time that it took to take in all that was done meanwhile. */
const REJOIN_SHARE = 1 / 5

const folder = scratchFolder()
const warehouse = new Warehouse({
  seed: SEED,
  ops: OPS,
  days: DAYS,
  authors: 50,
  jobsADay: OPS / DAYS / OPS_A_JOB,
  history: 90,
  folder: folder.path,
})

const month = (number: number): Month => {
  const found = warehouse.months[number - 1]
  if (!found) throw new Error(`month ${number} was lived through`)
  return found
}

beforeAll(() => {
  warehouse.live((figures) => void process.stdout.write(`${JSON.stringify(figures)}\n`))
})

afterAll(() => {
  warehouse.close()
  folder.remove()
})

/** Bytes of the file for every byte of what people can see, of what came between two months. */
const filePerState = (from: Month, to: Month): number =>
  (to.database - from.database) / (to.state - from.state)

const heapGrowth = (from: Month, to: Month): number => to.heap - from.heap
const slowdown = (cost: (month: Month) => number, from: Month, to: Month): number => cost(to) / cost(from)

test('MON-2 the database grows with what people can see and not with what they did', () => {
  expect(filePerState(month(3), month(12))).toBeLessThan(FILE_PER_STATE)
})

test('MON-2 the write-ahead log stays short, and is emptied in a quiet moment', () => {
  for (const { wal, walPeak } of warehouse.months) {
    expect(walPeak).toBeLessThan(WAL_BYTES)
    expect(wal).toBeLessThan(MIB)
  }
})

test('MON-2 memory stays as it was', () => {
  expect(heapGrowth(month(3), month(12))).toBeLessThan(HEAP_BYTES)
})

test('MON-2 an op costs in the last month what it cost in the second', () => {
  expect(slowdown(({ receive }) => receive.op, month(2), month(12))).toBeLessThan(FLAT)
  expect(slowdown(({ rest }) => rest.op, month(2), month(12))).toBeLessThan(FLAT)
  expect(slowdown(({ acknowledge }) => acknowledge, month(2), month(12))).toBeLessThan(FLAT)
})

/** Of all ops of the year, s. */
const receivingAll = (): number =>
  warehouse.months.reduce((sum, { receive, ops }, i, all) => {
    return sum + (receive.op * (ops - (all[i - 1]?.ops ?? 0))) / 1000
  }, 0)

test('MON-3 a device that left after the first day is back in a fifth of the time that taking in the year took, and what it wrote alone is judged', async () => {
  const back = await rejoin(warehouse.away, warehouse.headquarters)
  process.stdout.write(`${JSON.stringify(back)}\n`)
  expect(back.judged.accepted + back.judged.late).toBe(ALONE)
  expect(back.judged.accepted).toBeGreaterThan(0)
  expect(back.judged.late).toBeGreaterThan(0)
  expect(back.isSame).toBe(true)
  expect(back.seconds).toBeLessThan(REJOIN_SHARE * receivingAll())
})
