/**
 * Strata 1 and 3 of judgement: who is what, and what was asked and decided. The state is folded from the
 * site's control ops alone, in causal order, and nothing here reads data ops but for whether a record exists;
 * so it can be rebuilt at any time, and comes out the same whatever the order of arrival.
 */
import { toHex, type Bytes } from '../base/bytes.ts'
import { formatOpId, type ActorId, type OpId, type OpRef, type RecordId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import type { Action } from '../op/codes.ts'
import type { ControlEffect } from '../op/effect.ts'
import { actorOf, type Sha256 } from '../op/identity.ts'
import { permits } from './permissions.ts'
import { ACCEPTED, reason, rejected, type ReasonOf, type Verdict } from './reason.ts'

/** From `after` on (exclusive, the actor's own seq) the role holds; null: cut. The last that fits prevails. */
type Span = { readonly after: number; readonly role: Role | null }

export type MemberState = {
  readonly actor: ActorId
  readonly opKey: Bytes
  readonly tlsKeyHash: Bytes
  readonly name: string
  readonly person: string
  readonly admitted: number
  readonly timeline: readonly Span[]
  readonly cut: { readonly through: number; readonly reason: string } | null
}

export type RequestState = {
  readonly ref: OpRef
  readonly action: Action
  readonly record: RecordId
  readonly lamport: number
  readonly wall: number
  readonly withdrawn: OpRef | null
  readonly answer: Decision | null
}

export type Decision = {
  readonly ref: OpRef
  readonly accept: boolean
  readonly number: { readonly year: number; readonly count: number } | null
  readonly reason: string | null
  readonly wall: number
}

/** An accepted closing or reopening of a record. */
export type Turn = { readonly action: Action; readonly decision: Decision }

export type ControlOp = {
  readonly ref: OpRef
  readonly lamport: number
  readonly wall: number
  readonly effect: ControlEffect
}

/** What control judgement asks of the log. */
export interface ControlPast {
  readonly sha256: Sha256
  /** Is `target` in the causal past of `op`? */
  knows(op: OpRef, target: OpRef): boolean
  /** Was the record created by an op in the causal past of `op`? */
  recordKnown(op: OpRef, record: RecordId): boolean
}

export const auditNumber = (number: { readonly year: number; readonly count: number }): string =>
  `A-${number.year}-${String(number.count).padStart(4, '0')}`

export class ControlState {
  siteName = ''
  authority: ActorId | null = null
  readonly members = new Map<ActorId, MemberState>()
  readonly requests = new Map<OpId, RequestState>()
  readonly turns = new Map<RecordId, Turn[]>()
  /** Requests without an answer, in the order in which they came. */
  readonly #waiting = new Set<OpId>()
  /** Every audit number named in any stored op, whatever became of it: never issued again. */
  readonly #named = new Set<string>()
  /** Those that the authority named itself. Its chain has one order, so that every replica judges them alike. */
  readonly #spent = new Set<string>()
  /** By year, the highest count that the authority named. */
  readonly #highest = new Map<number, number>()
  readonly #past: ControlPast

  constructor(past: ControlPast) {
    this.#past = past
  }

  roleAt(actor: ActorId, seq: number): Role | null {
    let role: Role | null = null
    for (const span of this.members.get(actor)?.timeline ?? []) if (span.after < seq) role = span.role
    return role
  }

  /** Judges one control op and, where it stands, takes it in. Each op is given once, causes first. */
  apply(op: ControlOp): Verdict {
    const { effect } = op
    const problem = this.roleProblem(op.ref, effect.type) ?? this.#problem(op)
    if (effect.type === 'decide' && effect.number) this.use(effect.number, op.ref.actor)
    if (problem) return rejected(problem)
    this.#take(op)
    return ACCEPTED
  }

  /** Why the author may not write this effect at this seq; null when it may. */
  roleProblem(ref: OpRef, type: ControlEffect['type'] | Parameters<typeof permits>[1]): ReasonOf | null {
    if (type === 'genesis') return null
    const role = this.roleAt(ref.actor, ref.seq)
    if (role !== null) return permits(role, type) ? null : reason('not-permitted', { role })
    const cut = this.members.get(ref.actor)?.cut
    return cut ? reason('cut', { why: cut.reason }) : reason('not-member')
  }

  isClosed(record: RecordId): boolean {
    return this.turns.get(record)?.at(-1)?.action === 'close'
  }

  /** Counts accepted closings and reopenings: 0 while never closed. */
  freezeEpoch(record: RecordId): number {
    return this.turns.get(record)?.length ?? 0
  }

  /** Requests that wait for an answer, in the order in which they came to this device. */
  waiting(): RequestState[] {
    return [...this.#waiting].flatMap((id) => this.requests.get(id) ?? [])
  }

  /** The one that came first. */
  nextWaiting(): RequestState | null {
    const first = this.#waiting.values().next()
    return first.done ? null : (this.requests.get(first.value) ?? null)
  }

  waitingFor(record: RecordId, action: Action): RequestState | null {
    return this.waiting().find((one) => one.record === record && one.action === action) ?? null
  }

  /** The least count of a year above all that the authority named, and named by nobody else either. */
  nextNumber(year: number): number {
    let count = (this.#highest.get(year) ?? 0) + 1
    while (this.#named.has(auditNumber({ year, count }))) count += 1
    return count
  }

  #problem(op: ControlOp): ReasonOf | null {
    const { effect } = op
    switch (effect.type) {
      case 'genesis':
        return this.authority === null && op.ref.seq === 1 ? null : reason('not-authority')
      case 'admit':
        if (effect.role === 'authority') return reason('one-authority')
        return this.members.has(actorOf(this.#past.sha256, effect.opKey)) ? reason('already-member') : null
      case 'setRole':
        return effect.role === 'authority' ? reason('one-authority') : this.#memberProblem(effect.actor)
      case 'cut':
        return this.#memberProblem(effect.actor)
      case 'request':
        return this.#past.recordKnown(op.ref, effect.record) ? null : reason('unknown-record')
      case 'withdraw':
        return this.#withdrawProblem(op.ref, effect.request)
      case 'decide':
        return this.#decideProblem(op.ref, effect)
    }
  }

  #memberProblem(actor: ActorId): ReasonOf | null {
    if (actor === this.authority) return reason('authority-itself')
    const member = this.members.get(actor)
    if (!member) return reason('not-member')
    return member.cut ? reason('cut', { why: member.cut.reason }) : null
  }

  #withdrawProblem(ref: OpRef, target: OpRef): ReasonOf | null {
    const request = this.requests.get(formatOpId(target))
    if (!request || !this.#past.knows(ref, target)) return reason('unknown-request')
    return request.ref.actor === ref.actor ? null : reason('not-author')
  }

  #decideProblem(ref: OpRef, effect: Extract<ControlEffect, { type: 'decide' }>): ReasonOf | null {
    const request = this.requests.get(formatOpId(effect.request))
    if (!request || !this.#past.knows(ref, effect.request)) return reason('unknown-request')
    if (request.answer) return reason('already-decided')
    if (request.withdrawn && this.#past.knows(ref, request.withdrawn)) return reason('withdrawn')
    if (!effect.accept) return null
    const closed = this.isClosed(request.record)
    if (request.action === 'reopen') return closed ? null : reason('already-open')
    if (closed) return reason('already-closed')
    return effect.number && !this.#spent.has(auditNumber(effect.number)) ? null : reason('number-used')
  }

  #take(op: ControlOp): void {
    const { effect, ref, lamport, wall } = op
    switch (effect.type) {
      case 'genesis':
        this.siteName = effect.siteName
        this.authority = ref.actor
        this.#admit({ ...effect, type: 'admit', role: 'authority' }, wall)
        return
      case 'admit':
        this.#admit(effect, wall)
        return
      case 'setRole':
        this.#extend(effect.actor, { after: effect.through, role: effect.role })
        return
      case 'cut':
        this.#extend(
          effect.actor,
          { after: effect.through, role: null },
          { through: effect.through, reason: effect.reason },
        )
        return
      case 'request':
        this.#waiting.add(formatOpId(ref))
        this.requests.set(formatOpId(ref), {
          ref,
          action: effect.action,
          record: effect.record,
          lamport,
          wall,
          withdrawn: null,
          answer: null,
        })
        return
      case 'withdraw':
        this.#updateRequest(effect.request, { withdrawn: ref })
        return
      case 'decide':
        this.#decide(effect, {
          ref,
          accept: effect.accept,
          number: effect.number,
          reason: effect.reason,
          wall,
        })
    }
  }

  #admit(effect: Extract<ControlEffect, { type: 'admit' }>, wall: number): void {
    const actor = actorOf(this.#past.sha256, effect.opKey)
    this.members.set(actor, {
      actor,
      opKey: effect.opKey,
      tlsKeyHash: effect.tlsKeyHash,
      name: effect.name,
      person: effect.person,
      admitted: wall,
      timeline: [{ after: 0, role: effect.role }],
      cut: null,
    })
  }

  #extend(actor: ActorId, span: Span, cut: MemberState['cut'] = null): void {
    const member = this.members.get(actor)
    if (member) this.members.set(actor, { ...member, timeline: [...member.timeline, span], cut })
  }

  #updateRequest(ref: OpRef, change: Partial<RequestState>): void {
    const request = this.requests.get(formatOpId(ref))
    if (request) this.requests.set(formatOpId(ref), { ...request, ...change })
    this.#waiting.delete(formatOpId(ref))
  }

  #decide(effect: Extract<ControlEffect, { type: 'decide' }>, decision: Decision): void {
    const request = this.requests.get(formatOpId(effect.request))
    this.#updateRequest(effect.request, { answer: decision })
    if (!request || !decision.accept) return
    const turns = this.turns.get(request.record) ?? []
    this.turns.set(request.record, [...turns, { action: request.action, decision }])
  }

  /** Burns an audit number: it stands in a stored op, and is never issued again. */
  use(number: { readonly year: number; readonly count: number }, by: ActorId): void {
    this.#named.add(auditNumber(number))
    if (by !== this.authority) return
    this.#spent.add(auditNumber(number))
    this.#highest.set(number.year, Math.max(number.count, this.#highest.get(number.year) ?? 0))
  }

  /** All of it as text, for comparing two states that must be equal. */
  fingerprint(): string {
    const plain = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? toHex(value) : value)
    const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
      [...map].sort(([a], [b]) => (a < b ? -1 : 1))
    return JSON.stringify([sorted(this.members), sorted(this.requests), sorted(this.turns)], plain)
  }
}

export const isWaiting = (request: RequestState): boolean => !request.answer && !request.withdrawn
