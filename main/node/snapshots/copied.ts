/** The snapshot of a checkpoint out of a copy of the database, which nobody else sees and which goes again. */
import type { Bytes } from '../../../shared/base/bytes.ts'
import type { OpId } from '../../../shared/model/ids.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import { makeSnapshot } from '../../../shared/replica/snapshot-making.ts'
import { abandonDatabase, removeDatabase } from '../../store/begun.ts'
import { openUnfinished, type SqlDatabase } from '../../store/database.ts'
import { inFolder } from '../../store/files.ts'
import type { Machine } from '../machine.ts'
import { turn } from './reading.ts'

export type Source = { readonly machine: Machine; readonly replica: Replica; readonly copy: string }

/**
 * Its parts, in small pieces of work between everything else; an empty one where a piece gave none. Throws `disk-full`,
 * `database-damaged`, `data-folder-unreadable`.
 */
export async function* partsOutOfCopy(
  { machine, replica, copy }: Source,
  checkpoint: OpId,
): AsyncGenerator<Bytes> {
  removeCopy(copy)
  let sql: SqlDatabase | null = null
  try {
    await machine.sql.copyTo(copy)
    sql = openUnfinished(copy)
    for (const part of makeSnapshot({ ...machine.world, sql }, replica.site, replica.actor, checkpoint)) {
      yield part
      await turn()
    }
  } finally {
    abandonDatabase(sql, copy)
  }
}

/** Takes away what there is of a copy, also one that a crash cut off. */
export function removeCopy(copy: string): void {
  inFolder(() => {
    for (const file of [copy, `${copy}.unfinished`]) removeDatabase(file)
  })
}
