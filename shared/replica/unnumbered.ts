/** Own jobs that were made while this device held no block of numbers. Imported ones keep their reference instead. */
import { toHex, type Bytes } from '../base/bytes.ts'
import type { RecordId } from '../model/ids.ts'
import type { Core } from './core.ts'

/** Oldest first, at most `most`. */
export function jobsWithoutNumber(core: Core, most: number): RecordId[] {
  const actor = core.log.actors.find(core.self)
  const found: RecordId[] = []
  const rows = core.sql
    .prepare(
      `SELECT record.id FROM creation JOIN op ON op.no = creation.op JOIN record ON record.no = creation.record
       JOIN board ON board.record = record.no
       WHERE op.actor = ? AND op.control = 0 AND record.kind = 'job' AND board.reference IS NULL ORDER BY op.no`,
    )
    .all<{ id: Bytes }>(actor)
  for (const { id } of rows) {
    const record = toHex(id) as RecordId
    if (core.control().numbersOf(record).length > 0) continue
    found.push(record)
    if (found.length >= most) break
  }
  return found
}
