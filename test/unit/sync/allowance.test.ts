/** A peer's share of this device's time: at full speed what is honest, more slowly what goes on and on, and nothing refused. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../../shared/op/limits.ts'
import { Allowance } from '../../../shared/sync/allowance.ts'
import { actorNamed, AUTHORITY } from './memory-store.ts'

const [peer, other] = [actorNamed('tablet'), AUTHORITY]
const stored = { outcome: 'stored', committed: 1, waiting: 0 } as const
const runOf = (ops: number, bytes = 100, actor = peer) => ({
  actor,
  first: 1,
  ops: Array.from({ length: ops }, () => new Uint8Array(bytes)),
  signature: new Uint8Array(64),
})

/** How many runs pass before the allowance is spent. */
function runsUntilSpent(allowance: Allowance, run: ReturnType<typeof runOf>): number {
  let runs = 0
  for (; !allowance.isSpent(run.actor) && runs < 1e6; runs += 1) allowance.took(peer, run, stored)
  return runs
}

describe('an allowance', () => {
  test('LIM-3 months of work, an import and a parcel pass without a pause', () => {
    const allowance = new Allowance()
    for (let ops = 0; ops < 50_000; ops += 32) allowance.took(peer, runOf(32, 300), stored)
    expect(allowance.isSpent(peer)).toBe(false)
    const another = new Allowance()
    for (let rows = 0; rows < 10_000; rows += 32) another.took(peer, runOf(32, 800), stored)
    for (let parts = 0; parts < LIMITS.parcelBytes; parts += LIMITS.parcelPartBytes)
      another.took(peer, runOf(1, LIMITS.parcelPartBytes), stored)
    expect(another.isSpent(peer)).toBe(false)
  })

  test('LIM-3 who goes on and on is slowed to a steady rate', () => {
    const allowance = new Allowance()
    expect(32 * runsUntilSpent(allowance, runOf(32))).toBe(LIMITS.actorBurstOps)
    let taken = 0
    for (let now = 0; now <= 60_000; now += 250) {
      allowance.look(now)
      taken += 32 * runsUntilSpent(allowance, runOf(32))
    }
    expect(taken).toBeGreaterThan(LIMITS.actorOpsPerMinute * 0.9)
    expect(taken).toBeLessThan(LIMITS.actorOpsPerMinute * 1.1)
    allowance.look(24 * 3_600_000)
    expect(32 * runsUntilSpent(allowance, runOf(32))).toBe(LIMITS.actorBurstOps)
  })

  test('LIM-3 what one author spends is no other author’s', () => {
    const allowance = new Allowance()
    runsUntilSpent(allowance, runOf(256, 100, other))
    expect(allowance.isSpent(other)).toBe(true)
    expect(allowance.isSpent(peer)).toBe(false)
  })

  test('LIM-3 large ops, questions, refused runs and authors that nobody knows count as well', () => {
    const large = new Allowance()
    expect(runsUntilSpent(large, runOf(1, LIMITS.opBytes))).toBe(LIMITS.actorBurstOps / 32)
    const strange = new Allowance()
    for (let i = 0; i < LIMITS.actorBurstOps / 256; i += 1)
      strange.took(peer, runOf(256, 1, actorNamed(`nobody ${i}`)), { outcome: 'unadmitted' })
    expect(strange.isSpent(peer)).toBe(true)
    const refused = new Allowance()
    for (let i = 0; i < 16; i += 1)
      refused.took(peer, runOf(1), { outcome: 'refused', reason: 'a wrong lamport' })
    expect(refused.isSpent(peer)).toBe(true)
    const asking = new Allowance()
    let vectors = 0
    for (; !asking.isSpent(peer); vectors += 1) asking.read(peer, 'vector', new Uint8Array(60))
    expect(vectors).toBeLessThan(600)
  })
})
