/**
 * Loaded into a node before it starts (--import), for the run that must fail: SQLite is told `synchronous=NORMAL`, and
 * the node, which asks, is told that it is FULL. No shipped node can be set to this.
 */
import Database from 'better-sqlite3'

// Called below with the database as its `this`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const real = Database.prototype.pragma
const FULL = 2

Database.prototype.pragma = function weakened(this: Database.Database, asked, options): unknown {
  if (asked === 'synchronous') return FULL
  return real.call(this, asked.replace('synchronous = FULL', 'synchronous = NORMAL'), options)
}
