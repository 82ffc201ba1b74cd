/** What a replica holds beyond an op's causal past: of every line, the ops behind the last that the op knows. */
import type { Line } from './lines.ts'
import type { Log } from './log.ts'
import type { Sql, SqlRow } from './ports.ts'
import { CLASSES } from './classes.ts'

type Needed = { readonly sql: Sql; readonly log: Log }

/** The part of a line that an op does not know: behind `after`, exclusive. */
export type Beyond = { readonly line: Line; readonly after: number }

/** How far an op knows each line of which it knows anything. It knows itself. */
export function knownBy(log: Log, no: number): Map<Line, number> {
  const place = log.placeOf(no)
  return new Map([...log.contexts.at(place), [place.line, place.seq]])
}

/** None where the op knows all that is here. */
export function beyond(log: Log, no: number): Beyond[] {
  const known = knownBy(log, no)
  return log.lines.all().flatMap((line) => {
    const after = Math.max(known.get(line) ?? 0, line.first - 1)
    return after < log.lines.tip(line).seq ? [{ line, after }] : []
  })
}

/** How many ops that are. */
export const countBeyond = (log: Log, no: number): number =>
  beyond(log, no).reduce((sum, { line, after }) => sum + log.lines.tip(line).seq - after, 0)

/** How many ops an op knows, itself excepted. */
export const countUnder = (log: Log, no: number): number => log.size().ops - countBeyond(log, no) - 1

/** What a query finds of each part; it is given the actor, the seq behind which the part begins, and the line. */
const rowsOf = <T extends SqlRow>({ sql, log }: Needed, parts: readonly Beyond[], query: string): T[] =>
  parts.flatMap(({ line, after }) => sql.prepare(query).all<T>(log.actors.find(line.actor), after, line.no))

/** The same of all parts that an op does not know. */
export const rowsBeyond = <T extends SqlRow>(needed: Needed, no: number, query: string): T[] =>
  rowsOf(needed, beyond(needed.log, no), query)

/** The ops of one part. */
const BEYOND = 'SELECT no FROM op WHERE actor = ? AND seq > ? AND line = ?'

/** The numbers of these ops. */
export const opsBeyond = (needed: Needed, no: number): number[] =>
  rowsBeyond<{ no: number }>(needed, no, BEYOND).map((row) => row.no)

/** Records that acts of control and review beyond the op are about, decisions and revocations among them. */
export function spokenOfBeyond(needed: Needed, no: number): number[] {
  const parts = beyond(needed.log, no)
  const firsts = rowsOf<{ no: number }>(needed, parts, `${BEYOND} ORDER BY seq LIMIT 1`)
  if (firsts.length === 0) return []
  const after = new Map(parts.map((part) => [part.line.no, part.after]))
  const acts = needed.sql
    .prepare(
      `SELECT op.line, op.seq, touch.record FROM op JOIN touch ON touch.op = op.no
       WHERE op.control > 0 AND op.control IN (${CLASSES.control}, ${CLASSES.review}) AND op.no >= ?`,
    )
    .all<{ line: number; seq: number; record: number }>(Math.min(...firsts.map((first) => first.no)))
  const isBeyond = acts.filter(({ line, seq }) => seq > (after.get(line) ?? Infinity))
  return [...new Set(isBeyond.map(({ record }) => record))]
}
