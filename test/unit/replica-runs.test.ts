import { expect, test } from 'vitest'
import { toHex } from '../../shared/base/bytes.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { encodeOp } from '../../shared/op/op.ts'
import type { Head, Run } from '../../shared/op/run.ts'
import { coreOf, craft, nextOp, runOf, signRun } from '../support/crafting.ts'
import { openDevice, pull, restart, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, newJob, setTitle, titles } from '../support/site.ts'

const WIDE = { ops: 100_000, bytes: 1 << 30 }

/** Everything that a device can send to one that holds nothing. */
const allFrom = ({ replica }: Device, bounds = WIDE): readonly Run[] => {
  const have: Head[] = []
  const runs: Run[] = []
  for (let position = 0, end = false; !end;) {
    const page = replica.runsAfter(have, position, bounds)
    have.push(...page.runs.map((run) => replica.nameOf(run)))
    runs.push(...page.runs)
    ;({ position, end } = page)
  }
  return runs
}

const seqsOf = (runs: readonly Run[], { replica }: Device): number[] =>
  runs.filter((run) => run.actor === replica.actor).flatMap((run) => run.ops.map((_, i) => run.first + i))

/** What one actor wrote, as one run signed at its end alone. */
function asOneRun(of: Device, first: number): Run {
  const { sql, log } = coreOf(of)
  const rows = sql
    .prepare('SELECT bytes FROM op WHERE actor = ? AND seq >= ? ORDER BY seq')
    .all<{ bytes: Uint8Array }>(log.actors.numberOf(of.replica.actor), first)
  return signRun(
    of.signer,
    first,
    rows.map((row) => row.bytes),
  )
}

/** The desk's second op rests on a tablet's that the edge does not hold; both come in one run. */
function halfTaken(): { edge: Device; desk: Device; tablet: Device; hq: Device; other: Device } {
  const site = aSite()
  newJob(site.desk)
  const record = newJob(site.tablet)
  pull(site.desk, site.tablet)
  setTitle(site.desk, record, 'Valve')
  const received = site.edge.replica.receive(asOneRun(site.desk, 1), site.desk.replica.actor)
  expect(received).toEqual({ outcome: 'stored', committed: 1, waiting: 1 })
  return site
}

test('REP-12 what only the end of its run vouches for goes on together with that end, which waits there too', () => {
  const { edge, desk, tablet, other } = halfTaken()
  expect(seqsOf(allFrom(edge), desk)).toEqual([1, 2])
  pull(other, edge)
  expect(other.replica.digest()).toEqual(edge.replica.digest())
  const position = edge.replica.end()
  pull(edge, tablet)
  expect(seqsOf(edge.replica.runsAfter(other.replica.heads(), position, WIDE).runs, desk)).toEqual([2])
  pull(other, tablet)
  expect(other.replica.digest()).toEqual(edge.replica.digest())
})

test('REP-12 nobody is kept from others’ work by an author who lets the end of a run wait for what never comes', () => {
  const { edge, desk, hq, other } = aSite()
  const first = nextOp(other, [{ type: 'create', kind: 'case' }])
  const never = { actor: hq.replica.actor, seq: 999, hash: new Uint8Array(16) }
  const prev = coreOf(hq).sha256(encodeOp(first))
  const second = { ...first, seq: 2, prev, causes: [never], lamport: 1000 }
  const run = signRun(other.signer, 1, [encodeOp(first), encodeOp(second)])
  expect(desk.replica.receive(run, other.replica.actor)).toMatchObject({ committed: 1, waiting: 1 })
  const record = newJob(desk)
  pull(edge, desk)
  expect(edge.replica.digest()).toEqual(desk.replica.digest())
  pull(hq, edge)
  expect(titles(hq, record)).toEqual(['Pump'])
})

test('REP-12 what waits for its causes survives a restart, and is known when it is offered again', () => {
  const { edge, desk, tablet } = halfTaken()
  restart(edge)
  expect(edge.replica.receive(asOneRun(desk, 1), desk.replica.actor)).toEqual({ outcome: 'known' })
  pull(edge, tablet)
  expect(seqsOf(allFrom(edge), desk)).toEqual([1, 2])
  expect(edge.replica.diagnose().findings).toEqual([])
})

test('REP-12 a run that is known already may bring a signature where a run can end from now on', () => {
  const { hq, desk, edge } = aSite()
  newJob(desk)
  newJob(desk)
  edge.replica.receive(asOneRun(desk, 1), desk.replica.actor)
  const first = (): Run | undefined =>
    edge.replica.runsAfter(hq.replica.heads(), 0, { ops: 1, bytes: 1 << 20 }).runs[0]
  expect(first()?.ops.length).toBe(2)
  const [alone] = desk.replica.runsAfter(hq.replica.heads(), 0, { ops: 1, bytes: 1 << 20 }).runs
  if (!alone) throw new Error('the desk wrote')
  expect(edge.replica.receive(alone, desk.replica.actor)).toEqual({ outcome: 'known' })
  expect(first()?.ops.length).toBe(1)
})

test('REP-13 runs hold at most 256 ops and a MiB, follow each other without gaps, and put causes first', () => {
  const { desk, tablet, hq } = aSite()
  for (let i = 0; i < 300; i += 1) craft(desk, [{ type: 'create', kind: 'case' }])
  pull(tablet, desk)
  newJob(tablet)
  pull(desk, tablet)
  newJob(desk)
  const runs = allFrom(desk)
  expect(Math.max(...runs.map((run) => run.ops.length))).toBe(LIMITS.runOps)
  expect(seqsOf(runs, desk)).toEqual(Array.from({ length: 301 }, (_, i) => i + 1))
  const order = runs.map((run) => run.actor)
  expect(order.indexOf(tablet.replica.actor)).toBeLessThan(order.lastIndexOf(desk.replica.actor))
  const stranger = openDevice('Stranger', signerFrom('a stranger'), hq.replica.site)
  for (const run of allFrom(desk, { ops: 7, bytes: 4_000 }))
    expect(stranger.replica.receive(run, desk.replica.actor)).toMatchObject({ outcome: 'stored', waiting: 0 })
  expect(stranger.replica.digest()).toEqual(desk.replica.digest())
})

test('REP-13 large ops are spread over runs of a MiB', () => {
  const { desk } = aSite()
  const record = newJob(desk)
  const words = 'a note that takes room '.repeat(1_700)
  for (let i = 0; i < 40; i += 1) desk.replica.execute('note.add', { record, text: words })
  const sizes = allFrom(desk).map((run) => run.ops.reduce((sum, op) => sum + op.length, 0))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMITS.runBytes)
  expect(Math.max(...sizes)).toBeGreaterThan(LIMITS.runBytes / 2)
})

/** How many ops wait. */
const count = ({ sql }: Device): number =>
  sql.prepare('SELECT count(*) AS n FROM inbox').get<{ n: number }>()?.n ?? 0

test('REP-14 a full inbox takes nothing more, a run as a whole or not at all; what need not wait passes all the same', () => {
  const { hq, edge, tablet, other } = halfTaken()
  // The same bytes over and over under other hashes: they wait for what never comes.
  const orphan = { ...nextOp(hq, [{ type: 'create', kind: 'case' }]), seq: 900, prev: new Uint8Array(32) }
  expect(edge.replica.receive(runOf(hq.signer, orphan), hq.replica.actor)).toMatchObject({ waiting: 1 })
  const before = count(edge)
  edge.sql.exec(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${LIMITS.inboxPeerOps - 2})
     INSERT INTO inbox (actor, seq, hash, prev, bytes, signature, sender)
     SELECT actor, seq, randomblob(32), prev, bytes, signature, sender FROM inbox, n WHERE seq = 900`,
  )
  restart(edge)
  const full = before + LIMITS.inboxPeerOps - 2
  expect(count(edge)).toBe(full)
  newJob(other)
  const record = newJob(tablet)
  pull(other, tablet)
  setTitle(other, record, 'Two must wait')
  setTitle(other, record, 'and there is room for one')
  const run = asOneRun(other, 2)
  const nothing = { outcome: 'stored', committed: 0, waiting: 0 }
  expect(edge.replica.receive(run, hq.replica.actor)).toEqual(nothing)
  expect(count(edge)).toBe(full)
  // Another peer has its own room.
  expect(edge.replica.receive(run, other.replica.actor)).toMatchObject({ waiting: 2 })
  expect(edge.replica.receive(asOneRun(tablet, 1), tablet.replica.actor)).toMatchObject({ committed: 3 })
})

test('REP-15 equal logs have equal digests, and any difference in their heads another one', () => {
  const { hq, desk, tablet } = aSite()
  expect(desk.replica.digest()).toEqual(hq.replica.digest())
  const op = nextOp(tablet, [{ type: 'create', kind: 'case' }])
  const digests = new Set([toHex(hq.replica.digest())])
  hq.replica.receive(runOf(tablet.signer, op), tablet.replica.actor)
  digests.add(toHex(hq.replica.digest()))
  desk.replica.receive(runOf(tablet.signer, { ...op, wall: op.wall + 1 }), tablet.replica.actor)
  digests.add(toHex(desk.replica.digest()))
  expect(digests.size).toBe(3)
  expect(
    hq.replica.holds({
      actor: tablet.replica.actor,
      seq: 1,
      hash: coreOf(hq).sha256(encodeOp(op)).subarray(0, 16),
    }),
  ).toBe(true)
  expect(
    desk.replica.holds({
      actor: tablet.replica.actor,
      seq: 1,
      hash: coreOf(hq).sha256(encodeOp(op)).subarray(0, 16),
    }),
  ).toBe(false)
})
