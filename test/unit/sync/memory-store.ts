/**
 * A replica reduced to what sync can see: chains of ops with causes, an inbox, admissions and cuts, both branches
 * of a fork. Ops are `[actor, seq, causes, control]`; a run is genuine when its signature begins with 1.
 */
import { createHash } from 'node:crypto'
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  toHex,
  type Bytes,
} from '../../../shared/base/bytes.ts'
import { decodeCbor, encodeCbor } from '../../../shared/base/cbor.ts'
import { invariant } from '../../../shared/base/invariant.ts'
import { parseActorId, parseSiteId, type ActorId, type SiteId } from '../../../shared/model/ids.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import { Reader } from '../../../shared/op/reader.ts'
import type { Head, Run } from '../../../shared/op/run.ts'
import type { Received, SyncStore } from '../../../shared/sync/store.ts'

type Control = readonly ['admit', ActorId] | readonly ['cut', ActorId] | readonly ['note', string]
type Op = {
  readonly actor: ActorId
  readonly seq: number
  readonly causes: readonly (readonly [ActorId, number])[]
  readonly control: Control
  readonly bytes: Bytes
  readonly hash: Bytes
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
  /** By actor: the ops of each seq, one a branch, the least hash first. */
  readonly #chains = new Map<ActorId, Op[][]>()
  readonly #arrivals: Op[] = []
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
    const causes = this.heads().map((head) => [head.actor, head.seq] as const)
    this.#store(makeOp(this.actor, (this.#chains.get(this.actor)?.length ?? 0) + 1, causes, control))
  }

  admit(actor: ActorId): void {
    this.write(['admit', actor])
  }

  digest(): Bytes {
    const heads = [...this.heads()].sort((a, b) => (a.actor < b.actor ? -1 : 1))
    return sha256(encodeCbor(heads.map((head) => [head.actor, head.seq, head.hash])))
  }

  heads(): readonly Head[] {
    return [...this.#chains].flatMap(([actor, chain]) => {
      const last = chain.at(-1)
      return last === undefined ? [] : [{ actor, seq: chain.length, hash: nameOf(last) }]
    })
  }

  holds(head: Head): boolean {
    const branches = this.#chains.get(head.actor)?.[head.seq - 1] ?? []
    return branches.length > 0 && equalBytes(nameOf(branches), head.hash)
  }

  authority(): ActorId | null {
    return this.#chains.has(AUTHORITY) ? AUTHORITY : null
  }

  end(): number {
    return this.#arrivals.length
  }

  runsAfter(
    have: ReadonlyMap<ActorId, number>,
    position: number,
    bounds: { readonly ops: number; readonly bytes: number },
  ): { runs: Run[]; position: number; end: boolean } {
    const runs: { actor: ActorId; first: number; ops: Bytes[]; signature: Bytes }[] = []
    let left = bounds
    let at = position
    for (; at < this.#arrivals.length; at += 1) {
      const op = this.#arrivals[at]
      if (op === undefined || op.seq <= (have.get(op.actor) ?? 0)) continue
      if (left.ops < 1 || left.bytes < op.bytes.length) break
      left = { ops: left.ops - 1, bytes: left.bytes - op.bytes.length }
      const run = runs.at(-1)
      if (run?.actor === op.actor && run.first + run.ops.length === op.seq) run.ops.push(op.bytes)
      else runs.push({ actor: op.actor, first: op.seq, ops: [op.bytes], signature: GENUINE })
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
    const seqOf = (actor: ActorId): number => this.#chains.get(actor)?.length ?? 0
    return op.seq <= seqOf(op.actor) + 1 && op.causes.every(([actor, seq]) => seqOf(actor) >= seq)
  }

  #has(op: Op): boolean {
    return (this.#chains.get(op.actor)?.[op.seq - 1] ?? []).some((other) => equalBytes(other.hash, op.hash))
  }

  #store(op: Op): void {
    const chain = this.#chains.get(op.actor) ?? []
    const branches = [...(chain[op.seq - 1] ?? []), op].sort((a, b) => compareBytes(a.hash, b.hash))
    chain[op.seq - 1] = branches
    this.#chains.set(op.actor, chain)
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

  /** What was written before this replica forgot it: a device restored from a backup. */
  forkAt(seq: number): void {
    const chain = this.#chains.get(this.actor) ?? []
    this.#chains.set(this.actor, chain.slice(0, seq - 1))
    const kept = this.#arrivals.filter((op) => op.actor !== this.actor || op.seq < seq)
    this.#arrivals.splice(0, this.#arrivals.length, ...kept)
  }
}

/** A seq is named by all its branches together, so that replicas on different branches differ in their digests. */
const nameOf = (branches: readonly Op[]): Bytes =>
  sha256(concatBytes(...branches.map((op) => op.hash))).slice(0, 16)

function makeOp(
  actor: ActorId,
  seq: number,
  causes: readonly (readonly [ActorId, number])[],
  control: Control,
): Op {
  const bytes = encodeCbor([actor, seq, causes.map(([cause, at]) => [cause, at]), [...control]])
  return { actor, seq, causes, control, bytes, hash: sha256(bytes) }
}

/** Ops that are not their author's next are made by tests themselves. */
export function forgedRun(actor: ActorId, signature: Bytes): Run {
  return { actor, first: 1, ops: [makeOp(actor, 1, [], ['note', 'forged']).bytes], signature }
}

function readOp(bytes: Bytes): Op {
  const value = decodeCbor(bytes, LIMITS.opBytes)
  invariant(value.ok, 'tests send whole ops')
  const reader = Reader.of(value.value)
  const actor = readActor(reader)
  const seq = reader.positive()
  const causes = reader.list(LIMITS.actors, (cause) => [readActor(cause), cause.positive()] as const)
  return { actor, seq, causes, control: readControl(reader.nested()), bytes, hash: sha256(bytes) }
}

function readControl(reader: Reader): Control {
  const kind = reader.text(10)
  if (kind === 'admit') return ['admit', readActor(reader)]
  if (kind === 'cut') return ['cut', readActor(reader)]
  return ['note', reader.text(100_000)]
}

const readActor = (reader: Reader): ActorId => parseActorId(reader.text(64)) ?? reader.fail('an actor')

export const idBytes = (id: ActorId | SiteId): Bytes => fromHex(id) ?? new Uint8Array(32)
