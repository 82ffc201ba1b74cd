/**
 * What the peer lacks, on its way to it: the authority's chain first, then everything in causal order,
 * then whatever commits. Only committed ops are read, and no more is under way than the window holds.
 */
import type { ActorId } from '../model/ids.ts'
import type { Head, Run } from '../op/run.ts'
import { PACE } from './pace.ts'
import type { SyncStore } from './store.ts'
import type { RunMessage } from './wire.ts'

type Batch = {
  readonly batch: number
  readonly actor: ActorId
  readonly last: number
  readonly bytes: number
}

/** Reads the authority's chain alone, by pretending that the peer has everything else. */
type Ahead = {
  readonly authority: ActorId
  readonly rest: ReadonlyMap<ActorId, number>
  position: number
  left: number
}

export class Outgoing {
  readonly #store: SyncStore
  /** What the peer said it committed, by actor. */
  #theirs = new Map<ActorId, number>()
  /** That, what it sent itself, and what is under way: nothing of it is sent again. */
  #has = new Map<ActorId, number>()
  #flying: Batch[] = []
  #batches = 0
  #position = 0
  #ahead: Ahead | null = null
  #end = true
  /** Heads of another branch whose actor's chain was already sent from its beginning. */
  readonly #resent = new Set<string>()

  constructor(store: SyncStore) {
    this.#store = store
  }

  /** The peer holds exactly `heads`, which were all that was here before `position`. */
  startEqual(heads: readonly Head[], position: number): void {
    for (const head of heads) this.#raise(head.actor, head.seq)
    this.#has = new Map(this.#theirs)
    this.#position = position
    this.#end = false
  }

  /** The peer holds exactly `heads`, having dealt with the batches up to `through`: begin anew from there. */
  startFrom(heads: readonly Head[], through: number): void {
    const own = seqs(this.#store.heads())
    this.#theirs = seqs(heads)
    this.#has = new Map(this.#theirs)
    for (const head of heads) if (this.#isOtherBranch(head, own)) this.#has.set(head.actor, 0)
    this.#land(through)
    for (const batch of this.#flying) raise(this.#has, batch.actor, batch.last)
    this.#position = 0
    this.#ahead = this.#readAhead(own)
    this.#end = false
  }

  /** Fork evidence must reach the peer, once: its branch and ours differ below its head. */
  #isOtherBranch(head: Head, own: ReadonlyMap<ActorId, number>): boolean {
    const key = `${head.actor}:${head.seq}:${head.hash.join()}`
    if ((own.get(head.actor) ?? 0) < head.seq || this.#resent.has(key) || this.#store.holds(head))
      return false
    this.#resent.add(key)
    return true
  }

  #readAhead(own: ReadonlyMap<ActorId, number>): Ahead | null {
    const authority = this.#store.authority()
    if (authority === null || (own.get(authority) ?? 0) <= (this.#has.get(authority) ?? 0)) return null
    const rest = new Map(own)
    rest.delete(authority)
    return { authority, rest, position: 0, left: PACE.authorityAheadOps }
  }

  acknowledged(heads: readonly Head[], through: number): void {
    for (const head of heads) this.#raise(head.actor, head.seq)
    this.#land(through)
  }

  /** A peer sends what it has committed, so it needs none of it. */
  cameFromPeer(run: Run): void {
    this.#raise(run.actor, run.first + run.ops.length - 1)
  }

  /** Something was committed here. */
  more(): void {
    this.#end = false
  }

  #raise(actor: ActorId, seq: number): void {
    raise(this.#theirs, actor, seq)
    raise(this.#has, actor, seq)
  }

  #land(through: number): void {
    this.#flying = this.#flying.filter((batch) => batch.batch > through)
  }

  /** May `through` be said of what was sent? */
  sent(through: number): boolean {
    return through <= this.#batches
  }

  get wantsToSend(): boolean {
    return !this.#end && this.#windowIsOpen()
  }

  /** Nothing is left to send and nothing is under way. */
  get idle(): boolean {
    return this.#end && this.#flying.length === 0
  }

  #windowIsOpen(): boolean {
    const bytes = this.#flying.reduce((sum, batch) => sum + batch.bytes, 0)
    return this.#flying.length < PACE.windowRuns && bytes < PACE.windowBytes
  }

  /** Reads the log once, within a step's bounds. */
  next(): RunMessage[] {
    const runs = this.#ahead === null ? this.#readInOrder() : this.#readAuthority(this.#ahead)
    return runs.map((run) => this.#dispatch(run))
  }

  #readAuthority(ahead: Ahead): readonly Run[] {
    const have = new Map([...ahead.rest, [ahead.authority, this.#has.get(ahead.authority) ?? 0]])
    const { runs, position, end } = this.#store.runsAfter(have, ahead.position, PACE.run)
    ahead.left -= runs.reduce((sum, run) => sum + run.ops.length, 0)
    if (end || position === ahead.position || ahead.left <= 0) this.#ahead = null
    ahead.position = position
    return runs
  }

  #readInOrder(): readonly Run[] {
    const { runs, position, end } = this.#store.runsAfter(this.#has, this.#position, PACE.run)
    this.#end = end || position === this.#position
    this.#position = position
    return runs
  }

  #dispatch(run: Run): RunMessage {
    const last = run.first + run.ops.length - 1
    const bytes = run.ops.reduce((sum, op) => sum + op.length, 0)
    this.#batches += 1
    this.#flying.push({ batch: this.#batches, actor: run.actor, last, bytes })
    raise(this.#has, run.actor, last)
    return { kind: 'run', batch: this.#batches, run }
  }

  /** Ops that are here and that the peer did not say it committed. */
  lag(): number {
    return this.#store
      .heads()
      .reduce((sum, head) => sum + Math.max(0, head.seq - (this.#theirs.get(head.actor) ?? 0)), 0)
  }
}

const seqs = (heads: readonly Head[]): Map<ActorId, number> =>
  new Map(heads.map((head) => [head.actor, head.seq]))

function raise(map: Map<ActorId, number>, actor: ActorId, seq: number): void {
  if ((map.get(actor) ?? 0) < seq) map.set(actor, seq)
}
