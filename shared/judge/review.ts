/**
 * Acts of review, filed by what they name. Filing says nothing of whether an act counts: that is judged each time it
 * is asked, since it rests on the op that is named.
 */
import type { ParcelId } from '../model/ids.ts'
import type { ReviewEffect } from '../op/effect.ts'
import type { Past, Placed } from './past.ts'

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
  readonly #past: Past
  /** By the number of the op that is named. */
  readonly #adoptions = new Map<number, Named<'adopt'>[]>()
  readonly #dismissals = new Map<number, Named<'dismiss'>[]>()
  readonly #revocations = new Map<number, Named<'revoke'>[]>()
  readonly #parcels = new Map<ParcelId, Named<'parcel'>[]>()

  constructor(past: Past) {
    this.#past = past
  }

  file(op: ReviewOp): void {
    for (const effect of op.effects) {
      if (effect.type === 'parcel') push(this.#parcels, effect.parcel, { op, effect })
      else this.#fileNaming(op, effect)
    }
  }

  /** The op that an act names in its author's past. */
  target(op: Placed, effect: Exclude<ReviewEffect, { type: 'parcel' }>): Placed | null {
    if (effect.type === 'revoke') return this.#past.resolve(op, effect.dot)
    return this.#past.resolveHash(op, effect.op, effect.hash)
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
    const target = this.target(op, effect)
    if (!target) return
    if (effect.type === 'adopt') push(this.#adoptions, target.no, { op, effect })
    else if (effect.type === 'dismiss') push(this.#dismissals, target.no, { op, effect })
    else push(this.#revocations, target.no, { op, effect })
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}
