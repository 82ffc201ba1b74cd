/**
 * The tables of a replica, as numbered migrations, forward only. Log and views stand in one file because they
 * must commit together. Ids of actors, records and ops are replaced by small numbers inside the file; the
 * number of an op is its order of arrival, and causes always arrive before their effects.
 *
 * From the log: actor, line, op, context, record, creation, child, touch, text_session, text_update.
 * checkpoint: of those compared here, how many ops are under each, the state that they give here, and whether that is what was published.
 * Sealed (decision 19): base_value, base_presence, base_gone, base_text, text_reach hold what was folded of ops that are
 * final; of those that were dropped imprint keeps the name.
 * The fold of accepted ops: value, presence; dirty: records that wait to be judged and folded anew. Views: board, board_tag, conflict, search. Sync: inbox, ack, holding.
 */
import { TallydeskError } from '../api/errors.ts'
import type { Sql } from './ports.ts'

const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE actor (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;
CREATE TABLE line (
  no INTEGER PRIMARY KEY, actor INTEGER NOT NULL REFERENCES actor (no), base INTEGER REFERENCES line (no),
  first INTEGER NOT NULL
) STRICT;

CREATE TABLE op (
  no INTEGER PRIMARY KEY,
  actor INTEGER NOT NULL REFERENCES actor (no),
  line INTEGER NOT NULL REFERENCES line (no),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  bytes BLOB NOT NULL,
  signature BLOB,
  lamport INTEGER NOT NULL,
  wall INTEGER NOT NULL,
  control INTEGER NOT NULL,
  flaw TEXT,
  judgement INTEGER NOT NULL,
  reason TEXT,
  dismissed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX op_by_chain ON op (actor, seq, hash);
CREATE INDEX op_by_order ON op (lamport, no);
CREATE INDEX op_set_aside ON op (no) WHERE judgement <> 0;
CREATE INDEX op_control ON op (control, no) WHERE control > 0;

CREATE TABLE context (
  line INTEGER NOT NULL, on_line INTEGER NOT NULL, seq INTEGER NOT NULL, on_seq INTEGER NOT NULL, named INTEGER NOT NULL,
  PRIMARY KEY (line, on_line, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, hash BLOB) STRICT;
CREATE INDEX record_unhashed ON record (no) WHERE hash IS NULL;
CREATE TABLE creation (record INTEGER NOT NULL, op INTEGER NOT NULL, PRIMARY KEY (record, op)) STRICT, WITHOUT ROWID;
CREATE TABLE touch (record INTEGER NOT NULL, op INTEGER NOT NULL, PRIMARY KEY (record, op)) STRICT, WITHOUT ROWID;
CREATE TABLE dirty (record INTEGER PRIMARY KEY) STRICT;
CREATE INDEX touch_by_op ON touch (op, record);
CREATE TABLE child (
  record INTEGER NOT NULL, field INTEGER NOT NULL, id BLOB NOT NULL, op INTEGER NOT NULL, idx INTEGER NOT NULL,
  PRIMARY KEY (record, field, id, op)
) STRICT, WITHOUT ROWID;

CREATE TABLE value (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  op INTEGER NOT NULL, idx INTEGER NOT NULL, value ANY,
  PRIMARY KEY (record, field, child, sub, op, idx)
) STRICT, WITHOUT ROWID;
-- Of attachments, the hash that names their bytes: by the file, and by the op that says so.
CREATE INDEX value_file ON value (value, record, child) WHERE field = 21 AND sub = 2;
CREATE INDEX value_file_by_op ON value (op) WHERE field = 21 AND sub = 2;
CREATE TABLE presence (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, actor INTEGER NOT NULL,
  touched INTEGER NOT NULL, removed INTEGER NOT NULL,
  PRIMARY KEY (record, field, child, actor)
) STRICT, WITHOUT ROWID;

CREATE TABLE text_session (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  client INTEGER NOT NULL, op INTEGER NOT NULL, actor INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (record, field, child, sub, client, op)
) STRICT, WITHOUT ROWID;
CREATE TABLE text_update (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  op INTEGER NOT NULL, idx INTEGER NOT NULL,
  client INTEGER NOT NULL, from_clock INTEGER NOT NULL, to_clock INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (record, field, child, sub, op, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
  op INTEGER PRIMARY KEY, ops INTEGER NOT NULL, state_hash BLOB NOT NULL, agreed INTEGER NOT NULL
) STRICT;
CREATE TABLE text_counter (text TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
  no INTEGER PRIMARY KEY, actor BLOB NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, prev BLOB NOT NULL,
  bytes BLOB NOT NULL, signature BLOB, sender BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX inbox_by_chain ON inbox (actor, seq, hash);
CREATE TABLE ack (
  peer INTEGER NOT NULL, line INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (line, peer)
) STRICT, WITHOUT ROWID;

-- What peers said of files: that they durably hold one, or (held = 0) that its author holds it no more.
CREATE TABLE holding (
  file TEXT NOT NULL, peer INTEGER NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (file, peer)
) STRICT, WITHOUT ROWID;

CREATE TABLE board (
  record INTEGER PRIMARY KEY, kind TEXT NOT NULL, stage TEXT NOT NULL, rank TEXT NOT NULL, title TEXT NOT NULL,
  reference TEXT, zone TEXT, assignee TEXT, priority TEXT, due TEXT, label TEXT, tags TEXT NOT NULL,
  done INTEGER NOT NULL, total INTEGER NOT NULL, notes INTEGER NOT NULL, photos INTEGER NOT NULL,
  conflicts INTEGER NOT NULL, review INTEGER NOT NULL, updated INTEGER NOT NULL
) STRICT;
CREATE INDEX board_by_stage ON board (kind, stage, rank);
CREATE INDEX board_by_zone ON board (zone, kind, stage, rank);
CREATE INDEX board_by_assignee ON board (assignee, kind, stage, rank);
CREATE TABLE board_tag (tag TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY (tag, record)) STRICT, WITHOUT ROWID;
CREATE INDEX board_tag_by_record ON board_tag (record);
CREATE TABLE conflict (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  PRIMARY KEY (record, field, child, sub)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE search_todo (record INTEGER PRIMARY KEY) STRICT;
`,
  `
-- What remains of an op that was dropped: by which name it was known, and its place in the total order.
CREATE TABLE imprint (
  line INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, lamport INTEGER NOT NULL, PRIMARY KEY (line, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE base_value (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  op INTEGER NOT NULL, idx INTEGER NOT NULL, value ANY,
  PRIMARY KEY (record, field, child, sub, op, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE base_presence (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, actor INTEGER NOT NULL,
  touched INTEGER NOT NULL, removed INTEGER NOT NULL,
  PRIMARY KEY (record, field, child, actor)
) STRICT, WITHOUT ROWID;
-- Values of ops that do not count, and that what counts had superseded.
CREATE TABLE base_gone (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  op INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (record, field, child, sub, op, idx)
) STRICT, WITHOUT ROWID;
CREATE TABLE base_text (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  bytes BLOB NOT NULL, deletes BLOB NOT NULL, PRIMARY KEY (record, field, child, sub)
) STRICT, WITHOUT ROWID;
-- How far an editing session whose words are in the base had come by which op of its author.
CREATE TABLE text_reach (
  record INTEGER NOT NULL, field INTEGER NOT NULL, child BLOB NOT NULL, sub INTEGER NOT NULL,
  client INTEGER NOT NULL, line INTEGER NOT NULL, steps BLOB NOT NULL,
  PRIMARY KEY (record, field, child, sub, client)
) STRICT, WITHOUT ROWID;
ALTER TABLE touch ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
-- Of a record's ops that were sealed, when the last was written; how many were dropped.
ALTER TABLE record ADD COLUMN edited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
`,
  `
-- The control state at a checkpoint (decision 20), as JSON: of the site, and piece by piece of what is asked for by name.
CREATE TABLE control_base (
  kind TEXT NOT NULL, name TEXT NOT NULL, rank INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX control_base_request ON control_base (rank) WHERE kind = 'request';
CREATE INDEX touch_unsealed ON touch (op, record) WHERE sealed = 0;
-- Which records it was about, and which of its values could be revoked.
ALTER TABLE imprint ADD COLUMN said TEXT NOT NULL DEFAULT '[[],[]]';
`,
  `
-- Of drafts (code 8: the label of a job) every write is kept, where only the last one was.
INSERT OR IGNORE INTO dirty (record) SELECT DISTINCT record FROM value WHERE field = 8;
`,
]

/** Throws `data-folder-newer` for a database that a newer version wrote; only reads. */
export function refuseNewer(sql: Sql): void {
  const found = schemaVersion(sql)
  if (found > MIGRATIONS.length) {
    throw new TallydeskError('data-folder-newer', { found, known: MIGRATIONS.length })
  }
}

/** Brings a database to this version in one transaction; refuses one that a newer version wrote. */
export function migrate(sql: Sql): void {
  refuseNewer(sql)
  const found = schemaVersion(sql)
  if (found === MIGRATIONS.length) return
  sql.transaction(() => {
    for (const text of MIGRATIONS.slice(found)) sql.exec(text)
    sql.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  })
}

/** Takes the indexes away from tables that are to be filled: laid afterwards, they cost a fraction. Answers what lays them. */
export function takeIndexes(sql: Sql): string[] {
  const indexes = sql
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")
    .all<{ name: string; sql: string }>()
  for (const { name } of indexes) sql.exec(`DROP INDEX ${name}`)
  return indexes.map((index) => index.sql)
}

export const schemaVersion = (sql: Sql): number =>
  sql.prepare('PRAGMA user_version').get<{ user_version: number }>()?.user_version ?? 0

/** The tables that are folded or derived, and so can be emptied and filled again from the log. */
export const DERIVED_TABLES = ['value', 'presence', 'board', 'board_tag', 'conflict'] as const
