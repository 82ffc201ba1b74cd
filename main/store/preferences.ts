/** What the screen asks this device to remember (theme, filters, language), by key. */
import { TallydeskError } from '../../shared/api/errors.ts'
import type { Sql } from '../../shared/replica/ports.ts'
import { LIMITS } from '../../shared/op/limits.ts'

export interface Preferences {
  all(): Readonly<Record<string, string>>
  /** Throws `too-many` where a new key would be one too many. */
  set(key: string, value: string): void
}

export function preferencesIn(sql: Sql): Preferences {
  return {
    all() {
      const rows = sql
        .prepare('SELECT key, value FROM node_preference ORDER BY key')
        .all<{ key: string; value: string }>()
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
    },
    set(key, value) {
      const kept = sql
        .prepare(
          `INSERT INTO node_preference (key, value)
           SELECT ?, ? WHERE (SELECT count(*) FROM node_preference WHERE key <> ?) < ?
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        )
        .run(key, value, key, LIMITS.preferences)
      if (kept.changes === 0)
        throw new TallydeskError('too-many', { what: 'preferences', limit: LIMITS.preferences })
    },
  }
}
