/**
 * `npm run bench [ops [rounds]]`: what the engine costs here, beside what nothing could do without (floors) and beside Yjs
 * with SQLite, in the same run, one after the other, round by round. Only the ratios say anything of the engine: what a
 * millisecond is worth differs from machine to machine and from minute to minute.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { PACE } from '../../shared/sync/pace.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import { must, pull, REACH } from '../support/replicas.ts'
import { begin, snapshotOf } from '../support/snapshots.ts'
import { aSite } from '../support/site.ts'
import { inFile, liveOneJob, OPS_A_JOB } from './warehouse.ts'
import { YjsPeer } from './yjs-peer.ts'

const [OPS = 3000, ROUNDS = 5] = process.argv.slice(2).map(Number)
const JOBS = Math.ceil(OPS / OPS_A_JOB)
/** About as long as an op. */
const ROW = randomBytes(250)

const WORK = ['write', 'receive', 'open', 'begin'] as const
type Work = (typeof WORK)[number]
type Round = Readonly<Record<Work, number>> & {
  readonly floor: Partial<Record<Work, number>>
  readonly yjs: Partial<Record<Work, number>>
}

/** ms. */
function timed(work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

/** A table of rows, one transaction for so many. */
function rows(file: string, together: number, each: () => void = () => undefined): number {
  const sql = new Database(file)
  sql.pragma('journal_mode = WAL')
  sql.pragma('synchronous = FULL')
  sql.exec('CREATE TABLE entry (no INTEGER PRIMARY KEY, bytes BLOB NOT NULL)')
  const insert = sql.prepare('INSERT INTO entry (bytes) VALUES (?)')
  const some = sql.transaction((count: number) => {
    for (let i = 0; i < count; i += 1) insert.run(ROW)
    each()
  })
  const ms = timed(() => {
    for (let left = JOBS * OPS_A_JOB; left > 0; left -= together) some(Math.min(left, together))
  })
  sql.close()
  return ms
}

/** What whoever receives signed ops cannot do without: a hash of each, a check of each run, and the writing of it. */
function receivingFloor(file: string): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signature = sign(null, ROW, privateKey)
  return rows(file, PACE.run.ops, () => {
    for (let i = 0; i < PACE.run.ops; i += 1) createHash('sha256').update(ROW).digest()
    verify(null, ROW, publicKey, signature)
  })
}

function yjs(folder: string): Round['yjs'] {
  const [from, to] = ['from', 'to'].map((name) => new YjsPeer(join(folder, `yjs-${name}.db`)))
  if (!from || !to) throw new Error('there are two')
  const write = timed(() => {
    for (let i = 0; i < JOBS; i += 1) from.liveOneJob(i)
  })
  const receive = timed(() => {
    for (let at = 0; at < from.written.length; at += PACE.run.ops)
      to.take(from.written.slice(at, at + PACE.run.ops))
  })
  to.close()
  const open = timed(() => {
    const again = new YjsPeer(join(folder, 'yjs-to.db'))
    if (again.load() !== JOBS) throw new Error('a job is missing')
    again.close()
  })
  from.close()
  return { write, receive, open }
}

function round(folder: string): Round {
  const site = aSite()
  const [desk, edge] = [inFile(site.desk, folder), inFile(site.edge, folder)]
  const write = timed(() => {
    for (let i = 0; i < JOBS; i += 1) liveOneJob(desk.replica, i)
  })
  const receive = timed(() => pull(edge, desk))
  const open = timed(() => {
    const again = openReplica(edge.world, edge.signer, edge.replica.site)
    if (must(again.query('board', {}, REACH)).counts.doing !== JOBS) throw new Error('a job is missing')
  })
  pull(site.hq, desk)
  must(site.hq.replica.execute('checkpoint.publish', {}))
  const parts = snapshotOf(site.hq, 0) ?? []
  const begun = timed(() => begin('New', site.other.signer, desk.replica.site, parts))
  desk.sql.close()
  edge.sql.close()
  return {
    write,
    receive,
    open,
    begin: begun,
    floor: { write: rows(join(folder, 'one.db'), 1), receive: receivingFloor(join(folder, 'runs.db')) },
    yjs: yjs(folder),
  }
}

function played(): Round {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-bench-'))
  try {
    return round(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function spread(values: readonly number[], digits: number): string {
  const [least, median, most] = [0, 0.5, 1].map(
    (part) => [...values].sort((a, b) => a - b)[Math.round(part * (values.length - 1))],
  )
  return `${median?.toFixed(digits)} (${least?.toFixed(digits)} to ${most?.toFixed(digits)})`
}

const ratios = (all: readonly Round[], what: Work, to: 'floor' | 'yjs'): string => {
  const found = all.flatMap((one) => (one[to][what] === undefined ? [] : [one[what] / one[to][what]]))
  return found.length === 0 ? '' : spread(found, 1)
}

const rounds: Round[] = []
for (let i = 0; i < ROUNDS; i += 1) rounds.push(played())
console.log(`${JOBS * OPS_A_JOB} ops of ${JOBS} jobs, ${ROUNDS} rounds: median (least to most)`)
console.table(
  Object.fromEntries(
    WORK.map((what) => [
      what,
      {
        'ms an op': spread(
          rounds.map((one) => one[what] / (JOBS * OPS_A_JOB)),
          3,
        ),
        'times the floor': ratios(rounds, what, 'floor'),
        'times Yjs': ratios(rounds, what, 'yjs'),
      },
    ]),
  ),
)
