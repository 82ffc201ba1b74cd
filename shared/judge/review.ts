/**
 * Acts of review, filed by what they name. Filing says nothing of whether an act counts: that is judged each time it
 * is asked, since it rests on the op that is named.
 */
import type { ParcelId } from '../model/ids.ts'
import type { Effect, ReviewEffect } from '../op/effect.ts'
import type { ForkPast } from './forks.ts'
import type { Placed } from './past.ts'
import type { ReasonOf } from './reason.ts'

export type ReviewOp = Placed & {
  readonly lamport: number
  readonly wall: number
  readonly effects: readonly ReviewEffect[]
}

export type Named<E extends ReviewEffect['type']> = {
  readonly op: ReviewOp
  readonly effect: Extract<ReviewEffect, { type: E }>
}

export class Review {
  readonly #past: ForkPast
  /** By the number of the op that is named. */
  readonly #adoptions = new Map<number, Named<'adopt'>[]>()
  readonly #dismissals = new Map<number, Named<'dismiss'>[]>()
  readonly #revocations = new Map<number, Named<'revoke'>[]>()
  readonly #parcels = new Map<ParcelId, Named<'parcel'>[]>()

  constructor(past: ForkPast) {
    this.#past = past
  }

  file(op: ReviewOp): void {
    for (const effect of op.effects) {
      if (effect.type === 'parcel') push(this.#parcels, effect.parcel, { op, effect })
      else this.#fileNaming(op, effect)
    }
  }

  /**
   * The ops that an act names in its author's past: one, but for a dot of a forked author, which names no branch and
   * so means what every branch made there.
   */
  targets(op: Placed, effect: Exclude<ReviewEffect, { type: 'parcel' }>): readonly Placed[] {
    if (effect.type === 'revoke') {
      const { actor, seq } = effect.dot
      return this.#past.branches(actor, seq).filter((one) => this.#past.knows(op, one))
    }
    const named = this.#past.resolveHash(op, effect.op, effect.hash)
    return named ? [named] : []
  }

  adoptionsOf(no: number): readonly Named<'adopt'>[] {
    return this.#adoptions.get(no) ?? []
  }

  /** The numbers of ops that some act adopts. */
  adopted(): number[] {
    return [...this.#adoptions.keys()]
  }

  dismissalsOf(no: number): readonly Named<'dismiss'>[] {
    return this.#dismissals.get(no) ?? []
  }

  revocationsOf(no: number): readonly Named<'revoke'>[] {
    return this.#revocations.get(no) ?? []
  }

  /** Does any act adopt, dismiss or revoke something of the op? */
  isNamed(no: number): boolean {
    return [this.#adoptions, this.#dismissals, this.#revocations].some((acts) => acts.has(no))
  }

  get hasRevocations(): boolean {
    return this.#revocations.size > 0
  }

  parcel(id: ParcelId): readonly Named<'parcel'>[] {
    return this.#parcels.get(id) ?? []
  }

  parcels(): ReadonlyMap<ParcelId, readonly Named<'parcel'>[]> {
    return this.#parcels
  }

  #fileNaming(op: ReviewOp, effect: Exclude<ReviewEffect, { type: 'parcel' }>): void {
    for (const { no } of this.targets(op, effect)) {
      if (effect.type === 'adopt') push(this.#adoptions, no, { op, effect })
      else if (effect.type === 'dismiss') push(this.#dismissals, no, { op, effect })
      else push(this.#revocations, no, { op, effect })
    }
  }
}

/** Of an op that counts no adoption is needed, and what cannot be taken out of the views stays there. */
export const isVain = ({ type }: ReviewEffect, { code }: ReasonOf): boolean =>
  code === 'not-in-review' || (type === 'revoke' && (code === 'not-revocable' || code === 'frozen'))

/** Values that were set; not what made the record, and not words of a text, whose note is revoked as a whole. */
export const REVOCABLE: ReadonlySet<Effect['type']> = new Set(['assign', 'draft', 'insert', 'child', 'count'])

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}
