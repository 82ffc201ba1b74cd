/**
 * Reads a snapshot from its file into a database that is not in use yet, frame by frame, between everything else.
 * Nothing in the file is believed: `SnapshotLoading` looks at each row, and at what all of them add up to.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { equalBytes } from '../../../shared/base/bytes.ts'
import { err, type Result } from '../../../shared/base/result.ts'
import type { Checkpoint } from '../../../shared/judge/membership.ts'
import {
  readSnapshotFrame,
  SNAPSHOT_LIMITS,
  SNAPSHOT_PREAMBLE,
  type SnapshotFrame,
} from '../../../shared/replica/snapshot-file.ts'
import type { SnapshotLoading } from '../../../shared/replica/snapshot-loading.ts'

/** Who waits for a snapshot to be taken in. */
export type Waiting = {
  /** Nobody wants it any more. */
  readonly isOver: () => boolean
  /** So much of the work is done, from 0 to 1. */
  readonly onShare: (share: number) => void
}

/** Of the work, the part that reading the rows is; the rest is folding and hashing what they hold. */
const ROWS = 0.6

/**
 * Answers the checkpoint of which it is. Errors: what is wrong with it. Throws what the disk refuses with, and `setup-busy`
 * once nobody wants it any more.
 */
export async function readSnapshot(
  path: string,
  loading: SnapshotLoading,
  { isOver, onShare }: Waiting = { isOver: () => false, onShare: () => undefined },
): Promise<Result<Checkpoint, string>> {
  const next = async (share: number): Promise<void> => {
    onShare(share)
    await turn()
    if (isOver()) throw new TallydeskError('setup-busy')
  }
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const reading = new SnapshotReading(file)
    if (!(await reading.begins())) return err('it is no snapshot')
    for (let frame = await reading.next(); frame !== null; frame = await reading.next()) {
      const problem = frame.ok ? loading.take(frame.value) : frame.error
      if (problem !== null) return err(problem)
      await next((ROWS * reading.at) / size)
    }
  } finally {
    await file.close()
  }
  for (let step = loading.step(); ; step = loading.step()) {
    if (!step.ok) return step
    if (!step.value) return loading.checkpoint()
    await next(ROWS + (1 - ROWS) * loading.share())
  }
}

/** Lets everything else have its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class SnapshotReading {
  readonly #file: FileHandle
  /** How many bytes were read. */
  at = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async begins(): Promise<boolean> {
    const preamble = await this.#bytes(SNAPSHOT_PREAMBLE.length)
    return preamble !== null && equalBytes(preamble, SNAPSHOT_PREAMBLE)
  }

  /** Null at the end. */
  async next(): Promise<Result<SnapshotFrame, string> | null> {
    const length = await this.#bytes(4)
    if (length === null) return null
    const size = new DataView(length.buffer, length.byteOffset).getUint32(0)
    if (size > SNAPSHOT_LIMITS.frame) return err('a frame that is too long')
    const body = await this.#bytes(size)
    return body === null ? err('it ends in the middle of a frame') : readSnapshotFrame(body)
  }

  async #bytes(length: number): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(length)
    for (let read = 0; read < length;) {
      const { bytesRead } = await this.#file.read(bytes, read, length - read, this.at + read)
      if (bytesRead === 0) return null
      read += bytesRead
    }
    this.at += length
    return bytes
  }
}
