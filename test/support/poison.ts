/** Snapshots that somebody changed: as frames of plain values, which are then written as if they were sound. */
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import type { Result } from '../../shared/base/result.ts'
import { err, ok } from '../../shared/base/result.ts'
import type { SiteId } from '../../shared/model/ids.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { readSnapshotFrame, SNAPSHOT_LIMITS, SNAPSHOT_PREAMBLE } from '../../shared/replica/snapshot-file.ts'
import { SnapshotLoading } from '../../shared/replica/snapshot-loading.ts'
import { SNAPSHOT_TABLES } from '../../shared/replica/snapshot-tables.ts'
import { openDevice, restart, type Device } from './replicas.ts'

export type Frame = readonly CborValue[]
export type Row = Record<string, CborValue>

export function framesOf(parts: readonly Uint8Array[]): Frame[] {
  const bytes = Buffer.concat(parts)
  const frames: Frame[] = []
  for (let at = SNAPSHOT_PREAMBLE.length; at < bytes.length;) {
    const size = bytes.readUInt32BE(at)
    const decoded = decodeCbor(new Uint8Array(bytes.subarray(at + 4, at + 4 + size)), SNAPSHOT_LIMITS.frame)
    if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('a frame is an array')
    frames.push(decoded.value as Frame)
    at += 4 + size
  }
  return frames
}

/** The rows of a table changed as rows; what the end says of their number goes along. */
export function withRows(
  frames: readonly Frame[],
  table: string,
  change: (rows: Row[]) => readonly Row[],
): Frame[] {
  const columns = Object.keys(SNAPSHOT_TABLES.find(({ name }) => name === table)?.columns ?? {})
  const isOf = ([kind]: Frame): boolean => kind === table
  const rows = frames
    .filter(isOf)
    .flatMap(([, ...lists]) => lists)
    .map((list): Row => Object.fromEntries((list as Frame).map((value, i) => [columns[i] ?? '', value])))
  const changed = change(rows).map((row) => columns.map((column) => row[column] ?? null))
  const placeOf = (kind: CborValue | undefined): number =>
    SNAPSHOT_TABLES.findIndex(({ name }) => name === kind)
  const before = ([kind]: Frame): boolean => placeOf(kind) < placeOf(table)
  const others = frames.filter((frame) => !isOf(frame) && frame[0] !== 'end')
  const made: Frame[] = changed.length > 0 ? [[table, ...changed]] : []
  const all = [...others.filter(before), ...made, ...others.filter((frame) => !before(frame))]
  const total = all.reduce((sum, [kind, ...list]) => sum + (kind === 'head' ? 0 : list.length), 0)
  return [...all, ['end', total]]
}

/** A device that was begun from these frames; or why it was not. Throws what nobody expects. */
export function loaded(signer: Signer, site: SiteId, frames: readonly Frame[]): Result<Device, string> {
  const device = openDevice('Newcomer', signer, site)
  const problem = problemIn(device, site, frames)
  if (problem === null) {
    restart(device)
    return ok(device)
  }
  device.sql.close()
  return err(problem)
}

function problemIn(device: Device, site: SiteId, frames: readonly Frame[]): string | null {
  const loading = new SnapshotLoading(device.world, site, device.replica.actor)
  for (const frame of frames) {
    const read = readSnapshotFrame(encodeCbor(frame))
    const problem = read.ok ? loading.take(read.value) : read.error
    if (problem !== null) return problem
  }
  for (let step = loading.step(); !step.ok || step.value; step = loading.step())
    if (!step.ok) return step.error
  const checkpoint = loading.checkpoint()
  return checkpoint.ok ? null : checkpoint.error
}
