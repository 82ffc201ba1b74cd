/**
 * Begins a log from a snapshot, in a database that is not in use yet. The rows are taken over as they are, since the
 * authority signed the file's hash; then everything is folded and hashed here, what is not in a base is judged too, and
 * it must come out as the checkpoint says. Whose word that is, is checked along the chain from the genesis op, whose hash is the site.
 */
import { isOfDisk } from '../api/errors.ts'
import { equalBytes, toHex, type Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { Checkpoint } from '../judge/membership.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { actorOf } from '../op/identity.ts'
import { parseOp, signedBytes } from '../op/op.ts'
import type { Core } from './core.ts'
import { countUnder } from './frontier.ts'
import type { SqlValue, World } from './ports.ts'
import { openLog } from './rereading.ts'
import { migrate, takeIndexes } from './schema.ts'
import type { SnapshotFrame, SnapshotHead } from './snapshot-file.ts'
import { SnapshotSoundness } from './snapshot-soundness.ts'
import { SNAPSHOT_TABLES } from './snapshot-tables.ts'

/** Records judged and folded in one step. */
const SLICE = 20
/** Rows that one statement inserts: one by one they take thrice the time. */
const ROWS_AT_ONCE = 25

export class SnapshotLoading {
  readonly #world: World
  readonly #site: SiteId
  readonly #self: ActorId
  readonly #soundness: SnapshotSoundness
  #head: SnapshotHead | null = null
  #table = 0
  #rows = 0
  #isWhole = false
  /** What lays the indexes, once all rows are there. */
  readonly #indexes: string[]
  #core: Core | null = null
  /** Records still to be folded, of which nothing is to be judged. */
  #sealed: number[] = []
  /** Records that are to be judged once those are folded. */
  #loose: number[] = []
  #records = 0

  constructor(world: World, site: SiteId, self: ActorId) {
    this.#world = world
    this.#site = site
    this.#self = self
    this.#soundness = new SnapshotSoundness(world, site)
    migrate(world.sql)
    const { sql } = world
    this.#indexes = sql.transaction(() => {
      sql.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('site', ?)").run(site)
      return takeIndexes(sql)
    })
  }

  /** Takes in the next frame; answers what is wrong with it. Throws what the disk refuses with, which says nothing of it. */
  take(frame: SnapshotFrame): string | null {
    if (this.#isWhole) return 'something follows its end'
    if (frame.kind === 'head') return this.#begin(frame)
    if (this.#head === null) return 'it does not say what it is of'
    if (frame.kind === 'end') {
      this.#isWhole = frame.rows === this.#rows
      return this.#isWhole ? this.#soundness.gap() : `it holds ${this.#rows} rows, and names ${frame.rows}`
    }
    return this.#fill(frame)
  }

  #begin(head: SnapshotHead): string | null {
    if (this.#head !== null) return 'it begins twice'
    this.#head = head
    return head.site === this.#site ? null : 'it is of another site'
  }

  #fill({ table, rows }: Extract<SnapshotFrame, { kind: 'rows' }>): string | null {
    const at = SNAPSHOT_TABLES.indexOf(table)
    if (at < this.#table) return 'its tables are out of order'
    this.#table = at
    this.#rows += rows.length
    const columns = Object.keys(table.columns)
    return tried(() =>
      this.#world.sql.transaction(() => {
        for (const row of rows) {
          const named: Record<string, SqlValue> = {}
          for (const [i, column] of columns.entries()) named[column] = row[i] ?? null
          const problem = this.#soundness.problemOf(table.name, named)
          if (problem) return problem
        }
        this.#insert(table.name, columns, rows)
        return null
      }),
    )
  }

  #insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): void {
    const row = `(${columns.map(() => '?').join(', ')})`
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const some = rows.slice(at, at + ROWS_AT_ONCE)
      this.#world.sql
        .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES ${some.map(() => row).join(', ')}`)
        .run(...some.flat())
    }
  }

  /** A piece of the judging and folding of what was taken in; true while more is left. Errors: what does not fit. */
  step(): Result<boolean, string> {
    if (!this.#isWhole) return err('it ends before its end')
    try {
      return ok(this.#goOn())
    } catch (problem) {
      return err(misfitOf(problem))
    }
  }

  /** True while more is left. */
  #goOn(): boolean {
    const index = this.#indexes.pop()
    if (index !== undefined) this.#world.sql.exec(index)
    else if (this.#core === null) this.#open()
    else if (this.#sealed.length > 0) this.#foldSealed(this.#core, this.#sealed.splice(0, SLICE))
    else return this.#judge(this.#core)
    return true
  }

  #open(): void {
    const core = openLog(this.#world, this.#site, this.#self)
    this.#core = core
    this.#sort(core)
  }

  #foldSealed({ sql, door, stateHash }: Core, records: readonly number[]): void {
    sql.transaction(() => {
      for (const record of records) door.foldSealed(record)
      door.settle(0)
    })
    // What was read of them is still at hand.
    stateHash.hash(records)
  }

  #judge({ sql, door, stateHash }: Core): boolean {
    door.doubt(this.#loose.splice(0))
    if (door.isSettled) return stateHash.prepare(SLICE)
    sql.transaction(() => door.settle(SLICE))
    return true
  }

  /** Of the records that were taken in, how many are folded: from 0 to 1. */
  share(): number {
    if (this.#core === null || this.#records === 0) return 0
    return 1 - (this.#sealed.length + this.#loose.length + this.#core.door.doubtful) / this.#records
  }

  /** An op in a record's base keeps its judgement for ever; records that any other op touches are judged. */
  #sort({ sql }: Core): void {
    const loose = sql.prepare('SELECT DISTINCT record FROM touch WHERE sealed = 0').all<{ record: number }>()
    const isLoose = new Set(loose.map(({ record }) => record))
    const all = sql.prepare('SELECT no FROM record').all<{ no: number }>()
    this.#records = all.length
    this.#loose = [...isLoose]
    this.#sealed = all.map(({ no }) => no).filter((no) => !isLoose.has(no))
  }

  /**
   * The checkpoint that it holds the state of, once all of it was judged; or what does not agree. What its acts of
   * control come to is kept with it, so that whoever opens the log need not judge them again.
   */
  checkpoint(): Result<Checkpoint, string> {
    const [core, head] = [this.#core, this.#head]
    if (core === null || head === null) return err('it was not read')
    try {
      const found = checkpointIn(core, head)
      if (found.ok) core.sql.transaction(() => core.judging.folding.keepAt(found.value.op))
      return found
    } catch (problem) {
      return err(misfitOf(problem))
    }
  }
}

function checkpointIn(core: Core, head: SnapshotHead): Result<Checkpoint, string> {
  const found = core
    .control()
    .membership.checkpoints.find(({ op }) => op.actor === head.actor && op.seq === head.seq)
  if (!found || !equalBytes(core.log.hashOf(found.op.no), head.hash))
    return err('its checkpoint is not in it')
  if (countUnder(core.log, found.op.no) !== found.ops)
    return err('it holds other ops than its checkpoint says')
  if (core.stateHash.value() !== toHex(found.stateHash))
    return err('it gives another state than its checkpoint says')
  const doubt = untrusted(core)
  return doubt ? err(doubt) : ok(found)
}

function tried(work: () => string | null): string | null {
  try {
    return work()
  } catch (problem) {
    return misfitOf(problem)
  }
}

/** What the disk refuses is no fault of the snapshot's: it is thrown on. */
function misfitOf(problem: unknown): string {
  if (isOfDisk(problem)) throw problem
  return problem instanceof Error ? problem.message : 'it cannot be read'
}

/**
 * Why the present authority's word need not be believed; null: the genesis op, whose hash is the site, names the first,
 * and each handed over, or the recovery key did, under a signature.
 */
function untrusted(core: Core): string | null {
  const { tenures } = core.control().membership
  const [founder, ...later] = tenures
  if (!founder || toHex(core.log.hashOf(founder.since.no)) !== core.site)
    return 'it does not begin with the founding of the site'
  for (const { since } of later)
    if (!isSigned(core, since.no)) return 'a handover in it is not signed by who handed over'
  return null
}

type Signed = {
  readonly seq: number
  readonly hash: Bytes
  readonly bytes: Bytes
  readonly signature: Bytes | null
}

/** By itself, or by an op of the same chain that follows it without a gap. */
export function isSigned({ sql, log, judging, crypto, sha256 }: Core, no: number): boolean {
  const { line, seq } = log.placeOf(no)
  const key = judging.past.keyOf(line.actor)
  if (!key || actorOf(sha256, key) !== line.actor) return false
  const rows = sql
    .prepare('SELECT seq, hash, bytes, signature FROM op WHERE line = ? AND seq >= ? ORDER BY seq LIMIT 300')
    .all<Signed>(line.no, seq)
  let before: Signed | null = null
  for (const row of rows) {
    const parsed = parseOp(row.bytes)
    if (!parsed.ok) return false
    if (before && (row.seq !== before.seq + 1 || !equalBytes(parsed.value.prev, before.hash))) return false
    if (row.signature) return crypto.verify(key, signedBytes(row.hash), row.signature)
    before = row
  }
  return false
}
