/**
 * The lines of the log. Every branch of an actor's chain is a line of its own: the first that came is the actor's
 * first line, and one that leaves a line at seq s is another, whose first op has seq s. Which branch came first
 * differs from replica to replica, so a line's number stays inside the file: nothing that is judged, answered,
 * hashed or sent depends on it. A line's last op is the last of its branch: nothing follows it.
 */
import type { Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId } from '../model/ids.ts'
import type { Actors } from './interner.ts'
import type { Sql } from './ports.ts'

export type Line = {
  readonly no: number
  readonly actor: ActorId
  /** The line that it leaves, `first - 1` being the last seq in common; null where it begins the chain. */
  readonly base: Line | null
  /** The seq of its first op. */
  readonly first: number
  /** Not the actor's first line: a branch of a fork. */
  readonly isBranch: boolean
}

/** The last op of a line: its number in the file, and what the next op must go on from. */
export type Tip = {
  readonly op: number
  readonly seq: number
  readonly hash: Bytes
  readonly lamport: number
}

/** A place on a line. */
export type Place = { readonly line: Line; readonly seq: number }

type LineRow = { no: number; actor: number; base: number | null; first: number }

const NONE: readonly Line[] = []

export class Lines {
  readonly #sql: Sql
  readonly #actors: Actors
  readonly #all: Line[] = []
  readonly #byNumber = new Map<number, Line>()
  readonly #byActor = new Map<ActorId, Line[]>()
  readonly #tips = new Map<Line, Tip>()
  readonly #forked = new Set<ActorId>()

  constructor(sql: Sql, actors: Actors) {
    this.#sql = sql
    this.#actors = actors
    const rows = sql.prepare('SELECT no, actor, base, first FROM line ORDER BY no').all<LineRow>()
    for (const row of rows) this.#tips.set(this.#remember(row), this.#storedTip(row))
  }

  /** All lines of an actor, its first line first. */
  of(actor: ActorId): readonly Line[] {
    return this.#byActor.get(actor) ?? NONE
  }

  all(): readonly Line[] {
    return this.#all
  }

  byNumber(no: number): Line {
    const line = this.#byNumber.get(no)
    invariant(line, 'a line number in a table stands for a line')
    return line
  }

  tip(line: Line): Tip {
    const tip = this.#tips.get(line)
    invariant(tip, 'a line has an op')
    return tip
  }

  /** Actors with more than one line. */
  forked(): ReadonlySet<ActorId> {
    return this.#forked
  }

  /** Begins a line behind `base`, or an actor's chain; its first op must be appended at once. */
  open(actor: ActorId, base: Line | null, first: number): Line {
    const row = {
      no: (this.#all.at(-1)?.no ?? 0) + 1,
      actor: this.#actors.numberOf(actor),
      base: base?.no ?? null,
      first,
    }
    this.#sql
      .prepare('INSERT INTO line (no, actor, base, first) VALUES (?, ?, ?, ?)')
      .run(row.no, row.actor, row.base, row.first)
    return this.#remember(row)
  }

  advance(line: Line, tip: Tip): void {
    this.#tips.set(line, tip)
  }

  #remember({ no, actor, base, first }: LineRow): Line {
    const id = this.#actors.idOf(actor)
    const lines = this.#byActor.get(id) ?? []
    const isBranch = lines.length > 0
    const line = { no, actor: id, base: base === null ? null : this.byNumber(base), first, isBranch }
    this.#all.push(line)
    this.#byNumber.set(no, line)
    lines.push(line)
    this.#byActor.set(id, lines)
    if (isBranch) this.#forked.add(id)
    return line
  }

  #storedTip({ no, actor }: LineRow): Tip {
    const tip = this.#sql
      .prepare(
        'SELECT no AS op, seq, hash, lamport FROM op WHERE actor = ? AND line = ? ORDER BY seq DESC LIMIT 1',
      )
      .get<Tip>(actor, no)
    invariant(tip, 'a line has an op')
    return tip
  }
}

/** A place and every line below it, each with the last seq that the place's own chain has of it. */
export function* chainOf({ line, seq }: Place): Generator<Place> {
  let at: Place | null = { line, seq }
  while (at) {
    yield at
    at = at.line.base && { line: at.line.base, seq: at.line.first - 1 }
  }
}

/** How far the chain of a place goes along a line; 0: not at all. */
export function alongChain(place: Place, on: Line): number {
  for (const { line, seq } of chainOf(place)) if (line === on) return seq
  return 0
}

/** Raises what is held of a line, and of all lines below it. */
export function raiseChain(held: Map<Line, number>, place: Place): void {
  for (const { line, seq } of chainOf(place)) {
    if ((held.get(line) ?? 0) >= seq) return
    held.set(line, seq)
  }
}
