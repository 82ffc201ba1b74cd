/**
 * Checkpoints as this replica sees them (design 12): what it makes of the state at the frontier of each, whether that is
 * what the authority published, and, at the authority, the next one. A replica that holds more than a checkpoint's
 * frontier looks at its log as it was there, in a transaction that is undone.
 */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import { invariant } from '../base/invariant.ts'
import type { Checkpoint } from '../judge/membership.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import type { Plan } from './commands.ts'
import { openCore, type Core } from './core.ts'
import { beyond, countBeyond, countUnder, opsBeyond } from './frontier.ts'
import { JUDGEMENTS } from './judging.ts'
import { newsFor } from './news.ts'
import type { Signer, Sql } from './ports.ts'
import { Unfit, write } from './writer.ts'

/** Records judged and folded again for one comparison, about a millisecond each: a replica that went on further compares a later one. */
const MOST_RECORDS = 1000

/** What a comparison found: does the state here, and the number of ops, equal what was published? */
export type Comparison = {
  readonly checkpoint: Checkpoint
  readonly agreed: boolean | null
  readonly isTried: boolean
}

/** As they are kept. `unsure`: it differs, and something is held here that this build cannot read or judge. */
const FOUND = { differs: 0, agrees: 1, unsure: 2 } as const

/** The checkpoint that counts now: the last of the authority's chain. */
export const lastCheckpoint = (core: Core): Checkpoint | null =>
  core.control().membership.checkpoints.at(-1) ?? null

/** Every checkpoint in force, in order, with what comparing found; null: not compared here. */
export function comparisons(core: Core): Comparison[] {
  const found = new Map(
    core.sql
      .prepare('SELECT op, agreed FROM checkpoint')
      .all<{ op: number; agreed: number }>()
      .map(({ op, agreed }) => [op, agreed === FOUND.unsure ? null : agreed === FOUND.agrees]),
  )
  return core.control().membership.checkpoints.map((checkpoint) => ({
    checkpoint,
    agreed: found.get(checkpoint.op.no) ?? null,
    isTried: found.has(checkpoint.op.no),
  }))
}

/** The last checkpoint in force that says what is here, as far as was compared. */
export function lastAgreed(core: Core): Checkpoint | null {
  const row = core.sql.prepare('SELECT 1 AS here FROM checkpoint WHERE op = ? AND agreed = ?')
  const isAgreed = ({ op }: Checkpoint): boolean => row.get(op.no, FOUND.agrees) !== undefined
  return core.control().membership.checkpoints.findLast(isAgreed) ?? null
}

/** What cannot be judged here is folded elsewhere: a difference then says nothing. */
const mayDiffer = ({ judging, sql }: Core): boolean =>
  judging.isOutdated ||
  sql
    .prepare('SELECT 1 AS held FROM op WHERE judgement <> 0 AND judgement = ? LIMIT 1')
    .get(JUDGEMENTS.indexOf('held')) !== undefined

/** Compares the last checkpoint, where that was not done; false: there is nothing to do. Not inside a transaction. */
export function compareNext(core: Core, most = MOST_RECORDS): boolean {
  const last = lastCheckpoint(core)
  // Below the rules of the site its state says nothing at all.
  if (core.judging.isOutdated || !last || isTried(core, last)) return false
  const found = stateUnder(core, last, most)
  if (!found) return false
  const kept = agrees(last, found) ? FOUND.agrees : mayDiffer(core) ? FOUND.unsure : FOUND.differs
  core.sql
    .prepare('INSERT INTO checkpoint (op, ops, state_hash, agreed) VALUES (?, ?, ?, ?)')
    .run(last.op.no, found.ops, hashBytes(found.hash), kept)
  return true
}

const isTried = ({ sql }: Core, { op }: Checkpoint): boolean =>
  sql.prepare('SELECT 1 AS here FROM checkpoint WHERE op = ?').get(op.no) !== undefined

/** Every checkpoint that does not say what is here; the last is compared however much is here beyond it, and nothing kept. */
export function differing(core: Core): Checkpoint[] {
  const all = comparisons(core)
  if (mayDiffer(core)) return all.filter(({ agreed }) => agreed === false).map(({ checkpoint }) => checkpoint)
  return all
    .filter(({ checkpoint, agreed }, i) => {
      const found = agreed === null && i === all.length - 1 ? stateUnder(core, checkpoint, Infinity) : null
      return agreed === false || (found && !agrees(checkpoint, found))
    })
    .map(({ checkpoint }) => checkpoint)
}

type Found = { readonly ops: number; readonly hash: string }

/** What the ops under a checkpoint give here; null where more than `most` records would have to be judged again for it. */
function stateUnder(core: Core, { op }: Checkpoint, most: number): Found | null {
  const numbers = opsBeyond(core, op.no)
  const records = recordsOf(core, numbers)
  if (records.length > most) return null
  const hash = numbers.length === 0 ? core.stateHash.value() : stateAt(core, op.no, numbers, records)
  return { ops: countUnder(core.log, op.no), hash }
}

const agrees = ({ ops, stateHash }: Checkpoint, found: Found): boolean =>
  found.ops === ops && found.hash === toHex(stateHash)

/** What the authority would publish now, as a plan; or why there is nothing to publish. Not inside a transaction. */
export function publishing(core: Core, signer: Signer): Result<Plan, Refusal> {
  if (core.control().authority !== core.self) return err(refuse('not-authority'))
  if (news(core) === 0) return err(refuse('nothing-new'))
  const { causes } = newsFor(core.log, core.self)
  if (causes.length < newsFor(core.log, core.self, Infinity).causes.length)
    return err(refuse('too-many-branches'))
  const hash = core.log.forked().length > 0 ? stateOnceNamed(core, signer) : ok(core.stateHash.value())
  if (!hash.ok) return hash
  const frontier = Object.fromEntries(core.log.heads().map((head) => [head.actor, head.seq]))
  const { ops } = core.log.size()
  return ok({
    ops: [[{ type: 'checkpoint', ops, stateHash: hashBytes(hash.value) }]],
    result: { frontier, state_hash: hash.value, ops },
  })
}

/** How many ops are here that the last checkpoint does not know. */
export function news(core: Core): number {
  const last = lastCheckpoint(core)
  return last ? countBeyond(core.log, last.op.no) : core.log.size().ops
}

/** A branch of a forked device stands once the authority's chain names it, and a checkpoint names all that is here. */
function stateOnceNamed(core: Core, signer: Signer): Result<string, Refusal> {
  try {
    const hash = imagine(core, (inside) => {
      const there = openCore(inside, core.site, core.self)
      write(there, signer, 0, [{ type: 'checkpoint', ops: 0, stateHash: new Uint8Array(32) }])
      there.door.settle(Infinity)
      return there.stateHash.value()
    })
    return ok(hash)
  } catch (problem) {
    // Its own chain forked, or the recovery key ended its time: it speaks for nobody.
    if (problem instanceof Unfit) return err(refuse('not-authority'))
    throw problem
  }
}

/** The state of the log as it was when it held the checkpoint and what that knows, and nothing else. */
function stateAt(core: Core, no: number, numbers: readonly number[], records: readonly number[]): string {
  return imagine(core, (inside) => {
    dropBeyond(core, no, numbers, records)
    const there = openCore(inside, core.site, core.self)
    there.door.doubt(records)
    there.door.settle(Infinity)
    return there.stateHash.value()
  })
}

/**
 * Does what is kept of ops that were dropped still give the state that the last checkpoint states? Every record is folded
 * anew from its base for it, which takes as long as the log is. Null: it cannot be told here. Not inside a transaction.
 */
export function baseAgrees(core: Core): boolean | null {
  const last = lastCheckpoint(core)
  if (!last || mayDiffer(core)) return null
  const { no } = last.op
  const numbers = opsBeyond(core, no)
  const hash = imagine(core, (inside) => {
    dropBeyond(core, no, numbers, recordsOf(core, numbers))
    inside.sql.exec('UPDATE record SET hash = NULL')
    const there = openCore(inside, core.site, core.self)
    there.door.rebuild()
    return there.stateHash.value()
  })
  return hash === toHex(last.stateHash)
}

/**
 * Makes of a log that is only a copy what it was at a checkpoint. Answers whether anything is here beyond it: then the
 * core must be opened anew, and settled. Not inside a transaction.
 */
export function goBackTo(core: Core, { op }: Checkpoint): boolean {
  const numbers = opsBeyond(core, op.no)
  if (numbers.length === 0) return false
  const records = recordsOf(core, numbers)
  core.sql.transaction(() => {
    dropBeyond(core, op.no, numbers, records)
    const put = core.sql.prepare('INSERT OR IGNORE INTO dirty (record) VALUES (?)')
    for (const record of records) put.run(record)
  })
  return true
}

/** Takes out of every table of the log what the op does not know; what is folded of the records is folded anew later. */
function dropBeyond(core: Core, no: number, numbers: readonly number[], records: readonly number[]): void {
  const { sql, log } = core
  sql.exec("DELETE FROM meta WHERE key IN ('log-bytes', 'log-bytes-through')")
  // A branch before the line that it leaves.
  const parts = beyond(log, no).toReversed()
  for (const { line, after } of parts) {
    const actor = log.actors.find(line.actor)
    sql.prepare('DELETE FROM op WHERE actor = ? AND seq > ? AND line = ?').run(actor, after, line.no)
    sql.prepare('DELETE FROM context WHERE line = ? AND seq > ?').run(line.no, after)
  }
  for (const { line } of parts.filter(({ after, line }) => after < line.first)) {
    sql.prepare('DELETE FROM line WHERE no = ?').run(line.no)
    sql.prepare('DELETE FROM ack WHERE line = ?').run(line.no)
  }
  joinBranches(sql)
  for (const table of ['creation', 'touch', 'child', 'text_session', 'text_update'])
    for (const record of records)
      sql
        .prepare(`DELETE FROM ${table} WHERE record = ? AND op > 0 AND op NOT IN (SELECT no FROM op)`)
        .run(record)
  for (const op of numbers) sql.prepare('DELETE FROM touch WHERE op = ?').run(op)
}

/** A branch that goes on where the line that it left now ends forks nothing: it is that line. */
function joinBranches(sql: Sql): void {
  const next = sql.prepare(
    `SELECT no, base FROM line WHERE base IS NOT NULL AND first > (SELECT max(seq) FROM op WHERE op.line = line.base)
     ORDER BY no LIMIT 1`,
  )
  for (let found = next.get<Joined>(); found; found = next.get<Joined>()) {
    const { no, base } = found
    sql.prepare('UPDATE op SET line = ? WHERE line = ?').run(base, no)
    sql.prepare('UPDATE context SET line = ? WHERE line = ?').run(base, no)
    // Who had seen the branch had seen what it left: the farther of the two is how far that one saw the line.
    sql.prepare('UPDATE OR REPLACE context SET on_line = ? WHERE on_line = ?').run(base, no)
    sql.prepare('UPDATE line SET base = ? WHERE base = ?').run(base, no)
    sql.prepare('DELETE FROM ack WHERE line = ?').run(no)
    sql.prepare('DELETE FROM line WHERE no = ?').run(no)
  }
}

type Joined = { readonly no: number; readonly base: number }

function recordsOf({ sql }: Core, numbers: readonly number[]): number[] {
  const touched = sql.prepare('SELECT record FROM touch WHERE op = ?')
  return [
    ...new Set(numbers.flatMap((op) => touched.all<{ record: number }>(op).map(({ record }) => record))),
  ]
}

/** Carries what was found out of the transaction that must be undone. */
class Undo extends Error {
  readonly found: string

  constructor(found: string) {
    super('what was only imagined is always undone')
    this.found = found
  }
}

/** Finds something out in a transaction that is undone; what is held in memory of the real log is not touched. */
function imagine(core: Core, work: (inside: Pick<Core, 'sql' | 'crypto' | 'vocabulary'>) => string): string {
  const { sql, crypto, vocabulary } = core
  const inside: Sql = {
    exec: (text) => sql.exec(text),
    prepare: (text) => sql.prepare(text),
    transaction: (part) => part(),
  }
  try {
    sql.transaction(() => {
      throw new Undo(work({ sql: inside, crypto, vocabulary }))
    })
  } catch (problem) {
    if (problem instanceof Undo) return problem.found
    throw problem
  }
  return ''
}

function hashBytes(hash: string): Bytes {
  const bytes = fromHex(hash)
  invariant(bytes, 'a state hash is hex')
  return bytes
}
