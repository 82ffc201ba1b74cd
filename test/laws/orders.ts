/** A history told to replicas in many orders, and under the keys of several devices: it must come out alike. */
import { expect } from 'vitest'
import { restart } from '../support/replicas.ts'
import { asWritten, judgements, observe, readingFrom, type Delivery } from './delivery.ts'
import { KEYS, opsOf, type Story } from './histories.ts'

export function comesOutAlike(told: Story, orders: readonly Delivery[]): void {
  const ops = opsOf(told)
  const [judged, shown] = readingFrom(ops, asWritten, (replica, device) => [
    judgements(device),
    observe(replica),
  ])
  for (const [i, how] of orders.entries())
    readingFrom(
      ops,
      how,
      (replica, device) => {
        expect(judgements(device)).toEqual(judged)
        if (i % KEYS.length === 0) expect(observe(replica)).toEqual(shown)
        if (i > 0) return
        expect(replica.diagnose().findings).toEqual([])
        restart(device)
        expect(judgements(device)).toEqual(judged)
      },
      i,
    )
}
