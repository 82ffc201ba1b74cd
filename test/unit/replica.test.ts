import { expect, test } from 'vitest'
import type { ImportRow } from '../../shared/replica/contract.ts'
import type { Run } from '../../shared/op/run.ts'
import { nextOp, runOf, signRun } from '../support/crafting.ts'
import { encodeOp } from '../../shared/op/op.ts'
import {
  foundSite,
  joinSite,
  must,
  pull,
  REACH,
  restart,
  signerFrom,
  sync,
  type Device,
} from '../support/replicas.ts'

const where = ({ replica }: Device, op: string) =>
  must(replica.query('feed', {}, REACH)).rows.find((row) => row.op === op)?.where

const runsFrom = (device: Device): readonly Run[] =>
  device.replica.runsAfter([], 0, { ops: 10_000, bytes: 1 << 24 }).runs

test('REP-1 an edit is on this device, then shared with a tablet, then with a desk, then at the authority', () => {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  const one = joinSite(hq, 'One', 'technician')
  const two = joinSite(hq, 'Two', 'technician')
  for (const device of [desk, one, two]) pull(device, hq)
  const { op } = must(one.replica.execute('job.create', { title: 'Pump' }))
  expect(where(one, op)).toEqual({ at: 'device' })
  expect(one.replica.status().outbox).toBe(1)
  pull(two, one)
  expect(where(one, op)).toEqual({ at: 'shared', devices: 1 })
  expect(one.replica.status().outbox, 'one tablet is not enough').toBe(1)
  expect(must(one.replica.query('outbox', {}, REACH)).ops).toMatchObject([
    { op, acked_by: [two.replica.actor] },
  ])
  pull(desk, one)
  expect(one.replica.status().outbox).toBe(0)
  restart(one)
  expect(one.replica.status().outbox, 'acknowledgements are durable').toBe(0)
  pull(hq, desk)
  const cursor = hq.replica.authorityCursor()
  if (!cursor) throw new Error('the authority signs a cursor')
  expect(desk.replica.receiveAuthorityCursor(cursor)).toBe(true)
  const relayed = desk.replica.authorityCursor()
  expect(relayed && one.replica.receiveAuthorityCursor(relayed)).toBe(true)
  expect(where(one, op)).toEqual({ at: 'authority' })
})

test('REP-1 a cursor that the authority did not sign is not believed', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  const cursor = hq.replica.authorityCursor()
  if (!cursor) throw new Error('the authority signs a cursor')
  for (const at of [10, 60, cursor.length - 1]) {
    const forged = cursor.slice()
    forged[at] = (forged[at] ?? 0) ^ 1
    expect(one.replica.receiveAuthorityCursor(forged)).toBe(false)
  }
  expect(one.replica.status().authority_heard).toBeNull()
})

test('REP-2 what is not as it should be is refused, and nothing of it is stored', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  must(one.replica.execute('job.create', { title: 'Pump' }))
  const op = nextOp(one, [{ type: 'create', kind: 'job' }])
  const good = runOf(one.signer, op)
  const bytes = good.ops[0] ?? new Uint8Array()
  const stranger = foundSite('another').replica.site
  const bad: Readonly<Record<string, Run>> = {
    'another site': runOf(one.signer, { ...op, site: stranger }),
    'a wrong lamport': runOf(one.signer, { ...op, lamport: op.lamport + 1 }),
    'a signature that does not fit': { ...good, signature: signerFrom('thief').sign(new Uint8Array(32)) },
    'a broken chain': signRun(one.signer, op.seq, [
      bytes,
      encodeOp({ ...op, seq: op.seq + 1, prev: new Uint8Array(32) }),
    ]),
    'bytes that are no op': signRun(one.signer, op.seq, [bytes.slice(1)]),
    'an op that is not of its run': { ...good, first: op.seq + 1 },
  }
  pull(hq, one)
  const before = hq.replica.end()
  for (const [what, run] of Object.entries(bad)) {
    expect(hq.replica.receive(run, one.replica.actor), what).toMatchObject({ outcome: 'refused' })
  }
  expect(hq.replica.end()).toBe(before)
  expect(hq.replica.receive(good, one.replica.actor)).toMatchObject({ outcome: 'stored', committed: 1 })
})

test('REP-2 a run of somebody whose admission is not here yet waits, and nobody is blamed', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  const two = joinSite(hq, 'Two', 'technician')
  must(two.replica.execute('job.create', { title: 'Pump' }))
  const [run] = runsFrom(two).filter(({ actor }) => actor === two.replica.actor)
  if (!run) throw new Error('two has written')
  expect(one.replica.receive(run, two.replica.actor)).toEqual({ outcome: 'unadmitted' })
  pull(one, hq)
  expect(one.replica.receive(run, two.replica.actor)).toMatchObject({ outcome: 'stored', committed: 1 })
})

test('REP-3 an op that comes before its causes is kept over a restart and counts once they are here', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  const two = joinSite(hq, 'Two', 'technician')
  for (const device of [one, two]) pull(device, hq)
  const { record } = must(one.replica.execute('job.create', { title: 'Pump' }))
  pull(two, one)
  must(two.replica.execute('field.set', { record, field: 'title', value: 'Pump 2' }))
  const [first] = runsFrom(one).filter(({ actor }) => actor === one.replica.actor)
  const [second] = runsFrom(two).filter(({ actor }) => actor === two.replica.actor)
  if (!first || !second) throw new Error('both have written')
  expect(hq.replica.receive(second, two.replica.actor)).toMatchObject({ committed: 0, waiting: 1 })
  restart(hq)
  expect(hq.replica.query('record', { record }, REACH).ok).toBe(false)
  expect(hq.replica.receive(first, one.replica.actor)).toMatchObject({ outcome: 'stored', committed: 2 })
  expect(must(hq.replica.query('record', { record }, REACH)).title).toBe('Pump 2')
})

const ROWS: readonly ImportRow[] = [
  { line: 2, key: 'WO-1', title: 'Replace filter', tags: ['Replace'], text: 'WO-1,Replace filter' },
  { line: 3, key: 'WO-2', title: 'Inspect valve', tags: [], text: 'WO-2,Inspect valve' },
]

test('REP-4 imported apart, each row is one record; again changes nothing; a row that differs is reported', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  expect(must(hq.replica.importRows('orders', ROWS)).imported).toBe(2)
  expect(must(one.replica.importRows('orders', ROWS)).imported).toBe(2)
  sync(hq, one)
  for (const { replica } of [hq, one]) {
    expect(must(replica.query('board', {}, REACH)).rows).toHaveLength(2)
    expect(replica.status().conflicts).toBe(0)
  }
  expect(must(one.replica.importRows('orders', ROWS))).toMatchObject({ imported: 0, known: 2 })
  const [first] = ROWS
  const changed = must(one.replica.importRows('orders', first ? [{ ...first, title: 'Other' }] : []))
  expect(changed).toMatchObject({ imported: 0, changed: [{ line: 2, key: 'WO-1', fields: ['title'] }] })
  expect(must(one.replica.importRows('elsewhere', ROWS)).imported, 'another source is other work').toBe(2)
})

test('REP-5 opened again, a replica answers as before, and the doctor finds nothing', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  const { record } = must(one.replica.execute('job.create', { title: 'Pump', tasks: ['a'], tags: ['b'] }))
  must(one.replica.execute('note.add', { record, text: 'First\nsecond' }))
  must(one.replica.execute('request.close', { record }))
  sync(hq, one)
  hq.replica.decideWaiting(1)
  sync(hq, one)
  const answers = () => [
    one.replica.status(),
    must(one.replica.query('record', { record }, REACH)),
    must(one.replica.query('requests', {}, REACH)),
    must(one.replica.query('feed', {}, REACH)),
  ]
  const before = answers()
  restart(one)
  expect(answers()).toEqual(before)
  expect(one.replica.diagnose().findings).toEqual([])
  expect(answers()).toEqual(before)
})

test('REP-5 the doctor tells when a folded row, a view or an op is not as the log has it', () => {
  const hq = foundSite()
  must(hq.replica.execute('job.create', { title: 'Pump', tags: ['b'] }))
  hq.sql.exec("UPDATE value SET value = 'Pumpe' WHERE value = 'Pump'")
  hq.sql.exec("UPDATE board SET title = 'Pumpe'")
  hq.sql.exec('UPDATE op SET hash = zeroblob(32) WHERE no = 2')
  restart(hq)
  const found = hq.replica
    .diagnose()
    .findings.map(({ what, detail }) => `${what} ${detail.split(':')[0] ?? ''}`)
  expect(found).toEqual(expect.arrayContaining(['table value', 'table board']))
  expect(found.some((finding) => finding.startsWith('bytes'))).toBe(true)
})

test('KEEP-9 the doctor tells when a context or a hash is not what the log implies', () => {
  const hq = foundSite()
  const one = joinSite(hq, 'One', 'technician')
  must(one.replica.execute('job.create', { title: 'Pump' }))
  sync(hq, one)
  must(hq.replica.execute('job.create', { title: 'Belt' }))
  must(one.replica.execute('job.create', { title: 'Fan' }))
  sync(hq, one)
  expect(hq.replica.status().state_hash).toBe(one.replica.status().state_hash)
  const found = () => hq.replica.diagnose().findings.map(({ what }) => what)
  expect(found()).toEqual([])
  hq.sql.exec(
    "UPDATE record SET hash = zeroblob(32) WHERE kind = 'job' AND no = (SELECT max(no) FROM record)",
  )
  restart(hq)
  expect(found()).toEqual(['hash'])
  hq.sql.exec('UPDATE context SET on_seq = on_seq + 1 WHERE seq = (SELECT max(seq) FROM context)')
  restart(hq)
  expect(found()).toContain('context')
})

test('REP-6 a search finds words anywhere in a job, by their beginning and without accents', () => {
  const hq = foundSite()
  const { record } = must(
    hq.replica.execute('job.create', { title: 'Café machine', tasks: ['descale boiler'], tags: ['kitchen'] }),
  )
  must(hq.replica.execute('note.add', { record, text: 'Filter was cracked' }))
  must(hq.replica.execute('job.create', { title: 'Forklift' }))
  const hits = (text: string) =>
    must(hq.replica.query('search', { text }, REACH)).hits.map((hit) => hit.record)
  const number = must(hq.replica.query('board', {}, REACH)).rows.find((row) => row.record === record)?.number
  expect(number).toMatch(/^J-\d+$/)
  for (const text of [
    'cafe',
    'desc',
    'kitchen',
    'cracked filter',
    'FILTER',
    number ?? '',
    (number ?? '').slice(2),
  ])
    expect(hits(text), text).toEqual([record])
  for (const text of ['', '"', 'AND', 'nothing*', 'title:fork']) expect(hits(text), text).toEqual([])
})

test('REP-8 of a disk that is gone at a write and comes back later nothing is told that was rolled back, and the chain goes on without a gap', () => {
  const hq = foundSite()
  const desk = joinSite(hq, 'Desk', 'supervisor')
  pull(desk, hq)
  const { record } = must(hq.replica.execute('job.create', { title: 'Pump' }))
  const seqs = (): unknown[] =>
    hq.sql
      .prepare('SELECT seq FROM op JOIN actor ON actor.no = op.actor WHERE hex(actor.id) = ? ORDER BY seq')
      .all(hq.replica.actor.toUpperCase())
      .map(({ seq }) => seq)
  let failed = 0
  for (let nth = 1; nth < 40; nth += 1) {
    const before = seqs()
    const set = () => hq.replica.execute('field.set', { record, field: 'title', value: `Pump ${nth}` }).ok
    hq.sql.breakAt(nth)
    let isDone = false
    try {
      isDone = set()
    } catch {
      failed += 1
      expect(() => hq.replica.heads()).toThrow()
      expect(hq.replica.isSettled()).toBe(false)
    }
    hq.sql.breakAt(0)
    expect(seqs()).toEqual(isDone ? [...before, before.length + 1] : before)
    expect(hq.replica.ownSeq()).toBe(seqs().length)
    if (isDone) break
  }
  expect(failed).toBeGreaterThan(5)
  must(hq.replica.execute('field.set', { record, field: 'title', value: 'At last' }))
  expect(seqs()).toEqual(seqs().map((_, i) => i + 1))
  expect(hq.replica.diagnose().findings).toEqual([])
  pull(desk, hq)
  expect(desk.replica.status().state_hash).toBe(hq.replica.status().state_hash)
})
