import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../shared/base/bytes.ts'
import type { Log } from '../../shared/replica/log.ts'
import { seededDice } from '../../main/demo/dice.ts'
import { deliver, opsOf, pastsOf, play, runsOf, writeOn, type SignedOp } from '../support/branches.ts'
import { coreOf, nextOp, runOf } from '../support/crafting.ts'
import { copyOf, openDevice, pull, restart, signerFrom, type Device } from '../support/replicas.ts'
import { aSite } from '../support/site.ts'

const DEVICES = 7

/** A site of which two devices were copied: three write as the tablet, two as the desk. */
function copiedSite(): Device[] {
  const { hq, desk, edge, tablet } = aSite()
  return [hq, edge, desk, copyOf(desk), tablet, copyOf(tablet), copyOf(tablet)]
}

const move = fc.record({
  who: fc.nat(DEVICES - 1),
  from: fc.nat(DEVICES - 1),
  writes: fc.boolean(),
})
const story = fc.record({
  moves: fc.array(move, { minLength: 10, maxLength: 45 }),
  seed: fc.nat(1_000_000),
})

const first = (devices: readonly Device[]): Device => {
  const [device] = devices
  if (!device) throw new Error('there are devices')
  return device
}

const reader = (like: Device): Device => openDevice('Reader', signerFrom('a reader'), like.replica.site)

/** What the log says of every two ops, by their hashes. */
function pastsIn(log: Log, ops: readonly SignedOp[]): Map<string, ReadonlySet<string>> {
  const numbers = ops.map(({ actor, seq, hash }) => ({
    hash: toHex(hash),
    no: log.find({ actor, seq, hash })?.op ?? 0,
  }))
  return new Map(
    numbers.map((op) => [
      op.hash,
      new Set(numbers.filter((target) => log.knowsNo(op.no, target.no)).map(({ hash }) => hash)),
    ]),
  )
}

/** Which op each name means to each op, told from the ops alone: one of its own chain, else the least by hash that it had seen. */
function meanings(ops: readonly SignedOp[]): (string | null)[][] {
  const byHash = new Map(ops.map((op) => [toHex(op.hash), op]))
  const pasts = pastsOf(ops)
  const chainOf = (op: SignedOp): SignedOp[] => {
    const before = byHash.get(toHex(op.prev))
    return before ? [op, ...chainOf(before)] : [op]
  }
  return ops.map((op) => {
    const chain = new Set(chainOf(op).map(({ hash }) => toHex(hash)))
    return ops.map(({ actor, seq }) => {
      const seen = ops
        .filter((one) => one.actor === actor && one.seq === seq)
        .map(({ hash }) => toHex(hash))
        .filter((hash) => pasts.get(toHex(op.hash))?.has(hash))
        .sort()
      return seen.find((hash) => chain.has(hash)) ?? seen[0] ?? null
    })
  })
}

const resolvedIn = (log: Log, ops: readonly SignedOp[]): (string | null)[][] =>
  ops.map((op) => {
    const no = log.find(op)?.op ?? 0
    return ops.map((name) => {
      const found = log.resolve(no, name)
      return found === null ? null : toHex(log.hashOf(found))
    })
  })

/** All that a log answers of its branches, without its numbers. */
function told(log: Log, ops: readonly SignedOp[]): unknown {
  const names = ops.map(({ actor, seq }) => ({ actor, seq }))
  return {
    heads: log.heads(),
    forked: log.forked().map((actor) => [actor, log.forkedAt(actor)]),
    chiefs: names.map(({ actor }) => toHex(log.head(actor)?.hash ?? new Uint8Array(0))),
    named: names.map((name) => log.numbersAt(name).map((no) => toHex(log.hashOf(no)))),
    knows: names.map((op) => names.map((target) => log.knows(op, target))),
    resolved: resolvedIn(log, ops),
  }
}

test('FRK-1 branches that came in any order and in any runs give the same heads, digests and causal past on every replica', () => {
  let forks = 0
  fc.assert(
    fc.property(story, ({ moves, seed }) => {
      const devices = copiedSite()
      play(devices, moves)
      const ops = opsOf(devices)
      const pasts = pastsOf(ops)
      const dice = seededDice(seed)
      const readers = [0, 1, 2].map(() => {
        const device = reader(first(devices))
        deliver(device, runsOf(ops, dice))
        return device
      })
      const answers = readers.map((device) => told(coreOf(device).log, ops))
      for (const device of readers) {
        expect(device.replica.status().log.ops).toBe(ops.length)
        expect(device.replica.digest()).toEqual(readers[0]?.replica.digest())
        expect(device.replica.status().state_hash).toBe(readers[0]?.replica.status().state_hash)
        expect(pastsIn(coreOf(device).log, ops)).toEqual(pasts)
        expect(device.replica.diagnose().findings).toEqual([])
      }
      for (const answer of answers) expect(answer).toEqual(answers[0])
      expect(resolvedIn(coreOf(first(readers)).log, ops)).toEqual(meanings(ops))
      forks += coreOf(first(readers)).log.forked().length
    }),
    { numRuns: 40 },
  )
  expect(forks).toBeGreaterThan(15)
})

test('FRK-1 a log with branches answers as before once it is opened again', () => {
  const dice = seededDice(7)
  const moves = Array.from({ length: 60 }, () => ({
    who: Math.floor(dice() * DEVICES),
    from: Math.floor(dice() * DEVICES),
    writes: dice() < 0.6,
  }))
  const devices = copiedSite()
  play(devices, moves)
  const ops = opsOf(devices)
  const hq = first(devices)
  deliver(hq, runsOf(ops, dice))
  const before = told(coreOf(hq).log, ops)
  restart(hq)
  expect(told(coreOf(hq).log, ops)).toEqual(before)
  expect(pastsIn(coreOf(hq).log, ops)).toEqual(pastsOf(ops))
  expect(resolvedIn(coreOf(hq).log, ops)).toEqual(meanings(ops))
})

test('FRK-1 branches of branches, however deep, are told apart', () => {
  const { hq, tablet } = aSite()
  const chain: string[] = []
  for (let depth = 1; depth <= 80; depth += 1) {
    const op = nextOp(tablet, [{ type: 'create', kind: 'case' }])
    const deadEnd = runOf(tablet.signer, { ...op, wall: 1 })
    for (const run of [deadEnd, runOf(tablet.signer, { ...op, wall: 2 })])
      expect(hq.replica.receive(run, hq.replica.actor)).toMatchObject({ committed: 1 })
    tablet.replica.receive(runOf(tablet.signer, { ...op, wall: 2 }), hq.replica.actor)
    chain.push(toHex(tablet.replica.heads().find(({ actor }) => actor === op.actor)?.hash ?? op.prev))
  }
  const { log } = coreOf(hq)
  const { actor } = tablet.replica
  expect(log.heads().filter((head) => head.actor === actor).length).toBe(81)
  const last = log.numbersAt({ actor, seq: 80 }).map((no) => [no, toHex(log.hashOf(no))] as const)
  const [no] = last.find(([, hash]) => hash.startsWith(chain[79] ?? '-')) ?? [0]
  for (const seq of [1, 40, 79]) {
    const [mine, ...others] = log
      .numbersAt({ actor, seq })
      .sort((a) => (toHex(log.hashOf(a)).startsWith(chain[seq - 1] ?? '-') ? -1 : 1))
    expect(log.resolve(no, { actor, seq })).toBe(mine)
    expect(others.map((other) => log.knowsNo(no, other))).toEqual([false])
    expect(log.knowsNo(no, mine ?? 0)).toBe(true)
  }
  expect(hq.replica.diagnose().findings).toEqual([])
})

test('FRK-1 a name that two ops have means either of them, until a number tells which', () => {
  const { hq, desk, tablet } = aSite()
  const op = nextOp(tablet, [{ type: 'create', kind: 'case' }])
  const [one, two] = [1, 2].map((wall) => runOf(tablet.signer, { ...op, wall }))
  if (!one || !two) throw new Error('two runs were signed')
  desk.replica.receive(two, desk.replica.actor)
  writeOn(desk, 3)
  hq.replica.receive(one, hq.replica.actor)
  pull(hq, desk)
  const { log } = coreOf(hq)
  const by = { actor: desk.replica.actor, seq: 1 }
  const name = { actor: tablet.replica.actor, seq: 1 }
  const [least, other] = log.numbersAt(name)
  const seen = log.find(desk.replica.nameOf(two))?.op ?? 0
  expect(log.knows(by, name)).toBe(true)
  expect(log.knows(by, { ...name, no: seen })).toBe(true)
  expect(log.knows(by, { ...name, no: least === seen ? (other ?? 0) : (least ?? 0) })).toBe(false)
  expect(log.knows({ ...name, no: seen }, by)).toBe(false)
  expect(log.resolve(log.numberAt(by) ?? 0, name)).toBe(seen)
  expect(log.forked()).toEqual([tablet.replica.actor])
  expect([log.forkedAt(tablet.replica.actor), log.forkedAt(desk.replica.actor)]).toEqual([1, null])
})
