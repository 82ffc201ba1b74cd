/**
 * Stratum 1 of judgement: the authority's own chain. Who holds the authority's role through which of its ops, whom it
 * admitted, with which role from which of the member's own ops on, whom it cut, and what it took back. It reads
 * nothing else, so every later stratum may read it.
 */
import { toHex, type Bytes } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'
import { parseRight } from '../model/rights.ts'
import type { Role } from '../model/roles.ts'
import type { ControlEffect, Genesis, Retention } from '../op/effect.ts'
import { actorOf } from '../op/identity.ts'
import { FIRST_RULES } from '../op/vocabulary.ts'
import { placed, type ControlOp, type Past, type Placed } from './past.ts'
import { reason, type ReasonOf } from './reason.ts'

/** The checkpoint that the authority's chain had published last before a word: the word reaches nothing under it. */
type Floor = Placed | null

/** From `after` on (exclusive, the actor's own seq) the role holds; null: cut. The last that fits prevails. */
type RoleSpan = { readonly after: number; readonly role: Role | null; readonly floor: Floor }

/** What its op knows, itself excepted, is final. */
export type Checkpoint = {
  readonly op: Placed
  readonly wall: number
  /** How many ops are under it, and the state that they give, as the authority said. */
  readonly ops: number
  readonly stateHash: Bytes
}

/** The file that holds the state at a checkpoint: its SHA-256 in hex, and bytes. */
export type Snapshot = {
  readonly op: Placed
  readonly checkpoint: Checkpoint
  readonly file: string
  readonly size: number
}

export type Admission = {
  readonly op: Placed
  readonly lamport: number
  readonly opKey: Bytes
  readonly tlsKeyHash: Bytes
  readonly name: string
  readonly person: string
  readonly role: Role
  readonly wall: number
}

export type Cut = {
  readonly through: number
  readonly reason: string
  readonly wall: number
  readonly op: Placed
  readonly floor: Floor
}
export type Reclaim = {
  readonly op: Placed
  readonly right: string
  readonly through: number
  readonly floor: Floor
}

/** One device's time as the authority: from the op that made it so, through its last op that stands. */
type Tenure = {
  readonly actor: ActorId
  readonly since: Placed
  through: number | null
  /** The op at `through`: it names the branch that stands, should the device have forked. */
  end: Placed | null
}

/** What the authority's chain says of one actor, whoever admitted it. */
type Word = { admission: Admission | null; floor: Floor; readonly spans: RoleSpan[]; cut: Cut | null }

/** From this op on, ops that know it are judged by this version of the rules. */
export type Raise = { readonly op: Placed; readonly version: number }

type Admit = Extract<ControlEffect, { type: 'admit' }>
type Handover = Extract<ControlEffect, { type: 'handover' }>

/** All that the authority's chain said, as it can be kept. */
export type KeptMembership = {
  readonly siteName: string
  readonly recovery: Recovery | null
  readonly retention: Retention | null
  readonly raises: readonly Raise[]
  readonly words: readonly (readonly [ActorId, Word])[]
  readonly reclaims: readonly (readonly [ActorId, Reclaim[]])[]
  readonly tenures: readonly Tenure[]
  readonly checkpoints: readonly Checkpoint[]
  readonly snapshots: readonly Snapshot[]
}

type Recovery = { readonly actor: ActorId; readonly key: Bytes }

export class Membership {
  siteName: string
  recovery: Recovery | null
  retention: Retention | null
  readonly raises: Raise[]
  readonly words: Map<ActorId, Word>
  readonly reclaims: Map<ActorId, Reclaim[]>
  readonly tenures: Tenure[]
  /** In the order of the authority's chain: each knows all before it. */
  readonly checkpoints: Checkpoint[]
  /** In the same order: the last is what a newcomer begins from. */
  readonly snapshots: Snapshot[]
  readonly #past: Past

  constructor(past: Past, kept: KeptMembership | null) {
    this.#past = past
    this.siteName = kept?.siteName ?? ''
    this.recovery = kept?.recovery ?? null
    this.retention = kept?.retention ?? null
    this.raises = [...(kept?.raises ?? [])]
    this.words = new Map(kept?.words)
    this.reclaims = new Map(kept?.reclaims)
    this.tenures = [...(kept?.tenures ?? [])]
    this.checkpoints = [...(kept?.checkpoints ?? [])]
    this.snapshots = [...(kept?.snapshots ?? [])]
  }

  kept(): KeptMembership {
    const { siteName, recovery, retention, raises, tenures, checkpoints, snapshots } = this
    const [words, reclaims] = [[...this.words], [...this.reclaims]]
    return { siteName, recovery, retention, raises, words, reclaims, tenures, checkpoints, snapshots }
  }

  /** The device that is the authority as far as this log goes. */
  get authority(): ActorId | null {
    return this.tenures.at(-1)?.actor ?? null
  }

  /** The version of the rules that the site is judged by, as far as this log goes. */
  get rules(): number {
    return this.raises.at(-1)?.version ?? FIRST_RULES
  }

  /** The version that an op is judged by: the highest that it knows to be raised. */
  rulesAt(op: Placed): number {
    return this.raises.findLast((raise) => this.#past.knows(op, raise.op))?.version ?? FIRST_RULES
  }

  /** Was the op written by its author as the authority? */
  isAuthority(op: Placed): boolean {
    return this.#tenureOf(op) !== null
  }

  /** The role that the authority's chain gives the author at this op; undefined where it never spoke of it. */
  roleAt(op: Placed, base: Role | null | undefined): Role | null | undefined {
    if (this.isAuthority(op)) return 'authority'
    const word = this.words.get(op.actor)
    const admission = word && this.reaches(word.floor, op) ? word.admission : null
    let role: Role | null | undefined = admission?.role ?? base
    // Who was the authority and is it no more is a supervisor like another.
    if (role === 'authority') role = 'supervisor'
    for (const { after, floor, role: next } of word?.spans ?? [])
      if (after < op.seq && this.reaches(floor, op)) role = next
    return role
  }

  /** Does a word that stands on this floor reach the op? What a checkpoint took in, later words leave as it was. */
  reaches(floor: Floor, op: Placed): boolean {
    // A cause is always here before what knows it.
    return floor === null || op.no > floor.no || !this.#past.knows(floor, op)
  }

  /** The first checkpoint that the op is under: what that knows decides over it for good. Null: it is not final yet. */
  finalBy(op: Placed): Placed | null {
    const all = this.checkpoints
    if (!this.#isUnder(op, all.at(-1))) return null
    let [low, high] = [0, all.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#isUnder(op, all[middle])) high = middle
      else low = middle + 1
    }
    return all[low]?.op ?? null
  }

  isFinal(op: Placed): boolean {
    return this.#isUnder(op, this.checkpoints.at(-1))
  }

  /** Has the authority itself spoken of the actor, as far as that counts for the op? */
  hasSpokenOf(actor: ActorId, op: Placed): boolean {
    const word = this.words.get(actor)
    if (!word) return false
    const admitted = word.admission !== null && this.reaches(word.floor, op)
    return admitted || word.spans.some(({ floor }) => this.reaches(floor, op))
  }

  /** The cut of its author that the op lies behind. */
  cutBefore(op: Placed): Cut | null {
    const cut = this.words.get(op.actor)?.cut
    return cut && op.seq > cut.through && this.reaches(cut.floor, op) ? cut : null
  }

  #isUnder(op: Placed, checkpoint: Checkpoint | undefined): boolean {
    if (!checkpoint || op.no >= checkpoint.op.no) return false
    return this.#past.knows(checkpoint.op, op)
  }

  get #floor(): Floor {
    return this.checkpoints.at(-1)?.op ?? null
  }

  /** Why the authority may not say this; effects that it does not write itself are none of its business. */
  problem(op: ControlOp, effect: ControlEffect): ReasonOf | null {
    switch (effect.type) {
      case 'genesis':
        return this.tenures.length === 0 && op.seq === 1 ? null : reason('not-authority')
      case 'admit':
        if (effect.role === 'authority') return reason('one-authority')
        return this.words.get(this.#actorOf(effect))?.admission ? reason('already-member') : null
      case 'setRole':
        if (effect.role === 'authority') return reason('one-authority')
        return this.#targetProblem(op, effect.actor)
      case 'cut':
        return this.#targetProblem(op, effect.actor) ?? this.#cutProblem(op, effect)
      case 'reclaim':
        return this.#reclaimProblem(op, effect)
      case 'handover':
        return this.#successorProblem(effect.actor)
      case 'snapshot':
        return this.#checkpointAt(op, effect.checkpoint) ? null : reason('unknown-op')
      case 'ruleVersion':
        return effect.version > this.rules ? null : reason('rules-not-higher', { version: this.rules })
      default:
        return null
    }
  }

  take(op: ControlOp, effect: ControlEffect): void {
    switch (effect.type) {
      case 'genesis':
        return this.#found(op, effect)
      case 'admit':
        return this.#admit(this.#actorOf(effect), admissionOf(op, effect))
      case 'setRole':
        this.#word(effect.actor).spans.push({ after: effect.through, role: effect.role, floor: this.#floor })
        return
      case 'cut':
        return this.#cut(op, effect)
      case 'reclaim': {
        const { right, through } = effect
        const reclaim = { op: placed(op), right, through, floor: this.#floor }
        this.reclaims.set(effect.actor, [...(this.reclaims.get(effect.actor) ?? []), reclaim])
        return
      }
      case 'handover':
        return this.#handOver(op, effect)
      case 'policy':
        this.retention = effect.retention
        return
      case 'checkpoint': {
        const { ops, stateHash } = effect
        this.checkpoints.push({ op: placed(op), wall: op.wall, ops, stateHash })
        return
      }
      case 'snapshot': {
        const checkpoint = this.#checkpointAt(op, effect.checkpoint)
        if (checkpoint)
          this.snapshots.push({ op: placed(op), checkpoint, file: toHex(effect.file), size: effect.size })
        return
      }
      case 'ruleVersion':
        this.raises.push({ op: placed(op), version: effect.version })
        return
      default:
    }
  }

  #checkpointAt({ actor }: ControlOp, seq: number): Checkpoint | null {
    return this.checkpoints.findLast(({ op }) => op.actor === actor && op.seq === seq) ?? null
  }

  /** Is it the op that made its author the authority, which is taken in already? */
  isBegun(op: Placed): boolean {
    return this.tenures.some(({ since }) => since.no === op.no)
  }

  /** The last op of the present authority that stands, where this op of the recovery key ends its time. */
  endedBy(op: ControlOp): Placed | null {
    const last = this.tenures.at(-1)
    const [effect, ...more] = op.effects
    // The recovery key hands over and says nothing else.
    if (!last || effect?.type !== 'handover' || more.length > 0 || !this.#past.knows(op, last.since))
      return null
    return this.#named(op, last.actor, effect)
  }

  recovers(op: ControlOp): boolean {
    return op.effects.every((effect) => this.recoveryProblem(op, effect) === null)
  }

  /** Of an authority that forked itself, the branch is known before its chain is folded. */
  settleFork(op: ControlOp): void {
    const last = this.tenures.at(-1)
    if (last) last.end = this.endedBy(op)
  }

  /**
   * So it is where the authority itself handed over on one of its branches: an old copy of it that is started later takes
   * nothing back. Where two branches hand over, only the recovery key can tell.
   */
  settleByOwnHandover(chain: readonly ControlOp[]): void {
    const last = this.tenures.at(-1)
    const made = chain.filter((op) => handsOver(op) && last && this.#past.knows(op, last.since))
    const end = made.toSorted((a, b) => a.seq - b.seq).at(-1)
    if (last && end && made.every((op) => this.#past.resolve(end, op)?.no === op.no)) last.end = placed(end)
  }

  /** May the recovery key hand over now: only away from an authority that it knows, through an op that it names. */
  recoveryProblem(op: ControlOp, effect: ControlEffect): ReasonOf | null {
    const last = this.tenures.at(-1)
    if (!last || effect.type !== 'handover' || op.actor !== this.recovery?.actor)
      return reason('not-authority')
    if (!this.#past.knows(op, last.since) || !this.#named(op, last.actor, effect)) return reason('unknown-op')
    return this.#successorProblem(effect.actor)
  }

  #named(op: ControlOp, actor: ActorId, { through, hash }: Handover): Placed | null {
    return this.#past.resolveHash(op, { actor, seq: through }, hash)
  }

  #tenureOf(op: Placed): Tenure | null {
    for (const tenure of this.tenures) {
      if (tenure.actor !== op.actor || !this.#past.knows(op, tenure.since)) continue
      if (tenure.through === null || op.seq <= tenure.through) return tenure
    }
    return null
  }

  #actorOf(effect: Admit): ActorId {
    return actorOf(this.#past.sha256, effect.opKey)
  }

  #found(op: ControlOp, effect: Genesis): void {
    this.siteName = effect.siteName
    this.recovery = { actor: actorOf(this.#past.sha256, effect.recoveryKey), key: effect.recoveryKey }
    this.tenures.push({ actor: op.actor, since: placed(op), through: null, end: null })
    this.#admit(op.actor, admissionOf(op, { ...effect, type: 'admit', role: 'authority' }))
  }

  #admit(actor: ActorId, admission: Admission): void {
    const word = this.#word(actor)
    word.admission = admission
    word.floor = this.#floor
  }

  #cut(op: ControlOp, { actor, through, reason: why }: Extract<ControlEffect, { type: 'cut' }>): void {
    const word = this.#word(actor)
    const floor = this.#floor
    word.spans.push({ after: through, role: null, floor })
    word.cut = { through, reason: why, wall: op.wall, op: placed(op), floor }
  }

  #handOver(op: ControlOp, effect: Handover): void {
    const last = this.tenures.at(-1)
    if (last) {
      const own = op.actor === last.actor
      last.through = own ? op.seq : effect.through
      last.end = own ? placed(op) : this.#named(op, last.actor, effect)
    }
    this.tenures.push({ actor: effect.actor, since: placed(op), through: null, end: null })
  }

  #targetProblem(op: ControlOp, actor: ActorId): ReasonOf | null {
    if (actor === this.authority) return reason('authority-itself')
    const cut = this.words.get(actor)?.cut
    if (cut) return reason('cut', { why: cut.reason })
    return this.words.has(actor) || this.#past.admitted(op, actor) ? null : reason('not-member')
  }

  #cutProblem(op: ControlOp, effect: Extract<ControlEffect, { type: 'cut' }>): ReasonOf | null {
    if (effect.through === 0) return null
    const named = this.#past.resolveHash(op, { actor: effect.actor, seq: effect.through }, effect.hash)
    return named ? null : reason('unknown-op')
  }

  #reclaimProblem(op: ControlOp, effect: Extract<ControlEffect, { type: 'reclaim' }>): ReasonOf | null {
    const { actor, right, through } = effect
    if (!parseRight(right)) return reason('unknown-right')
    if (actor === op.actor) return reason('authority-itself')
    if (through > 0 && !this.#past.resolve(op, { actor, seq: through })) return reason('unknown-op')
    const later = this.reclaims.get(actor)?.some((one) => one.right === right && one.through > through)
    return later ? reason('already-reclaimed') : null
  }

  #successorProblem(actor: ActorId): ReasonOf | null {
    if (actor === this.authority) return reason('one-authority')
    const word = this.words.get(actor)
    if (!word?.admission) return reason('not-member')
    return word.cut ? reason('cut', { why: word.cut.reason }) : null
  }

  #word(actor: ActorId): Word {
    const known = this.words.get(actor)
    if (known) return known
    const made: Word = { admission: null, floor: null, spans: [], cut: null }
    this.words.set(actor, made)
    return made
  }
}

const handsOver = ({ effects }: ControlOp): boolean => effects.some(({ type }) => type === 'handover')

export const admissionOf = (op: ControlOp, effect: Admit): Admission => ({
  op: placed(op),
  lamport: op.lamport,
  opKey: effect.opKey,
  tlsKeyHash: effect.tlsKeyHash,
  name: effect.name,
  person: effect.person,
  role: effect.role,
  wall: op.wall,
})
