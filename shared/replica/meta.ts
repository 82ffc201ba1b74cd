/** Single values that a replica keeps beside its tables, by name. */
import type { Sql, SqlValue } from './ports.ts'

export const readMeta = <T extends SqlValue>(sql: Sql, key: string): T | null =>
  sql.prepare('SELECT value FROM meta WHERE key = ?').get<{ value: T }>(key)?.value ?? null

export function writeMeta(sql: Sql, key: string, value: SqlValue): void {
  sql
    .prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    .run(key, value)
}
