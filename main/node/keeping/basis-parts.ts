/**
 * The bytes of the snapshot with which an archive begins: of the file, where the snapshot of this very checkpoint is here
 * whole, and else of one that is made now, out of a copy of the database that goes again.
 */
import { createReadStream } from 'node:fs'
import type { Bytes } from '../../../shared/base/bytes.ts'
import { ARCHIVE_LIMITS } from '../../../shared/replica/archive.ts'
import type { Basis } from '../../../shared/replica/basis.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import { makeSnapshot } from '../../../shared/replica/snapshot-making.ts'
import { removeDatabase } from '../../store/begun.ts'
import { openUnfinished } from '../../store/database.ts'
import { inFolder } from '../../store/files.ts'
import { measured } from '../../store/whole-files.ts'
import type { Machine } from '../machine.ts'
import { turn } from '../snapshots/reading.ts'

type Source = { readonly machine: Machine; readonly replica: Replica; readonly copy: string }

/** Each at most as long as a frame of an archive may hold. Throws `disk-full`, `data-folder-unreadable`. */
export async function* basisParts(source: Source, basis: Basis): AsyncGenerator<Bytes> {
  const { blobs } = source.machine
  const { file } = basis
  const isWhole = file !== null && blobs.has(file) && (await measured(blobs.pathOf(file))).sha256 === file
  yield* isWhole ? fileParts(blobs.pathOf(file)) : madeParts(source, basis)
}

async function* fileParts(path: string): AsyncGenerator<Bytes> {
  const stream = createReadStream(path, { highWaterMark: ARCHIVE_LIMITS.part }) as AsyncIterable<Buffer>
  for await (const part of stream) yield new Uint8Array(part)
}

async function* madeParts({ machine, replica, copy }: Source, { checkpoint }: Basis): AsyncGenerator<Bytes> {
  clear(copy)
  await machine.sql.copyTo(copy)
  const sql = openUnfinished(copy)
  try {
    for (const part of makeSnapshot({ ...machine.world, sql }, replica.site, replica.actor, checkpoint)) {
      for (let at = 0; at < part.length; at += ARCHIVE_LIMITS.part)
        yield part.subarray(at, at + ARCHIVE_LIMITS.part)
      await turn()
    }
  } finally {
    sql.close()
    clear(copy)
  }
}

const clear = (copy: string): void => {
  inFolder(() => {
    removeDatabase(copy)
  })
}
