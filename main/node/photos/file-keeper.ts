/**
 * The bytes of attachments on this device: which are to come, from whom, and which may go. A desk, an edge and the
 * authority fetch whatever an attachment that stands names; a tablet what somebody opens. What an op says about files is
 * looked at in small pieces, after its commit.
 */
import type { CommandResult } from '../../../shared/api/commands.ts'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { ChildId, RecordId } from '../../../shared/model/ids.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import type { Committed, Replica } from '../../../shared/replica/contract.ts'
import type { NamedFile } from '../../../shared/replica/files.ts'
import { BlobExchange } from '../../../shared/sync/blobs/exchange.ts'
import { BlobParts } from '../../store/blob-parts.ts'
import type { Machine } from '../machine.ts'
import { FileRoom } from './file-room.ts'

/** Looked at in one piece of work. */
const RECORDS = 10
const PAGE = 50

export type FileKeeperOptions = {
  readonly machine: Machine
  readonly replica: Replica
  /** Bytes that a tablet keeps at most, as far as others hold them; null: the usual. */
  readonly quota: number | null
  /** Does what is told again, where the disk lets it be done. */
  readonly hint: (work: () => void) => void
  /** A file has come whole. */
  readonly onKept: (sha256: string) => void
  /** There is work for `look`. */
  readonly wake: () => void
  readonly onChange: () => void
}

export class FileKeeper {
  readonly exchange: BlobExchange
  readonly #options: FileKeeperOptions
  readonly #parts: BlobParts
  readonly #room: FileRoom
  readonly #records = new Set<RecordId>()
  /** Needed files, by the records that named them when last looked at. */
  readonly #needed = new Map<RecordId, ReadonlySet<string>>()
  /** Opened by a person, where not everything is fetched. */
  readonly #opened = new Set<string>()
  /** The snapshot that is here, and those before it are not. */
  #snapshot: string | null = null
  /** How far all files were looked through; null: to the end. */
  #scanned: string | null = ''
  #fetchesAll: boolean
  #trouble: TallydeskError | null = null

  constructor(options: FileKeeperOptions) {
    this.#options = options
    const { machine, replica } = options
    this.#parts = new BlobParts(machine.blobs, (trouble) => this.#troubled(trouble))
    this.#fetchesAll = replica.files.keepsAll(replica.actor)
    this.exchange = this.#createExchange()
    this.#room = new FileRoom({
      ...options,
      parts: this.#parts,
      needs: (sha256) => this.exchange.needs(sha256),
      keepsAll: () => this.#fetchesAll,
      onGone: (sha256) => this.#gone(sha256),
    })
    // What was on its way when the node stopped goes on.
    for (const sha256 of this.#parts.list()) this.#opened.add(sha256)
  }

  #createExchange(): BlobExchange {
    const { machine, replica, onChange } = this.#options
    const parts = this.#parts
    return new BlobExchange({
      store: {
        offers: (sha256) => machine.blobs.has(sha256) && replica.files.named(sha256),
        progress: (sha256) => parts.progress(sha256),
        read: (...ask) => parts.read(...ask),
        append: (...ask) => parts.append(...ask),
        finish: (...ask) => parts.finish(...ask),
        drop: (sha256) => parts.drop(sha256),
      },
      holders: {
        holds: (peer, sha256) => replica.files.holders(sha256).includes(peer),
        heard: (...told) => this.#options.hint(() => replica.filesHeard(...told)),
        unknownOf: (peer, after, most) => replica.files.unknownOf(peer, after, most),
      },
      fetchesAll: (peer) => replica.files.keepsAll(peer),
      onKept: (sha256) => {
        this.#room.came(sha256)
        this.#options.onKept(sha256)
      },
      onWrong: (peer, sha256) =>
        machine.log.warn({ peer, sha256 }, 'a file came that is not what it is called'),
      onChange,
    })
  }

  /** To be called after every commit. */
  committed({ records, control }: Committed): void {
    const { replica } = this.#options
    for (const record of records) this.#records.add(record as RecordId)
    if (!control) return
    const fetchesAll = replica.files.keepsAll(replica.actor)
    if (fetchesAll !== this.#fetchesAll) this.#scanned = ''
    this.#fetchesAll = fetchesAll
  }

  /** One piece of work; true while more is left. */
  look(): boolean {
    if (this.#records.size > 0) {
      for (const record of [...this.#records].slice(0, RECORDS)) this.#lookAt(record)
      return true
    }
    if (this.#scanned !== null) {
      const { records, last } = this.#options.replica.files.after(this.#scanned, PAGE)
      for (const record of records) this.#records.add(record)
      this.#scanned = last
      return true
    }
    return this.#lookAtSnapshot() || this.#room.tidy()
  }

  /** What a newcomer begins from comes to who fetches everything, and takes the place of the one before. */
  #lookAtSnapshot(): boolean {
    const { machine, replica } = this.#options
    const named = replica.snapshot()
    if (named === null || named.file === this.#snapshot) return false
    const isHere = machine.blobs.has(named.file)
    if (!isHere && this.#fetchesAll) this.exchange.want(named.file, named.size, false, LIMITS.snapshotBytes)
    if (!isHere) return false
    for (const file of replica.formerSnapshots()) this.#letGoOf(file)
    this.#snapshot = named.file
    return true
  }

  #letGoOf(file: string): void {
    if (this.exchange.needs(file)) this.exchange.forget(file)
    if (!this.#options.machine.blobs.has(file)) return
    this.#options.machine.blobs.remove(file)
    this.exchange.lost(file)
  }

  /** To begin from: it is fetched by whomever, and goes first. */
  fetchSnapshot(file: string, size: number): void {
    this.#opened.add(file)
    this.exchange.want(file, size, true, LIMITS.snapshotBytes)
  }

  /** It is of no use, unless somebody else says so. */
  forgetSnapshot(file: string): void {
    this.#opened.delete(file)
    const { replica } = this.#options
    if (!replica.files.named(file) && replica.snapshot()?.file !== file) this.#letGoOf(file)
  }

  #lookAt(record: RecordId): void {
    this.#records.delete(record)
    const { machine, replica } = this.#options
    const missing = replica.files.of(record).filter(({ sha256 }) => !machine.blobs.has(sha256))
    const needed = missing.filter(({ sha256 }) => this.#fetchesAll || this.#opened.has(sha256))
    for (const { sha256, size } of needed) this.exchange.want(sha256, size, false)
    for (const { sha256 } of missing)
      if (!needed.some((one) => one.sha256 === sha256)) this.exchange.locate(sha256)
    this.#names(record, new Set(needed.map(({ sha256 }) => sha256)))
  }

  /** What the record no longer names is no longer needed, unless another does. */
  #names(record: RecordId, needed: ReadonlySet<string>): void {
    for (const sha256 of this.#needed.get(record) ?? []) {
      if (!needed.has(sha256) && !this.#options.replica.files.named(sha256)) this.exchange.forget(sha256)
    }
    if (needed.size > 0) this.#needed.set(record, needed)
    else this.#needed.delete(record)
  }

  /** Bytes were kept that did not come from a peer. */
  kept(sha256: string): void {
    this.exchange.kept(sha256)
    this.#room.came(sha256)
    this.#options.wake()
  }

  /** Somebody opens an attachment: how its bytes stand. Errors: `not-found`, and what the disk refuses with. */
  open(record: string, attachment: string): Result<CommandResult<'attachment.fetch'>, TallydeskError> {
    const { machine, replica } = this.#options
    const file = replica.files
      .of(record as RecordId)
      .find((one) => one.attachment === (attachment as ChildId))
    if (!file) return err(new TallydeskError('not-found', { what: 'attachment', id: attachment }))
    const { sha256, size } = file
    if (!machine.blobs.has(sha256)) return this.#fetch(record as RecordId, file)
    machine.blobs.touch(sha256)
    return ok({ sha256, size, done: size, state: 'here' })
  }

  #fetch(
    record: RecordId,
    { sha256, size }: NamedFile,
  ): Result<CommandResult<'attachment.fetch'>, TallydeskError> {
    this.#opened.add(sha256)
    this.exchange.want(sha256, size, true)
    this.#needed.set(record, new Set([...(this.#needed.get(record) ?? []), sha256]))
    if (this.exchange.stopped && this.#trouble !== null) return err(this.#trouble)
    const { done, reachable } = this.exchange.progress(sha256) ?? { done: 0, reachable: false }
    return ok({ sha256, size, done, state: reachable ? 'coming' : 'nobody' })
  }

  /** How much is here of a file that is on its way. */
  coming(sha256: string): { readonly done: number } | null {
    const progress = this.exchange.stopped ? null : this.exchange.progress(sha256)
    return progress?.reachable === true ? { done: progress.done } : null
  }

  /** Why nothing comes; null while the disk takes what comes. */
  get trouble(): TallydeskError | null {
    return this.exchange.stopped ? this.#trouble : null
  }

  async stop(): Promise<void> {
    this.#room.stop()
    await this.#parts.idle()
  }

  #troubled(trouble: TallydeskError | null): void {
    if (trouble !== null)
      this.#options.machine.log.warn({ error: String(trouble) }, 'a file cannot be stored')
    this.#trouble = trouble ?? (this.exchange.stopped ? this.#trouble : null)
  }

  #gone(sha256: string): void {
    this.#opened.delete(sha256)
    this.exchange.lost(sha256)
  }
}
