/**
 * What the peer lacks, on its way to it: the authority's chain first, then everything in causal order,
 * then whatever commits. Only committed ops are read, and no more is under way than the window holds.
 */
import { invariant } from '../base/invariant.ts'
import type { ActorId } from '../model/ids.ts'
import type { Head, Run } from '../op/run.ts'
import { Holding } from './holding.ts'
import { PACE } from './pace.ts'
import { Parting } from './parting.ts'
import type { SyncStore } from './store.ts'
import type { Locate, RunMessage } from './wire.ts'

type Batch = { readonly batch: number; readonly last: Head; readonly bytes: number }

/** Reads the authority's chain alone, by pretending that the peer has everything else. */
type Ahead = {
  readonly authority: ActorId
  readonly rest: readonly Head[]
  position: number
  left: number
}

export class Outgoing {
  readonly #store: SyncStore
  readonly #parting: Parting
  /** What the peer said it committed. */
  #theirs: Holding
  /** That, what it sent itself, and what is under way: nothing of it is sent again. */
  #has: Holding
  #flying: Batch[] = []
  #batches = 0
  #position = 0
  #ahead: Ahead | null = null
  #end = true
  /** The peer lacks what was dropped here: until it has begun anew nothing goes to it. */
  #isBeneath = false

  constructor(store: SyncStore) {
    this.#store = store
    this.#parting = new Parting(store)
    this.#theirs = new Holding(store)
    this.#has = new Holding(store)
  }

  /** The peer holds exactly `heads`, which were all that was here before `position`. */
  startEqual(heads: readonly Head[], position: number): void {
    this.#theirs = new Holding(this.#store, heads)
    this.#has = new Holding(this.#store, heads)
    this.#position = position
    this.#end = false
  }

  /** The peer holds exactly `heads`, having dealt with the batches up to `through`: begin anew from there. */
  startFrom(heads: readonly Head[], through: number): void {
    this.#land(through)
    this.#theirs = new Holding(this.#store, heads)
    this.#has = new Holding(this.#store, [
      ...heads,
      ...this.#parting.common(),
      ...this.#flying.map(({ last }) => last),
    ])
    this.#parting.begin(heads)
    this.#position = 0
    this.#isBeneath = this.#store.isBeneath(this.#have())
    this.#ahead = this.#isBeneath ? null : this.#readAhead()
    this.#end = false
  }

  get isBeneath(): boolean {
    return this.#isBeneath
  }

  /** The authority's chain goes ahead where the peer is behind in it. */
  #readAhead(): Ahead | null {
    const authority = this.#store.authority()
    if (authority === null) return null
    const have = this.#have()
    const isAhead = have.some((head) => head.actor === authority && !this.#store.holds(head))
    if (isAhead || this.#store.lackingFrom(have, authority) === null) return null
    const rest = this.#store.heads().filter((head) => head.actor !== authority)
    return { authority, rest, position: 0, left: PACE.authorityAheadOps }
  }

  acknowledged(heads: readonly Head[], through: number): void {
    for (const head of heads) this.#add(head)
    this.#parting.note(heads)
    this.#land(through)
  }

  /** A peer needs nothing of what it sent, neither now nor when that which waits here is committed. */
  cameFromPeer(run: Run): void {
    const whole = this.#store.nameOf(run)
    if (!this.#store.holds(whole)) this.#parting.expect(whole)
    const here = this.#lastHere(run)
    if (here) this.#add(here)
  }

  /** The last op of a run that is in the log: a run may end with ops that wait. */
  #lastHere(run: Run): Head | null {
    for (let count = run.ops.length; count > 0; count -= 1) {
      const name = this.#store.nameOf({ ...run, ops: run.ops.slice(0, count) })
      if (this.#store.holds(name)) return name
    }
    return null
  }

  /** The peer names ops of an actor whose head here it does not know: from the last that is here, it lacks the rest. */
  located({ actor, heads }: Locate): void {
    for (const head of this.#parting.locate(actor, heads)) this.#has.add(head)
    this.#lookFrom(actor)
  }

  /** The actors of whom the peer must say where its branch leaves ours; each is told once. */
  toLocate(): readonly Locate[] {
    return this.#parting
      .toAsk()
      .map((actor) => ({ kind: 'locate', actor, heads: this.#store.milestones(actor) }))
  }

  /** Something was committed here. Answers the heads that the peer had named before they were here. */
  more(): readonly Head[] {
    this.#end = false
    const come = this.#parting.come()
    for (const head of come) this.#add(head)
    for (const { actor } of come) this.#lookFrom(actor)
    return come
  }

  /** What is lacking of this actor can lie before the position: it was passed over until more was known. */
  #lookFrom(actor: ActorId): void {
    const from = this.#store.lackingFrom(this.#have(), actor)
    if (from === null) return
    this.#position = Math.min(this.#position, from)
    this.#end = false
  }

  #have(): readonly Head[] {
    return this.#parting.judged(this.#has.all())
  }

  #add(head: Head): void {
    this.#theirs.add(head)
    this.#has.add(head)
  }

  #land(through: number): void {
    this.#flying = this.#flying.filter((batch) => batch.batch > through)
  }

  /** May `through` be said of what was sent? */
  sent(through: number): boolean {
    return through <= this.#batches
  }

  get wantsToSend(): boolean {
    return !this.#end && !this.#isBeneath && this.#windowIsOpen()
  }

  /** Nothing is left to send and nothing is under way. */
  get idle(): boolean {
    return (this.#end || this.#isBeneath) && this.#flying.length === 0
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
    const have = [...ahead.rest, ...this.#have().filter((head) => head.actor === ahead.authority)]
    const { runs, position, end } = this.#store.runsAfter(have, ahead.position, PACE.run)
    ahead.left -= runs.reduce((sum, run) => sum + run.ops.length, 0)
    if (end || position === ahead.position || ahead.left <= 0) this.#ahead = null
    ahead.position = position
    return runs
  }

  #readInOrder(): readonly Run[] {
    const { runs, position, end } = this.#store.runsAfter(this.#have(), this.#position, PACE.run)
    this.#end = end || position === this.#position
    this.#position = position
    return runs
  }

  #dispatch(run: Run): RunMessage {
    const last = this.#lastHere(run)
    invariant(last, 'what is sent is in the log')
    const bytes = run.ops.reduce((sum, op) => sum + op.length, 0)
    this.#batches += 1
    this.#flying.push({ batch: this.#batches, last, bytes })
    this.#has.add(last)
    return { kind: 'run', batch: this.#batches, run }
  }

  /** Ops that are here and that the peer did not say it committed. */
  lag(): number {
    return this.#store.lacking(this.#theirs.all())
  }
}
