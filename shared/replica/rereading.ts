/**
 * Opens a log with the build that runs now. What another build could not read of it, or not judge, was kept and held:
 * it is read, filed and judged again, in one transaction, before anything else is done.
 */
import { TallydeskError } from '../api/errors.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { storedOp } from '../op/op.ts'
import { isOlder, nameOf } from '../op/vocabulary.ts'
import { openCore, type Core } from './core.ts'
import { classOf } from './classes.ts'
import { JUDGEMENTS } from './judging.ts'
import { OP_COLUMNS, type OpRow } from './log.ts'
import { readMeta, writeMeta } from './meta.ts'
import type { World } from './ports.ts'
import { Reach } from './reach.ts'
import { recordsNamed } from './records-named.ts'

const HELD = JUDGEMENTS.indexOf('held')
/** What is filed of an op besides its row. */
const FILED = ['creation', 'child', 'touch', 'text_session', 'text_update'] as const

/** Throws `log-newer` for a log that a build read which knows more than this one. */
export function openLog(world: World, site: SiteId, self: ActorId): Core {
  const core = openCore(world, site, self)
  const { sql, vocabulary } = core
  const found = readMeta<string>(sql, 'vocabulary')
  const own = nameOf(vocabulary)
  if (found === own) return core
  if (found !== null && isOlder(vocabulary, found)) throw new TallydeskError('log-newer')
  return sql.transaction(() => {
    const reread = rereadHeld(core, world)
    writeMeta(sql, 'vocabulary', own)
    return reread
  })
}

function rereadHeld(core: Core, world: World): Core {
  const held = core.sql
    .prepare('SELECT no FROM op WHERE judgement <> 0 AND judgement = ? ORDER BY no')
    .all<{ no: number }>(HELD)
    .map(({ no }) => no)
  if (held.length === 0) return core
  const doubtful = forget(core, held)
  for (const no of held) file(core, no)
  for (const record of touchAgain(core, held)) doubtful.push(record)
  // What differed while something could not be read is compared again.
  core.sql.prepare('DELETE FROM checkpoint WHERE agreed <> 1').run()
  const fresh = openCore(world, core.site, core.self)
  const changed = new Reach(fresh).between(core.judging.control, fresh.judging.control)
  fresh.door.release(held, { ops: changed.ops, records: new Set([...changed.records, ...doubtful]) })
  return fresh
}

/** Empties what was filed of these ops; answers the records that they touched. */
function forget({ sql }: Core, held: readonly number[]): number[] {
  const list = JSON.stringify(held)
  const touched = sql
    .prepare('SELECT DISTINCT record FROM touch WHERE op IN (SELECT value FROM json_each(?))')
    .all<{ record: number }>(list)
  for (const table of FILED)
    sql.prepare(`DELETE FROM ${table} WHERE op IN (SELECT value FROM json_each(?))`).run(list)
  return touched.map(({ record }) => record)
}

/** What acts of control and review are about may stand in ops that could not be read; answers the records it was. */
function touchAgain({ judging, log, records, sql }: Core, held: readonly number[]): number[] {
  const rows = sql
    .prepare(`SELECT ${OP_COLUMNS} FROM op WHERE control > 0 AND no > ? ORDER BY no`)
    .all<OpRow>(held[0] ?? 0)
  const touch = sql.prepare('INSERT OR IGNORE INTO touch (record, op) VALUES (?, ?)')
  return rows.flatMap((row) => {
    const named = recordsNamed({ judging, log, records, sql }, judging.fromRow(row))
    return named.filter(({ no }) => touch.run(no, row.no).changes > 0).map(({ no }) => no)
  })
}

/** Files an op that is in the log as if it had come just now; it is judged once all are filed. */
function file(core: Core, no: number): void {
  const { judging, log, origins, sql, texts } = core
  const row = log.rowByNumber(no)
  const op = storedOp(row.bytes, core.vocabulary)
  const placed = { actor: op.actor, seq: op.seq, no }
  const touched = origins.file(op, no, core.site)
  const flaw = judging.flaw(placed, op.effects) ?? judging.orUnread(placed, texts.file(placed, op.effects))
  sql
    .prepare('UPDATE op SET control = ?, flaw = ? WHERE no = ?')
    .run(classOf(op.effects), flaw && JSON.stringify(flaw), no)
  const judged = { ...placed, lamport: op.lamport, wall: op.wall, effects: op.effects, flaw }
  for (const each of recordsNamed(core, judged)) touched.set(each.id, each)
  const touch = sql.prepare('INSERT OR IGNORE INTO touch (record, op) VALUES (?, ?)')
  for (const each of touched.values()) touch.run(each.no, no)
}
