/** The queue of conflicts: every register that holds more than one value, with who set each. */
import type { QueryAnswer } from '../../api/queries.ts'
import { toHex, type Bytes } from '../../base/bytes.ts'
import { placeOf } from '../../model/fields.ts'
import type { RecordId } from '../../model/ids.ts'
import type { KindName } from '../../model/kinds.ts'
import type { Core } from '../core.ts'
import { NO_CHILD } from '../fold.ts'
import { fieldValues, numberOf } from './naming.ts'

type Row = {
  id: Bytes
  record: number
  kind: KindName
  field: number
  child: Bytes
  sub: number
  title: string
  reference: string | null
  zone: string | null
}

/** Bounded for one screen; the count stands in `status`. */
const MOST = 1000

export function conflicts(core: Core): QueryAnswer<'conflicts'> {
  const rows = core.sql
    .prepare(
      `SELECT record.id, record.no AS record, record.kind, conflict.field, conflict.child, conflict.sub,
              board.title, board.reference, board.zone
       FROM conflict JOIN record ON record.no = conflict.record JOIN board ON board.record = record.no
       ORDER BY board.rank, conflict.field, conflict.child, conflict.sub LIMIT ?`,
    )
    .all<Row>(MOST)
  return { conflicts: rows.map((row) => conflictOf(core, row)) }
}

function conflictOf(core: Core, row: Row): QueryAnswer<'conflicts'>['conflicts'][number] {
  const place = placeOf(row.kind, row.field, row.sub)
  return {
    record: toHex(row.id),
    child: row.child.length === NO_CHILD.length ? null : toHex(row.child),
    field: place?.of === 'child' ? place.sub.name : (place?.field.name ?? ''),
    title: row.title,
    reference: row.reference,
    number: numberOf(core, toHex(row.id) as RecordId),
    zone: row.zone,
    values: fieldValues(core, core.fold.live(row)),
  }
}
