/**
 * What an archive begins with where history was dropped: the earliest checkpoint from which on every op is here. All that
 * was dropped, and all that was folded into the bases of records, is beneath it; so the state there can be told, and every
 * op behind it can be given.
 */
import { formatOpId, type OpId } from '../model/ids.ts'
import type { Head } from '../op/run.ts'
import type { Core } from './core.ts'
import { headAt } from './coverage.ts'
import { knownBy } from './frontier.ts'
import type { Line } from './lines.ts'

export type Basis = {
  readonly checkpoint: OpId
  /** When the checkpoint was published, by the authority's clock. */
  readonly wall: number
  /** The last op of every chain that the checkpoint knows. */
  readonly heads: readonly Head[]
  /** The snapshot of this very checkpoint, where its file is here. */
  readonly file: string | null
}

/** Null where nothing was dropped; `none` where no checkpoint in force knows all that was. */
export function basisOf(core: Core): Basis | 'none' | null {
  const { checkpoints, snapshots } = core.control().membership
  if (!isAnyDropped(core)) return null
  const least = new Map(core.log.lines.all().map((line) => [line, lastFolded(core, line)]))
  const found = checkpoints.find((checkpoint) => {
    const known = knownBy(core.log, checkpoint.op.no)
    return [...least].every(([line, seq]) => seq <= (known.get(line) ?? 0))
  })
  if (!found) return 'none'
  const snapshot = snapshots.find(({ checkpoint }) => checkpoint.op.no === found.op.no)
  return {
    checkpoint: formatOpId(found.op),
    wall: found.wall,
    heads: [...knownBy(core.log, found.op.no)].map(([line, seq]) => headAt(core.log, line, seq)),
    file: snapshot && core.files.keeps(snapshot.file) ? snapshot.file : null,
  }
}

const isAnyDropped = ({ sql }: Core): boolean =>
  sql.prepare('SELECT 1 AS here FROM imprint LIMIT 1').get() !== undefined

/** The last seq of a line of which nothing but the name is here, or that stands in a base; 0: none. */
function lastFolded({ sql, log }: Core, line: Line): number {
  const dropped = sql
    .prepare('SELECT max(seq) AS seq FROM imprint WHERE line = ?')
    .get<{ seq: number | null }>(line.no)
  const sealed = sql
    .prepare(
      `SELECT seq FROM op WHERE actor = ? AND line = ? AND seq > ?
         AND EXISTS (SELECT 1 FROM touch WHERE touch.op = op.no AND touch.sealed = 1) ORDER BY seq DESC LIMIT 1`,
    )
    .get<{ seq: number }>(log.actors.find(line.actor), line.no, dropped?.seq ?? 0)
  return sealed?.seq ?? dropped?.seq ?? 0
}
