/** The same ops given to fresh replicas in many orders, and all that each of them then says. */
import { expect } from 'vitest'
import type { Run } from '../../shared/op/run.ts'
import { createHash } from 'node:crypto'
import { judgements, observe } from '../laws/delivery.ts'
import { deliver, opsOf, runsOf, type SignedOp } from './branches.ts'
import { openDevice, signerFrom, type Device } from './replicas.ts'

const single = ({ actor, seq, bytes, signature }: SignedOp): Run => ({
  actor,
  first: seq,
  ops: [bytes],
  signature,
})

/** Numbers from 0 to 1 that follow from a seed. */
function diceFrom(seed: string): () => number {
  let at = 0
  return () => {
    at += 1
    return createHash('sha256').update(`${seed}/${at}`).digest().readUInt32BE(0) / 2 ** 32
  }
}

const LAST = 8

/** Causes first, causes last, each author by itself, and drawn ones. */
function ordersOf(ops: readonly SignedOp[], draws: number): Run[][] {
  const byAuthor = [...ops].sort((a, b) => (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : a.seq - b.seq))
  return [
    ops.map(single),
    ops.map(single).reverse(),
    // Each of the latest ops comes last once, behind all that it does not hang on.
    ...ops.slice(-LAST).map((last) => [...ops.filter((op) => op !== last), last].map(single)),
    byAuthor.map(single),
    byAuthor.map(single).reverse(),
    ...Array.from({ length: draws }, (_, i) => runsOf(ops, diceFrom(`order ${i}`))),
  ]
}

/** Delivers each order to a replica that holds nothing. */
export function readersOf(devices: readonly Device[], draws = 8): Device[] {
  const [first] = devices
  if (!first) return []
  return ordersOf(opsOf(devices), draws).map((runs, i) => {
    const reader = openDevice('Reader', signerFrom('reader'), first.replica.site)
    const parts = i % 2 === 0 ? [runs] : runs.map((run) => [run])
    let left: Run[] = []
    for (const part of parts) {
      const waiting: Run[] = []
      for (const run of [...left, ...part])
        if (reader.replica.receive(run, first.replica.actor).outcome === 'unadmitted') waiting.push(run)
      reader.replica.status()
      left = waiting
    }
    deliver(reader, left)
    return reader
  })
}

/** Whatever the order, all that can be read is the same, and the same as when everything is folded anew. */
export function expectSame(devices: readonly Device[], draws = 8): Device {
  const [first, ...others] = readersOf(devices, draws)
  if (!first) throw new Error('there are readers')
  const [judged, seen] = [judgements(first), observe(first.replica)]
  for (const other of others) {
    expect(judgements(other)).toEqual(judged)
    expect(observe(other.replica)).toEqual(seen)
  }
  for (const reader of [first, ...others]) expect(reader.replica.diagnose().findings).toEqual([])
  return first
}
