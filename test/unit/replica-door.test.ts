import { expect, test } from 'vitest'
import { formatOpId, type SiteId } from '../../shared/model/ids.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { encodeOp, type OpToWrite } from '../../shared/op/op.ts'
import type { Run } from '../../shared/op/run.ts'
import type { Received } from '../../shared/sync/store.ts'
import { coreOf, nextOp, runOf, signRun } from '../support/crafting.ts'
import { must, openDevice, pull, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, setTitle } from '../support/site.ts'

const give = (to: Device, from: Device, run: Run): Received => to.replica.receive(run, from.replica.actor)

const opsAt = (device: Device): number => device.replica.status().log.ops

const next = (device: Device): OpToWrite => nextOp(device, [{ type: 'create', kind: 'case' }])

/** The run is refused with these words, and the log is as long as it was. */
function expectRefused(to: Device, from: Device, run: Run, why: RegExp): void {
  const before = opsAt(to)
  const received = give(to, from, run)
  expect(received.outcome).toBe('refused')
  expect(received.outcome === 'refused' ? received.reason : '').toMatch(why)
  expect(opsAt(to)).toBe(before)
}

test('REP-2 an op of another site is refused, and so is one that founds another site', () => {
  const { hq, tablet } = aSite()
  const foreign = { ...next(tablet), site: 'ab'.repeat(32) as SiteId }
  expectRefused(hq, tablet, runOf(tablet.signer, foreign), /another site/)
  expectRefused(hq, tablet, runOf(tablet.signer, { ...next(tablet), site: null }), /another site/)
})

test('REP-2 a signature by another key, or over another op, is refused', () => {
  const { hq, tablet, other } = aSite()
  const run = runOf(tablet.signer, next(tablet))
  const forged = { ...run, signature: runOf(other.signer, next(tablet)).signature }
  expectRefused(hq, tablet, forged, /signature/)
  const swapped = { ...run, ops: [encodeOp({ ...next(tablet), wall: 7 })] }
  expectRefused(hq, tablet, swapped, /signature/)
})

test('REP-2 a run that is not what it says is refused: another author, other seqs, a gap, a broken chain', () => {
  const { hq, tablet, other } = aSite()
  const first = next(tablet)
  const bytes = encodeOp(first)
  const follower = { ...first, seq: 2, lamport: first.lamport + 1, prev: new Uint8Array(32) }
  expectRefused(hq, tablet, { ...runOf(tablet.signer, first), actor: other.replica.actor }, /not of its run/)
  expectRefused(hq, tablet, { ...runOf(tablet.signer, first), first: 2 }, /not of its run/)
  expectRefused(hq, tablet, signRun(tablet.signer, 1, [bytes, encodeOp(follower)]), /chain/)
  expectRefused(hq, tablet, signRun(tablet.signer, 1, [bytes, bytes]), /not of its run/)
  expectRefused(hq, tablet, signRun(tablet.signer, 1, [Uint8Array.of(0x80)]), /malformed/)
})

test('REP-2 a run above its bounds is refused before it is read', () => {
  const { hq, tablet } = aSite()
  const many = Array.from({ length: LIMITS.runOps + 1 }, () => new Uint8Array(1))
  const large = Array.from({ length: 17 }, () => new Uint8Array(LIMITS.opBytes))
  expectRefused(hq, tablet, signRun(tablet.signer, 1, many), /256/)
  expectRefused(hq, tablet, signRun(tablet.signer, 1, large), /1 MiB/)
  expectRefused(hq, tablet, { ...signRun(tablet.signer, 1, [new Uint8Array(1)]), ops: [] }, /256/)
  const long = {
    ...next(tablet),
    effects: Array.from({ length: 501 }, () => ({ type: 'create', kind: 'job' }) as const),
  }
  expectRefused(hq, tablet, runOf(tablet.signer, long), /malformed/)
})

test('REP-2 a lamport that is not one above its context is refused', () => {
  const { hq, tablet } = aSite()
  const op = next(tablet)
  for (const lamport of [op.lamport - 1, op.lamport + 1])
    expectRefused(hq, tablet, runOf(tablet.signer, { ...op, lamport }), /lamport/)
})

test('REP-2 a context that does not grow, names its own author, or is not causally closed is refused', () => {
  const { hq, desk, tablet, other } = aSite()
  newJob(other)
  pull(desk, other)
  newJob(desk)
  pull(hq, desk)
  pull(tablet, desk)
  const op = next(tablet)
  const only = (of: Device): OpToWrite => ({
    ...op,
    causes: op.causes.filter((cause) => cause.actor === of.replica.actor),
  })
  expectRefused(hq, tablet, runOf(tablet.signer, only(desk)), /causally closed/)
  give(hq, tablet, runOf(tablet.signer, op))
  give(tablet, tablet, runOf(tablet.signer, op))
  const again = { ...next(tablet), causes: only(desk).causes }
  expectRefused(hq, tablet, runOf(tablet.signer, again), /does not grow/)
  const own = coreOf(tablet).log.head(tablet.replica.actor)
  const itself = {
    actor: tablet.replica.actor,
    seq: 1,
    hash: (own?.hash ?? new Uint8Array(16)).subarray(0, 16),
  }
  expectRefused(hq, tablet, runOf(tablet.signer, { ...next(tablet), causes: [itself] }), /itself/)
})

test('REP-2 a context that names an actor twice, or in another order, is no op', () => {
  const { hq, desk, tablet, other } = aSite()
  newJob(other)
  newJob(desk)
  pull(tablet, desk)
  pull(tablet, other)
  const op = next(tablet)
  const [one, ...rest] = op.causes
  if (!one) throw new Error('the tablet has seen others')
  expectRefused(hq, tablet, runOf(tablet.signer, { ...op, causes: [one, one, ...rest] }), /malformed/)
  expectRefused(hq, tablet, runOf(tablet.signer, { ...op, causes: op.causes.toReversed() }), /malformed/)
})

test('REP-10 of a run with one unsound op nothing stays, not even what stands before it', () => {
  const { hq, tablet } = aSite()
  const sound = next(tablet)
  const run = runOf(tablet.signer, sound)
  const unsound = { ...sound, seq: 2, lamport: 99, causes: [], prev: coreOf(hq).sha256(encodeOp(sound)) }
  expectRefused(hq, tablet, signRun(tablet.signer, 1, [encodeOp(sound), encodeOp(unsound)]), /lamport/)
  expect(hq.replica.heads().some((head) => head.actor === tablet.replica.actor)).toBe(false)
  expect(give(hq, tablet, run)).toEqual({ outcome: 'stored', committed: 1, waiting: 0 })
})

test('REP-2 the genesis op vouches for its own key, and for no other', () => {
  const { hq } = aSite()
  const stranger = openDevice('Stranger', signerFrom('a stranger'), hq.replica.site)
  const [genesis] = hq.replica.runsAfter([], 0, { ops: 1, bytes: 1 << 20 }).runs
  if (!genesis) throw new Error('a site begins')
  expect(give(stranger, hq, { ...genesis, signature: new Uint8Array(64) }).outcome).toBe('refused')
  expect(give(stranger, hq, genesis)).toMatchObject({ outcome: 'stored', committed: 1 })
  expect(stranger.replica.authority()).toBe(hq.replica.actor)
})

test('REP-11 another op under a seq that is held enters the log as a branch of its own, and so does what follows it', () => {
  const { hq, desk, tablet } = aSite()
  const op = next(tablet)
  give(hq, tablet, runOf(tablet.signer, op))
  const twin = { ...op, wall: op.wall + 1 }
  const onTwin = {
    ...twin,
    seq: 2,
    lamport: op.lamport + 1,
    causes: [],
    prev: coreOf(hq).sha256(encodeOp(twin)),
  }
  expect(give(hq, tablet, runOf(tablet.signer, twin))).toMatchObject({ outcome: 'stored', committed: 1 })
  expect(give(hq, tablet, runOf(tablet.signer, onTwin))).toMatchObject({ outcome: 'stored', committed: 1 })
  expect(give(hq, tablet, runOf(tablet.signer, twin))).toEqual({ outcome: 'known' })
  expect(give(desk, tablet, runOf(tablet.signer, onTwin))).toMatchObject({ committed: 0, waiting: 1 })
  expect(give(desk, tablet, runOf(tablet.signer, op))).toMatchObject({ committed: 1 })
  expect(desk.replica.digest()).not.toEqual(hq.replica.digest())
  expect(give(desk, tablet, runOf(tablet.signer, twin))).toMatchObject({ committed: 2 })
  expect(desk.replica.digest()).toEqual(hq.replica.digest())
  expect(desk.replica.diagnose().findings).toEqual([])
  expect(hq.replica.diagnose().findings).toEqual([])
})

test('OP-3 an own op above 500 effects or 64 KiB is refused, and nothing of it is written', () => {
  const { tablet } = aSite()
  const before = opsAt(tablet)
  const tasks = Array.from({ length: 250 }, (_, i) => `task ${i}`)
  const wide = tablet.replica.execute('job.create', { title: 'Too many tasks', tasks })
  const heavy = tablet.replica.execute('job.create', {
    title: 'x',
    tasks: tasks.slice(0, 200).map(() => 'y'.repeat(500)),
  })
  for (const result of [wide, heavy]) expect(result.ok ? '' : result.error.code).toBe('too-large')
  expect(opsAt(tablet)).toBe(before)
  expect(newJob(tablet)).toMatch(/^[0-9a-f]{32}$/)
})

test('OP-3 a long note is several ops, committed together', () => {
  const { tablet, hq } = aSite()
  const record = newJob(tablet)
  const text = Array.from({ length: 2_500 }, (_, i) => `line ${i} of a long report`).join('\n')
  const { note } = must(tablet.replica.execute('note.add', { record, text }))
  expect(opsAt(tablet)).toBeGreaterThan(opsAt(hq) + 2)
  pull(hq, tablet)
  const read = must(hq.replica.query('text', { record, note }, { why: null, since: null }))
  expect(read.plain).toBe(text)
  expect(hq.replica.status().state_hash).toBe(tablet.replica.status().state_hash)
})

test('OP-4 what an author folds is what others read: broken texts are mended or refused before they are signed', () => {
  const { tablet, hq } = aSite()
  const half = must(tablet.replica.execute('job.create', { title: 'half \ud800 pair', tags: ['\ud800'] }))
  const marked = tablet.replica.execute('field.set', {
    record: half.record,
    field: 'title',
    value: '\ufeffmarked',
  })
  expect(marked.ok ? '' : marked.error.code).toBe('against-the-rules')
  must(tablet.replica.execute('field.set', { record: half.record, field: 'title', value: 'e\u0301' }))
  must(tablet.replica.execute('tally.add', { record: half.record, field: 'labour', amount: -0 }))
  pull(hq, tablet)
  expect(hq.replica.status().state_hash).toBe(tablet.replica.status().state_hash)
  expect(judged(hq, half.op)).toBe('accepted')
})

test('OP-4 texts that are no UTF-8, or begin with a byte order mark, are refused from others', () => {
  const { hq, tablet } = aSite()
  const op = nextOp(tablet, [{ type: 'import', kind: 'job', source: 'orders', key: 'AAA' }])
  const bytes = [...encodeOp(op)]
  const at = bytes.length - 3
  for (const letters of [
    [0xef, 0xbb, 0xbf],
    [0x41, 0xff, 0x41],
    [0xed, 0xa0, 0x80],
  ]) {
    const broken = Uint8Array.from([...bytes.slice(0, at), ...letters])
    expectRefused(hq, tablet, signRun(tablet.signer, op.seq, [broken]), /malformed/)
  }
  expect(give(hq, tablet, signRun(tablet.signer, op.seq, [Uint8Array.from(bytes)])).outcome).toBe('stored')
})

test('OP-5 an op names one actor and one seq, and its context is what its author had seen since its last', () => {
  const { hq, tablet, desk } = aSite()
  const record = newJob(desk)
  pull(tablet, desk)
  const op = setTitle(tablet, record, 'Valve')
  const second = setTitle(tablet, record, 'Valve 2')
  const core = coreOf(tablet)
  const causes = (seq: number): number =>
    core.sql
      .prepare('SELECT count(*) AS n FROM context WHERE line = ? AND seq = ?')
      .get<{ n: number }>(core.log.lines.of(tablet.replica.actor)[0]?.no ?? 0, seq)?.n ?? 0
  expect([op, second]).toEqual([1, 2].map((seq) => formatOpId({ actor: tablet.replica.actor, seq })))
  expect(causes(1)).toBe(2)
  expect(causes(2)).toBe(0)
  pull(hq, tablet)
  expect(judged(hq, second)).toBe('accepted')
})
