import { expect, test } from 'vitest'
import { Passage } from '../../main/net/passage.ts'

/** Two clocks: one that stands still while the device sleeps, and the one on the wall. */
function clocks(): { monotonic: number; wall: number; passage: Passage; pass: (ms: number) => void } {
  const at = { monotonic: 1_000, wall: 1_700_000_000_000 }
  const passage = new Passage({ monotonic: () => at.monotonic, wall: () => at.wall })
  const pass = (ms: number): void => {
    at.monotonic += ms
    at.wall += ms
  }
  return Object.assign(at, { passage, pass })
}

test('NET-65 a sleep in which the clock stood still counts as time, and is noticed once', () => {
  const device = clocks()
  const before = device.passage.now()
  device.pass(250)
  expect(device.passage.hasWoken()).toBe(false)
  device.wall += 3_600_000
  expect(device.passage.now() - before).toBe(3_600_250)
  expect(device.passage.hasWoken()).toBe(true)
  device.pass(250)
  expect(device.passage.hasWoken()).toBe(false)
  expect(device.passage.now() - before).toBe(3_600_500)
})

test('NET-65 a device that was held up and whose clocks both went on has woken, too', () => {
  const device = clocks()
  device.pass(9_000)
  expect(device.passage.hasWoken()).toBe(true)
  expect(device.passage.hasWoken()).toBe(false)
})

test('NET-65 a clock that is set right by a little, or back, is no sleep and takes no time away', () => {
  const device = clocks()
  const before = device.passage.now()
  device.wall += 2_000
  expect(device.passage.hasWoken()).toBe(false)
  device.wall -= 86_400_000
  expect(device.passage.hasWoken()).toBe(false)
  device.pass(500)
  expect(device.passage.now() - before).toBe(500)
})
