/**
 * How the disk does. What cannot be stored is refused to whoever asked and never acknowledged; here it is remembered
 * since when, for the desk to say, and tried again until there is room. After damage nothing is written any more before
 * a repair: what would be written then could rest on what cannot be read.
 */
import { isStorageCode, TallydeskError, type StorageCode } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Head } from '../../shared/op/run.ts'
import type { Clock } from '../../shared/replica/ports.ts'

const PROBE_MS = 2_000

export type StorageTrouble = { readonly code: StorageCode; readonly since: number; readonly reason: string }

export type StorageOptions = {
  readonly clock: Clock
  /** Writes something of the size of an op, durably, and takes it away again. */
  readonly probe: () => void
  readonly onChange: (trouble: StorageTrouble | null) => void
  readonly probeEvery?: number | undefined
}

export class Storage {
  readonly #options: StorageOptions
  /** What peers told of what they hold while it could not be kept; told again once it can. */
  readonly #told = new Map<ActorId, readonly Head[]>()
  #trouble: StorageTrouble | null = null
  #isStopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: StorageOptions) {
    this.#options = options
  }

  get trouble(): StorageTrouble | null {
    return this.#trouble
  }

  /** To be told of every failure of the database. */
  failed(error: TallydeskError): void {
    const { code } = error
    if (!isStorageCode(code) || this.#trouble?.code === code || this.#trouble?.code === 'database-damaged')
      return
    const since = this.#trouble?.since ?? this.#options.clock.now()
    this.#trouble = { code, since, reason: String(error.params.reason ?? '') }
    clearInterval(this.#timer)
    if (code !== 'database-damaged')
      this.#timer = setInterval(() => this.#probe(), this.#options.probeEvery ?? PROBE_MS)
    this.#options.onChange(this.#trouble)
  }

  /** May anything be written? A full disk is asked each time, for there may be room again. */
  mayWrite(): Result<void, TallydeskError> {
    if (this.#trouble?.code !== 'database-damaged') return ok(undefined)
    return err(new TallydeskError('database-damaged', { reason: this.#trouble.reason }))
  }

  /** For what is only a hint, or is told again: it does not fail for a disk that does. */
  hint(work: () => void): void {
    // A link may go down after the node has ended and closed its database.
    if (this.#isStopped) return
    try {
      work()
    } catch (error) {
      if (!(error instanceof TallydeskError) || !isStorageCode(error.code)) throw error
      this.failed(error)
    }
  }

  /** Work of this device leaves it also while what others say of it cannot be kept. */
  acknowledged(
    peer: ActorId,
    heads: readonly Head[],
    keep: (peer: ActorId, heads: readonly Head[]) => void,
  ): void {
    if (this.#trouble === null) {
      try {
        keep(peer, heads)
        return
      } catch (error) {
        if (!(error instanceof TallydeskError) || !isStorageCode(error.code)) throw error
        this.failed(error)
      }
    }
    this.#told.set(peer, [...(this.#told.get(peer) ?? []), ...heads])
  }

  /** What was told meanwhile, once. */
  toldMeanwhile(): readonly (readonly [ActorId, readonly Head[]])[] {
    const told = [...this.#told]
    this.#told.clear()
    return told
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#timer)
  }

  #probe(): void {
    try {
      this.#options.probe()
    } catch {
      return
    }
    clearInterval(this.#timer)
    this.#trouble = null
    this.#options.onChange(null)
  }
}
