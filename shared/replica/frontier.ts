/** What a replica holds beyond an op's causal past: of every line, the ops behind the last that the op knows. */
import type { Line } from './lines.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'
import { CLASSES } from './judging.ts'

type Needed = { readonly sql: Sql; readonly log: Log }

/** The part of a line that an op does not know: behind `after`, exclusive. */
export type Beyond = { readonly line: Line; readonly after: number }

/** None where the op knows all that is here. An op knows itself. */
export function beyond(log: Log, no: number): Beyond[] {
  const place = log.placeOf(no)
  const context = log.contexts.at(place)
  return log.lines.all().flatMap((line) => {
    const seen = line === place.line ? place.seq : (context.get(line) ?? 0)
    const after = Math.max(seen, line.first - 1)
    return after < log.lines.tip(line).seq ? [{ line, after }] : []
  })
}

/** How many ops that are. */
export const countBeyond = (log: Log, no: number): number =>
  beyond(log, no).reduce((sum, { line, after }) => sum + log.lines.tip(line).seq - after, 0)

/** How many ops an op knows, itself excepted. */
export const countUnder = (log: Log, no: number): number => log.size().ops - countBeyond(log, no) - 1

/** The numbers of these ops. */
export const opsBeyond = ({ sql, log }: Needed, no: number): number[] =>
  beyond(log, no).flatMap(({ line, after }) =>
    sql
      .prepare('SELECT no FROM op WHERE actor = ? AND seq > ? AND line = ?')
      .all<{ no: number }>(log.actors.find(line.actor), after, line.no)
      .map((row) => row.no),
  )

/** Records that acts of control and review beyond the op are about, decisions and revocations among them. */
export const spokenOfBeyond = ({ sql, log }: Needed, no: number): number[] =>
  beyond(log, no).flatMap(({ line, after }) =>
    sql
      .prepare(
        `SELECT DISTINCT touch.record FROM op JOIN touch ON touch.op = op.no
         WHERE op.actor = ? AND op.seq > ? AND op.line = ? AND op.control <> ?`,
      )
      .all<{ record: number }>(log.actors.find(line.actor), after, line.no, CLASSES.data)
      .map(({ record }) => record),
  )
