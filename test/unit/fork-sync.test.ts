import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../shared/base/bytes.ts'
import type { OpToWrite } from '../../shared/op/op.ts'
import type { Head } from '../../shared/op/run.ts'
import { decodeMessage } from '../../shared/sync/wire.ts'
import { play, writeOn } from '../support/branches.ts'
import { coreOf, nextOp, runOf } from '../support/crafting.ts'
import { newsFor } from '../../shared/replica/news.ts'
import { copyOf, openDevice, pull, restart, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, type Site } from '../support/site.ts'
import { SocketPair } from './sync/socket-pair.ts'

const OPEN = { admits: () => ({ ok: true }) as const }

/** One sync round between two devices, without time for any repair. */
function meet(a: Device, b: Device): SocketPair {
  return new SocketPair(a.replica, b.replica, { left: OPEN, right: OPEN }).open().flush()
}

const headsOf = (device: Device, of: Device): readonly Head[] =>
  device.replica.heads().filter((head) => head.actor === of.replica.actor)

type Forked = Site & { readonly clone: Device; readonly third: Device }

/** A tablet of which there are three: each writes what the others do not know of. */
function forked(common: number, ...apart: readonly number[]): Forked {
  const site = aSite()
  for (let i = 0; i < common; i += 1) writeOn(site.tablet, i + 1)
  const copies = { clone: copyOf(site.tablet), third: copyOf(site.tablet) }
  const devices = [site.tablet, copies.clone, copies.third]
  devices.forEach((device, which) => {
    for (let i = 0; i < (apart[which] ?? 1); i += 1) writeOn(device, 1000 * (which + 1) + i)
  })
  return { ...site, ...copies }
}

test('FRK-2 a relay that holds one branch learns the other in one sync round, and relays both to a third', () => {
  const { desk, edge, other, tablet, clone } = forked(3, 2, 4)
  pull(desk, tablet)
  pull(edge, clone)
  meet(desk, edge)
  expect(headsOf(desk, tablet).length).toBe(2)
  expect(desk.replica.digest()).toEqual(edge.replica.digest())
  meet(other, edge)
  expect(other.replica.digest()).toEqual(edge.replica.digest())
})

test.each([
  [0, 1, 1],
  [0, 3, 1],
  [1, 1, 7],
  [40, 7, 7],
  [40, 90, 2],
])('FRK-2 whoever is longer, and wherever the two part: %i ops together, then %i and %i', (common, a, b) => {
  for (const turned of [false, true]) {
    const { desk, edge, tablet, clone } = forked(common, a, b)
    pull(desk, tablet)
    pull(edge, clone)
    const pair = turned ? meet(edge, desk) : meet(desk, edge)
    expect(desk.replica.digest()).toEqual(edge.replica.digest())
    expect(headsOf(desk, tablet).length).toBe(2)
    expect(pair.left.session.lag()).toBe(0)
    expect(pair.right.session.lag()).toBe(0)
  }
})

test('FRK-2 whatever two replicas hold of whatever branches, one sync round makes them equal', () => {
  const move = fc.record({ who: fc.nat(5), from: fc.nat(5), writes: fc.boolean() })
  const moves = fc.array(move, { minLength: 5, maxLength: 40 })
  fc.assert(
    fc.property(moves, fc.nat(5), fc.nat(4), (played, a, b) => {
      const { hq, desk, edge, tablet } = aSite()
      const devices = [hq, copyOf(edge), desk, copyOf(desk), tablet, copyOf(tablet)]
      play(devices, played)
      const [one, two] = [devices[a], devices[(a + 1 + b) % 6]]
      if (!one || !two) throw new Error('there are six devices')
      // Copies of one device do not link to each other; each meets the other's relay.
      if (one.replica.actor === two.replica.actor) return
      const pair = meet(one, two)
      expect(one.replica.digest()).toEqual(two.replica.digest())
      expect([pair.left.session.lag(), pair.right.session.lag()]).toEqual([0, 0])
    }),
    { numRuns: 60 },
  )
})

test('FRK-2 three replicas on three branches hold the same after meeting each other', () => {
  const { desk, edge, other, hq, tablet, clone, third } = forked(5, 4, 1, 9)
  pull(desk, tablet)
  pull(edge, clone)
  pull(other, third)
  meet(desk, edge)
  meet(edge, other)
  meet(desk, other)
  meet(other, hq)
  const digests = new Set([desk, edge, other, hq].map(({ replica }) => toHex(replica.digest())))
  expect(digests.size).toBe(1)
  expect(headsOf(hq, tablet).length).toBe(3)
})

test('FRK-2 a branch that comes to a linked peer while both are linked reaches the other', () => {
  const { desk, edge, tablet, clone } = forked(6, 3, 5)
  pull(desk, tablet)
  const pair = meet(desk, edge)
  expect(headsOf(edge, tablet).length).toBe(1)
  pull(edge, clone)
  pair.committed(pair.right)
  pair.flush()
  expect(desk.replica.digest()).toEqual(edge.replica.digest())
  expect(headsOf(desk, tablet).length).toBe(2)
})

test('FRK-2 what was held back, since the peer seemed to be ahead, is sent once what it has came by another way', () => {
  const { desk, edge, tablet, clone } = forked(4, 3, 6)
  pull(desk, tablet)
  pull(edge, clone)
  const pair = new SocketPair(desk.replica, edge.replica, { left: OPEN, right: OPEN }).open()
  // The edge's hello and vector arrive, and nothing of what the desk says.
  pair.deliver(pair.left)
  pair.deliver(pair.right)
  pair.deliver(pair.right)
  while (pair.step(pair.left)) continue
  expect(pair.left.opsSent).toBe(0)
  pull(desk, clone)
  pair.committed(pair.left)
  while (pair.step(pair.left)) continue
  expect(pair.left.opsSent).toBe(3)
})

test('FRK-3 of a long chain that forks near its end only what lies near the fork is sent, and once', () => {
  const { desk, edge, tablet, clone } = forked(600, 3, 2)
  pull(desk, tablet)
  pull(edge, clone)
  const pair = meet(desk, edge)
  expect(desk.replica.digest()).toEqual(edge.replica.digest())
  expect(pair.left.opsSent + pair.right.opsSent).toBeLessThan(20)
  const before = pair.left.opsSent + pair.right.opsSent
  pair.pass(60)
  expect(pair.left.opsSent + pair.right.opsSent).toBe(before)
  const again = meet(desk, edge)
  expect(again.left.opsSent + again.right.opsSent).toBe(0)
})

test('FRK-3 a peer that is ahead is sent nothing of what it has, and one that is behind only what it lacks', () => {
  const { desk, edge, tablet } = forked(50, 0)
  pull(desk, tablet)
  for (let i = 0; i < 30; i += 1) writeOn(tablet, 500 + i)
  pull(edge, tablet)
  const pair = meet(desk, edge)
  expect([pair.left.opsSent, pair.right.opsSent]).toEqual([0, 30])
  expect(pair.left.count('locate') + pair.right.count('locate')).toBe(0)
})

test('FRK-4 a run that goes on with a branch whose base is missing waits, over a restart too, and enters behind it', () => {
  const { hq, desk, edge, tablet, clone } = forked(2, 1, 3)
  pull(desk, tablet)
  const [early, late] = [4, 5].map((seq) => runAt(clone, seq))
  if (!early || !late) throw new Error('the clone wrote five ops')
  const receive = (run: typeof early): unknown => desk.replica.receive(run, clone.replica.actor)
  expect(receive(late)).toEqual({ outcome: 'stored', committed: 0, waiting: 1 })
  expect(receive(early)).toEqual({ outcome: 'stored', committed: 0, waiting: 1 })
  expect(headsOf(desk, tablet).length).toBe(1)
  restart(desk)
  expect(receive(late)).toEqual({ outcome: 'known' })
  expect(receive(runAt(clone, 3))).toEqual({ outcome: 'stored', committed: 3, waiting: 0 })
  expect(headsOf(desk, tablet).length).toBe(2)
  pull(edge, tablet)
  pull(edge, clone)
  expect(desk.replica.digest()).toEqual(edge.replica.digest())
  meet(hq, desk)
  expect(hq.replica.digest()).toEqual(edge.replica.digest())
})

/** One op of a device's own chain, as a run. */
function runAt(device: Device, seq: number) {
  const { actor } = device.replica
  const row = device.sql
    .prepare(
      'SELECT bytes, signature FROM op JOIN actor ON actor.no = op.actor WHERE hex(actor.id) = upper(?) AND seq = ?',
    )
    .get<{ bytes: Uint8Array; signature: Uint8Array }>(actor, seq)
  if (!row) throw new Error('the device wrote it')
  return { actor, first: seq, ops: [row.bytes], signature: row.signature }
}

test('FRK-5 an acknowledgement of one branch says nothing of an op on another, nor does the authority’s cursor', () => {
  const { hq, desk, edge, tablet, clone } = forked(2, 2, 4)
  pull(edge, clone)
  const onClone = headsOf(edge, tablet)
  tablet.replica.acknowledged(edge.replica.actor, onClone)
  expect(tablet.replica.status().outbox).toBe(4)
  pull(desk, clone)
  pull(tablet, desk)
  tablet.replica.acknowledged(edge.replica.actor, onClone)
  expect(tablet.replica.status().outbox).toBe(2)
  pull(hq, clone)
  const cursor = hq.replica.authorityCursor()
  if (!cursor) throw new Error('the authority signs')
  expect(tablet.replica.receiveAuthorityCursor(cursor)).toBe(true)
  expect(tablet.replica.status().outbox).toBe(2)
  pull(hq, tablet)
  const whole = hq.replica.authorityCursor()
  expect(whole && tablet.replica.receiveAuthorityCursor(whole)).toBe(true)
  expect(tablet.replica.status().outbox).toBe(0)
})

test('FRK-5 a head that was acknowledged before it was here counts once it has come', () => {
  const { desk, edge, other, tablet } = forked(4, 1)
  const pair = meet(edge, desk)
  pull(desk, tablet)
  pair.committed(pair.right)
  // The edge hears of the desk's head, but what the desk sends is lost on the way.
  const frames = pair.right.sent.splice(0)
  expect(frames.every((frame) => decodeMessage(frame).ok)).toBe(true)
  edge.replica.acknowledged(desk.replica.actor, desk.replica.heads())
  const holders = (): unknown =>
    coreOf(edge).acks.holders({ actor: tablet.replica.actor, seq: 1 }).includes(desk.replica.actor)
  expect(holders()).toBe(false)
  pull(other, tablet)
  const fresh = meet(edge, desk)
  expect(holders()).toBe(true)
  expect(fresh.left.session.lag()).toBe(0)
})

test('FRK-6 a device that meets another branch of its own chain is told where it leaves its own, over restarts too', () => {
  const { desk, tablet, clone, other } = forked(2, 2, 2)
  expect(tablet.replica.ownFork()).toBeNull()
  pull(desk, clone)
  meet(tablet, desk)
  const [mine, theirs] = [tablet, clone].map((device) => coreOf(device).log.hashAt(clone.replica.actor, 3))
  expect(tablet.replica.ownFork()).toEqual({ seq: 3, hash: theirs })
  expect(clone.replica.ownFork()).toBeNull()
  restart(tablet)
  expect(tablet.replica.ownFork()).toEqual({ seq: 3, hash: theirs })
  meet(clone, desk)
  expect(clone.replica.ownFork()).toEqual({ seq: 3, hash: mine })
  expect(desk.replica.ownFork()).toBeNull()
  expect(other.replica.ownFork()).toBeNull()
})

test('FRK-6 a device that was restored and hears of what it wrote before it writes again goes on with it', () => {
  const { desk, tablet } = aSite()
  const old = copyOf(tablet)
  writeOn(tablet, 1)
  writeOn(tablet, 2)
  pull(desk, tablet)
  meet(old, desk)
  writeOn(old, 3)
  expect(old.replica.ownFork()).toBeNull()
  pull(desk, old)
  expect(headsOf(desk, tablet)).toMatchObject([{ seq: 3 }])
})

test('FRK-7 an op names every head of every line that it had not seen, and none of another branch of its own author', () => {
  const { desk, tablet, clone } = forked(2, 1, 2)
  pull(desk, tablet)
  pull(desk, clone)
  const { causes } = nextOp(desk, [{ type: 'create', kind: 'case' }])
  expect(causes.filter(({ actor }) => actor === tablet.replica.actor)).toEqual(headsOf(desk, tablet))
  writeOn(desk, 1)
  expect(nextOp(desk, [{ type: 'create', kind: 'case' }]).causes).toEqual([])
  pull(tablet, desk)
  const own = nextOp(tablet, [{ type: 'create', kind: 'case' }])
  expect(own.causes.map(({ actor }) => actor)).toEqual([desk.replica.actor])
  writeOn(tablet, 9)
  pull(desk, tablet)
  expect(headsOf(desk, tablet).map(({ seq }) => seq)).toEqual([4, 4])
})

test('FRK-7 an op that names another together with one before it in its chain is refused', () => {
  const { hq, desk, tablet, clone } = forked(2, 1, 2)
  for (const from of [tablet, clone]) for (const to of [desk, hq]) pull(to, from)
  const op = nextOp(desk, [{ type: 'create', kind: 'case' }])
  const root = coreOf(desk).log.hashAt(tablet.replica.actor, 1)?.subarray(0, 16) ?? new Uint8Array(16)
  const below = { actor: tablet.replica.actor, seq: 1, hash: root }
  const twice = { ...op, causes: [...op.causes, below].sort(order) }
  expect(hq.replica.receive(runOf(desk.signer, twice), desk.replica.actor)).toEqual({
    outcome: 'refused',
    reason: 'its context does not grow',
  })
})

test('FRK-7 an op that names what a cause had seen beyond is refused, on a branch as on a chain that never forked', () => {
  const { hq, desk, other, tablet, clone } = forked(2, 2, 1)
  for (const from of [tablet, clone]) pull(desk, from)
  writeOn(desk, 1)
  for (const to of [hq, other]) pull(to, desk)
  const { causes, ...op } = nextOp(other, [{ type: 'create', kind: 'case' }])
  const earlier = runAt(tablet, 3).ops.map((bytes) => coreOf(hq).sha256(bytes).subarray(0, 16))
  const low = earlier.map((hash) => ({ actor: tablet.replica.actor, seq: 3, hash }))
  const others = causes.filter(({ actor }) => actor !== tablet.replica.actor)
  const lagging = { ...op, causes: [...others, ...low].sort(order) }
  expect(hq.replica.receive(runOf(other.signer, lagging), other.replica.actor)).toEqual({
    outcome: 'refused',
    reason: 'its context is not causally closed',
  })
})

test('FRK-7 what its causes had seen an op must name, unless it is of an actor that forks in its own past', () => {
  const { hq, desk, edge, other, tablet, clone } = forked(2, 1, 2)
  pull(hq, clone)
  pull(hq, tablet)
  pull(desk, tablet)
  writeOn(desk, 1)
  pull(hq, desk)
  pull(edge, desk)
  pull(other, desk)
  const omitting = (): OpToWrite => {
    const { causes, ...op } = nextOp(other, [{ type: 'create', kind: 'case' }])
    return { ...op, causes: causes.filter(({ actor }) => actor !== tablet.replica.actor) }
  }
  const onOneBranch = runOf(other.signer, omitting())
  // Headquarters knows of the fork and the edge does not: the op's own past decides on both.
  for (const { replica } of [hq, edge])
    expect(replica.receive(onOneBranch, other.replica.actor)).toEqual({
      outcome: 'refused',
      reason: 'its context is not causally closed',
    })
  pull(desk, clone)
  writeOn(desk, 2)
  for (const to of [hq, edge, other]) pull(to, desk)
  const onBoth = runOf(other.signer, omitting())
  for (const { replica } of [hq, edge])
    expect(replica.receive(onBoth, other.replica.actor)).toMatchObject({ outcome: 'stored', committed: 1 })
  expect(hq.replica.digest()).toEqual(edge.replica.digest())
})

const order = (a: Head, b: Head): number => (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : a.seq - b.seq)

test('FRK-8 a member with 50 branches holds up nobody: all are stored, and everyone writes and syncs on', () => {
  const { hq, desk, edge, tablet } = aSite()
  branchOut(tablet, [desk], 50)
  meet(desk, edge)
  meet(edge, hq)
  writeOn(hq, 1)
  writeOn(edge, 2)
  meet(hq, edge)
  meet(desk, edge)
  meet(hq, desk)
  for (const device of [desk, edge]) expect(device.replica.digest()).toEqual(hq.replica.digest())
  expect(headsOf(hq, tablet).length).toBe(50)
})

test('FRK-8 of more branches than it has room for an op names enough, and is sound for all who have them or get them', () => {
  const { hq, desk, edge, tablet } = aSite()
  branchOut(tablet, [desk, edge], 30)
  const self = desk.replica.actor
  const writeNaming = (most: number): number => {
    const news = newsFor(coreOf(desk).log, self, most)
    const op = { ...nextOp(desk, [{ type: 'create', kind: 'case' }]), ...news }
    for (const to of [edge, desk])
      expect(to.replica.receive(runOf(desk.signer, op), self)).toMatchObject({ committed: 1 })
    return news.causes.length
  }
  expect(writeNaming(12)).toBe(12)
  expect(writeNaming(12)).toBe(12)
  expect(writeNaming(12)).toBe(30 + 1 - 24)
  // Of the two that are named at least, what others had seen follows.
  meet(hq, edge)
  const news = newsFor(coreOf(hq).log, hq.replica.actor, 1)
  expect(news.causes.map(({ actor }) => actor).sort()).toEqual([self, ...twice(tablet.replica.actor)].sort())
  const op = { ...nextOp(hq, [{ type: 'create', kind: 'case' }]), ...news }
  expect(edge.replica.receive(runOf(hq.signer, op), hq.replica.actor)).toMatchObject({ committed: 1 })
})

const twice = <T>(one: T): T[] => [one, one]

/** Gives the others so many first ops of one author. */
function branchOut(author: Device, to: readonly Device[], many: number): void {
  const op = nextOp(author, [{ type: 'create', kind: 'case' }])
  for (let i = 0; i < many; i += 1) {
    const run = runOf(author.signer, { ...op, wall: i + 1 })
    for (const device of to)
      expect(device.replica.receive(run, author.replica.actor)).toMatchObject({ committed: 1 })
  }
}

test('FRK-9 a newcomer that holds nothing gets every branch in one round', () => {
  const { hq, desk, tablet, clone, third } = forked(3, 2, 4, 1)
  for (const from of [tablet, clone, third]) pull(desk, from)
  writeOn(desk, 1)
  const newcomer = openDevice('Newcomer', signerFrom('a newcomer'), hq.replica.site)
  meet(desk, newcomer)
  expect(newcomer.replica.digest()).toEqual(desk.replica.digest())
})
