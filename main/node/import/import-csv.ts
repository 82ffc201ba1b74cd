/**
 * An import, a slice of rows a turn, so that the node goes on answering meanwhile. A stop in the middle loses
 * nothing: the same file, imported again, brings what is missing and nothing twice.
 */
import type { ImportReport } from '../../../shared/api/commands.ts'
import type { TallydeskError } from '../../../shared/api/errors.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import type { ImportRow, Replica } from '../../../shared/replica/contract.ts'
import { readWorkOrders, type RowRead } from './work-orders.ts'

/** Rows in one turn of the event loop: a few milliseconds. */
const SLICE = 5

type Report = { -readonly [K in keyof ImportReport]: ImportReport[K] }

export async function importCsv(
  replica: Pick<Replica, 'importRows'>,
  source: string,
  content: string,
): Promise<Result<ImportReport, TallydeskError>> {
  const rows = readWorkOrders(content)
  if (!rows.ok) return rows
  let report: Report = { imported: 0, known: 0, changed: [], failed: [] }
  for (;;) {
    const slice = takeSlice(rows.value)
    if (slice.length === 0)
      return ok({ ...report, failed: report.failed.toSorted((a, b) => a.line - b.line) })
    const done = importSlice(replica, source, slice)
    if (!done.ok) return done
    report = sum(report, done.value)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function takeSlice(rows: Generator<RowRead, void, undefined>): RowRead[] {
  const slice: RowRead[] = []
  while (slice.length < SLICE) {
    const next = rows.next()
    if (next.done) break
    slice.push(next.value)
  }
  return slice
}

function importSlice(
  replica: Pick<Replica, 'importRows'>,
  source: string,
  slice: readonly RowRead[],
): Result<ImportReport, TallydeskError> {
  const rows: ImportRow[] = slice.flatMap((read) => ('row' in read ? [read.row] : []))
  const failed = slice.flatMap((read) => ('failed' in read ? [read.failed] : []))
  const done = replica.importRows(source, rows)
  return done.ok ? ok({ ...done.value, failed: [...done.value.failed, ...failed] }) : done
}

function sum(a: ImportReport, b: ImportReport): Report {
  return {
    imported: a.imported + b.imported,
    known: a.known + b.known,
    changed: [...a.changed, ...b.changed],
    failed: [...a.failed, ...b.failed],
  }
}
