/**
 * Strata 1 to 3 of judgement: who is what, what was asked, decided and given out. The state is folded from the site's
 * control ops alone. An op of the authority's chain is judged by that chain; any other by its causal past and by what
 * the authority's chain says of its author. So it comes out the same whatever the order of arrival, and is folded anew
 * whenever the authority's word reaches back.
 */
import type { ActorId, RecordId } from '../model/ids.ts'
import { isNothing, NOTHING, plus, single, type Numbered, type Share } from '../model/rights.ts'
import type { Role } from '../model/roles.ts'
import type { Action } from '../op/codes.ts'
import type { ControlEffect, Effect } from '../op/effect.ts'
import { AUDIT, Decisions, type SignedOff } from './decisions.ts'
import { Escrow } from './escrow.ts'
import { Forks, type ForkPast } from './forks.ts'
import type { KeptControl, KeptSite } from './kept.ts'
import { Membership } from './membership.ts'
import { byOrder, orderOf, placed, type ControlOp, type Placed } from './past.ts'
import { ACCEPTED, reason, rejected, type ReasonOf, type Verdict } from './reason.ts'
import { Requests, type RequestState } from './requests.ts'
import { canonical, ENROL, ONE, Roster, type MemberState } from './roster.ts'
import { Layered, type Shelf } from './shelf.ts'

/** A number that a record got, and by which op. */
export type Numbering = { readonly op: Placed; readonly lamport: number; readonly number: Numbered }

const NO_NUMBERS: readonly Numbering[] = []

/** What an op moved of each right before the effect in question. */
type Moved = ReadonlyMap<string, Share>

export class ControlState {
  readonly requests: Requests
  readonly escrow: Escrow
  readonly membership: Membership
  /** Raised with every op that is judged. */
  version = 0
  /** Job numbers by record, the one that counts first. */
  readonly #numbers: Layered<RecordId, readonly Numbering[]>
  readonly #refused: Layered<`${number}`, Verdict>
  readonly #shelf: Shelf | null
  readonly #past: ForkPast
  readonly #forks: Forks
  readonly #roster: Roster
  readonly #decisions: Decisions
  /** What the authority's chain was heard to say, and what of it does not hold. */
  readonly #heard = new Set<number>()
  readonly #unheard = new Map<number, ReasonOf>()
  /** Every op of the recovery key, whatever became of it. */
  #recoveries: readonly ControlOp[] = []

  private constructor(past: ForkPast, kept: KeptControl | null) {
    const { site = null, shelf = null } = kept ?? {}
    this.#past = past
    this.#shelf = shelf
    this.#numbers = new Layered('numbers', shelf)
    this.#refused = new Layered('refused', shelf)
    this.membership = new Membership(past, site?.membership ?? null)
    this.#forks = new Forks(past, this.membership)
    this.requests = new Requests(past, shelf, site?.open ?? [])
    this.escrow = new Escrow(past, this.membership, site?.escrow ?? null)
    const delegated = site?.delegated ?? null
    this.#roster = new Roster(past, this.membership, this.#forks, this.escrow, delegated)
    this.#decisions = new Decisions(past, this.membership, this.escrow, this.requests, this.#roster)
  }

  get siteName(): string {
    return this.membership.siteName
  }

  get authority(): ActorId | null {
    return this.membership.authority
  }

  /** What the authority's chain says among these control ops, causes first; they are all to be judged next, in order. */
  static authorityOf(past: ForkPast, ops: readonly ControlOp[]): ControlState {
    const state = new ControlState(past, null)
    state.#foldAuthority(ops)
    return state
  }

  /** The same of these ops behind a state that was kept, where `goesOn` says that they may be added to it. */
  static behind(past: ForkPast, kept: KeptControl, ops: readonly ControlOp[]): ControlState {
    const state = new ControlState(past, kept)
    for (const op of ops) state.hearAuthority(op)
    return state
  }

  keptSite(): KeptSite {
    const { membership, escrow, requests } = this
    return {
      membership: membership.kept(),
      delegated: [...this.#roster.delegated],
      escrow: escrow.kept(),
      open: requests.open,
    }
  }

  /** What is not on the shelf yet, or otherwise there. */
  get layers(): readonly Layered<string, unknown>[] {
    return [...this.requests.layers, this.#numbers, this.#refused]
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
      this.#refused.set(`${op.no}`, verdict)
      return verdict
    }
    for (const effect of op.effects) this.#take(op, effect)
    return ACCEPTED
  }

  /** Keeps what a flawed op names, and that it does not count. */
  refuse(op: ControlOp, why: ReasonOf): Verdict {
    this.#name(op)
    this.#refused.set(`${op.no}`, rejected(why))
    return rejected(why)
  }

  verdictOf(no: number): Verdict {
    return this.#refused.get(`${no}`) ?? ACCEPTED
  }

  stands(op: Placed): boolean {
    return this.#forks.stands(op)
  }

  roleAt(op: Placed): Role | null {
    return this.#roster.roleAt(op)
  }

  /** Why the author may not write this effect at this op; null when it may. */
  roleProblem(op: Placed, type: Effect['type']): ReasonOf | null {
    return this.#roster.roleProblem(op, type)
  }

  member(actor: ActorId): MemberState | null {
    return this.#roster.member(actor)
  }

  members(): MemberState[] {
    return [...this.actors()].flatMap((actor) => this.member(actor) ?? [])
  }

  actors(): Set<ActorId> {
    return this.#roster.actors()
  }

  standingOf(actor: ActorId): string {
    return this.#roster.standingOf(actor)
  }

  signedBy(op: Placed, record: RecordId): string[] {
    return this.#decisions.signedBy(op, record)
  }

  signOffsAt(op: Placed, record: RecordId): SignedOff[] {
    return this.#decisions.signOffsAt(op, record)
  }

  isClosed(record: RecordId): boolean {
    return this.requests.isClosed(record)
  }

  numbersOf(record: RecordId): readonly Numbering[] {
    return this.#numbers.get(record) ?? NO_NUMBERS
  }

  /** Counts accepted closings and reopenings: 0 while never closed. */
  freezeEpoch(record: RecordId): number {
    return this.requests.turnsOf(record).length
  }

  /** What is said of the site as a whole, as text, for comparing two states that must be equal. */
  fingerprint(): string {
    const { words, tenures, reclaims, retention, raises } = this.membership
    const requests = this.requests.aboutNone()
    // An account that was only looked at says nothing.
    const holdings = this.escrow
      .holdings()
      .filter(({ share, used }) => used > 0 || !isNothing(share))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    return JSON.stringify(
      [
        tenures,
        sorted(words),
        sorted(reclaims),
        sorted(this.#roster.delegated),
        retention,
        raises,
        requests,
        holdings,
      ],
      canonical,
    )
  }

  /** The same of one record; empty where nothing was said of it. Together they are all of the state. */
  fingerprintOf(record: RecordId): string {
    const { requests } = this
    const said = [
      this.numbersOf(record),
      requests.turnsOf(record),
      requests.signOffsOf(record),
      requests.about(record),
    ]
    return said.every(({ length }) => length === 0) ? '' : JSON.stringify(said, canonical)
  }

  /** Records of which one of two states says something that the other may not. */
  recordsApart(other: ControlState): Set<RecordId> {
    const kinds: readonly string[] = ['turns', 'sign-offs', 'about', 'numbers']
    return new Set(
      this.#namesApart(other, ({ kind }) => kinds.includes(kind)).filter((name) => name !== ''),
    ) as Set<RecordId>
  }

  /** Ops of control that only one of two states may refuse, by number. */
  refusalsApart(other: ControlState): number[] {
    return this.#namesApart(other, ({ kind }) => kind === 'refused').map(Number)
  }

  /** What lies on the shelf of both they have in common. */
  #namesApart(other: ControlState, isAsked: (layer: Layered<string, unknown>) => boolean): string[] {
    const layers = [...this.layers, ...other.layers].filter(isAsked)
    const isShared = this.#shelf === other.#shelf
    return layers.flatMap((layer) => [...(isShared ? layer.changed.keys() : layer.keys())])
  }

  #foldAuthority(ops: readonly ControlOp[]): void {
    const ofActor = Map.groupBy(ops, ({ actor }) => actor)
    const [founding] = ops
    if (founding) this.#takeWords(founding)
    const recovery = this.membership.recovery?.actor
    this.#recoveries = inOrder(this.#past, (recovery && ofActor.get(recovery)) ?? [])
    // Each holder's chain may name the next, who then stands at the end of the list.
    for (const tenure of this.membership.tenures) this.#foldTenure(ofActor.get(tenure.actor) ?? [])
  }

  /** Everything that the last holder of the role said with it, and how its time ended, if it did. */
  #foldTenure(chain: readonly ControlOp[]): void {
    const { membership } = this
    const found = membership.tenures.length
    const since = membership.tenures.at(-1)?.since
    const recovery = this.#recoveries.find((op) => membership.endedBy(op) !== null)
    if (recovery) membership.settleFork(recovery)
    else membership.settleByOwnHandover(chain)
    for (const op of chain) {
      // Who holds the role again says anew nothing of what it said in its first time.
      if (since && !this.#past.knows(op, since)) continue
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
      if (effect.type === 'checkpoint' && this.#isUnsettled(op)) return reason('forked')
    }
    return null
  }

  /** Did the author know of another branch of its own chain, or of an end of its time? Then nothing is final by its word. */
  #isUnsettled(op: ControlOp): boolean {
    const { actor, seq } = op
    const knownAt = (fork: number): number =>
      this.#past.branches(actor, fork).filter((one) => this.#past.knows(op, one)).length
    if (this.#past.forksOf(actor).some((fork) => fork <= seq && knownAt(fork) > 1)) return true
    return this.#recoveries.some((one) => this.#past.knows(op, one) && this.membership.endedBy(one) !== null)
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
        return this.#roster.admitProblem(op, effect, moved.get(ENROL))
      case 'request':
        return this.#decisions.requestProblem(op, effect)
      case 'withdraw':
        return this.#decisions.withdrawProblem(op, effect.request)
      case 'decide':
        return this.#decisions.problem(op, effect, moved.get(AUDIT))
      case 'mint':
      case 'transfer':
        if (!this.#roster.knows(op, effect.to)) return reason('not-member')
        return this.escrow.problem(op, effect, moved.get(effect.right) ?? NOTHING)
      case 'spend':
        return this.escrow.problem(op, effect, moved.get(effect.right) ?? NOTHING)
      case 'sign':
        return this.#decisions.signProblem(op, effect.record)
      case 'reclaim':
      case 'genesis':
      case 'setRole':
      case 'cut':
      case 'handover':
      case 'policy':
      case 'checkpoint':
      case 'snapshot':
      case 'ruleVersion':
        return this.#heard.has(op.no) ? null : reason('not-authority')
    }
  }

  #take(op: ControlOp, effect: ControlEffect): void {
    switch (effect.type) {
      case 'admit':
        return this.#roster.admit(op, effect)
      case 'request':
        return this.requests.ask(op, effect)
      case 'withdraw': {
        const request = this.requests.find(op, effect.request)
        if (request) this.requests.withdraw(request, placed(op))
        return
      }
      case 'decide':
        return this.#decisions.take(op, effect)
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

  #number(op: ControlOp, effect: Extract<ControlEffect, { type: 'spend' }>): void {
    const span = effect.share.spans[0]
    if (effect.right !== 'job-number' || effect.record === null || !span) return
    const numbering = { op: placed(op), lamport: op.lamport, number: { year: span.year, count: span.from } }
    const all = [...this.numbersOf(effect.record), numbering]
    this.#numbers.set(
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

const keyOf = ({ owner, right }: { readonly owner: string; readonly right: string }): string =>
  `${owner} ${right}`

const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1))
