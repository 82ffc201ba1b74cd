/**
 * Who had seen what: for every line, how far the op at each of its seqs had seen every other line. Kept as growth,
 * found by an index (decision 2). A context is closed below: who has seen a branch has seen what it leaves.
 */
import { remember } from '../base/remember.ts'
import { chainOf, type Line, type Lines, type Place } from './lines.ts'
import type { Sql } from './ports.ts'

export type Context = ReadonlyMap<Line, number>
/** What an op adds to the context of the op before it; `named` tells its own words from what they imply. */
export type Growth = ReadonlyMap<Line, { readonly seq: number; readonly named: boolean }>

type Row = { on_line: number; on_seq: number }

/** Contexts kept in memory: of branches, of which a forked actor may have any number, and of ops below the last of a line. */
const RECENT = 64
const RECENT_SEEN = 4096

export class Contexts {
  readonly #sql: Sql
  readonly #lines: Lines
  /** Of the last op of every actor's first line, and of some branches. */
  readonly #firsts = new Map<Line, Map<Line, number>>()
  readonly #branches = new Map<Line, Map<Line, number>>()
  readonly #below = new Map<string, Context>()
  /** What ops below the last of a line had seen, as it was asked: that never changes. */
  readonly #seen = new Map<string, number>()
  /** Branches whose own ops named no cause: they add nothing to what their base had seen. */
  readonly #bare = new Set<Line>()

  constructor(sql: Sql, lines: Lines) {
    this.#sql = sql
    this.#lines = lines
    for (const line of lines.all()) {
      if (!line.isBranch) this.#ofTip(line)
      else if (!this.#hasRows(line)) this.#bare.add(line)
    }
  }

  /** All that the op at a place had seen of other lines. */
  at(place: Place): Context {
    return this.#isTip(place) ? this.#ofTip(place.line) : this.#ofBelow(place)
  }

  /** How far the op at a place had seen a line, its own included. */
  seen(place: Place, on: Line): number {
    if (place.line === on) return place.seq
    if (place.line.isBranch || this.#isTip(place)) return this.at(place).get(on) ?? 0
    const key = `${place.line.no}:${place.seq}:${on.no}`
    const kept = this.#seen.get(key)
    if (kept !== undefined) return kept
    return remember(this.#seen, RECENT_SEEN, key, this.#seenBelow(place, on))
  }

  #seenBelow({ line, seq }: Place, on: Line): number {
    return (
      this.#sql
        .prepare(
          'SELECT on_seq FROM context WHERE line = ? AND on_line = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
        )
        .get<Row>(line.no, on.no, seq)?.on_seq ?? 0
    )
  }

  /** Takes in what a new op of the line has newly seen. */
  grow(line: Line, seq: number, growth: Growth): void {
    const context = this.#ofTip(line)
    if (growth.size > 0) this.#bare.delete(line)
    else if (line.isBranch && seq === line.first) this.#bare.add(line)
    const insert = this.#sql.prepare(
      'INSERT INTO context (line, on_line, seq, on_seq, named) VALUES (?, ?, ?, ?, ?)',
    )
    for (const [on, seen] of growth) {
      context.set(on, seen.seq)
      insert.run(line.no, on.no, seq, seen.seq, seen.named ? 1 : 0)
    }
  }

  #hasRows(line: Line): boolean {
    return (
      this.#sql.prepare('SELECT 1 AS here FROM context WHERE line = ? LIMIT 1').get(line.no) !== undefined
    )
  }

  #isTip({ line, seq }: Place): boolean {
    return seq >= this.#lines.tip(line).seq
  }

  #ofTip(line: Line): Map<Line, number> {
    const kept = this.#firsts.get(line) ?? this.#branches.get(line)
    if (kept) return kept
    const context = this.#read({ line, seq: Number.MAX_SAFE_INTEGER })
    if (line.isBranch) keepRecent(this.#branches, line, context)
    else this.#firsts.set(line, context)
    return context
  }

  /** What an op had seen never changes, and is asked for many times in a row. */
  #ofBelow(place: Place): Context {
    const key = `${place.line.no}:${place.seq}`
    const kept = this.#below.get(key)
    if (kept) return kept
    const context = this.#read(place)
    keepRecent(this.#below, key, context)
    return context
  }

  /** The last entry on every line: each is found by itself, since a long line has very many. */
  #rowsAt(line: Line, seq: number): Row[] {
    const all = this.#lines.all()
    if (all.length > MANY_LINES)
      return this.#sql
        .prepare(
          'SELECT on_line, max(on_seq) AS on_seq FROM context WHERE line = ? AND seq <= ? GROUP BY on_line',
        )
        .all<Row>(line.no, seq)
    const last = this.#sql.prepare(
      'SELECT on_line, on_seq FROM context WHERE line = ? AND on_line = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
    )
    return all.flatMap((on) => last.get<Row>(line.no, on.no, seq) ?? [])
  }

  /** From the beginning of the chain upwards: what comes later has seen more. */
  #read(place: Place): Map<Line, number> {
    const context = new Map<Line, number>()
    for (const { line, seq } of [...chainOf(place)].reverse()) {
      const rows = this.#bare.has(line) ? [] : this.#rowsAt(line, seq)
      for (const row of rows) context.set(this.#lines.byNumber(row.on_line), row.on_seq)
      if (line !== place.line) context.set(line, Math.max(seq, context.get(line) ?? 0))
    }
    return context
  }
}

/** Lines of a site above which they are read in one go: a forked actor may have any number. */
const MANY_LINES = 200

function keepRecent<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value): void {
  const oldest = kept.keys().next()
  if (kept.size >= RECENT && !oldest.done) kept.delete(oldest.value)
  kept.set(key, value)
}
