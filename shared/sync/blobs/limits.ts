/** The bounds and times of the transfer of files. Times are milliseconds. */
import { LIMITS } from '../../op/limits.ts'

export const BLOB = {
  chunk: LIMITS.blobChunk,
  /** What says that it is larger is never fetched. */
  most: LIMITS.blobBytes,
  named: LIMITS.blobNamed,
  sought: LIMITS.blobSought,
  refusals: LIMITS.blobWrong,
  /** Chunks of one file before the next one has its turn: small ones must not wait for a large one to end. */
  turn: 16,
  /** A peer that owes a chunk for so long is no source now: it may have many ops to send first. */
  patience: 30_000,
  /** After the disk refused, before it is tried again. */
  again: 15_000,
  /** Chunks that one peer gets of one file over one link: twice the file, and some for a peer that starts over. */
  servings: (size: number): number => 2 * Math.ceil(size / LIMITS.blobChunk) + 16,
} as const
