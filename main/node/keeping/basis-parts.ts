/**
 * The bytes of the snapshot with which an archive begins: of the file, where the snapshot of this very checkpoint is here
 * whole, and else of one that is made now, out of a copy of the database that goes again.
 */
import { createReadStream } from 'node:fs'
import type { Bytes } from '../../../shared/base/bytes.ts'
import { ARCHIVE_LIMITS } from '../../../shared/replica/archive.ts'
import type { Basis } from '../../../shared/replica/basis.ts'
import { measured } from '../../store/whole-files.ts'
import { partsOutOfCopy, type Source } from '../snapshots/copied.ts'

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

async function* madeParts(source: Source, { checkpoint }: Basis): AsyncGenerator<Bytes> {
  for await (const part of partsOutOfCopy(source, checkpoint))
    for (let at = 0; at < part.length; at += ARCHIVE_LIMITS.part)
      yield part.subarray(at, at + ARCHIVE_LIMITS.part)
}
