/** How a node meets a disk that takes nothing: remembered since when, tried again, and after damage not at all. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Storage, type StorageTrouble } from '../../main/node/storage.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import type { ActorId } from '../../shared/model/ids.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const PEER = 'aa'.repeat(32) as ActorId
const FULL = new TallydeskError('disk-full')

function opened() {
  const told: (StorageTrouble | null)[] = []
  const disk = { full: true }
  const storage = new Storage({
    clock: { now: () => 7 },
    probe: () => {
      if (disk.full) throw FULL
    },
    onChange: (trouble) => void told.push(trouble),
    probeEvery: 100,
  })
  return { storage, disk, told }
}

test('KEEP-20 trouble is told once, since when it began, and is over once something can be written', () => {
  const { storage, disk, told } = opened()
  storage.failed(FULL)
  storage.failed(FULL)
  storage.failed(new TallydeskError('not-found'))
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual([{ code: 'disk-full', since: 7, reason: '' }])
  expect(storage.mayWrite().ok).toBe(true)
  disk.full = false
  vi.advanceTimersByTime(100)
  expect(told.at(-1)).toBeNull()
  expect(storage.trouble).toBeNull()
  expect(vi.getTimerCount()).toBe(0)
})

test('KEEP-21 what peers tell meanwhile is kept in mind, and told again once', () => {
  const { storage } = opened()
  const keep = vi.fn(() => {
    throw FULL
  })
  const head = { actor: PEER, seq: 1, hash: new Uint8Array(16) }
  storage.acknowledged(PEER, [head], keep)
  storage.acknowledged(PEER, [{ ...head, seq: 2 }], keep)
  storage.acknowledged(PEER, [head], keep)
  expect(keep).toHaveBeenCalledTimes(1)
  expect(storage.toldMeanwhile()).toEqual([[PEER, [head, { ...head, seq: 2 }]]])
  expect(storage.toldMeanwhile()).toEqual([])
  const fault = (): void => {
    throw new Error('a fault of ours')
  }
  expect(() => opened().storage.acknowledged(PEER, [head], fault)).toThrow('a fault of ours')
  expect(() => storage.hint(fault)).toThrow('a fault of ours')
  storage.stop()
  expect(() => storage.hint(fault)).not.toThrow()
})

test('KEEP-23 after damage nothing is written any more, however the disk does, and the hint says what to do', () => {
  const { storage, disk, told } = opened()
  storage.failed(FULL)
  storage.hint(() => {
    throw new TallydeskError('database-damaged', { reason: 'malformed' })
  })
  const written = vi.fn(() => true)
  storage.hint(written)
  expect(storage.attempt(written)).toBeNull()
  storage.acknowledged(PEER, [], written)
  expect(written).not.toHaveBeenCalled()
  disk.full = false
  vi.advanceTimersByTime(10_000)
  storage.failed(FULL)
  expect(storage.trouble).toEqual({ code: 'database-damaged', since: 7, reason: 'malformed' })
  const may = storage.mayWrite()
  expect(may.ok ? '' : may.error.hint).toContain('doctor --repair')
  expect(told).toHaveLength(2)
})
