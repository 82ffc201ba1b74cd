/**
 * The archive of a site: a preamble, then frames of a length (four bytes, the highest first) and that many bytes of
 * deterministic CBOR. First what it is of, then every op as runs with their signatures in an order in which causes go
 * first, then the bytes of attachments in parts, and last what all of it adds up to, signed by who wrote it. Where history
 * was dropped, the state from which the runs go on stands before them: a snapshot (`snapshot-file.ts`) in parts.
 * Outside bytes: every frame is read wholly, within bounds, before anything is done with it.
 */
import { concatBytes, fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { decodeCanonical, encodeCbor, type CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { Malformed, Reader } from '../op/reader.ts'
import type { Run } from '../op/run.ts'

export const ARCHIVE_PREAMBLE: Bytes = Uint8Array.from('tallydesk archive 1\n', (letter) =>
  letter.charCodeAt(0),
)
const SIGNATURE_TAG = Uint8Array.from('tallydesk archive end 1\n', (letter) => letter.charCodeAt(0))

export const ARCHIVE_LIMITS = { frame: LIMITS.frameBytes + 1024, part: 256 * 1024 } as const
const NAME_MAX = 1000

export type ArchiveHead = {
  readonly kind: 'head'
  readonly site: SiteId
  readonly siteName: string
  /** Who wrote it, and when by its clock. */
  readonly actor: ActorId
  readonly name: string
  readonly made: number
}

export type ArchiveSums = {
  readonly ops: number
  readonly attachments: number
  /** Of the state that the ops give, and of the heads of their chains. */
  readonly stateHash: Bytes
  readonly heads: Bytes
  /** SHA-256 of every byte before this frame. */
  readonly before: Bytes
}

export type ArchiveEnd = ArchiveSums & { readonly kind: 'end'; readonly signature: Bytes }

export type ArchiveFrame =
  | ArchiveHead
  /** The next bytes of the snapshot from which the runs go on. */
  | { readonly kind: 'basis'; readonly bytes: Bytes }
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'file'; readonly sha256: string; readonly size: number }
  /** The next bytes of the file named last. */
  | { readonly kind: 'part'; readonly bytes: Bytes }
  | ArchiveEnd

/** With its length in front. */
export function encodeFrame(frame: ArchiveFrame): Bytes {
  const body = encodeCbor(valueOf(frame))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, body.length)
  return concatBytes(length, body)
}

/** What the writer of an archive signs. */
export const sealedBytes = (sums: ArchiveSums): Bytes => concatBytes(SIGNATURE_TAG, encodeCbor(sumsOf(sums)))

export function parseFrame(body: Bytes): Result<ArchiveFrame, string> {
  const decoded = decodeCanonical(body, ARCHIVE_LIMITS.frame)
  if (!decoded.ok) return decoded
  try {
    const read = Reader.of(decoded.value)
    const frame = readFrame(read)
    read.end()
    return ok(frame)
  } catch (problem) {
    if (problem instanceof Malformed) return err(problem.message)
    throw problem
  }
}

function valueOf(frame: ArchiveFrame): CborValue {
  switch (frame.kind) {
    case 'head':
      return ['head', idBytes(frame.site), frame.siteName, idBytes(frame.actor), frame.name, frame.made]
    case 'basis':
      return ['basis', frame.bytes]
    case 'run':
      return ['run', idBytes(frame.run.actor), frame.run.first, [...frame.run.ops], frame.run.signature]
    case 'file':
      return ['file', idBytes(frame.sha256), frame.size]
    case 'part':
      return ['part', frame.bytes]
    case 'end':
      return ['end', ...sumsOf(frame), frame.signature]
  }
}

const sumsOf = ({ ops, attachments, stateHash, heads, before }: ArchiveSums): CborValue[] => [
  ops,
  attachments,
  stateHash,
  heads,
  before,
]

function readFrame(read: Reader): ArchiveFrame {
  const kind = read.text(10)
  switch (kind) {
    case 'head':
      return {
        kind,
        site: toHex(read.bytes(32)) as SiteId,
        siteName: read.text(NAME_MAX),
        actor: toHex(read.bytes(32)) as ActorId,
        name: read.text(NAME_MAX),
        made: read.count(),
      }
    case 'basis':
      return { kind, bytes: read.bytes() }
    case 'run':
      return { kind, run: readRun(read) }
    case 'file':
      return { kind, sha256: toHex(read.bytes(32)), size: read.count() }
    case 'part':
      return { kind, bytes: read.bytes() }
    case 'end':
      return {
        kind,
        ops: read.count(),
        attachments: read.count(),
        stateHash: read.bytes(32),
        heads: read.bytes(32),
        before: read.bytes(32),
        signature: read.bytes(64),
      }
    default:
      throw new Malformed('a frame of a kind that this version does not know')
  }
}

const readRun = (read: Reader): Run => ({
  actor: toHex(read.bytes(32)) as ActorId,
  first: read.positive(),
  ops: read.nested().rest(LIMITS.runOps, (item) => item.bytes()),
  signature: read.bytes(64),
})

function idBytes(id: string): Bytes {
  const bytes = fromHex(id)
  invariant(bytes, 'an id is hex')
  return bytes
}
