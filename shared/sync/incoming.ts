/**
 * Runs that the peer sent: taken one at a time, committed by the store, acknowledged as committed.
 * The queue is bounded by the window that both sides know; a peer that ignores it is sent away.
 */
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { foremost, headKey, type Head, type Run } from '../op/run.ts'
import { PACE } from './pace.ts'
import type { Received, SyncStore } from './store.ts'
import type { Ack, RunMessage, Vector } from './wire.ts'

type Taken = { readonly run: Run; readonly received: Received }

export class Incoming {
  readonly #store: SyncStore
  #queue: RunMessage[] = []
  #queuedBytes = 0
  /** The last batch that arrived, and the last that was dealt with. */
  #arrived = 0
  #through = 0
  #acknowledged = 0
  /** The heads that the peer was told of. */
  #told: ReadonlySet<string> = new Set()
  #refusals = 0

  constructor(store: SyncStore) {
    this.#store = store
  }

  /** Why the run cannot be queued, or null. */
  queue(message: RunMessage): 'flow' | 'malformed' | null {
    if (message.batch !== this.#arrived + 1) return 'malformed'
    this.#arrived = message.batch
    this.#queue.push(message)
    this.#queuedBytes += sizeOf(message.run)
    return this.#queue.length > PACE.queueRuns || this.#queuedBytes > PACE.queueBytes ? 'flow' : null
  }

  get waits(): boolean {
    return this.#queue.length > 0
  }

  /** The oldest run that waits. */
  get next(): Run | null {
    return this.#queue[0]?.run ?? null
  }

  get refusals(): number {
    return this.#refusals
  }

  /** Commits the oldest run. Null when none waits. */
  take(from: ActorId): Taken | null {
    const message = this.#queue.shift()
    if (message === undefined) return null
    this.#queuedBytes -= sizeOf(message.run)
    const received = this.#store.receive(message.run, from)
    this.#through = message.batch
    if (received.outcome === 'refused') this.#refusals += 1
    return { run: message.run, received }
  }

  /** An acknowledgement, when one is due. */
  ack(): Ack | null {
    const owed = this.#through - this.#acknowledged
    if (owed === 0 || (this.waits && owed < PACE.acknowledgeRuns)) return null
    this.#acknowledged = this.#through
    return { kind: 'ack', through: this.#through, heads: this.#news() }
  }

  /** The whole cursor, for a peer that is to compare it with its own. */
  vector(): Vector {
    this.#acknowledged = this.#through
    const heads = this.#store.heads()
    this.#told = new Set(heads.map(headKey))
    return { kind: 'vector', through: this.#through, heads: foremost(heads, LIMITS.heads) }
  }

  /** The peer holds the same: it need not be told of it again. */
  startEqual(heads: readonly Head[]): void {
    this.#told = new Set(heads.map(headKey))
  }

  #news(): readonly Head[] {
    const heads = this.#store.heads()
    const told = this.#told
    this.#told = new Set(heads.map(headKey))
    return foremost(
      heads.filter((head) => !told.has(headKey(head))),
      LIMITS.heads,
    )
  }
}

const sizeOf = (run: Run): number => run.ops.reduce((sum, op) => sum + op.length, 0)
