/**
 * Strata 1 to 3 of judgement: who is what, what was asked, decided and given out. The state is folded from the site's
 * control ops alone. An op of the authority's chain is judged by that chain; any other by its causal past and by what
 * the authority's chain says of its author. So it comes out the same whatever the order of arrival, and is folded anew
 * whenever the authority's word reaches back.
 */
import { toHex } from '../base/bytes.ts'
import type { ActorId, OpRef, RecordId } from '../model/ids.ts'
import { declared } from '../model/fields.ts'
import {
  isNothing,
  NOTHING,
  parseRight,
  plus,
  single,
  tokenRight,
  type Numbered,
  type Share,
} from '../model/rights.ts'
import type { Role } from '../model/roles.ts'
import type { Action } from '../op/codes.ts'
import type { ControlEffect, Effect, Request } from '../op/effect.ts'
import { actorOf } from '../op/identity.ts'
import { Escrow } from './escrow.ts'
import { Forks, type ForkPast } from './forks.ts'
import { admissionOf, Membership, type Admission, type Cut } from './membership.ts'
import { byOrder, type ControlOp, type Placed } from './past.ts'
import { permits } from './permissions.ts'
import { ACCEPTED, reason, rejected, type ReasonOf, type Verdict } from './reason.ts'
import { recordOf, Requests, type RequestState, type SignOff } from './requests.ts'
import { missingSignOffs } from './sign-offs.ts'

export type MemberState = {
  readonly actor: ActorId
  readonly opKey: Uint8Array
  readonly tlsKeyHash: Uint8Array
  readonly name: string
  readonly person: string
  readonly admitted: number
  /** Now, as far as this log goes; of a cut member, the one it had. */
  readonly role: Role
  readonly cut: Cut | null
}

type Decide = Extract<ControlEffect, { type: 'decide' }>
type Admit = Extract<ControlEffect, { type: 'admit' }>

/** A number that a record got, and by which op. */
export type Numbering = { readonly op: Placed; readonly lamport: number; readonly number: Numbered }

/** A sign-off with its person, and whether it stands. */
export type SignedOff = { readonly signOff: SignOff; readonly person: string; readonly stands: boolean }

const AUDIT = 'audit-number'
const ENROL = 'enrol'
const ONE: Share = { units: 1, spans: [] }

/** What an op moved of each right before the effect in question. */
type Moved = ReadonlyMap<string, Share>

export class ControlState {
  readonly requests: Requests
  readonly escrow: Escrow
  readonly membership: Membership
  /** Job numbers by record, the one that counts first. */
  readonly numbers = new Map<RecordId, readonly Numbering[]>()
  /** Raised with every op that is judged. */
  version = 0
  readonly #past: ForkPast
  readonly #forks: Forks
  /** Admissions by desks, by the actor admitted, in the order (lamport, actor). */
  readonly #delegated = new Map<ActorId, readonly Admission[]>()
  readonly #refused = new Map<number, Verdict>()
  /** What the authority's chain was heard to say, and what of it does not hold. */
  readonly #heard = new Set<number>()
  readonly #unheard = new Map<number, ReasonOf>()

  constructor(past: ForkPast) {
    this.#past = past
    this.membership = new Membership(past)
    this.#forks = new Forks(past, this.membership)
    this.requests = new Requests(past)
    this.escrow = new Escrow(past, this.membership)
  }

  get siteName(): string {
    return this.membership.siteName
  }

  get authority(): ActorId | null {
    return this.membership.authority
  }

  /** What the authority's chain says among these control ops, causes first; they are all to be judged next, in order. */
  static authorityOf(past: ForkPast, ops: readonly ControlOp[]): ControlState {
    const state = new ControlState(past)
    state.#foldAuthority(ops)
    return state
  }

  /** What is new from the author as the authority, taken in ahead of the rest: the same op goes to `judge` next. */
  hearAuthority(op: ControlOp): void {
    if (this.membership.tenures.length > 0 && !this.membership.isAuthority(op)) return
    if (!this.#forks.stands(op)) return
    this.#takeWords(op)
  }

  /** Judges one control op and, where it stands, takes it in. Each op is given once, causes first. */
  judge(op: ControlOp): Verdict {
    this.#name(op)
    this.version += 1
    const problem = this.#unheard.get(op.no) ?? this.#problemOf(op)
    if (problem) {
      const verdict = rejected(problem)
      this.#refused.set(op.no, verdict)
      return verdict
    }
    for (const effect of op.effects) this.#take(op, effect)
    return ACCEPTED
  }

  /** Keeps what a flawed op names, and that it does not count. */
  refuse(op: ControlOp, why: ReasonOf): Verdict {
    this.#name(op)
    this.#refused.set(op.no, rejected(why))
    return rejected(why)
  }

  verdictOf(no: number): Verdict {
    return this.#refused.get(no) ?? ACCEPTED
  }

  stands(op: Placed): boolean {
    return this.#forks.stands(op)
  }

  roleAt(op: Placed): Role | null {
    return this.membership.roleAt(op, this.#admissionBefore(op)?.role) ?? null
  }

  /** Why the author may not write this effect at this op; null when it may. */
  roleProblem(op: Placed, type: Effect['type']): ReasonOf | null {
    if (type === 'genesis') return null
    if (!this.stands(op)) return reason('forked')
    const role = this.roleAt(op)
    if (role !== null) return permits(role, type) ? null : reason('not-permitted', { role })
    const cut = this.membership.words.get(op.actor)?.cut
    return cut && op.seq > cut.through ? reason('cut', { why: cut.reason }) : reason('not-member')
  }

  member(actor: ActorId): MemberState | null {
    const word = this.membership.words.get(actor)
    const admission = word?.admission ?? this.#delegated.get(actor)?.[0]
    if (!admission) return null
    const { opKey, tlsKeyHash, name, person, wall } = admission
    const cut = word?.cut ?? null
    const role = this.#roleNow(actor, admission, cut)
    return { actor, opKey, tlsKeyHash, name, person, admitted: wall, role, cut }
  }

  members(): MemberState[] {
    return [...this.actors()].flatMap((actor) => this.member(actor) ?? [])
  }

  /** Whose device it is, as far as the op knows. */
  personOf(actor: ActorId, op: Placed): string {
    const word = this.membership.words.get(actor)?.admission
    if (word && this.#past.knows(op, word.op)) return word.person
    return this.#delegated.get(actor)?.find((one) => this.#past.knows(op, one.op))?.person ?? actor
  }

  isClosed(record: RecordId): boolean {
    return this.requests.isClosed(record)
  }

  /** Counts accepted closings and reopenings: 0 while never closed. */
  freezeEpoch(record: RecordId): number {
    return this.requests.turns.get(record)?.length ?? 0
  }

  /** All that decides what an actor may do, as text: where it changed, its ops are to be judged again. */
  standingOf(actor: ActorId): string {
    const { words, tenures } = this.membership
    const own = tenures.filter((tenure) => tenure.actor === actor)
    return JSON.stringify([words.get(actor), this.#delegated.get(actor), own], canonical)
  }

  actors(): Set<ActorId> {
    return new Set([...this.membership.words.keys(), ...this.#delegated.keys()])
  }

  /** What is said of the site as a whole, as text, for comparing two states that must be equal. */
  fingerprint(): string {
    const { words, tenures, reclaims, retention } = this.membership
    const requests = this.requests.aboutNone()
    // An account that was only looked at says nothing.
    const holdings = this.escrow
      .holdings()
      .filter(({ share, used }) => used > 0 || !isNothing(share))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    return JSON.stringify(
      [tenures, sorted(words), sorted(reclaims), sorted(this.#delegated), retention, requests, holdings],
      canonical,
    )
  }

  /** The same of one record; empty where nothing was said of it. Together they are all of the state. */
  fingerprintOf(record: RecordId): string {
    const { turns, signOffs } = this.requests
    const said = [
      this.numbers.get(record) ?? [],
      turns.get(record) ?? [],
      signOffs.get(record) ?? [],
      this.requests.about(record),
    ]
    return said.every(({ length }) => length === 0) ? '' : JSON.stringify(said, canonical)
  }

  #foldAuthority(ops: readonly ControlOp[]): void {
    const ofActor = Map.groupBy(ops, ({ actor }) => actor)
    const [founding] = ops
    if (founding) this.#takeWords(founding)
    const recovery = this.membership.recovery?.actor
    const recoveries = inOrder(this.#past, (recovery && ofActor.get(recovery)) ?? [])
    for (let at = 0; at < this.membership.tenures.length; at += 1) {
      const tenure = this.membership.tenures[at]
      if (tenure) this.#foldTenure(ofActor.get(tenure.actor) ?? [], recoveries)
    }
  }

  /** Everything that the last holder of the role said with it, and how its time ended, if it did. */
  #foldTenure(chain: readonly ControlOp[], recoveries: readonly ControlOp[]): void {
    const { membership } = this
    const found = membership.tenures.length
    const recovery = recoveries.find((op) => membership.endedBy(op) !== null)
    if (recovery) membership.settleFork(recovery)
    for (const op of chain) {
      const through = recovery && membership.endedBy(recovery)
      if (recovery && through && op.seq > through.seq && membership.recovers(recovery)) break
      if (membership.isBegun(op) || !membership.isAuthority(op) || !this.#forks.stands(op)) continue
      this.#takeWords(op)
      if (membership.tenures.length > found) return
    }
    if (recovery) this.#takeWords(recovery)
  }

  #takeWords(op: ControlOp): void {
    const problem = this.#wordProblem(op)
    if (problem) this.#unheard.set(op.no, problem)
    else for (const effect of op.effects) this.membership.take(op, effect)
    this.#heard.add(op.no)
  }

  #wordProblem(op: ControlOp): ReasonOf | null {
    for (const effect of op.effects) {
      const problem =
        op.actor === this.membership.recovery?.actor
          ? this.membership.recoveryProblem(op, effect)
          : this.membership.problem(op, effect)
      if (problem) return problem
    }
    return null
  }

  /** Checks effect by effect; what an op moves of one right adds up. */
  #problemOf(op: ControlOp): ReasonOf | null {
    const moved = new Map<string, Share>()
    for (const effect of op.effects) {
      const problem = this.#effectProblem(op, effect, moved)
      if (problem) return problem
      const part = partOf(effect)
      if (part) moved.set(part.right, plus(moved.get(part.right) ?? NOTHING, part.share))
    }
    return null
  }

  #effectProblem(op: ControlOp, effect: ControlEffect, moved: Moved): ReasonOf | null {
    if (effect.type === 'handover' && op.actor === this.membership.recovery?.actor)
      return this.#heard.has(op.no) ? null : reason('not-authority')
    const role = this.roleProblem(op, effect.type)
    if (role) return role
    switch (effect.type) {
      case 'admit':
        return this.#admitProblem(op, effect, moved)
      case 'request':
        return this.#requestProblem(op, effect)
      case 'withdraw':
        return this.#withdrawProblem(op, effect.request)
      case 'decide':
        return this.#decideProblem(op, effect, moved)
      case 'mint':
      case 'transfer':
        if (!this.#knowsMember(op, effect.to)) return reason('not-member')
        return this.escrow.problem(op, effect, moved.get(effect.right) ?? NOTHING)
      case 'spend':
        return this.escrow.problem(op, effect, moved.get(effect.right) ?? NOTHING)
      case 'sign':
        return this.#signProblem(op, effect.record)
      case 'reclaim':
      case 'genesis':
      case 'setRole':
      case 'cut':
      case 'handover':
      case 'policy':
        return this.#heard.has(op.no) ? null : reason('not-authority')
    }
  }

  #take(op: ControlOp, effect: ControlEffect): void {
    switch (effect.type) {
      case 'admit':
        return this.#admit(op, effect)
      case 'request':
        return this.requests.ask(op, effect)
      case 'withdraw': {
        const request = this.requests.find(op, effect.request)
        if (request) this.requests.withdraw(request, placed(op))
        return
      }
      case 'decide':
        return this.#decide(op, effect)
      case 'mint':
      case 'transfer':
        return this.escrow.take(op, effect)
      case 'spend':
        this.escrow.take(op, effect)
        return this.#number(op, effect)
      case 'reclaim':
        return this.escrow.takeBack(op, effect)
      case 'sign':
        return this.requests.sign(op, effect.record)
      default:
    }
  }

  #name(op: ControlOp): void {
    this.escrow.name(
      op.effects.flatMap((effect) => {
        if (effect.type === 'decide' && effect.number) return { right: AUDIT, share: single(effect.number) }
        return effect.type === 'spend' ? effect : []
      }),
    )
  }

  // Members.

  #admissionBefore(op: Placed): Admission | undefined {
    return this.#delegated.get(op.actor)?.find((one) => this.#past.knows(op, one.op))
  }

  #roleNow(actor: ActorId, admission: Admission, cut: Cut | null): Role {
    if (actor === this.authority) return 'authority'
    const spans = this.membership.words.get(actor)?.spans ?? []
    const last = spans.findLast(({ role }) => role !== null)?.role ?? admission.role
    if (last !== 'authority') return last
    return cut ? last : 'supervisor'
  }

  #knowsMember(op: Placed, actor: ActorId): boolean {
    return actor === op.actor || this.#past.admitted(op, actor)
  }

  #admitProblem(op: ControlOp, effect: Admit, moved: Moved): ReasonOf | null {
    if (this.membership.isAuthority(op)) return null
    if (effect.role !== 'technician') return reason('technicians-only')
    const actor = actorOf(this.#past.sha256, effect.opKey)
    if (this.#admittedEarlier(op, actor)) return reason('already-member')
    return this.escrow.lack(op, ENROL, ONE, moved.get(ENROL))
  }

  #admittedEarlier(op: Placed, actor: ActorId): boolean {
    const word = this.membership.words.get(actor)?.admission
    if (word && this.#past.knows(op, word.op)) return true
    return this.#delegated.get(actor)?.some((one) => this.#past.knows(op, one.op)) ?? false
  }

  #admit(op: ControlOp, effect: Admit): void {
    if (this.membership.isAuthority(op)) return
    this.escrow.use(op, ENROL, ONE)
    const actor = actorOf(this.#past.sha256, effect.opKey)
    const all = [...(this.#delegated.get(actor) ?? []), admissionOf(op, effect)]
    this.#delegated.set(
      actor,
      all.sort((a, b) => byOrder(orderOf(a), orderOf(b))),
    )
  }

  // Requests and decisions.

  #requestProblem(op: ControlOp, ask: Request): ReasonOf | null {
    switch (ask.action) {
      case 'close':
      case 'reopen': {
        const kind = this.#past.kindOf(op, ask.record)
        if (!kind) return reason('unknown-record')
        return declared(kind).closing === 'none' ? reason('cannot-close', { kind }) : null
      }
      case 'numbers':
        return parseRight(ask.right) ? null : reason('unknown-right')
      case 'stock':
        return this.#past.kindOf(op, ask.record) === 'stock' ? null : reason('unknown-record')
      case 'role':
        if (ask.role === 'authority') return reason('one-authority')
        return this.#knowsMember(op, ask.actor) ? null : reason('not-member')
      case 'cut':
        return this.#knowsMember(op, ask.actor) ? null : reason('not-member')
      case 'check':
        return this.#past.hasChild(op, ask.record, ask.child) ? null : reason('unknown-child')
    }
  }

  #withdrawProblem(op: ControlOp, target: OpRef): ReasonOf | null {
    const request = this.requests.find(op, target)
    if (!request) return reason('unknown-request')
    return request.ref.actor === op.actor ? null : reason('not-author')
  }

  #decideProblem(op: ControlOp, effect: Decide, moved: Moved): ReasonOf | null {
    const request = this.requests.find(op, effect.request)
    if (!request) return reason('unknown-request')
    if (this.requests.answerKnown(op, request)) return reason('already-decided')
    if (request.withdrawn && this.#past.knows(op, request.withdrawn)) return reason('withdrawn')
    // Only a closing gets a number: what names one beside would use it up unseen.
    const numbered = effect.accept && request.ask.action === 'close'
    if (!numbered && effect.number) return reason('bad-share')
    return (
      this.#mandateProblem(op, request) ??
      (effect.accept ? this.#acceptProblem(op, effect, request, moved) : null)
    )
  }

  /** May the author answer this request: the authority where the zone's token is not out, else who holds it. */
  #mandateProblem(op: ControlOp, { ask }: RequestState): ReasonOf | null {
    const record = recordOf(ask)
    const zones = record === null ? [] : this.#past.zonesOf(op, record)
    const closing = ask.action === 'close' || ask.action === 'reopen'
    if (this.membership.isAuthority(op)) {
      const out = closing && zones.some((zone) => zone !== null && this.escrow.isOut(op, zone))
      return out ? reason('token-out') : null
    }
    if (!closing || record === null || this.#past.kindOf(op, record) !== 'job') return reason('not-authority')
    if (zones.length === 0 || zones.includes(null)) return reason('not-authority')
    const lacks = (zone: string | null): boolean =>
      zone !== null && this.escrow.lack(op, tokenRight(zone), ONE) !== null
    return zones.some(lacks) ? reason('token-elsewhere') : null
  }

  #acceptProblem(op: ControlOp, effect: Decide, { ask }: RequestState, moved: Moved): ReasonOf | null {
    if (ask.action !== 'close' && ask.action !== 'reopen') return null
    const closed = this.requests.turnsKnown(op, ask.record).at(-1)?.action === 'close'
    if (ask.action === 'reopen') return closed ? null : reason('already-open')
    if (closed) return reason('already-closed')
    if (!effect.number) return reason('number-used')
    return (
      this.escrow.lack(op, AUDIT, single(effect.number), moved.get(AUDIT)) ??
      this.#signOffProblem(op, ask.record)
    )
  }

  #signOffProblem(op: ControlOp, record: RecordId): ReasonOf | null {
    const kind = this.#past.kindOf(op, record)
    if (!kind || declared(kind).closing !== 'signed') return null
    const signed = this.signedBy(op, record).length
    return missingSignOffs(signed) > 0 ? reason('sign-offs', { signed }) : null
  }

  /** The persons whose sign-off stands for a decision at `op`: each has seen every frozen edit that the op has seen. */
  signedBy(op: Placed, record: RecordId): string[] {
    const standing = this.signOffsAt(op, record).filter(({ stands }) => stands)
    return [...new Set(standing.map(({ person }) => person))]
  }

  /** Every sign-off that the op knows, oldest first, and whether it stands for a decision there. */
  signOffsAt(op: Placed, record: RecordId): SignedOff[] {
    const signed = this.requests.signOffsKnown(op, record)
    if (signed.length === 0) return []
    const edits = this.#past.frozenEdits(op, record)
    const since = this.requests.turnsKnown(op, record).at(-1)?.decision.ref
    const needed = since ? [since, ...edits] : edits
    return signed.map((signOff) => ({
      signOff,
      person: this.personOf(signOff.op.actor, op),
      stands: needed.every((one) => this.#past.knows(signOff.op, one)),
    }))
  }

  #decide(op: ControlOp, effect: Decide): void {
    const request = this.requests.find(op, effect.request)
    if (!request) return
    if (effect.accept && effect.number) this.escrow.use(op, AUDIT, single(effect.number))
    const { accept, number, reason: why } = effect
    const { lamport, wall } = op
    this.requests.answer(request, { ref: placed(op), lamport, accept, number, reason: why, wall })
  }

  #signProblem(op: ControlOp, record: RecordId): ReasonOf | null {
    const kind = this.#past.kindOf(op, record)
    if (!kind) return reason('unknown-record')
    return declared(kind).closing === 'signed' ? null : reason('cannot-sign', { kind })
  }

  #number(op: ControlOp, effect: Extract<ControlEffect, { type: 'spend' }>): void {
    const span = effect.share.spans[0]
    if (effect.right !== 'job-number' || effect.record === null || !span) return
    const numbering = { op: placed(op), lamport: op.lamport, number: { year: span.year, count: span.from } }
    const all = [...(this.numbers.get(effect.record) ?? []), numbering]
    this.numbers.set(
      effect.record,
      all.sort((a, b) => byOrder(orderOf(a), orderOf(b))),
    )
  }

  waitingFor(record: RecordId, action: Action): RequestState | null {
    return this.requests.waitingFor(record, action)
  }
}

/** Of a recovery key that was used twice apart, the order in which its ops came decides nothing. */
function inOrder(past: ForkPast, ops: readonly ControlOp[]): readonly ControlOp[] {
  const rank = ({ actor, seq, no }: ControlOp): number =>
    past.branches(actor, seq).findIndex((one) => one.no === no)
  return [...ops].sort((a, b) => a.lamport - b.lamport || a.seq - b.seq || rank(a) - rank(b))
}

/** What an effect moves of a right, whether it says so or not. */
function partOf(effect: ControlEffect): { readonly right: string; readonly share: Share } | null {
  if ('share' in effect) return effect
  if (effect.type === 'decide' && effect.number) return { right: AUDIT, share: single(effect.number) }
  return effect.type === 'admit' ? { right: ENROL, share: ONE } : null
}

const placed = ({ actor, seq, no }: Placed): Placed => ({ actor, seq, no })

const orderOf = ({
  lamport,
  op,
}: {
  readonly lamport: number
  readonly op: Placed
}): {
  lamport: number
  actor: ActorId
} => ({ lamport, actor: op.actor })

const keyOf = ({ owner, right }: { readonly owner: string; readonly right: string }): string =>
  `${owner} ${right}`

const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1))

/** The number of an op in this file tells nothing: it is the order of arrival. */
const canonical = (key: string, value: unknown): unknown =>
  key === 'no' ? undefined : value instanceof Uint8Array ? toHex(value) : value
