/**
 * The messages by which files travel, under the codes that were kept for them. A version that does not know them
 * leaves them alone and never answers, so nothing is ever waited for.
 *
 * seek  -> have      which of these do you hold?
 * want  -> chunk     the bytes from here on, one chunk; or have, where it is gone
 * have               also unasked: what has come, and so is acknowledged; what was let go
 */
import { fromHex, toHex, type Bytes } from '../../base/bytes.ts'
import type { CborValue } from '../../base/cbor.ts'
import { invariant } from '../../base/invariant.ts'
import type { Reader } from '../../op/reader.ts'
import { BLOB } from './limits.ts'

/** Files are named by their SHA-256, 64 hex digits. */
export type BlobSeek = { readonly kind: 'blob-seek'; readonly files: readonly string[] }

/** `held`: durably here, whole and verified. `gone`: not here, or not to be had. */
export type BlobHave = {
  readonly kind: 'blob-have'
  readonly held: readonly string[]
  readonly gone: readonly string[]
}

/** At most one is open on a link in each direction. */
export type BlobWant = { readonly kind: 'blob-want'; readonly sha256: string; readonly from: number }

/** `size` is that of the whole file. */
export type BlobChunk = {
  readonly kind: 'blob-chunk'
  readonly sha256: string
  readonly at: number
  readonly size: number
  readonly bytes: Bytes
}

export type BlobMessage = BlobSeek | BlobHave | BlobWant | BlobChunk

const CODES = { 'blob-seek': 16, 'blob-have': 17, 'blob-want': 18, 'blob-chunk': 19 } as const

export const isBlobMessage = (message: { readonly kind: string }): message is BlobMessage =>
  Object.hasOwn(CODES, message.kind)

export function blobItems(message: BlobMessage): CborValue[] {
  const code = CODES[message.kind]
  switch (message.kind) {
    case 'blob-seek':
      return [code, joined(message.files)]
    case 'blob-have':
      return [code, joined(message.held), joined(message.gone)]
    case 'blob-want':
      return [code, bytesOf(message.sha256), message.from]
    case 'blob-chunk':
      return [code, bytesOf(message.sha256), message.at, message.size, message.bytes]
  }
}

/** Null for a code that is none of these. Throws `Malformed`. */
export function readBlobMessage(code: number, reader: Reader): BlobMessage | null {
  switch (code) {
    case CODES['blob-seek']:
      return { kind: 'blob-seek', files: names(reader) }
    case CODES['blob-have']:
      return { kind: 'blob-have', held: names(reader), gone: names(reader) }
    case CODES['blob-want']:
      return { kind: 'blob-want', sha256: name(reader), from: reader.count() }
    case CODES['blob-chunk']:
      return {
        kind: 'blob-chunk',
        sha256: name(reader),
        at: reader.count(),
        size: reader.positive(),
        bytes: chunk(reader),
      }
    default:
      return null
  }
}

const HASH = 32

const bytesOf = (sha256: string): Bytes => {
  const bytes = fromHex(sha256)
  invariant(bytes?.length === HASH, 'a file is named by its hash')
  return bytes
}

/** Hashes one after the other, as one byte string. */
function joined(files: readonly string[]): Bytes {
  const all = new Uint8Array(files.length * HASH)
  files.forEach((file, i) => all.set(bytesOf(file), i * HASH))
  return all
}

function names(reader: Reader): string[] {
  const all = reader.bytes()
  if (all.length % HASH !== 0 || all.length > BLOB.named * HASH) return reader.fail('hashes of files')
  return Array.from({ length: all.length / HASH }, (_, i) => toHex(all.subarray(i * HASH, (i + 1) * HASH)))
}

const name = (reader: Reader): string => toHex(reader.bytes(HASH))

function chunk(reader: Reader): Bytes {
  const bytes = reader.bytes()
  return bytes.length > 0 && bytes.length <= BLOB.chunk ? bytes : reader.fail('a chunk')
}
