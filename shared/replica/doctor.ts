/**
 * The doctor: checks every chain in the log, and rebuilds folds and views beside the live ones to report any
 * difference. It changes nothing: the rebuilding happens in a transaction that is always undone.
 */
import { TallydeskError } from '../api/errors.ts'
import { equalBytes, toHex, type Bytes } from '../base/bytes.ts'
import { parseOp, signedBytes } from '../op/op.ts'
import { formatOpId } from '../model/ids.ts'
import type { ControlState } from '../judge/control.ts'
import { differing } from './checkpoints.ts'
import type { Core } from './core.ts'
import type { Line } from './lines.ts'
import { baseFindings } from './doctor-base.ts'
import { wrongContexts } from './doctor-contexts.ts'
import { DERIVED_TABLES } from './schema.ts'

export type Finding = {
  readonly what:
    | 'chain'
    | 'signature'
    | 'bytes'
    | 'context'
    | 'base'
    | 'table'
    | 'judgement'
    | 'control'
    | 'hash'
    | 'checkpoint'
  readonly detail: string
}

export type Diagnosis = {
  readonly ops: number
  readonly records: number
  readonly findings: readonly Finding[]
}

/** Enough to show what is wrong; a broken disk could give millions. */
const MOST_FINDINGS = 100

type Look = (core: Core) => Iterable<Finding>

type OpRow = { no: number; actor: number; seq: number; hash: Bytes; bytes: Bytes; signature: Bytes | null }

export function diagnose(core: Core): Diagnosis {
  const findings: Finding[] = []
  for (const look of LOOKS) findings.push(...lookedAt(() => look(core), findings.length > 0))
  const count = (table: string): number =>
    core.sql.prepare(`SELECT count(*) AS n FROM ${table}`).get<{ n: number }>()?.n ?? 0
  return { ops: count('op'), records: count('record'), findings: findings.slice(0, MOST_FINDINGS) }
}

/** What rests on a log that is known to be damaged may not be readable at all, which says nothing new. */
function lookedAt(look: () => Iterable<Finding>, isDamaged: boolean): Finding[] {
  try {
    return [...look()]
  } catch (problem) {
    if (problem instanceof TallydeskError) throw problem
    const detail = problem instanceof Error ? problem.message : 'unreadable'
    return isDamaged ? [] : [{ what: 'chain', detail }]
  }
}

const checkpointFindings = (core: Core): Finding[] =>
  differing(core).map(({ op }) => ({ what: 'checkpoint', detail: formatOpId(op) }))

function* chainFindings(core: Core): Generator<Finding> {
  for (const line of core.log.lines.all()) {
    const { actor, base, first } = line
    let expected = first
    let before: Bytes = base ? core.log.hashOf(core.log.numberOn(base, first - 1)) : new Uint8Array(0)
    for (const row of opsOf(core, line)) {
      const id = formatOpId({ actor, seq: row.seq })
      const parsed = parseOp(row.bytes, core.vocabulary)
      const dropped = row.seq > expected ? droppedBetween(core, line, expected, row.seq) : null
      if (dropped) before = dropped
      else if (row.seq !== expected) yield { what: 'chain', detail: `${id} follows ${expected - 1}` }
      if (!parsed.ok || !equalBytes(core.sha256(row.bytes), row.hash)) yield { what: 'bytes', detail: id }
      else if (!equalBytes(parsed.value.prev.subarray(0, before.length), before))
        yield { what: 'chain', detail: `${id} names another op before it` }
      const key = core.judging.past.keyOf(actor)
      if (row.signature && key && !core.crypto.verify(key, signedBytes(row.hash), row.signature)) {
        yield { what: 'signature', detail: id }
      }
      expected = row.seq + 1
      before = row.hash
    }
  }
}

/** How the hash of the last begins, where every op of the line from one seq up to another, exclusive, was dropped. */
function droppedBetween({ sql }: Core, line: Line, from: number, to: number): Bytes | null {
  const rows = sql
    .prepare('SELECT hash FROM imprint WHERE line = ? AND seq >= ? AND seq < ? ORDER BY seq')
    .all<{ hash: Bytes }>(line.no, from, to)
  return rows.length === to - from ? (rows.at(-1)?.hash ?? null) : null
}

function* contextFindings(core: Core): Generator<Finding> {
  for (const detail of wrongContexts(core)) yield { what: 'context', detail }
}

function* oldFindings(core: Core): Generator<Finding> {
  for (const detail of baseFindings(core)) yield { what: 'base', detail }
}

function* hashFindings(core: Core): Generator<Finding> {
  for (const no of core.stateHash.wrong()) yield { what: 'hash', detail: core.records.byNumber(no).id }
}

const opsOf = (core: Core, line: Line): OpRow[] =>
  core.sql
    .prepare(
      'SELECT no, actor, seq, hash, bytes, signature FROM op WHERE actor = ? AND line = ? ORDER BY seq',
    )
    .all<OpRow>(core.log.actors.find(line.actor), line.no)

/** Carries what was found out of the transaction that must be undone. */
class Undo extends Error {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super('a rebuilding is always undone')
    this.findings = findings
  }
}

function rebuildFindings(core: Core): readonly Finding[] {
  try {
    core.sql.transaction(() => {
      keepLive(core)
      const before = core.control()
      core.door.rebuild()
      throw new Undo([
        ...controlFindings(before, core.control()),
        ...judgementFindings(core),
        ...tableFindings(core),
      ])
    })
  } catch (problem) {
    if (problem instanceof Undo) return problem.findings
    throw problem
  }
  return []
}

function keepLive(core: Core): void {
  for (const table of DERIVED_TABLES)
    core.sql.exec(`CREATE TEMP TABLE live_${table} AS SELECT * FROM ${table}`)
  core.sql.exec('CREATE TEMP TABLE live_judgement AS SELECT no, judgement, reason FROM op')
}

/** Does what was kept of control at a checkpoint, and gone on from, say what the log says? */
function* controlFindings(live: ControlState, rebuilt: ControlState): Generator<Finding> {
  if (live.fingerprint() !== rebuilt.fingerprint()) yield { what: 'control', detail: live.siteName }
  for (const id of live.recordsApart(rebuilt))
    if (live.fingerprintOf(id) !== rebuilt.fingerprintOf(id)) yield { what: 'control', detail: id }
}

function* tableFindings(core: Core): Generator<Finding> {
  for (const table of DERIVED_TABLES) {
    const lost = countExcept(core, `live_${table}`, table)
    const gained = countExcept(core, table, `live_${table}`)
    if (lost + gained > 0)
      yield { what: 'table', detail: `${table}: rows too many: ${lost}, missing: ${gained}` }
  }
}

const countExcept = (core: Core, a: string, b: string): number =>
  core.sql
    .prepare(`SELECT count(*) AS n FROM (SELECT * FROM ${a} EXCEPT SELECT * FROM ${b})`)
    .get<{ n: number }>()?.n ?? 0

function judgementFindings(core: Core): Finding[] {
  return core.sql
    .prepare(
      `SELECT actor.id, op.seq FROM op JOIN live_judgement AS live ON live.no = op.no JOIN actor ON actor.no = op.actor
       WHERE live.judgement <> op.judgement OR live.reason IS NOT op.reason LIMIT 100`,
    )
    .all<{ id: Bytes; seq: number }>()
    .map((row) => ({ what: 'judgement', detail: `${toHex(row.id)}:${row.seq}` }))
}

/** The log first: what rests on it can be told only then. */
const LOOKS: readonly Look[] = [
  chainFindings,
  contextFindings,
  oldFindings,
  checkpointFindings,
  hashFindings,
  rebuildFindings,
]
