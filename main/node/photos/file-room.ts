/**
 * Room for files. What no record names goes after a long time. On a tablet, what others durably hold goes when there is
 * too much of it, the least recently opened first; what only this device holds never goes.
 */
import type { Replica } from '../../../shared/replica/contract.ts'
import type { BlobParts } from '../../store/blob-parts.ts'
import type { KeptBlob } from '../../store/blobs.ts'
import { unnamedFilesIn, type UnnamedFiles } from '../../store/unnamed-files.ts'
import type { Machine } from '../machine.ts'

/**
 * What a tablet keeps of photos, bytes, unless it is started with another bound: a thousand of 4 MB each, more than
 * anybody looks at in a month, on devices that have 32 GB at the least.
 */
const QUOTA = 4 * 1024 * 1024 * 1024
/**
 * How long a file stays that no record names, ms. A parcel of a device that joined anew names files by work that nobody
 * has taken over yet; that may take a desk some weeks.
 */
const GRACE_MS = 30 * 86_400_000
const HOUR_MS = 3_600_000
/** How long what was half fetched waits for a peer to name it again, ms. */
const PART_GRACE_MS = 86_400_000

export type FileRoomOptions = {
  readonly machine: Machine
  readonly replica: Replica
  /** See `QUOTA`; null: the usual. */
  readonly quota: number | null
  readonly keepsAll: () => boolean
  readonly parts: Pick<BlobParts, 'list' | 'touched' | 'drop'>
  /** Is it still to be fetched? */
  readonly needs: (sha256: string) => boolean
  readonly hint: (work: () => void) => void
  /** A file was removed. */
  readonly onGone: (sha256: string) => void
  readonly wake: () => void
}

type Walk = { readonly folders: string[]; readonly files: KeptBlob[] }

export class FileRoom {
  readonly #options: FileRoomOptions
  readonly #unnamed: UnnamedFiles
  readonly #timer: NodeJS.Timeout
  /** Looking through what is kept; null: nothing to do. */
  #walk: Walk | null = null
  /** Least recently opened first; what must go to keep to the quota is taken from its beginning. */
  #mayGo: KeptBlob[] = []
  #size = 0

  constructor(options: FileRoomOptions) {
    this.#options = options
    this.#unnamed = unnamedFilesIn(options.machine.sql)
    this.#timer = setInterval(() => {
      this.#begin()
      options.wake()
    }, HOUR_MS)
    this.#timer.unref()
    this.#begin()
  }

  #begin(): void {
    this.#walk ??= { folders: this.#options.machine.blobs.folders(), files: [] }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** A file has come. */
  came(sha256: string): void {
    const { machine } = this.#options
    this.#size += machine.blobs.sizeOf(sha256) ?? 0
    this.#options.hint(() => this.#unnamed.forget(sha256))
    if (this.#size > this.#quota) this.#begin()
  }

  /** A piece of work; true while more is left. */
  tidy(): boolean {
    if (this.#walk !== null) {
      const folder = this.#walk.folders.pop()
      if (folder === undefined) this.#walked(this.#walk.files)
      else this.#lookThrough(folder, this.#walk.files)
      return true
    }
    return this.#size > this.#quota && this.#letGo()
  }

  get #quota(): number {
    return this.#options.keepsAll() ? Infinity : (this.#options.quota ?? QUOTA)
  }

  #lookThrough(folder: string, files: KeptBlob[]): void {
    for (const file of this.#options.machine.blobs.list(folder)) if (this.#stays(file)) files.push(file)
  }

  /** Before this device has heard of its site's records, nothing can be told. */
  #stays({ sha256 }: KeptBlob): boolean {
    const { replica, machine } = this.#options
    if (!replica.admitted() || replica.files.named(sha256)) {
      this.#unnamed.forget(sha256)
      return true
    }
    const now = machine.clock.now()
    if (now - this.#unnamed.seen(sha256, now) < GRACE_MS) return true
    this.#remove(sha256, 'a file that no record names was removed')
    return false
  }

  /** What was half fetched, and is neither fetched any more nor named, such as a snapshot that another one replaced. */
  #forgetParts(): void {
    const { parts, replica, machine, needs } = this.#options
    if (!replica.admitted()) return
    for (const sha256 of parts.list()) {
      const touched = parts.touched(sha256)
      const isOld = touched !== null && machine.clock.now() - touched > PART_GRACE_MS
      if (isOld && !needs(sha256) && !replica.files.named(sha256)) parts.drop(sha256)
    }
  }

  #walked(files: readonly KeptBlob[]): void {
    this.#walk = null
    this.#forgetParts()
    this.#size = files.reduce((sum, { size }) => sum + size, 0)
    this.#mayGo = this.#size > this.#quota ? [...files].sort((a, b) => a.opened - b.opened) : []
  }

  #letGo(): boolean {
    const file = this.#mayGo.shift()
    if (file === undefined) return false
    const { files } = this.#options.replica
    const isHeld = files.acknowledgedBy(file.sha256).some((actor) => files.keepsAll(actor))
    if (!isHeld) return true
    this.#remove(file.sha256, 'a photo that others hold made room')
    this.#size -= file.size
    return true
  }

  #remove(sha256: string, why: string): void {
    const { machine, onGone } = this.#options
    machine.blobs.remove(sha256)
    this.#unnamed.forget(sha256)
    machine.log.info({ sha256 }, why)
    onGone(sha256)
  }
}
