/** Snapshots without files: made of a device's database in memory, and begun from in another. */
import { formatOpId, type SiteId } from '../../shared/model/ids.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { readSnapshotFrame, SNAPSHOT_PREAMBLE } from '../../shared/replica/snapshot-file.ts'
import { SnapshotLoading } from '../../shared/replica/snapshot-loading.ts'
import { makeSnapshot } from '../../shared/replica/snapshot-making.ts'
import { coreOf } from './crafting.ts'
import { memorySql } from './memory-sql.ts'
import { openDevice, restart, type Device } from './replicas.ts'

/** The parts of a file of a checkpoint in force, the `at`th from the end; null where there is none. */
export function snapshotOf(device: Device, at: number): Uint8Array[] | null {
  const all = coreOf(device).control().membership.checkpoints
  const checkpoint = all.toReversed()[at % Math.max(1, all.length)]
  if (!checkpoint) return null
  const { site, actor } = device.replica
  const sql = memorySql(device.sql.serialize())
  try {
    return [...makeSnapshot({ ...device.world, sql }, site, actor, formatOpId(checkpoint.op))]
  } finally {
    sql.close()
  }
}

/** A device in a new database, begun from a snapshot; throws where that is not sound. */
export function begin(name: string, signer: Signer, site: SiteId, parts: readonly Uint8Array[]): Device {
  const device = openDevice(name, signer, site)
  const loading = new SnapshotLoading(device.world, site, device.replica.actor)
  for (const body of framesOf(parts)) {
    const frame = readSnapshotFrame(body)
    const problem = frame.ok ? loading.take(frame.value) : frame.error
    if (problem) throw new Error(problem)
  }
  for (let step = loading.step(); !step.ok || step.value; step = loading.step())
    if (!step.ok) throw new Error(step.error)
  const checkpoint = loading.checkpoint()
  if (!checkpoint.ok) throw new Error(checkpoint.error)
  restart(device)
  return device
}

/** The same device in another database. */
export const beginAs = ({ name, signer, replica }: Device, parts: readonly Uint8Array[]): Device =>
  begin(name, signer, replica.site, parts)

function* framesOf(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  const bytes = Buffer.concat(parts)
  for (let at = SNAPSHOT_PREAMBLE.length; at < bytes.length;) {
    const size = bytes.readUInt32BE(at)
    yield new Uint8Array(bytes.subarray(at + 4, at + 4 + size))
    at += 4 + size
  }
}
