/**
 * What the doctor asks of a log whose history was dropped. What the dropped ops said is not here to be folded again, so
 * it looks at what is left of them: that their names stand in order, that texts in a base reach as far as their sessions,
 * and that all of it still gives the state that the authority signed at its last checkpoint.
 */
import { textReach } from '../merge/text/fold.ts'
import { formatOpId } from '../model/ids.ts'
import { baseAgrees, lastCheckpoint } from './checkpoints.ts'
import type { Core } from './core.ts'
import type { Cell } from './fold.ts'
import type { Line } from './lines.ts'
import { stepsIn, STEP_BYTES } from './text-reach.ts'
import type { Bytes } from '../base/bytes.ts'

type ReachRow = Cell & { readonly client: number; readonly line: number; readonly steps: Bytes }
type Named = { readonly seq: number; readonly lamport: number }

/** Null where nothing was dropped or folded for good. */
export function* baseFindings(core: Core): Generator<string> {
  const isAny = ['imprint', 'base_value', 'base_text'].some(
    (table) => core.sql.prepare(`SELECT 1 AS here FROM ${table} LIMIT 1`).get() !== undefined,
  )
  if (!isAny) return
  yield* outOfOrder(core)
  yield* wrongReach(core)
  const last = lastCheckpoint(core)
  if (last && baseAgrees(core) === false) yield `checkpoint ${formatOpId(last.op)} states another`
}

/** An op is always later in the total order than the one before it in its chain. */
function* outOfOrder({ sql, log }: Core): Generator<string> {
  for (const line of log.lines.all()) {
    let before = 0
    for (const { seq, lamport } of namesOf(sql, log.actors.find(line.actor), line)) {
      if (lamport <= before) yield `the name of op ${formatOpId({ actor: line.actor, seq })}`
      before = lamport
    }
  }
}

const namesOf = (sql: Core['sql'], actor: number | null, { no }: Line): Named[] =>
  sql
    .prepare(
      `SELECT seq, lamport FROM imprint WHERE line = ? UNION ALL
       SELECT seq, lamport FROM op WHERE actor = ? AND line = ? ORDER BY seq`,
    )
    .all<Named>(no, actor, no)

const WHERE = 'record = ? AND field = ? AND child = ? AND sub = ?'

function* wrongReach(core: Core): Generator<string> {
  const cells = core.sql.prepare(
    'SELECT record, field, child, sub FROM base_text UNION SELECT record, field, child, sub FROM text_reach',
  )
  for (const cell of cells.all<Cell>())
    if (!isReached(core, cell)) yield `a text of record ${core.records.byNumber(cell.record).id}`
}

/** Each session's words in the base end where its last step, or an update that is kept beside the base, says. */
function isReached({ sql, log }: Core, cell: Cell): boolean {
  const key = [cell.record, cell.field, cell.child, cell.sub] as const
  const base = sql.prepare(`SELECT bytes FROM base_text WHERE ${WHERE}`).get<{ bytes: Bytes }>(...key)
  const reach = base ? textReach(base.bytes) : null
  if (!reach) return false
  const rows = sql.prepare(`SELECT client, line, steps FROM text_reach WHERE ${WHERE}`).all<ReachRow>(...key)
  const ends = new Map(rows.map((row) => [row.client, endOf(log, row)]))
  const loose = sql.prepare(`SELECT max(to_clock) AS most FROM text_update WHERE ${WHERE} AND client = ?`)
  const looseEnd = (client: number): number => loose.get<{ most: number | null }>(...key, client)?.most ?? 0
  return (
    [...ends].every(([client, end]) => end !== null && end <= (reach.get(client) ?? 0)) &&
    [...reach].every(([client, clock]) => clock <= Math.max(ends.get(client) ?? 0, looseEnd(client)))
  )
}

/** The clock of the last step; null where the steps do not lead there one behind the other. */
function endOf(log: Core['log'], { line, steps }: ReachRow): number | null {
  if (steps.length === 0 || steps.length % STEP_BYTES !== 0) return null
  const on = log.lines.all().find(({ no }) => no === line)
  if (!on) return null
  let before = { seq: on.first - 1, to: 0 }
  for (const step of stepsIn(steps)) {
    const isNext = step.seq >= before.seq && step.seq <= log.lines.tip(on).seq && step.to >= before.to
    if (!isNext) return null
    before = step
  }
  return before.to
}
