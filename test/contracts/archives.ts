/** Archives taken apart, and put together again as by somebody who knows the format. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { audit } from '../../main/node/keeping/auditing.ts'
import { ARCHIVE_PREAMBLE, encodeFrame, parseFrame, type ArchiveFrame } from '../../shared/replica/archive.ts'
import { scratch } from './desks.ts'

export function framesOf(file: string): ArchiveFrame[] {
  const bytes = new Uint8Array(readFileSync(file))
  const frames: ArchiveFrame[] = []
  for (let at = ARCHIVE_PREAMBLE.length; at < bytes.length;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0)
    const frame = parseFrame(bytes.slice(at + 4, at + 4 + length))
    if (!frame.ok) throw new Error(frame.error)
    frames.push(frame.value)
    at += 4 + length
  }
  return frames
}

/** As somebody would write it who knows the format, and makes the sum of the bytes fit again. */
export function written(frames: readonly ArchiveFrame[]): string {
  const file = join(scratch(), 'forged.archive')
  const hash = createHash('sha256')
  const parts: Uint8Array[] = []
  for (const frame of [null, ...frames]) {
    const before = new Uint8Array(hash.copy().digest())
    const part =
      frame === null ? ARCHIVE_PREAMBLE : encodeFrame(frame.kind === 'end' ? { ...frame, before } : frame)
    hash.update(part)
    parts.push(part)
  }
  writeFileSync(file, Buffer.concat(parts))
  return file
}

/** Why an archive is refused, or `accepted`. */
export const refused = (file: string): Promise<string> =>
  audit(file, null).then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
  )
