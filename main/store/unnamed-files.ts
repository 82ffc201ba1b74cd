/** Kept files that no record names, and since when: what stays so for long enough may go. */
import type { Sql } from '../../shared/replica/ports.ts'

export interface UnnamedFiles {
  /** Notes that nothing names it now; answers since when, wall time. */
  seen(file: string, now: number): number
  /** It is named again, or gone. */
  forget(file: string): void
}

export function unnamedFilesIn(sql: Sql): UnnamedFiles {
  return {
    seen(file, now) {
      sql
        .prepare('INSERT INTO node_unnamed (file, since) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run(file, now)
      const row = sql.prepare('SELECT since FROM node_unnamed WHERE file = ?').get<{ since: number }>(file)
      return row?.since ?? now
    },
    forget: (file) => void sql.prepare('DELETE FROM node_unnamed WHERE file = ?').run(file),
  }
}
