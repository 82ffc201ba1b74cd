/** A small building full of devices; the soak has a larger one. */
import { afterEach, expect, test } from 'vitest'
import { liveThrough, PATIENCE } from './crowd.ts'
import { Wifi } from './namespaces.ts'

let wifi: Wifi | null = null

afterEach(() => wifi?.close())

test(
  'NET-69 ten devices find each other, and hold the same after the WAN was out and an interface was down',
  async () => {
    wifi = new Wifi('mesh')
    await expect(liveThrough(wifi, { desks: 1, tablets: 7 })).resolves.toBeUndefined()
  },
  3 * PATIENCE * 1000,
)
