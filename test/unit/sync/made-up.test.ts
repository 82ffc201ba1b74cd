/** Heads that a peer makes up: it may name as many as it likes, and what is kept of them is bounded. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../shared/op/limits.ts'
import type { Head } from '../../../shared/op/run.ts'
import { Holding } from '../../../shared/sync/holding.ts'
import { Parting } from '../../../shared/sync/parting.ts'
import { actorNamed, AUTHORITY, MemoryStore } from './memory-store.ts'

const madeUp = (i: number): Head => ({
  actor: actorNamed(`nobody ${i}`),
  seq: 1 + (i % 7),
  hash: new Uint8Array(16).fill(i & 255),
})

describe('made-up heads', () => {
  test('ATK-33 of what is not here so much is kept as one message may name, and what is here is known all the same', () => {
    const store = new MemoryStore(AUTHORITY)
    store.write()
    const holding = new Holding(store)
    for (let i = 0; i < 3 * LIMITS.unseenHeads; i += 1) holding.add(madeUp(i))
    expect(holding.all()).toHaveLength(LIMITS.unseenHeads)
    for (const head of store.heads()) holding.add(head)
    expect(holding.of(AUTHORITY)).toEqual(store.heads())
  })

  test('ATK-33 where the branches of an unknown device part is neither asked nor remembered', () => {
    const parting = new Parting(new MemoryStore(AUTHORITY))
    for (let i = 0; i < 100; i += 1) parting.locate(madeUp(i).actor, [madeUp(i)])
    expect(parting.toAsk()).toEqual([])
    expect(parting.judged([madeUp(1)])).toEqual([madeUp(1)])
  })
})
