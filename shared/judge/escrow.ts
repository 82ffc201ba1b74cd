/**
 * What is given out in advance, and by which ops it may move (design 7). Numbers are issued once; a quantity is what
 * was minted less what was drawn, whoever holds it; a token has one holder, the authority's pool among them.
 */
import {
  fitsRight,
  minus,
  NOTHING,
  parseRight,
  plus,
  sizeOf,
  type Numbered,
  type Right,
  type Share,
  type Span,
} from '../model/rights.ts'
import type { ControlEffect } from '../op/effect.ts'
import { Ledger, type Holding, type KeptLedger, type Owner } from './ledger.ts'
import type { Membership } from './membership.ts'
import type { ControlOp, Past, Placed } from './past.ts'
import { reason, type ReasonOf } from './reason.ts'

/** More numbers than anybody uses at once: bounds what a lying device can burn with one op. */
const MOST_NUMBERS_SPENT = 500

type Part = { readonly right: string; readonly share: Share }
type Moved = Extract<ControlEffect, { type: 'mint' | 'transfer' | 'spend' }>

/** All of it, as it can be kept. */
export type KeptEscrow = {
  readonly ledger: KeptLedger
  readonly issued: readonly (readonly [string, Share])[]
  readonly named: readonly (readonly [string, Share])[]
  readonly drawn: readonly (readonly [string, number])[]
}

export class Escrow {
  readonly ledger: Ledger
  /** Numbers that the authority gave out or used itself, and all that was ever minted of a quantity. */
  readonly #issued: Map<string, Share>
  /** Numbers that any stored op names, whatever became of it: never issued again. */
  readonly #named: Map<string, Share>
  /** Those of them that are not joined with the others yet: asked for only by who gives numbers out. */
  readonly #newlyNamed = new Map<string, Span[]>()
  readonly #drawn: Map<string, number>
  readonly #past: Past
  readonly #members: Membership

  constructor(past: Past, members: Membership, kept: KeptEscrow | null) {
    this.#past = past
    this.#members = members
    this.#issued = new Map(kept?.issued)
    this.#named = new Map(kept?.named)
    this.#drawn = new Map(kept?.drawn)
    this.ledger = new Ledger(
      past,
      (owner) => (owner === 'pool' ? [] : (members.reclaims.get(owner) ?? [])),
      ({ floor }, op) => members.reaches(floor, op),
      kept?.ledger ?? null,
    )
  }

  kept(): KeptEscrow {
    for (const right of this.#newlyNamed.keys()) this.#namedOf(right)
    const { ledger } = this
    return {
      ledger: ledger.kept(),
      issued: [...this.#issued],
      named: [...this.#named],
      drawn: [...this.#drawn],
    }
  }

  /** Why the author may not move this; `before` is what its op moved of the right already. */
  problem(op: ControlOp, effect: Moved, before: Share): ReasonOf | null {
    const right = parseRight(effect.right)
    if (!right) return reason('unknown-right')
    if (!fitsRight(right, effect.share)) return reason('bad-share')
    const item = right.of === 'stock' ? this.#past.kindOf(op, right.item) === 'stock' : true
    if (!item) return reason('unknown-record')
    if (effect.type === 'mint') return this.#mintProblem(op, right, effect, before)
    if (effect.type === 'transfer')
      return this.#passProblem(right, effect) ?? this.#lack(op, effect.right, effect.share, before)
    return this.#spendProblem(op, right, effect, before)
  }

  take(op: ControlOp, effect: Moved): void {
    const right = parseRight(effect.right)
    if (!right) return
    switch (effect.type) {
      case 'mint':
        return this.#mint(op, right, effect)
      case 'transfer':
        this.ledger.draw(op, effect.right, effect.share, false)
        this.ledger.give(right.kind === 'token' ? 'pool' : effect.to, effect.right, op, effect.share)
        return
      case 'spend':
        return this.use(op, effect.right, effect.share)
    }
  }

  /** Why a decision or an admission may not use a share of a right, or null. */
  lack(op: Placed, right: string, share: Share, before = NOTHING): ReasonOf | null {
    return this.#lack(op, right, share, before)
  }

  /** Uses up a share: a number for a record, a number for a closing, stock that was drawn, an admission. */
  use(op: Placed, right: string, share: Share): void {
    this.#drawn.set(right, (this.#drawn.get(right) ?? 0) + sizeOf(share))
    if (this.#members.isAuthority(op) && share.spans.length > 0) this.#issue(right, share)
    else this.ledger.draw(op, right, share, true)
  }

  /** To be told of the numbers that each op names, also where it does not count: a lying one burns so many at most. */
  name(parts: readonly Part[]): void {
    let left = MOST_NUMBERS_SPENT
    for (const { right, share } of parts) {
      const range = parseRight(right)
      if (range?.kind !== 'range' || !fitsRight(range, share)) continue
      left -= sizeOf(share)
      if (left < 0) return
      const spans = this.#newlyNamed.get(right) ?? []
      spans.push(...share.spans)
      this.#newlyNamed.set(right, spans)
    }
  }

  takeBack(op: ControlOp, effect: Extract<ControlEffect, { type: 'reclaim' }>): void {
    const { actor, right, through } = effect
    const taken = this.ledger.reclaim(op, actor, right, through)
    // Numbers are not given out twice: somebody may have written one down. The taking back explains the gap.
    if (taken.units > 0) this.ledger.give(right.startsWith('decide:') ? 'pool' : op.actor, right, op, taken)
  }

  /** Does a device hold the token, and not the authority's pool, as far as this op of the authority knows? */
  isOut(op: Placed, token: string): boolean {
    return this.#issued.has(token) && sizeOf(this.ledger.balance(op, token, 'pool')) === 0
  }

  /** The same as far as everything here goes; it moves no account along. */
  isOutNow(token: string): boolean {
    return this.#issued.has(token) && sizeOf(this.heldBy('pool', token)) === 0
  }

  /** The next numbers that the authority may give out: above all that it issued, and named by nobody. */
  next(right: string, year: number, amount: number): Share {
    const issued = this.#issued.get(right)?.spans.filter((span) => span.year === year) ?? []
    const named = this.#namedOf(right).spans.filter((span) => span.year === year)
    const spans: Span[] = []
    let [from, left] = [(issued.at(-1)?.to ?? 0) + 1, amount]
    // A number that is named is passed over, and none beside it: every gap has an op that explains it.
    for (const span of named) {
      const free = Math.min(span.from - from, left)
      if (free > 0) spans.push({ year, from, to: from + free - 1 })
      left -= Math.max(free, 0)
      if (left === 0) break
      from = Math.max(from, span.to + 1)
    }
    if (left > 0) spans.push({ year, from, to: from + left - 1 })
    return { units: 0, spans }
  }

  #namedOf(right: string): Share {
    const known = this.#named.get(right) ?? NOTHING
    const spans = this.#newlyNamed.get(right)
    if (!spans) return known
    const all = plus(known, { units: 0, spans })
    this.#named.set(right, all)
    this.#newlyNamed.delete(right)
    return all
  }

  nextNumber(right: string, year: number): Numbered {
    return { year, count: this.next(right, year, 1).spans[0]?.from ?? 1 }
  }

  /** What an owner has of a right, also what it has not heard of yet. */
  heldBy(owner: Owner, right: string): Share {
    return this.ledger.heldBy(owner, right)
  }

  minted(right: string): Share {
    return this.#issued.get(right) ?? NOTHING
  }

  drawn(right: string): number {
    return this.#drawn.get(right) ?? 0
  }

  holdings(): Holding[] {
    return this.ledger.holdings()
  }

  #mintProblem(op: ControlOp, right: Right, effect: Moved, before: Share): ReasonOf | null {
    if (right.kind === 'token') {
      const out = this.isOut(op, effect.right) || sizeOf(before) > 0
      return out ? reason('token-out') : null
    }
    if (right.kind === 'quantity') return null
    const taken = plus(this.#issued.get(effect.right) ?? NOTHING, before)
    return overlap(taken, effect.share) ? reason('number-used') : null
  }

  #mint(op: ControlOp, right: Right, effect: Extract<Moved, { type: 'mint' }>): void {
    if (right.kind === 'token' && this.#issued.has(effect.right))
      this.ledger.draw(op, effect.right, effect.share, false, 'pool')
    else this.#issue(effect.right, effect.share)
    this.ledger.give(effect.to, effect.right, op, effect.share)
  }

  #issue(right: string, share: Share): void {
    this.#issued.set(right, plus(this.#issued.get(right) ?? NOTHING, share))
  }

  #passProblem(right: Right, effect: Moved): ReasonOf | null {
    if (right.kind !== 'token' || effect.type !== 'transfer') return null
    return this.#members.tenures.some(({ actor }) => actor === effect.to) ? null : reason('token-passed')
  }

  #spendProblem(
    op: ControlOp,
    right: Right,
    effect: Extract<Moved, { type: 'spend' }>,
    before: Share,
  ): ReasonOf | null {
    if (right.kind === 'token' || right.of === 'enrol') return reason('bad-share')
    if (sizeOf(effect.share) > MOST_NUMBERS_SPENT && right.kind === 'range') return reason('bad-share')
    if (effect.record !== null) {
      const kind = this.#past.kindOf(op, effect.record)
      if (!kind) return reason('unknown-record')
      if (right.of === 'audit-number') return reason('bad-share')
      if (right.of === 'job-number' && (kind !== 'job' || sizeOf(effect.share) !== 1))
        return reason('bad-share')
    }
    return this.#lack(op, effect.right, effect.share, before)
  }

  #lack(op: Placed, right: string, share: Share, before: Share): ReasonOf | null {
    if (this.#members.isAuthority(op) && share.spans.length > 0) {
      const taken = plus(this.#issued.get(right) ?? NOTHING, before)
      return overlap(taken, share) ? reason('number-used') : null
    }
    const left = minus(this.ledger.balance(op, right), before)
    if (left && minus(left, share)) return null
    return reason(share.spans.length > 0 ? 'number-outside' : 'not-enough')
  }
}

const overlap = (a: Share, b: Share): boolean =>
  b.spans.some((x) => a.spans.some((y) => x.year === y.year && x.from <= y.to && y.from <= x.to))
