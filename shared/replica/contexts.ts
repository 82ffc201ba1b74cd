/**
 * Who had seen what: for every line, how far the op at each of its seqs had seen every other line. Kept as growth,
 * found by an index (decision 2). A context is closed below: who has seen a branch has seen what it leaves.
 */
import { alongChain, chainOf, type Line, type Lines, type Place } from './lines.ts'
import type { Sql } from './ports.ts'

export type Context = ReadonlyMap<Line, number>
/** What an op adds to the context of the op before it; `named` tells its own words from what they imply. */
export type Growth = ReadonlyMap<Line, { readonly seq: number; readonly named: boolean }>

type Row = { on_line: number; on_seq: number }

/** Contexts of branches kept in memory: a forked actor may have any number of them. */
const RECENT_BRANCHES = 64

export class Contexts {
  readonly #sql: Sql
  readonly #lines: Lines
  /** Of the last op of every actor's first line, and of some branches. */
  readonly #firsts = new Map<Line, Map<Line, number>>()
  readonly #branches = new Map<Line, Map<Line, number>>()

  constructor(sql: Sql, lines: Lines) {
    this.#sql = sql
    this.#lines = lines
    for (const line of lines.all()) if (!line.isBranch) this.#ofTip(line)
  }

  /** All that the op at a place had seen of other lines. */
  at(place: Place): Context {
    return this.#isTip(place) ? this.#ofTip(place.line) : this.#read(place)
  }

  /** How far the op at a place had seen a line, its own included. */
  seen(place: Place, on: Line): number {
    if (place.line === on) return place.seq
    if (this.#isTip(place) && !place.line.isBranch) return this.#ofTip(place.line).get(on) ?? 0
    for (const { line, seq } of chainOf(place)) {
      if (line === on) return seq
      const row = this.#lastBefore(line, seq, on)
      if (row !== undefined) return Math.max(row, alongChain({ line, seq }, on))
    }
    return 0
  }

  /** Takes in what a new op of the line has newly seen. */
  grow(line: Line, seq: number, growth: Growth): void {
    const context = this.#ofTip(line)
    const insert = this.#sql.prepare(
      'INSERT INTO context (line, on_line, seq, on_seq, named) VALUES (?, ?, ?, ?, ?)',
    )
    for (const [on, seen] of growth) {
      context.set(on, seen.seq)
      insert.run(line.no, on.no, seq, seen.seq, seen.named ? 1 : 0)
    }
  }

  #isTip({ line, seq }: Place): boolean {
    return seq >= this.#lines.tip(line).seq
  }

  #ofTip(line: Line): Map<Line, number> {
    const kept = this.#firsts.get(line) ?? this.#branches.get(line)
    if (kept) return kept
    const context = this.#read({ line, seq: Number.MAX_SAFE_INTEGER })
    const shelf = line.isBranch ? this.#branches : this.#firsts
    const oldest = this.#branches.keys().next().value
    if (line.isBranch && oldest && this.#branches.size >= RECENT_BRANCHES) this.#branches.delete(oldest)
    shelf.set(line, context)
    return context
  }

  #lastBefore(line: Line, seq: number, on: Line): number | undefined {
    return this.#sql
      .prepare(
        'SELECT on_seq FROM context WHERE line = ? AND on_line = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
      )
      .get<Row>(line.no, on.no, seq)?.on_seq
  }

  /** From the beginning of the chain upwards: what comes later has seen more. */
  #read(place: Place): Map<Line, number> {
    const context = new Map<Line, number>()
    const read = this.#sql.prepare(
      'SELECT on_line, max(on_seq) AS on_seq FROM context WHERE line = ? AND seq <= ? GROUP BY on_line',
    )
    for (const { line, seq } of [...chainOf(place)].reverse()) {
      for (const row of read.all<Row>(line.no, seq))
        context.set(this.#lines.byNumber(row.on_line), row.on_seq)
      if (line !== place.line) context.set(line, Math.max(seq, context.get(line) ?? 0))
    }
    return context
  }
}
