/**
 * What the doctor asks of the contexts: that each op's rows are what its own words imply. Every op is compared with
 * what stands for the ops before it, so that all of them together are right or some op is named.
 */
import { parseOp, type Op } from '../op/op.ts'
import { formatOpId, type ActorId } from '../model/ids.ts'
import type { Found } from './chains.ts'
import type { Context, Growth } from './contexts.ts'
import type { Core } from './core.ts'
import type { Line, Place } from './lines.ts'
import { growthOf } from './soundness.ts'

type Row = { no: number; line: number; seq: number; bytes: Uint8Array; lamport: number }
type Kept = { on_line: number; seq: number; on_seq: number; named: number }

/** Ops read at a time: all of their bytes would not fit into memory. */
const READ = 500

/** Ops whose context, as kept, is not the one that they imply. */
export function* wrongContexts(core: Core): Generator<string> {
  const kept = new Map(core.log.lines.all().map((line) => [line, keptOf(core, line)]))
  const past = new Past(core)
  for (const row of rowsOf(core)) {
    const parsed = parseOp(row.bytes)
    const line = core.log.lines.byNumber(row.line)
    // Bytes that have changed are named by themselves.
    const growth = parsed.ok ? past.growth(parsed.value) : null
    if (growth === null) continue
    const wrong = typeof growth === 'string' || !agrees(growth, kept.get(line)?.get(row.seq) ?? [])
    if (wrong) yield formatOpId({ actor: line.actor, seq: row.seq })
    if (typeof growth !== 'string') past.take(line, row.seq, growth)
  }
}

function* rowsOf({ sql }: Core): Generator<Row> {
  const read = sql.prepare('SELECT no, line, seq, bytes, lamport FROM op WHERE no > ? ORDER BY no LIMIT ?')
  let from = 0
  for (;;) {
    const rows = read.all<Row>(from, READ)
    yield* rows
    from = rows.at(-1)?.no ?? from
    if (rows.length < READ) return
  }
}

function keptOf({ sql }: Core, line: Line): ReadonlyMap<number, readonly Kept[]> {
  const bySeq = new Map<number, Kept[]>()
  const rows = sql
    .prepare('SELECT on_line, seq, on_seq, named FROM context WHERE line = ?')
    .all<Kept>(line.no)
  for (const row of rows) {
    const some = bySeq.get(row.seq)
    if (some) some.push(row)
    else bySeq.set(row.seq, [row])
  }
  return bySeq
}

const agrees = (growth: Growth, rows: readonly Kept[]): boolean =>
  growth.size === rows.length &&
  [...growth].every(([on, { seq, named }]) =>
    rows.some((row) => row.on_line === on.no && row.on_seq === seq && (row.named === 1) === named),
  )

/** What is known so far, in order of arrival: causes come before their effects. */
class Past {
  readonly #core: Core
  readonly #tips = new Map<Line, { readonly seq: number; readonly context: Map<Line, number> }>()

  constructor(core: Core) {
    this.#core = core
  }

  /** Null where the op cannot be placed: its chain, or a cause, is not here any more. */
  growth(op: Op): Growth | string | null {
    const before = op.seq === 1 ? null : this.#find(op.actor, op.seq - 1, op.prev)
    const causes = op.causes.map(({ actor, seq, hash }) => this.#find(actor, seq, hash))
    if (before === undefined || causes.includes(undefined))
      return this.#isChanged(op) ? 'it knows what was dropped by another name' : null
    const known = causes.filter((cause) => cause !== undefined)
    return growthOf(op, { before, causes: known, contextAt: (place) => this.#at(place) })
  }

  take(line: Line, seq: number, growth: Growth): void {
    const tip = this.#tips.get(line)
    const before = tip?.seq === seq - 1 ? tip.context : this.#behindGap(line, seq)
    for (const [on, seen] of growth) before.set(on, seen.seq)
    this.#tips.set(line, { seq, context: before })
  }

  /** Of what was dropped the name is all that is left: an op that knows another was not what its author had seen. */
  #isChanged({ actor, seq, prev, causes }: Op): boolean {
    const { log } = this.#core
    return [...causes, ...(seq === 1 ? [] : [{ actor, seq: seq - 1, hash: prev }])].some(
      (cause) => !log.find(cause) && log.lines.of(cause.actor).some((line) => log.isImprint(line, cause.seq)),
    )
  }

  #find(actor: ActorId, seq: number, hash: Uint8Array): Found | undefined {
    return this.#core.log.find({ actor, seq, hash }) ?? undefined
  }

  /** Of the op on which the chain now stands it is at hand; of an earlier one the table is asked, line by line. */
  #at(place: Place): Context {
    const tip = this.#tips.get(place.line)
    if (tip?.seq === place.seq) return tip.context
    return this.#core.log.contexts.at(place)
  }

  /** Ops between were dropped: what they had seen is told by the table alone. */
  #behindGap(line: Line, seq: number): Map<Line, number> {
    return new Map(
      seq === line.first ? this.#below(line) : this.#core.log.contexts.at({ line, seq: seq - 1 }),
    )
  }

  #below({ base, first }: Line): Context {
    if (!base) return new Map()
    const seen = this.#at({ line: base, seq: first - 1 })
    // Who stands on a branch has seen what it left, and may have seen more of that by way of others.
    return new Map([...seen, [base, Math.max(first - 1, seen.get(base) ?? 0)]])
  }
}
