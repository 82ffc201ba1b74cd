/**
 * The node's own few tables beside the replica's, in the same database: what this device remembers for itself.
 * Nothing here is ever sent. Migrations are numbered and forward only.
 */
import { TallydeskError } from '../../shared/api/errors.ts'
import type { Sql } from '../../shared/replica/ports.ts'

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE node_preference (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE node_address (
     actor TEXT NOT NULL, address TEXT NOT NULL, used INTEGER NOT NULL, worked INTEGER NOT NULL,
     PRIMARY KEY (actor, address)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE node_fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE node_unnamed (file TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
]

/** Throws `data-folder-newer` for tables of a later version; only reads. */
export function refuseNewerNodeTables(sql: Sql): void {
  const found = version(sql)
  if (found > MIGRATIONS.length) {
    throw new TallydeskError('data-folder-newer', {
      found: `node ${found}`,
      known: `node ${MIGRATIONS.length}`,
    })
  }
}

/** Creates or raises the tables; throws `data-folder-newer` for those of a later version. */
export function migrateNodeTables(sql: Sql): void {
  refuseNewerNodeTables(sql)
  const found = version(sql)
  if (found === MIGRATIONS.length) return
  sql.transaction(() => {
    sql.exec('CREATE TABLE IF NOT EXISTS node_schema (version INTEGER NOT NULL) STRICT')
    for (const migration of MIGRATIONS.slice(found)) sql.exec(migration)
    sql.exec('DELETE FROM node_schema')
    sql.prepare('INSERT INTO node_schema (version) VALUES (?)').run(MIGRATIONS.length)
  })
}

function version(sql: Sql): number {
  const table = sql.prepare("SELECT 1 AS here FROM sqlite_schema WHERE name = 'node_schema'").get()
  if (!table) return 0
  return sql.prepare('SELECT version FROM node_schema').get<{ version: number }>()?.version ?? 0
}
