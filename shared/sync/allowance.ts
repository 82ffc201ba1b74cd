/**
 * How much of this device's time a peer may take. Each device's ops that the peer brings have an allowance of their own:
 * full at first, so that a shift, an import or months of work pass at once; spent, it fills again at a steady rate, and
 * until then no more is read. Nothing is refused for being much. It outlives a session, so that calling again gains nothing.
 */
import type { Bytes } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import type { Run } from '../op/run.ts'
import type { Received } from './store.ts'
import type { Incoming } from './wire.ts'

const PER_MS = LIMITS.actorOpsPerMinute / 60_000

/**
 * In ops. What is answered at once costs little; a vector begins the reading of the log anew; a run that turns out
 * unsound only in the log costs making its memory anew.
 */
const WEIGHT = { frame: 1 / 8, vector: 128, refusal: 4096 } as const

/** Messages that are dealt with as they come, so that their length counts. */
const WHOLE: ReadonlySet<Incoming['kind']> = new Set([
  'vector',
  'ack',
  'locate',
  'start',
  'authority',
  'unknown',
  'blob-seek',
  'blob-have',
])

const weightOfBytes = (bytes: number): number => bytes / LIMITS.actorOpWeight

const weightOfRun = ({ ops }: Run): number =>
  Math.max(ops.length, weightOfBytes(ops.reduce((sum, op) => sum + op.length, 0)))

/** Of one peer. */
export class Allowance {
  /** By author: what is left, and when that was so. Authors are members. */
  readonly #left = new Map<ActorId, { readonly ops: number; readonly at: number }>()
  #now = 0

  /** ms of a clock that only goes forward. */
  look(now: number): void {
    this.#now = now
  }

  isSpent(author: ActorId): boolean {
    return this.#leftOf(author) <= 0
  }

  /** A frame was read; what a run costs is told when it is taken. */
  read(peer: ActorId, kind: Incoming['kind'], bytes: Bytes): void {
    const base = kind === 'vector' ? WEIGHT.vector : WEIGHT.frame
    if (kind !== 'run') this.#spend(peer, base + (WHOLE.has(kind) ? weightOfBytes(bytes.length) : 0))
  }

  /** A run was dealt with: at the cost of its author, or of the peer where nothing came of it. */
  took(peer: ActorId, run: Run, { outcome }: Received): void {
    const isAuthors = outcome === 'stored' || outcome === 'known'
    this.#spend(isAuthors ? run.actor : peer, weightOfRun(run) + (outcome === 'refused' ? WEIGHT.refusal : 0))
  }

  #spend(author: ActorId, ops: number): void {
    this.#left.set(author, { ops: this.#leftOf(author) - ops, at: this.#now })
  }

  #leftOf(author: ActorId): number {
    const left = this.#left.get(author)
    if (left === undefined) return LIMITS.actorBurstOps
    return Math.min(LIMITS.actorBurstOps, left.ops + (this.#now - left.at) * PER_MS)
  }
}
