/** Work in the background: one piece a turn, and what fails keeps nothing else from being done. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Owed } from '../../main/node/owed.ts'
import { Slices } from '../../main/node/slices.ts'
import { folderPaths } from '../../main/store/folder.ts'
import { foundSite } from '../support/replicas.ts'

const log = pino({ enabled: false })

test('NOD-40 what fails in the background is tried again later, and everything else is done meanwhile', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let tries = 0
  let left = 5
  let quiet = 0
  const slices = new Slices({
    work: [
      () => {
        tries += 1
        if (tries < 3) throw new Error('not now')
        return false
      },
      () => left-- > 0,
    ],
    whenQuiet: () => (quiet += 1),
    log,
  })
  slices.wake()
  vi.advanceTimersByTime(1_000)
  expect([tries, left]).toEqual([1, -1])
  vi.advanceTimersByTime(30_000)
  expect(tries).toBeGreaterThan(2)
  expect(quiet).toBe(1)
  slices.stop()
})

test('NOD-40 a parcel that cannot be read stays where it is, and the next one is handed in', () => {
  const root = mkdtempSync(join(tmpdir(), 'tallydesk-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const paths = folderPaths(root)
  mkdirSync(paths.owed)
  const [gone, none] = ['1.parcel', '2.parcel'].map((name) => join(paths.owed, name))
  writeFileSync(gone ?? '', 'gone')
  writeFileSync(none ?? '', 'no parcel')
  const owed = new Owed({ paths, log }, foundSite().replica)
  rmSync(gone ?? '')
  expect(owed.handIn()).toBe(true)
  expect(owed.handIn()).toBe(false)
  expect(owed.handIn()).toBe(false)
})
