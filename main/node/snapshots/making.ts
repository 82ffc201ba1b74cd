/**
 * The authority writes down the state at its checkpoints, for devices to begin from: out of a copy of the database, in
 * small pieces between everything else, into a file that every desk and edge then fetches like a photo.
 */
import { TallydeskError } from '../../../shared/api/errors.ts'
import type { OpId } from '../../../shared/model/ids.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Blob } from '../../store/blobs.ts'
import type { Machine } from '../machine.ts'
import { partsOutOfCopy, removeCopy } from './copied.ts'

/** After a failure, such as a full disk, before the next try, ms. */
const AGAIN_MS = 600_000

export type SnapshotMakerOptions = {
  readonly machine: Machine
  readonly replica: Replica
  /** The file is here. */
  readonly onKept: (sha256: string) => void
}

export class SnapshotMaker {
  readonly #options: SnapshotMakerOptions
  readonly #copy: string
  #work: Promise<void> | null = null
  #notBefore = 0
  #stopped = false

  constructor(options: SnapshotMakerOptions) {
    this.#options = options
    this.#copy = `${options.machine.paths.database}.snapshot`
    removeCopy(this.#copy)
  }

  /** Begins one where one is due. It goes on by itself, so there is never more to do here. */
  look(): boolean {
    const { machine, replica } = this.#options
    if (this.#work !== null || this.#stopped || machine.clock.now() < this.#notBefore) return false
    const due = replica.snapshotDue()
    if (due !== null) this.#work = this.#begin(due)
    return false
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#work
  }

  async #begin(checkpoint: OpId): Promise<void> {
    const { machine, replica, onKept } = this.#options
    try {
      const blob = await this.#make(checkpoint)
      if (blob === null) return
      onKept(blob.sha256)
      if (!replica.snapshotMade(checkpoint, blob.sha256, blob.size)) throw new TallydeskError('not-authority')
      machine.log.info({ checkpoint, ...blob }, 'a snapshot was made')
    } catch (error) {
      this.#notBefore = machine.clock.now() + AGAIN_MS
      machine.log.warn({ checkpoint, error: String(error) }, 'a snapshot could not be made')
    } finally {
      this.#work = null
    }
  }

  /** Null where the node stops meanwhile. */
  async #make(checkpoint: OpId): Promise<Blob | null> {
    const { machine, replica } = this.#options
    const writer = await machine.blobs.begin(LIMITS.snapshotBytes)
    try {
      for await (const part of partsOutOfCopy({ machine, replica, copy: this.#copy }, checkpoint)) {
        if (this.#stopped) return null
        if (part.length > 0) await writer.write(part)
      }
      return await writer.finish()
    } finally {
      await writer.abort()
    }
  }
}
