/**
 * What an op costs as the log grows, by hand: `node test/bench/cost-per-op.ts [ops]`, 100,000 unless told. A desk writes
 * a warehouse's day into a database file, and another device receives it in runs as they come over the wire. For every
 * 10,000 ops: processor time an op, since that does not hang on what else the machine does, and the size of the file.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReplica } from '../../shared/replica/replica.ts'
import { PACE } from '../../shared/sync/pace.ts'
import { aSite } from '../support/site.ts'
import { inFile, liveOneJob, OPS_A_JOB } from './warehouse.ts'

const OPS = Number(process.argv[2] ?? 100_000)
const STEP = Math.min(OPS, 10_000)

const folder = mkdtempSync(join(tmpdir(), 'tallydesk-bench-'))
const site = aSite()
const [desk, edge] = [inFile(site.desk, folder), inFile(site.edge, folder)]
let written = 0

try {
  measure('written', desk.file, () => {
    liveOneJob(desk.replica, written)
    return (written += OPS_A_JOB)
  })
  let [position, received] = [0, 0]
  const have = [...edge.replica.heads()]
  measure('received', edge.file, () => {
    const page = desk.replica.runsAfter(have, position, PACE.run)
    position = page.position
    for (const run of page.runs) {
      const { outcome } = edge.replica.receive(run, desk.replica.actor)
      if (outcome !== 'stored') throw new Error(`a run was not stored: ${outcome}`)
      have.push(desk.replica.nameOf(run))
      received += run.ops.length
    }
    return received
  })
  once('state hash', () => edge.replica.status().state_hash)
  once('opened again', () => openReplica(edge.world, edge.signer, edge.replica.site).status())
} finally {
  desk.sql.close()
  edge.sql.close()
  rmSync(folder, { recursive: true, force: true })
}

/** `work` answers how many ops there are by now. */
function measure(what: string, file: string, work: () => number): void {
  let [done, next, before] = [0, STEP, process.cpuUsage()]
  while (done < OPS) {
    done = work()
    if (done < next) continue
    const { user, system } = process.cpuUsage(before)
    const size = (statSync(file).size / 1e6).toFixed(1)
    console.log(`${what} ${done}: ${((user + system) / 1000 / STEP).toFixed(3)} ms an op, ${size} MB`)
    next += STEP
    before = process.cpuUsage()
  }
}

function once(what: string, work: () => unknown): void {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  console.log(`${what}: ${((user + system) / 1000).toFixed(1)} ms`)
}
