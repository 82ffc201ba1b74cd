/**
 * Fills a new database from what can be read of a damaged one: ops by the door through which a peer's come, so that
 * each is verified; then what this device keeps for itself. What waits for ops that are lost stays in the inbox.
 */
import { fromHex, type Bytes } from '../../../shared/base/bytes.ts'
import { parseActorId, type ActorId } from '../../../shared/model/ids.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Sql, SqlRow, SqlValue } from '../../../shared/replica/ports.ts'
import type { Run } from '../../../shared/op/run.ts'
import type { Salvage } from './salvage.ts'

/** What can be read of a database: null where a table cannot. */
type Rows = { rows<Row extends SqlRow>(text: string): Row[] | null }

export type Took = {
  /** Everything that could tell of own writing was read. */
  readonly isWhole: boolean
  /** The highest own seq of which anything at all was read. */
  readonly ownSeq: number
}

export function takeOver(salvage: Salvage, sql: Sql, replica: Replica): Took {
  let ownSeq = 0
  for (let isMore = true; isMore;) {
    const before = replica.end()
    let left = 0
    salvage.eachRun((run) => {
      const taken = give(replica, run)
      if (taken === 'later') left += 1
      if (run.actor === replica.actor) ownSeq = Math.max(ownSeq, run.first + run.ops.length - 1)
      return taken !== 'refused'
    })
    isMore = left > 0 && replica.end() > before
  }
  keepTables(salvage, sql)
  keepAcks(salvage, replica)
  return { isWhole: keepCounters(salvage, sql), ownSeq }
}

/** `later`: whoever wrote it is not admitted yet, or too much waits already. */
function give(replica: Replica, run: Run): 'taken' | 'later' | 'refused' {
  const received = replica.receive(run, run.actor)
  if (received.outcome === 'unadmitted') return 'later'
  if (received.outcome === 'refused') return 'refused'
  const isDropped = received.outcome === 'stored' && received.committed === 0 && received.waiting === 0
  return isDropped ? 'later' : 'taken'
}

const TABLES: Readonly<Record<string, readonly string[]>> = {
  node_preference: ['key', 'value'],
  node_address: ['actor', 'address', 'used'],
  node_fact: ['name', 'value'],
}

function keepTables(salvage: Rows, sql: Sql): void {
  for (const [table, columns] of Object.entries(TABLES)) copyRows(salvage, sql, table, columns)
  const [cursor] =
    salvage.rows<{ value: Bytes }>("SELECT value FROM meta WHERE key = 'authority-cursor'") ?? []
  if (cursor?.value instanceof Uint8Array)
    sql.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('authority-cursor', ?)").run(cursor.value)
}

/** Which editing sessions this device has opened: without them it could open one twice. */
const keepCounters = (salvage: Rows, sql: Sql): boolean =>
  copyRows(salvage, sql, 'text_counter', ['text', 'n'])

/** False where the table cannot be read. */
function copyRows(salvage: Rows, sql: Sql, table: string, columns: readonly string[]): boolean {
  const rows = salvage.rows<SqlRow>(`SELECT ${columns.join(', ')} FROM ${table}`)
  const insert = sql.prepare(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  sql.transaction(() => {
    for (const row of rows ?? []) insert.run(...columns.map((column): SqlValue => row[column] ?? null))
  })
  return rows !== null
}

/** What a device keeps for itself, from a database that is whole into one that was begun anew. */
export function keepOwn(from: Sql, to: Sql, replica: Replica): void {
  const source: Rows = { rows: (text) => from.prepare(text).all() }
  keepTables(source, to)
  keepCounters(source, to)
  keepAcks(source, replica)
}

/** Of an op that is here, and of one of which only the name is. */
const NAMED = ['op', 'imprint'] as const

/** Who holds what is told anew by every peer; until then it is as it was known. */
function keepAcks(salvage: Rows, replica: Replica): void {
  for (const named of NAMED) {
    const rows = salvage.rows<{ peer: string; actor: string; seq: number; hash: string }>(
      `SELECT lower(hex(peer.id)) AS peer, lower(hex(author.id)) AS actor, ack.seq AS seq, lower(hex(named.hash)) AS hash
       FROM ack JOIN actor AS peer ON peer.no = ack.peer
       JOIN ${named} AS named ON named.line = ack.line AND named.seq = ack.seq
       JOIN line ON line.no = ack.line JOIN actor AS author ON author.no = line.actor`,
    )
    for (const row of rows ?? []) {
      const [peer, actor, hash] = [parseActorId(row.peer), parseActorId(row.actor), fromHex(row.hash)]
      if (peer && actor && hash)
        acknowledge(replica, peer, { actor, seq: row.seq, hash: hash.subarray(0, 16) })
    }
  }
}

function acknowledge(
  replica: Replica,
  peer: ActorId,
  head: { readonly actor: ActorId; readonly seq: number; readonly hash: Bytes },
): void {
  if (replica.holds(head)) replica.acknowledged(peer, [head])
}
