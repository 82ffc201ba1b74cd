/** The SQL driver: what it promises of the disk, of transactions, and of its errors. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TallydeskError } from '../../shared/api/errors.ts'
import { openDatabase, openUnfinished, type SqlDatabase } from '../../main/store/database.ts'
import { confirmDurable, makeDurable } from '../../main/store/durability.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallydesk-'))
  file = join(folder, 'tallydesk.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

function opened<T>(work: (sql: SqlDatabase) => T): T {
  const sql = openDatabase(file)
  try {
    return work(sql)
  } finally {
    sql.close()
  }
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof TallydeskError) return error.code
    throw error
  }
  return 'none'
}

function table(sql: SqlDatabase): void {
  sql.exec('CREATE TABLE box (id INTEGER PRIMARY KEY, content BLOB) STRICT')
}

const count = (sql: SqlDatabase) => sql.prepare('SELECT count(*) AS n FROM box').get<{ n: number }>()?.n

test('STO-1 a database, new or known, is in WAL mode and FULL after its first write', () => {
  for (const time of ['new', 'known']) {
    opened((sql) => {
      expect(sql.prepare('PRAGMA journal_mode').get(), time).toEqual({ journal_mode: 'wal' })
      expect(sql.prepare('PRAGMA synchronous').get(), time).toEqual({ synchronous: 2 })
    })
  }
})

test('STO-1 a database that syncs less than FULL is refused', () => {
  const database = new Database(file)
  makeDurable(database)
  database.pragma('synchronous = NORMAL')
  expect(codeOf(() => confirmDurable(database))).toBe('data-folder-not-durable')
  database.close()
})

test('STO-1 a database that cannot keep a WAL is refused', () => {
  const database = new Database(':memory:')
  expect(codeOf(() => makeDurable(database))).toBe('data-folder-not-durable')
  database.close()
})

test('STO-2 a transaction is all or nothing, also across a reopening', () => {
  opened((sql) => {
    table(sql)
    sql.transaction(() => sql.prepare('INSERT INTO box (id) VALUES (?)').run(1))
    const failing = () =>
      sql.transaction(() => {
        sql.prepare('INSERT INTO box (id) VALUES (?)').run(2)
        throw new Error('no')
      })
    expect(failing).toThrow('no')
    expect(count(sql)).toBe(1)
  })
  expect(opened(count)).toBe(1)
})

test('STO-2 a transaction inside another, or one that outlives its turn, is refused and undone', () => {
  opened((sql) => {
    table(sql)
    const insert = () => sql.prepare('INSERT INTO box (id) VALUES (1)').run()
    expect(() => sql.transaction(() => sql.transaction(insert))).toThrow('not begun inside another')
    expect(() => sql.transaction(() => Promise.resolve(insert()))).toThrow('in which it began')
    expect(count(sql)).toBe(0)
    sql.transaction(insert)
    expect(count(sql)).toBe(1)
  })
})

test('STO-14 each commit waits for the disk, but for one that is said to be delayed', () => {
  opened((sql) => {
    const synchronous = () =>
      sql.prepare('PRAGMA synchronous').get<{ synchronous: number }>()?.synchronous ?? null
    const fails = () => {
      throw new Error('no')
    }
    expect(sql.transaction(synchronous, 'delayed')).toBe(1)
    expect(sql.transaction(synchronous)).toBe(2)
    expect(() => sql.transaction(fails, 'delayed')).toThrow('no')
    expect(synchronous()).toBe(2)
  })
})

test('STO-14 a database that is of no use before it is whole waits for no disk, whatever is said', () => {
  const sql = openUnfinished(file)
  try {
    for (const durability of ['delayed', 'immediate'] as const)
      expect(sql.transaction(() => sql.prepare('PRAGMA synchronous').get(), durability)).toEqual({
        synchronous: 0,
      })
  } finally {
    sql.close()
  }
})

test('STO-3 one text is prepared once', () => {
  opened((sql) => {
    expect(sql.prepare('SELECT 1 AS one')).toBe(sql.prepare('SELECT 1 AS one'))
  })
})

test('STO-3 bytes come back as the bytes that went in', () => {
  opened((sql) => {
    table(sql)
    sql.prepare('INSERT INTO box (content) VALUES (?)').run(Uint8Array.of(0, 255, 7))
    const row = sql.prepare('SELECT content FROM box').get<{ content: Uint8Array }>()
    expect([...(row?.content ?? [])]).toEqual([0, 255, 7])
  })
})

test('STO-4 a full disk is named, loses nothing that was saved, and saves again once there is room', () => {
  opened((sql) => {
    table(sql)
    const insert = (bytes: number) =>
      sql.transaction(() => sql.prepare('INSERT INTO box (content) VALUES (?)').run(new Uint8Array(bytes)))
    insert(10)
    sql.exec('PRAGMA max_page_count = 10')
    expect(codeOf(() => insert(1_000_000))).toBe('disk-full')
    expect(count(sql)).toBe(1)
    sql.exec('PRAGMA max_page_count = 100000')
    insert(1_000_000)
    expect(count(sql)).toBe(2)
  })
})

test('STO-4 a damaged database and a file that is none are named', () => {
  writeFileSync(file, 'this is no database, but it is long enough to be looked at'.repeat(100))
  expect(codeOf(() => openDatabase(file))).toBe('database-damaged')
})

test('STO-4 a damaged page is named when it is read', () => {
  opened((sql) => {
    table(sql)
    sql.prepare('INSERT INTO box (content) VALUES (?)').run(new Uint8Array(50_000))
  })
  const bytes = readFileSync(file)
  bytes.fill(0xab, 4096, 8192)
  writeFileSync(file, bytes)
  expect(opened((sql) => codeOf(() => sql.prepare('SELECT * FROM box').all()))).toBe('database-damaged')
})

test('STO-4 a folder that cannot be opened is named', () => {
  expect(codeOf(() => openDatabase(folder))).toBe('data-folder-unreadable')
})

test('STO-5 the write-ahead log is emptied when idle and gone after closing', () => {
  const sql = openDatabase(file)
  table(sql)
  sql.prepare('INSERT INTO box (content) VALUES (?)').run(new Uint8Array(1_000_000))
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(1_000_000)
  sql.checkpoint()
  expect(statSync(`${file}-wal`).size).toBe(0)
  sql.close()
  expect(() => statSync(`${file}-wal`)).toThrow('ENOENT')
})

test('STO-6 a copy of an open database is whole as of its end, and never written over another file', async () => {
  const copy = join(folder, 'copy.db')
  const sql = openDatabase(file)
  try {
    table(sql)
    const insert = () =>
      sql.transaction(() => sql.prepare('INSERT INTO box (content) VALUES (?)').run(new Uint8Array(20_000)))
    for (let i = 0; i < 200; i += 1) insert()
    const copying = sql.copyTo(copy)
    let meanwhile = 0
    const ended = copying.then(() => true)
    for (let done = false; !done;) {
      done = await Promise.race([ended, new Promise<false>((go) => setImmediate(() => go(false)))])
      if (!done) {
        insert()
        meanwhile += 1
      }
    }
    expect(meanwhile).toBeGreaterThan(0)
    await expect(sql.copyTo(copy)).rejects.toMatchObject({ code: 'file-exists' })
    await expect(sql.copyTo(join(folder, 'nowhere', 'copy.db'))).rejects.toMatchObject({
      code: 'data-folder-unreadable',
    })
  } finally {
    sql.close()
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db'])
  file = copy
  const found = opened(count)
  expect(found).toBeGreaterThanOrEqual(200)
  expect(opened((it) => it.prepare('PRAGMA integrity_check').get())).toEqual({ integrity_check: 'ok' })
})
