/** The feed: ops in (lamport, actor) order, newest first, of the site or of one record. */
import type { QueryAnswer, QueryInput } from '../../api/queries.ts'
import type { FeedRow } from '../../api/rows.ts'
import { fromHex, toHex, type Bytes } from '../../base/bytes.ts'
import { formatOpId } from '../../model/ids.ts'
import type { Core } from '../core.ts'
import { idBytes } from '../interner.ts'
import { OP_COLUMNS, type OpRow } from '../log.ts'
import type { JudgedOp } from '../judging.ts'
import { changesOf } from './changes.ts'
import { judgementOf, nameOf, reasonOf } from './naming.ts'
import { withdrawableOf } from './withdrawable.ts'

const PAGE = 50

/** An op's place in the total order; branches of one forked actor may stand at one lamport, so its hash belongs to it. */
type Position = { readonly lamport: number; readonly actor: Bytes; readonly hash: Bytes }
const NONE: Bytes = new Uint8Array(0)
const BEGINNING: Position = { lamport: Number.MAX_SAFE_INTEGER, actor: NONE, hash: NONE }
const BEHIND = '(op.lamport, actor.id, op.hash) < (?, ?, ?)'
const NEWEST_FIRST = 'ORDER BY op.lamport DESC, actor.id DESC, op.hash DESC LIMIT ?'

export function feed(core: Core, input: QueryInput<'feed'>): QueryAnswer<'feed'> {
  const limit = input.limit ?? PAGE
  const rows = pageOf(core, input.record ?? null, parsePosition(input.after), limit + 1)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    rows: shown.map((row) => feedRow(core, row, input.record ?? null)),
    next: rows.length > limit && last ? positionOf(core, last) : null,
    cleared: input.record === undefined ? core.log.dropped() : droppedOf(core, input.record),
  }
}

function droppedOf({ sql }: Core, record: string): number {
  const count = sql.prepare('SELECT dropped FROM record WHERE id = ?')
  return count.get<{ dropped: number }>(idBytes(record))?.dropped ?? 0
}

const positionOf = (core: Core, { lamport, actor, no }: OpRow): string =>
  `${lamport}.${core.log.actors.idOf(actor)}.${toHex(core.log.hashOf(no))}`

function parsePosition(after: string | undefined): Position {
  const [, lamport, actor, hex] = /^(\d{1,15})\.([0-9a-f]{64})\.([0-9a-f]{64})$/.exec(after ?? '') ?? []
  const hash = fromHex(hex ?? '')
  return lamport && actor && hash ? { lamport: Number(lamport), actor: idBytes(actor), hash } : BEGINNING
}

function pageOf(core: Core, record: string | null, at: Position, limit: number): OpRow[] {
  if (record === null) {
    return core.sql
      .prepare(
        `SELECT ${OP_COLUMNS} FROM op JOIN actor ON actor.no = op.actor
         WHERE op.lamport <= ? AND ${BEHIND} ${NEWEST_FIRST}`,
      )
      .all<OpRow>(at.lamport, at.lamport, at.actor, at.hash, limit)
  }
  return core.sql
    .prepare(
      `SELECT ${OP_COLUMNS} FROM touch JOIN op ON op.no = touch.op JOIN record ON record.no = touch.record
       JOIN actor ON actor.no = op.actor WHERE record.id = ? AND ${BEHIND} ${NEWEST_FIRST}`,
    )
    .all<OpRow>(idBytes(record), at.lamport, at.actor, at.hash, limit)
}

function feedRow(core: Core, row: OpRow, record: string | null): FeedRow {
  const op = core.judging.fromRow(row)
  return {
    op: formatOpId(op),
    author: op.actor,
    name: nameOf(core, op.actor),
    wall: op.wall,
    lamport: op.lamport,
    clock_suspect: isClockSuspect(core, op),
    judgement: judgementOf(row.judgement),
    reason: reasonOf(row.reason),
    ...subjectOf(core, op.no, record),
    changes: changesOf(core, op, record),
    where: core.acks.whereabouts(op),
    final: core.control().membership.isFinal(op),
    withdrawable: row.judgement === 0 ? withdrawableOf(core, op, record) : [],
  }
}

/** The record that an op is about, for a list: the one asked for, or of those that it touches the least by id. */
export function subjectOf(
  core: Core,
  no: number,
  record: string | null,
): { readonly record: string | null; readonly title: string | null } {
  const row = core.sql
    .prepare(
      `SELECT record.id, board.title FROM touch JOIN record ON record.no = touch.record
       LEFT JOIN board ON board.record = record.no
       WHERE touch.op = ? AND record.id = coalesce(?, record.id) ORDER BY record.id LIMIT 1`,
    )
    .get<{ id: Bytes; title: string | null }>(no, record === null ? null : idBytes(record))
  return row ? { record: toHex(row.id), title: row.title } : { record: null, title: null }
}

/** Slack for clocks that are merely not the same. */
const TOLERANCE_MS = 2 * 60_000

/** The author's clock says earlier, by more than clocks differ, than a cause of the op: one of the two is wrong. */
function isClockSuspect(core: Core, op: JudgedOp): boolean {
  const row = core.sql
    .prepare(
      `SELECT max(cause.wall) AS wall FROM op
       JOIN context ON context.line = op.line AND context.seq = op.seq AND context.named = 1
       JOIN line ON line.no = context.on_line
       JOIN op AS cause ON cause.actor = line.actor AND cause.seq = context.on_seq AND cause.line = line.no
       WHERE op.no = ?`,
    )
    .get<{ wall: number | null }>(op.no)
  return (row?.wall ?? 0) > op.wall + TOLERANCE_MS
}
