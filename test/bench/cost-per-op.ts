/**
 * What an op costs as the log grows, by hand: `node test/bench/cost-per-op.ts [ops]`, 100,000 unless told. A desk writes
 * a warehouse's day into a database file, and another device receives it in runs as they come over the wire. For every
 * 10,000 ops: processor time an op, since that does not hang on what else the machine does, and the size of the file.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReplica } from '../../shared/replica/replica.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { PACE } from '../../shared/sync/pace.ts'
import { openDatabase, type SqlDatabase } from '../../main/store/database.ts'
import { must, steppingClock, type Device } from '../support/replicas.ts'
import { aSite } from '../support/site.ts'

const OPS = Number(process.argv[2] ?? 100_000)
const STEP = Math.min(OPS, 10_000)

const folder = mkdtempSync(join(tmpdir(), 'tallydesk-bench-'))
const site = aSite()
const [desk, edge] = [inFile(site.desk), inFile(site.edge)]
let written = 0

try {
  measure('written', desk.file, () => (written += day(desk.replica)))
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

type InFile = Pick<Device, 'world' | 'signer' | 'replica'> & {
  readonly file: string
  readonly sql: SqlDatabase
}

function inFile(device: Device): InFile {
  const file = join(folder, `${device.name}.db`)
  writeFileSync(file, device.sql.serialize())
  const sql = openDatabase(file)
  const { signer } = device
  const world = { ...device.world, sql, clock: steppingClock() }
  return { file, sql, world, signer, replica: openReplica(world, signer, device.replica.site) }
}

/** One job through its life: ten ops. */
function day(replica: Replica): number {
  const { record } = must(
    replica.execute('job.create', {
      title: `Job ${written}`,
      zone: 'North',
      tags: ['seal'],
      tasks: ['Drain', 'Refill'],
    }),
  )
  const { task } = must(replica.execute('task.add', { record, text: 'Paint' }))
  must(replica.execute('task.tick', { record, task }))
  const { note } = must(replica.execute('note.add', { record, text: 'It drips at the flange.' }))
  must(replica.execute('note.edit', { record, note, text: 'It dripped at the flange.' }))
  must(replica.execute('field.set', { record, field: 'priority', value: 'high' }))
  must(replica.execute('field.set', { record, field: 'title', value: `Job ${written}, urgent` }))
  must(replica.execute('set.add', { record, field: 'tags', key: 'valve' }))
  for (const amount of [5, 10]) must(replica.execute('tally.add', { record, field: 'labour', amount }))
  return 10
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
