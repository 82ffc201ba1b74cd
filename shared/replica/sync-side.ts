/** What a sync session asks of the replica: what it holds, what another lacks of it, and what comes in. */
import { isOfDisk } from '../api/errors.ts'
import { equalBytes, type Bytes } from '../base/bytes.ts'
import { encodeCbor } from '../base/cbor.ts'
import { parseOpId, type ActorId, type OpId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { CAUSE_HASH_BYTES } from '../op/op.ts'
import type { Head, Run } from '../op/run.ts'
import type { Received, SyncStore } from '../sync/store.ts'
import { basisOf, type Basis } from './basis.ts'
import { isDropped } from './chains.ts'
import { Committing } from './committing.ts'
import { lacking, lackingFrom, lacksDropped, leavesOf, milestones } from './coverage.ts'
import type { Files } from './files.ts'
import { idBytes } from './interner.ts'
import type { Arrival } from './log.ts'
import { isSigned } from './snapshot-loading.ts'
import { checkRun } from './receiving.ts'
import { runsAfter, snapshotRun, waitingRuns } from './runs.ts'
import { hasRoom, take, Unsound } from './taking.ts'

/** How old the authority lets its signed cursor grow before it signs anew, ms. */
const CURSOR_AGE = 15_000

export class SyncSide extends Committing implements SyncStore {
  #digest: { readonly core: unknown; readonly ops: number; readonly bytes: Bytes } | null = null
  #signedAt = { ops: -1, wall: 0 }
  /** How many read what is here and would miss what goes meanwhile. */
  #readers = 0

  digest(): Bytes {
    const { core } = this
    const ops = core.log.lastNumber
    if (this.#digest?.core !== core || this.#digest.ops !== ops) {
      const heads = this.heads().map((head) => [idBytes(head.actor), head.seq, head.hash])
      this.#digest = { core, ops, bytes: core.sha256(encodeCbor(['heads', idBytes(this.site), heads])) }
    }
    return this.#digest.bytes
  }

  heads(): readonly Head[] {
    return this.core.log.heads()
  }

  holds(head: Head): boolean {
    return this.core.log.whereIs(head) !== null
  }

  nameOf({ actor, first, ops }: Run): Head {
    const hash = this.core.sha256(ops.at(-1) ?? new Uint8Array(0))
    return { actor, seq: first + ops.length - 1, hash: hash.subarray(0, CAUSE_HASH_BYTES) }
  }

  leaves(heads: readonly Head[]): readonly Head[] {
    return leavesOf(this.core.log, heads)
  }

  lacking(have: readonly Head[]): number {
    return lacking(this.core.log, have)
  }

  lackingFrom(have: readonly Head[], actor: ActorId): number | null {
    return lackingFrom(this.core.log, have, actor)
  }

  milestones(actor: ActorId): readonly Head[] {
    return milestones(this.core.log, actor, LIMITS.milestones)
  }

  ownFork(): { readonly seq: number; readonly hash: Bytes } | null {
    return this.core.log.ownFork()
  }

  authority(): ActorId | null {
    return this.core.control().authority
  }

  end(): number {
    return this.core.log.lastNumber
  }

  runsAfter(...ask: Parameters<SyncStore['runsAfter']>): ReturnType<SyncStore['runsAfter']> {
    return runsAfter(this.core, ...ask)
  }

  isBeneath(have: readonly Head[]): boolean {
    return lacksDropped(this.core.log, have)
  }

  snapshotRun(): Run | null {
    return snapshotRun(this.core)
  }

  basis(): Basis | 'none' | null {
    return basisOf(this.core)
  }

  isVouchedFor(op: OpId): boolean {
    const ref = parseOpId(op)
    const no = ref && this.core.log.numberAt(ref)
    return no !== null && !isDropped(no) && isSigned(this.core, no)
  }

  waitingRuns(): Iterable<Run> {
    return waitingRuns(this.core)
  }

  holdHistory(): () => void {
    this.#readers += 1
    let isHeld = true
    return () => {
      if (isHeld) this.#readers -= 1
      isHeld = false
    }
  }

  protected get isHistoryHeld(): boolean {
    return this.#readers > 0
  }

  /** Its own key this device knows, also where its admission is not here yet. */
  #keyOf(actor: ActorId): Bytes | null {
    return this.core.judging.past.keyOf(actor) ?? (actor === this.actor ? this.signer.publicKey : null)
  }

  receive(run: Run, from: ActorId): Received {
    const checked = checkRun(run, this.site, (actor) => this.#keyOf(actor), this.world)
    if (!checked.ok) {
      return checked.error === 'unadmitted'
        ? { outcome: 'unadmitted' }
        : { outcome: 'refused', reason: checked.error.refused }
    }
    const last = checked.value.at(-1)
    const fresh = checked.value.filter((arrival) => !this.#isHere(arrival))
    if (fresh.length === 0) {
      if (last) this.core.log.keepSignature({ ...last.op, hash: last.hash }, run.signature)
      return { outcome: 'known' }
    }
    return this.#take(fresh, from)
  }

  acknowledged(peer: ActorId, heads: readonly Head[], areAll = false): void {
    this.transaction(() => this.core.acks.acknowledge(peer, heads, areAll))
    this.tell({ records: new Set(), control: false }, false)
  }

  /** The files that attachments name, and who holds them. */
  get files(): Files {
    return this.core.files
  }

  /** Keeps durably what a peer said of files. */
  filesHeard(peer: ActorId, held: readonly string[], gone: readonly string[]): void {
    const isNew = this.transaction(() => this.core.files.heard(peer, held, gone))
    if (isNew) this.tell({ records: new Set(), control: false }, false)
  }

  authorityCursor(): Bytes | null {
    if (this.core.control().authority === this.actor) this.#signCursor()
    return this.core.acks.authorityCursor()
  }

  receiveAuthorityCursor(bytes: Bytes): boolean {
    const before = this.core.acks.authorityCursor()
    const taken = this.transaction(() => this.core.acks.receive(bytes))
    if (this.core.acks.authorityCursor() !== before) this.tell({ records: new Set(), control: false }, false)
    return taken
  }

  admits(actor: ActorId, tlsKeyHash: Bytes): ReturnType<SyncStore['admits']> {
    const member = this.core.control().member(actor)
    if (!member || !equalBytes(member.tlsKeyHash, tlsKeyHash)) return { ok: false, cut: null }
    return member.cut ? { ok: false, cut: member.cut.reason } : { ok: true }
  }

  #isHere({ op: { actor, seq }, hash }: Arrival): boolean {
    return this.core.log.find({ actor, seq, hash }) !== null || this.core.inbox.holds(hash)
  }

  #take(arrivals: readonly Arrival[], from: ActorId): Received {
    const before = this.core.log.lastNumber
    const waitingBefore = this.core.inbox.count
    // What this device wrote itself, and gives itself back, is bounded by that.
    const isOwn = from === this.actor && arrivals.every(({ op }) => op.actor === from)
    if (!isOwn && !hasRoom(this.core, arrivals, from)) return { outcome: 'stored', committed: 0, waiting: 0 }
    try {
      this.commit(false, () => take(this.core, arrivals, from))
    } catch (problem) {
      if (problem instanceof Unsound) return { outcome: 'refused', reason: problem.message }
      throw problem
    }
    const committed = this.core.log.lastNumber - before
    const waiting = Math.max(0, this.core.inbox.count - waitingBefore)
    return { outcome: 'stored', committed, waiting }
  }

  /** Where the disk does not take a new one, the one before is still true. */
  #signCursor(): void {
    const wall = this.world.clock.now()
    const ops = this.core.log.lastNumber
    if (ops === this.#signedAt.ops && wall - this.#signedAt.wall < CURSOR_AGE) return
    this.#signedAt = { ops, wall }
    try {
      this.transaction(() => this.core.acks.sign(this.signer, wall))
    } catch (problem) {
      if (!isOfDisk(problem)) throw problem
    }
  }
}
