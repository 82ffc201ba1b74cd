/** What the benchmarks do: the life of one job, and devices on files of their own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReplica } from '../../shared/replica/replica.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import { openDatabase, type SqlDatabase } from '../../main/store/database.ts'
import { must, steppingClock, type Device } from '../support/replicas.ts'

export type InFile = Pick<Device, 'world' | 'signer' | 'replica'> & {
  readonly file: string
  readonly sql: SqlDatabase
}

/** The device on a database file, as a node has it. */
export function inFile(device: Device, folder: string): InFile {
  const file = join(folder, `${device.name}.db`)
  writeFileSync(file, device.sql.serialize())
  const sql = openDatabase(file)
  const { signer } = device
  const world = { ...device.world, sql, clock: steppingClock() }
  return { file, sql, world, signer, replica: openReplica(world, signer, device.replica.site) }
}

/** How many ops `liveOneJob` writes. */
export const OPS_A_JOB = 10

/** One job through its life: ten ops. */
export function liveOneJob(replica: Replica, number: number): void {
  const { record } = must(
    replica.execute('job.create', {
      title: `Job ${number}`,
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
  must(replica.execute('field.set', { record, field: 'title', value: `Job ${number}, urgent` }))
  must(replica.execute('set.add', { record, field: 'tags', key: 'valve' }))
  for (const amount of [5, 10]) must(replica.execute('tally.add', { record, field: 'labour', amount }))
}
