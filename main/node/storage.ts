/**
 * How the disk does. What cannot be stored is refused to whoever asked and never acknowledged; here it is remembered
 * since when, for the desk to say, and tried again until there is room. After damage nothing is written any more before
 * a repair: what would be written then could rest on what cannot be read.
 */
import { isOfDisk, isStorageCode, TallydeskError, type StorageCode } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import { headKey, type Head } from '../../shared/op/run.ts'
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
  readonly #told = new Map<ActorId, Map<string, Head>>()
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
    if (this.#isStopped || !this.mayWrite().ok) return
    this.#tried(work)
  }

  /** For what comes again: null, and not even tried, while the disk takes nothing. */
  attempt<T>(work: () => T): T | null {
    return this.#trouble === null ? this.#tried(work) : null
  }

  #tried<T>(work: () => T): T | null {
    try {
      return work()
    } catch (error) {
      if (!isOfDisk(error)) throw error
      this.failed(error)
      return null
    }
  }

  /** Work of this device leaves it also while what others say of it cannot be kept. */
  acknowledged(
    peer: ActorId,
    heads: readonly Head[],
    keep: (peer: ActorId, heads: readonly Head[]) => void,
  ): void {
    const kept = this.attempt(() => {
      keep(peer, heads)
      return true
    })
    if (kept) return
    const told = this.#told.get(peer) ?? new Map<string, Head>()
    for (const head of heads) told.set(headKey(head), head)
    this.#told.set(peer, told)
  }

  /** What was told meanwhile, once. */
  toldMeanwhile(): readonly (readonly [ActorId, readonly Head[]])[] {
    const told = [...this.#told].map(([peer, heads]) => [peer, [...heads.values()]] as const)
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
