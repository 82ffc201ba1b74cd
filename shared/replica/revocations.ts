/** What was accepted and is taken out of every view: single values, and children with all that anybody says of them. */
import type { Placed } from '../judge/past.ts'
import type { Review, ReviewOp } from '../judge/review.ts'
import type { ChildId } from '../model/ids.ts'
import type { Log } from './log.ts'
import type { LogPast } from './log-past.ts'
import type { Origins } from './origins.ts'

/** Does an effect that is revoked go with all that it did, so that what it superseded comes back, or its value alone? */
export type Revoked = 'wholly' | 'alone' | null

/** Where a child is: its map's field, and its id. */
export type ChildAt = { readonly field: number; readonly id: ChildId }

type Needed = {
  readonly log: Log
  readonly origins: Origins
  readonly past: LogPast
  readonly review: Review
  /** Does an act of review count, as far as is known now, and revoke this effect? One of several that it names may be none. */
  readonly counts: (op: ReviewOp, no: number, index: number) => boolean
  /** The first checkpoint over an op. */
  readonly finalBy: (op: number) => Placed | null
}

export class Revocations {
  readonly #parts: Needed

  constructor(parts: Needed) {
    this.#parts = parts
  }

  get any(): boolean {
    return this.#parts.review.hasRevocations
  }

  /** Is the i-th effect of an op out of every view: itself revoked, or part of a child whose making was? */
  revokedIn(no: number, index: number, record: number, child: ChildAt | null): Revoked {
    if (!this.#parts.review.hasRevocations) return null
    if (child && this.isMakingRevoked(record, child, (made) => this.#parts.log.knowsNo(no, made)))
      return 'wholly'
    const revoking = this.#revocations(no, index)
    return revoking.length === 0 ? null : this.#howFar(no, revoking)
  }

  /** Is the i-th effect of an op taken out of every view? */
  isRevoked(no: number, index: number): boolean {
    return this.#revocations(no, index).length > 0
  }

  /** Is a making of the child, of those that are meant, taken out of every view? A device that forked may have made it twice. */
  isMakingRevoked(record: number, { field, id }: ChildAt, isMeant: (making: number) => boolean): boolean {
    if (!this.#parts.review.hasRevocations) return false
    const made = this.#parts.origins.creationsOfChild(record, field, id)
    return made.some((one) => isMeant(one.op) && this.isRevoked(one.op, one.index))
  }

  #revocations(no: number, index: number): ReviewOp[] {
    return this.#parts.review
      .revocationsOf(no)
      .filter(({ op, effect }) => effect.dot.index === index && this.#parts.counts(op, no, index))
      .map(({ op }) => op)
  }

  /** What a value had superseded before it became final is final too, unless the first checkpoint over it knows better. */
  #howFar(no: number, revoking: readonly ReviewOp[]): Revoked {
    const checkpoint = this.#parts.finalBy(no)
    const isKnown = checkpoint && revoking.some((op) => this.#parts.past.knows(checkpoint, op))
    return checkpoint && !isKnown ? 'alone' : 'wholly'
  }
}
