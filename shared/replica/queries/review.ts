/** The review: what is set aside and waits for a person, and what became of what was settled. */
import type { ReviewItem } from '../../api/rows.ts'
import { formatOpId } from '../../model/ids.ts'
import { reason, type ReasonOf } from '../../judge/reason.ts'
import type { ReviewOp } from '../../judge/review.ts'
import { compareBytes } from '../../base/bytes.ts'
import { isDropped } from '../chains.ts'
import type { Core } from '../core.ts'
import { idBytes } from '../interner.ts'
import { OP_COLUMNS, type OpRow } from '../log.ts'
import type { JudgedOp } from '../judging.ts'
import { IN_REVIEW } from '../views.ts'
import { changesOf } from './changes.ts'
import { subjectOf } from './feed.ts'
import { madeReason, nameOf, reasonOf, reasonSaid } from './naming.ts'

const MOST_OPEN = 500
const MOST_SETTLED = 200

const DISMISSED = 'op.judgement <> 0 AND op.dismissed = 1'
const NEWEST_FIRST = 'ORDER BY op.lamport DESC, actor.id DESC, op.hash DESC LIMIT ?'
/** Few ops are set aside, and one record has few ops: neither way reads the log. */
const OF_SITE = 'op INDEXED BY op_set_aside JOIN actor ON actor.no = op.actor WHERE 1'
const OF_RECORD = `record JOIN touch ON touch.record = record.no JOIN op ON op.no = touch.op
  JOIN actor ON actor.no = op.actor WHERE record.id = ?`

/** Open ones, then settled ones, each newest first; of one record where given. */
export function review(core: Core, record: string | null): ReviewItem[] {
  const open = rows(core, IN_REVIEW, record, MOST_OPEN)
  const settled = [...rows(core, DISMISSED, record, MOST_SETTLED), ...adoptedRows(core, record)]
  return [
    ...open.map((row) => openItem(core, row, record)),
    ...settled
      .sort((a, b) => b.lamport - a.lamport || compareHex(core, a, b))
      .map((row) => settledItem(core, row, record)),
  ]
}

function rows(core: Core, which: string, record: string | null, limit: number): OpRow[] {
  return core.sql
    .prepare(
      `SELECT ${OP_COLUMNS} FROM ${record === null ? OF_SITE : OF_RECORD} AND ${which} ${NEWEST_FIRST}`,
    )
    .all<OpRow>(...(record === null ? [] : [idBytes(record)]), limit)
}

/** Ops that count because somebody adopted them, the last adopted first. */
function adoptedRows(core: Core, record: string | null): OpRow[] {
  const found: OpRow[] = []
  for (const no of core.judging.review.adopted().reverse()) {
    if (found.length >= MOST_SETTLED) break
    // What was dropped counted by itself.
    if (isDropped(no)) continue
    const row = core.log.rowByNumber(no)
    if (row.judgement === 0 && touches(core, no, record) && isAdopted(core, row)) found.push(row)
  }
  return found
}

const isAdopted = (core: Core, row: OpRow): boolean =>
  core.judging.byItself(core.judging.fromRow(row)).judgement !== 'accepted'

function touches(core: Core, no: number, record: string | null): boolean {
  if (record === null) return true
  return (
    core.sql
      .prepare(
        'SELECT 1 AS hit FROM touch JOIN record ON record.no = touch.record WHERE touch.op = ? AND record.id = ?',
      )
      .get<{ hit: number }>(no, idBytes(record)) !== undefined
  )
}

const compareHex = (core: Core, a: OpRow, b: OpRow): number => {
  const [x, y] = [core.log.actors.idOf(a.actor), core.log.actors.idOf(b.actor)]
  return x < y ? 1 : x > y ? -1 : compareBytes(core.log.hashOf(b.no), core.log.hashOf(a.no))
}

function openItem(core: Core, row: OpRow, record: string | null): ReviewItem {
  const op = core.judging.fromRow(row)
  const obstacle = obstacleTo(core, op, row)
  return {
    ...shownItem(core, op, record),
    adoptable: obstacle === null,
    obstacle: obstacle && reasonSaid(obstacle),
    state: 'open',
    settled: null,
    judgement: row.judgement === 1 ? 'late' : 'rejected',
    reason: reasonOf(row.reason) ?? madeReason('bad-field'),
  }
}

/** Why this device may not adopt it by an op that knows all that is here. */
function obstacleTo(core: Core, op: JudgedOp, row: OpRow): ReasonOf | null {
  const next = core.judging.past.end(core.self)
  const problem = core.control().roleProblem(next, 'adopt') ?? core.judging.adoptionObstacle(next, op)
  // By itself it would count: what it rests on has to be adopted.
  const rests = problem?.code === 'not-in-review' && reasonOf(row.reason)?.code === 'rests-on'
  return rests ? reason('rests-on') : problem
}

function settledItem(core: Core, row: OpRow, record: string | null): ReviewItem {
  const op = core.judging.fromRow(row)
  const verdict = core.judging.byItself(op)
  const adoption = row.judgement === 0 ? core.judging.adoption(op) : null
  const dismissal = adoption ? null : core.judging.dismissal(op)
  const why = verdict.judgement === 'accepted' ? reasonOf(row.reason) : reasonSaid(verdict.reason)
  return {
    ...shownItem(core, op, record),
    // An adoption beats a dismissal.
    adoptable: adoption === null && obstacleTo(core, op, row) === null,
    obstacle: null,
    state: adoption ? 'adopted' : 'dismissed',
    settled: settledBy(core, adoption ?? dismissal?.op ?? null, dismissal?.effect.reason ?? null),
    judgement: verdict.judgement === 'late' ? 'late' : 'rejected',
    reason: why ?? madeReason('bad-field'),
  }
}

const settledBy = (core: Core, by: ReviewOp | null, why: string | null): ReviewItem['settled'] =>
  by && { name: nameOf(core, by.actor), wall: by.wall, reason: why }

function shownItem(
  core: Core,
  op: JudgedOp,
  record: string | null,
): Pick<ReviewItem, 'op' | 'own' | 'author' | 'name' | 'wall' | 'effects' | 'record' | 'title'> {
  return {
    op: formatOpId(op),
    own: op.actor === core.self,
    author: op.actor,
    name: nameOf(core, op.actor),
    wall: op.wall,
    effects: changesOf(core, op, record),
    ...subjectOf(core, op.no, record),
  }
}
