/**
 * What an op claims of its causes, which are all here, and what it adds to its author's context (design 4): every
 * cause is news, contexts are causally closed, and the lamport is one above them. Decided from the op's own past
 * alone, so that every replica comes to the same answer whichever branch of a fork it saw first.
 */
import type { ActorId } from '../model/ids.ts'
import type { Op } from '../op/op.ts'
import type { Found } from './chains.ts'
import type { Context, Growth } from './contexts.ts'
import { alongChain, chainOf, raiseChain, type Line, type Place } from './lines.ts'

type Past = {
  /** The op before it in its chain; null for an actor's first. */
  readonly before: Found | null
  readonly causes: readonly Found[]
  readonly contextAt: (place: Place) => Context
}

const EMPTY: Context = new Map()

/** The growth of the author's context, or what is wrong. */
export function growthOf(op: Op, past: Past): Growth | string {
  if (op.causes.some((cause) => cause.actor === op.actor)) return 'names itself as a cause'
  if (repeats(past.causes)) return 'its context does not grow'
  const context = past.before ? past.contextAt(past.before) : EMPTY
  if (past.causes.some(({ line, seq }) => seq <= (context.get(line) ?? 0))) return 'its context does not grow'
  const highest = past.causes.reduce(
    (most, { lamport }) => Math.max(most, lamport),
    past.before?.lamport ?? 0,
  )
  if (op.lamport !== highest + 1) return 'its lamport is not one above its context'
  const growth = new Grown(past.before, context)
  for (const cause of past.causes) growth.name(cause)
  const unseen = past.causes.flatMap((cause) => growth.unseen(past.contextAt(cause)))
  return growth.implies(op.actor, unseen) ? growth.entries : 'its context is not causally closed'
}

/** Is one cause in the chain of another? Causes come by actor, then seq. */
function repeats(causes: readonly Found[]): boolean {
  return causes.some((cause, i) => {
    const before = causes[i - 1]
    if (before?.line.actor !== cause.line.actor) return false
    const same = causes.slice(0, i).filter(({ line }) => line.actor === cause.line.actor)
    return same.some(({ line, seq }) => alongChain(cause, line) >= seq)
  })
}

class Grown {
  readonly entries = new Map<Line, { readonly seq: number; readonly named: boolean }>()
  readonly #before: Found | null
  readonly #context: Context

  constructor(before: Found | null, context: Context) {
    this.#before = before
    this.#context = context
  }

  name(cause: Found): void {
    this.entries.set(cause.line, { seq: cause.seq, named: true })
    this.#closeBelow(cause)
  }

  unseen(context: Context): Place[] {
    const places: Place[] = []
    for (const [line, seq] of context) if (seq > this.#seen(line)) places.push({ line, seq })
    return places
  }

  /**
   * What a cause had seen and the op does not name must be of an actor that forks within the op's own past: of such
   * an actor nobody need name every branch, and its author cannot name a branch of its own.
   */
  implies(author: ActorId, unseen: readonly Place[]): boolean {
    if (unseen.length === 0) return true
    if (unseen.some((place) => this.#namesBelow(place))) return false
    for (const place of unseen) this.#raise(place)
    const others = new Set(unseen.map(({ line }) => line.actor).filter((actor) => actor !== author))
    return [...others].every((actor) => this.#isParted(actor))
  }

  /** Is a named cause in the chain of what another cause had seen? The later one ought to be named. */
  #namesBelow(place: Place): boolean {
    for (const { line, seq } of chainOf(place)) {
      const entry = this.entries.get(line)
      if (entry?.named && entry.seq <= seq) return true
    }
    return false
  }

  #seen(line: Line): number {
    const grown = this.entries.get(line)?.seq
    if (grown !== undefined) return grown
    return this.#before?.line === line ? this.#before.seq : (this.#context.get(line) ?? 0)
  }

  #raise(place: Place): void {
    if (this.#seen(place.line) >= place.seq) return
    this.entries.set(place.line, { seq: place.seq, named: false })
    this.#closeBelow(place)
  }

  #closeBelow(place: Place): void {
    for (const { line, seq } of chainOf(place)) {
      if (line === place.line) continue
      if (this.#seen(line) >= seq) return
      this.entries.set(line, { seq, named: false })
    }
  }

  /** Do two of the actor's ops in this context lie on different branches? */
  #isParted(actor: ActorId): boolean {
    const held = new Map<Line, number>()
    for (const [line, seq] of this.#context) if (line.actor === actor) held.set(line, seq)
    for (const [line, { seq }] of this.entries) if (line.actor === actor) held.set(line, seq)
    const [furthest] = [...held].sort(([, a], [, b]) => b - a)
    if (!furthest) return false
    const chain = new Map<Line, number>()
    raiseChain(chain, { line: furthest[0], seq: furthest[1] })
    return [...held].some(([line, seq]) => (chain.get(line) ?? 0) < seq)
  }
}
