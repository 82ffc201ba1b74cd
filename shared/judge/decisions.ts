/** What may be asked of the authority, who may answer, and what an acceptance needs: numbers, tokens, sign-offs. */
import { declared } from '../model/fields.ts'
import type { OpRef, RecordId } from '../model/ids.ts'
import { parseRight, single, tokenRight, type Share } from '../model/rights.ts'
import type { ControlEffect, Request } from '../op/effect.ts'
import type { Escrow } from './escrow.ts'
import type { Membership } from './membership.ts'
import { placed, type ControlOp, type Past, type Placed } from './past.ts'
import { reason, type ReasonOf } from './reason.ts'
import { recordOf, type Requests, type RequestState, type SignOff } from './requests.ts'
import { ONE, type Roster } from './roster.ts'

type Decide = Extract<ControlEffect, { type: 'decide' }>

/** A sign-off with its person, and whether it stands. */
export type SignedOff = { readonly signOff: SignOff; readonly person: string; readonly stands: boolean }

export const AUDIT = 'audit-number'
/** Of an incident, whose closing has legal effect. */
const PERSONS_NEEDED = 2

export const missingSignOffs = (signed: number): number => Math.max(0, PERSONS_NEEDED - signed)

export class Decisions {
  readonly #past: Past
  readonly #membership: Membership
  readonly #escrow: Escrow
  readonly #requests: Requests
  readonly #roster: Roster

  constructor(past: Past, membership: Membership, escrow: Escrow, requests: Requests, roster: Roster) {
    this.#past = past
    this.#membership = membership
    this.#escrow = escrow
    this.#requests = requests
    this.#roster = roster
  }

  requestProblem(op: ControlOp, ask: Request): ReasonOf | null {
    switch (ask.action) {
      case 'close':
      case 'reopen':
        return this.#turnProblem(op, ask.record)
      case 'numbers':
        return parseRight(ask.right) ? null : reason('unknown-right')
      case 'stock':
        return this.#past.kindOf(op, ask.record) === 'stock' ? null : reason('unknown-record')
      case 'role':
        if (ask.role === 'authority') return reason('one-authority')
        return this.#roster.knows(op, ask.actor) ? null : reason('not-member')
      case 'cut':
        return this.#roster.knows(op, ask.actor) ? null : reason('not-member')
      case 'check':
        return this.#past.hasChild(op, ask.record, ask.child) ? null : reason('unknown-child')
    }
  }

  withdrawProblem(op: ControlOp, target: OpRef): ReasonOf | null {
    const request = this.#requests.find(op, target)
    if (!request) return reason('unknown-request')
    return request.ref.actor === op.actor ? null : reason('not-author')
  }

  signProblem(op: ControlOp, record: RecordId): ReasonOf | null {
    const kind = this.#past.kindOf(op, record)
    if (!kind) return reason('unknown-record')
    return declared(kind).closing === 'signed' ? null : reason('cannot-sign', { kind })
  }

  /** Why the author may not answer so; `moved` is what its op used of its audit numbers already. */
  problem(op: ControlOp, effect: Decide, moved: Share | undefined): ReasonOf | null {
    const request = this.#requests.find(op, effect.request)
    if (!request) return reason('unknown-request')
    if (this.#requests.answerKnown(op, request)) return reason('already-decided')
    if (request.withdrawn && this.#past.knows(op, request.withdrawn)) return reason('withdrawn')
    // Only a closing gets a number: what names one beside would use it up unseen.
    const numbered = effect.accept && request.ask.action === 'close'
    if (!numbered && effect.number) return reason('bad-share')
    const mandate = this.#mandateProblem(op, request)
    return mandate ?? (effect.accept ? this.#acceptProblem(op, effect, request, moved) : null)
  }

  take(op: ControlOp, effect: Decide): void {
    const request = this.#requests.find(op, effect.request)
    if (!request) return
    if (effect.accept && effect.number) this.#escrow.use(op, AUDIT, single(effect.number))
    const { accept, number, reason: why } = effect
    const { lamport, wall } = op
    this.#requests.answer(request, { ref: placed(op), lamport, accept, number, reason: why, wall })
  }

  /** The persons whose sign-off stands for a decision at `op`: each has seen every frozen edit that the op has seen. */
  signedBy(op: Placed, record: RecordId): string[] {
    const standing = this.signOffsAt(op, record).filter(({ stands }) => stands)
    return [...new Set(standing.map(({ person }) => person))]
  }

  /** Every sign-off that the op knows, oldest first, and whether it stands for a decision there. */
  signOffsAt(op: Placed, record: RecordId): SignedOff[] {
    const signed = this.#requests.signOffsKnown(op, record)
    if (signed.length === 0) return []
    const edits = this.#past.frozenEdits(op, record)
    const since = this.#requests.turnsKnown(op, record).at(-1)?.decision.ref
    const needed = since ? [since, ...edits] : edits
    return signed.map((signOff) => ({
      signOff,
      person: this.#roster.personOf(signOff.op.actor, op),
      // Whom only a desk admitted, that desk may have made up.
      stands:
        this.#membership.hasSpokenOf(signOff.op.actor, op) &&
        needed.every((one) => this.#past.knows(signOff.op, one)),
    }))
  }

  #turnProblem(op: ControlOp, record: RecordId): ReasonOf | null {
    const kind = this.#past.kindOf(op, record)
    if (!kind) return reason('unknown-record')
    return declared(kind).closing === 'none' ? reason('cannot-close', { kind }) : null
  }

  /** May the author answer this request: the authority where the zone's token is not out, else who holds it. */
  #mandateProblem(op: ControlOp, { ask }: RequestState): ReasonOf | null {
    const record = recordOf(ask)
    const zones = record === null ? [] : this.#past.zonesOf(op, record)
    const closing = ask.action === 'close' || ask.action === 'reopen'
    if (this.#membership.isAuthority(op)) {
      const out = closing && zones.some((zone) => zone !== null && this.#escrow.isOut(op, tokenRight(zone)))
      return out ? reason('token-out') : null
    }
    if (!closing || record === null || this.#past.kindOf(op, record) !== 'job') return reason('not-authority')
    if (zones.length === 0 || zones.includes(null)) return reason('not-authority')
    const lacks = (zone: string | null): boolean =>
      zone !== null && this.#escrow.lack(op, tokenRight(zone), ONE) !== null
    return zones.some(lacks) ? reason('token-elsewhere') : null
  }

  #acceptProblem(
    op: ControlOp,
    effect: Decide,
    { ask }: RequestState,
    moved: Share | undefined,
  ): ReasonOf | null {
    if (ask.action !== 'close' && ask.action !== 'reopen') return null
    const closed = this.#requests.turnsKnown(op, ask.record).at(-1)?.action === 'close'
    if (ask.action === 'reopen') return closed ? null : reason('already-open')
    if (closed) return reason('already-closed')
    if (!effect.number) return reason('number-used')
    const lack = this.#escrow.lack(op, AUDIT, single(effect.number), moved)
    return lack ?? this.#signOffProblem(op, ask.record)
  }

  #signOffProblem(op: ControlOp, record: RecordId): ReasonOf | null {
    const kind = this.#past.kindOf(op, record)
    if (!kind || declared(kind).closing !== 'signed') return null
    const signed = this.signedBy(op, record).length
    return missingSignOffs(signed) > 0 ? reason('sign-offs', { signed }) : null
  }
}
