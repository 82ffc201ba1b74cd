/** A whole building: twenty nodes, one process and network namespace each. Linux and root only. */
import { afterEach, expect, test } from 'vitest'
import { liveThrough, PATIENCE } from '../network/crowd.ts'
import { Wifi } from '../network/namespaces.ts'

let wifi: Wifi | null = null

afterEach(() => wifi?.close())

test(
  'NET-69 twenty devices find each other, and hold the same after the WAN was out and an interface was down',
  async () => {
    wifi = new Wifi('building')
    await expect(liveThrough(wifi, { desks: 2, tablets: 16 })).resolves.toBeUndefined()
  },
  6 * PATIENCE * 1000,
)
