/**
 * A replica reduced to what sync can see: chains of ops with causes, an inbox, admissions and cuts, all branches
 * of a fork. Ops are `[actor, seq, prev, causes, control]`; a run is genuine when its signature begins with 1.
 */
import { createHash } from 'node:crypto'
import { equalBytes, fromHex, toHex, type Bytes } from '../../../shared/base/bytes.ts'
import { decodeCbor, encodeCbor } from '../../../shared/base/cbor.ts'
import { invariant } from '../../../shared/base/invariant.ts'
import { parseActorId, parseSiteId, type ActorId, type SiteId } from '../../../shared/model/ids.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import { Reader } from '../../../shared/op/reader.ts'
import { compareHeads, headKey, type Head, type Run } from '../../../shared/op/run.ts'
import type { Received, SyncStore } from '../../../shared/sync/store.ts'

type Control = readonly ['admit', ActorId] | readonly ['cut', ActorId] | readonly ['note', string]
type Op = {
  readonly actor: ActorId
  readonly seq: number
  /** The first 16 bytes of the hash of the op before it in its chain; empty for a first one. */
  readonly prev: Bytes
  readonly causes: readonly Head[]
  readonly control: Control
  readonly bytes: Bytes
  readonly name: Head
  /** The op before it, once it is here. */
  parent: Op | null
}

const sha256 = (bytes: Bytes): Bytes => new Uint8Array(createHash('sha256').update(bytes).digest())

export function actorNamed(name: string): ActorId {
  const actor = parseActorId(toHex(sha256(Buffer.from(`actor ${name}`))))
  invariant(actor !== null, 'a hash is an actor')
  return actor
}

export function siteNamed(name: string): SiteId {
  const site = parseSiteId(toHex(sha256(Buffer.from(`site ${name}`))))
  invariant(site !== null, 'a hash is a site')
  return site
}

const GENUINE = new Uint8Array(64).fill(1)
export const FORGED = new Uint8Array(64).fill(9)
const SITE = siteNamed('warehouse')
export const AUTHORITY = actorNamed('authority')

export class MemoryStore implements SyncStore {
  readonly site: SiteId
  readonly actor: ActorId
  readonly #ops = new Map<string, Op>()
  /** The last op of every branch. */
  readonly #leaves = new Set<Op>()
  readonly #arrivals: Op[] = []
  /** The last op that this replica itself wrote. */
  #own: Op | null = null
  #inbox: Op[] = []
  #cursor: { readonly bytes: Bytes; readonly rank: number } | null = null
  readonly acks = new Map<ActorId, Map<ActorId, number>>()
  readonly members = new Map<ActorId, { cut: boolean }>([[AUTHORITY, { cut: false }]])
  readonly inboxMost: number
  /** Runs as they were received, for tests about order and volume. */
  readonly received: { readonly run: Run; readonly outcome: Received['outcome'] }[] = []

  constructor(actor: ActorId, options: { readonly site?: SiteId; readonly inboxMost?: number } = {}) {
    this.actor = actor
    this.site = options.site ?? SITE
    this.inboxMost = options.inboxMost ?? LIMITS.inboxOps
  }

  /** Writes an op of this replica's own, over everything it holds. */
  write(control: Control = ['note', '']): void {
    const causes = this.heads().filter((head) => head.actor !== this.actor)
    const own = this.#own
    this.#own = makeOp(this.actor, (own?.seq ?? 0) + 1, own?.name.hash ?? NONE, causes, control)
    this.#store(this.#own)
  }

  admit(actor: ActorId): void {
    this.write(['admit', actor])
  }

  digest(): Bytes {
    return sha256(encodeCbor(this.heads().map((head) => [head.actor, head.seq, head.hash])))
  }

  heads(): readonly Head[] {
    return [...this.#leaves].map(({ name }) => name).sort(compareHeads)
  }

  holds(head: Head): boolean {
    return this.#ops.has(headKey(head))
  }

  nameOf({ actor, first, ops }: Run): Head {
    return {
      actor,
      seq: first + ops.length - 1,
      hash: sha256(ops.at(-1) ?? NONE).slice(0, 16),
    }
  }

  leaves(heads: readonly Head[]): readonly Head[] {
    const below = new Set<Op | null>(heads.flatMap((head) => this.#chain(head).slice(1)))
    return heads.filter((head) => !below.has(this.#ops.get(headKey(head)) ?? null))
  }

  lacking(have: readonly Head[]): number {
    const held = this.#held(have)
    return this.#arrivals.filter((op) => !held.has(op)).length
  }

  lackingFrom(have: readonly Head[], actor: ActorId): number | null {
    const held = this.#held(have.filter((head) => this.holds(head)))
    const first = this.#arrivals.findIndex((op) => op.actor === actor && !held.has(op))
    return first < 0 ? null : first
  }

  milestones(actor: ActorId): readonly Head[] {
    return [...this.#leaves]
      .filter((leaf) => leaf.actor === actor)
      .flatMap((leaf) => this.#chain(leaf.name).filter((_, back) => (back & (back - 1)) === 0))
      .map(({ name }) => name)
  }

  /** The op of this name and all before it in its chain, the last first; none where it is not here. */
  #chain(head: Head): Op[] {
    const chain: Op[] = []
    let op = this.#ops.get(headKey(head))
    while (op) {
      chain.push(op)
      op = op.parent ?? undefined
    }
    return chain
  }

  /** What a holder of these heads has; of an actor in whom it is ahead, everything up to there. */
  #held(have: readonly Head[]): ReadonlySet<Op | null> {
    const held = new Set<Op | null>()
    for (const head of have)
      for (let op = this.#ops.get(headKey(head)) ?? null; op && !held.has(op); op = op.parent) held.add(op)
    for (const head of have.filter((one) => !this.holds(one)))
      for (const op of this.#arrivals) if (op.actor === head.actor && op.seq <= head.seq) held.add(op)
    return held
  }

  authority(): ActorId | null {
    return this.#arrivals.some((op) => op.actor === AUTHORITY) ? AUTHORITY : null
  }

  end(): number {
    return this.#arrivals.length
  }

  /** It drops nothing. */
  isBeneath(): boolean {
    return false
  }

  snapshotRun(): Run | null {
    return null
  }

  runsAfter(
    have: readonly Head[],
    position: number,
    bounds: { readonly ops: number; readonly bytes: number },
  ): { runs: Run[]; position: number; end: boolean } {
    const runs: { actor: ActorId; first: number; ops: Bytes[]; signature: Bytes }[] = []
    const held = this.#held(have)
    const ahead = new Set(have.filter((head) => !this.holds(head)).map((head) => head.actor))
    let before: Op | undefined
    let left = bounds
    let at = position
    for (; at < this.#arrivals.length; at += 1) {
      const op = this.#arrivals[at]
      if (op === undefined || held.has(op) || ahead.has(op.actor)) continue
      if (left.ops < 1 || left.bytes < op.bytes.length) break
      left = { ops: left.ops - 1, bytes: left.bytes - op.bytes.length }
      const run = runs.at(-1)
      if (run && before && equalBytes(op.prev, before.name.hash)) run.ops.push(op.bytes)
      else runs.push({ actor: op.actor, first: op.seq, ops: [op.bytes], signature: GENUINE })
      before = op
    }
    return { runs, position: at, end: at === this.#arrivals.length }
  }

  receive(run: Run, from: ActorId): Received {
    const received = this.#receive(run, from)
    this.received.push({ run, outcome: received.outcome })
    return received
  }

  #receive(run: Run, _from: ActorId): Received {
    if (!this.members.has(run.actor)) return { outcome: 'unadmitted' }
    if (!equalBytes(run.signature, GENUINE)) return { outcome: 'refused', reason: 'bad-signature' }
    const fresh = run.ops.map(readOp).filter((op) => !this.#has(op))
    if (fresh.length === 0) return { outcome: 'known' }
    const before = this.#arrivals.length
    for (const op of fresh) this.#place(op)
    const waiting = fresh.filter((op) => !this.#has(op)).length
    return { outcome: 'stored', committed: this.#arrivals.length - before, waiting }
  }

  /** Into the log, or into the inbox while it has room. */
  #place(op: Op): void {
    if (this.#isReady(op)) {
      this.#store(op)
      this.#drain()
    } else if (this.#inbox.length < this.inboxMost) this.#inbox.push(op)
  }

  #drain(): void {
    let ready = this.#inbox.find((op) => this.#isReady(op))
    while (ready !== undefined) {
      this.#inbox = this.#inbox.filter((op) => op !== ready)
      if (!this.#has(ready)) this.#store(ready)
      ready = this.#inbox.find((op) => this.#isReady(op))
    }
  }

  #isReady(op: Op): boolean {
    return (op.seq === 1 || this.holds(before(op))) && op.causes.every((cause) => this.holds(cause))
  }

  #has(op: Op): boolean {
    return this.holds(op.name)
  }

  #store(op: Op): void {
    this.#ops.set(headKey(op.name), op)
    op.parent = this.#ops.get(headKey(before(op))) ?? null
    if (op.parent) this.#leaves.delete(op.parent)
    this.#leaves.add(op)
    this.#arrivals.push(op)
    if (op.actor !== AUTHORITY) return
    if (op.control[0] === 'admit') this.members.set(op.control[1], { cut: false })
    if (op.control[0] === 'cut') this.members.set(op.control[1], { cut: true })
  }

  acknowledged(peer: ActorId, heads: readonly Head[]): void {
    const acked = this.acks.get(peer) ?? new Map<ActorId, number>()
    for (const head of heads) acked.set(head.actor, Math.max(head.seq, acked.get(head.actor) ?? 0))
    this.acks.set(peer, acked)
  }

  /** The authority's word about its own log, ranked by how long that is. */
  signCursor(): void {
    this.receiveAuthorityCursor(encodeCbor(['cursor', this.#arrivals.length]))
  }

  authorityCursor(): Bytes | null {
    return this.#cursor?.bytes ?? null
  }

  receiveAuthorityCursor(bytes: Bytes): boolean {
    const value = decodeCbor(bytes, 1000)
    if (!value.ok || this.authority() === null) return false
    const reader = Reader.of(value.value)
    reader.text(10)
    const rank = reader.count()
    if (rank > (this.#cursor?.rank ?? -1)) this.#cursor = { bytes, rank }
    return true
  }

  admits(actor: ActorId): { ok: true } | { ok: false; cut: string | null } {
    const member = this.members.get(actor)
    if (member === undefined) return { ok: false, cut: null }
    return member.cut ? { ok: false, cut: 'lost device' } : { ok: true }
  }

  /** What was written from here on this replica forgets: a device restored from a backup. */
  forkAt(seq: number): void {
    const forgotten = this.#arrivals.filter((op) => op.actor === this.actor && op.seq >= seq)
    for (const op of forgotten) {
      this.#ops.delete(headKey(op.name))
      this.#leaves.delete(op)
      this.#arrivals.splice(this.#arrivals.indexOf(op), 1)
    }
    this.#own = this.#arrivals.findLast((op) => op.actor === this.actor) ?? null
    if (this.#own) this.#leaves.add(this.#own)
  }
}

const NONE: Bytes = new Uint8Array(0)

const before = (op: Op): Head => ({ actor: op.actor, seq: op.seq - 1, hash: op.prev })

function makeOp(actor: ActorId, seq: number, prev: Bytes, causes: readonly Head[], control: Control): Op {
  const named = causes.map((cause) => [cause.actor, cause.seq, cause.hash])
  const bytes = encodeCbor([actor, seq, prev, named, [...control]])
  const name = { actor, seq, hash: sha256(bytes).slice(0, 16) }
  return { actor, seq, prev, causes, control, bytes, name, parent: null }
}

/** Ops that are not their author's next are made by tests themselves. */
export function forgedRun(actor: ActorId, signature: Bytes): Run {
  return { actor, first: 1, ops: [makeOp(actor, 1, NONE, [], ['note', 'forged']).bytes], signature }
}

function readOp(bytes: Bytes): Op {
  const value = decodeCbor(bytes, LIMITS.opBytes)
  invariant(value.ok, 'tests send whole ops')
  const reader = Reader.of(value.value)
  const actor = readActor(reader)
  const seq = reader.positive()
  const prev = reader.bytes()
  const causes = reader.list(LIMITS.heads, (cause) => ({
    actor: readActor(cause),
    seq: cause.positive(),
    hash: cause.bytes(16),
  }))
  const name = { actor, seq, hash: sha256(bytes).slice(0, 16) }
  return { actor, seq, prev, causes, control: readControl(reader.nested()), bytes, name, parent: null }
}

function readControl(reader: Reader): Control {
  const kind = reader.text(10)
  if (kind === 'admit') return ['admit', readActor(reader)]
  if (kind === 'cut') return ['cut', readActor(reader)]
  return ['note', reader.text(100_000)]
}

const readActor = (reader: Reader): ActorId => parseActorId(reader.text(64)) ?? reader.fail('an actor')

export const idBytes = (id: ActorId | SiteId): Bytes => fromHex(id) ?? new Uint8Array(32)
