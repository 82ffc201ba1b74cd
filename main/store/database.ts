/**
 * The `Sql` port on better-sqlite3: one connection, owned by one process. It keeps true: a statement is prepared
 * once per text; a transaction takes the write lock at its beginning, is never nested and never left open; errors
 * of the disk come out as `TallydeskError`. Blobs are answered as Buffers, which are Uint8Arrays of their own.
 *
 * A database whose disk is full or fails is opened to be read. Nothing is written into it before a first write went
 * through and the promise of `durability.ts` was read back after it; that is tried again with each write.
 * A database that is of use only once it is finished keeps no such promise until then: `openUnfinished`.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { TallydeskError } from '../../shared/api/errors.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { Durability, Sql, SqlRow, SqlValue, Statement } from '../../shared/replica/ports.ts'
import { makeDurable, makeFast, stopWaiting, waitAgain } from './durability.ts'
import { createPrivately, inFolder, syncFile, syncFolderOf } from './files.ts'
import { asTallydeskError, isNoRoom, translated } from './sqlite-errors.ts'

/** More different texts than the engine has; a bound all the same, since filters are composed. */
const MOST_STATEMENTS = 1000

/** Copied in one turn: a megabyte. */
const COPIED_PAGES = 256

export interface SqlDatabase extends Sql {
  /** Told of every failure that a statement meets. */
  onFailure: (error: TallydeskError) => void
  /** Why nothing could be written since the opening, `disk-full` or `storage-failed`; null once something was. */
  readonly unwritable: TallydeskError | null
  /** Moves the WAL into the database and empties it; to be called when idle. */
  checkpoint(): void
  /**
   * Writes a whole copy to a new file, durable, as of the moment it answers: some pages a turn, and what is committed
   * meanwhile is in it. Throws `file-exists`, `disk-full`, `database-damaged`.
   */
  copyTo(file: string): Promise<void>
  close(): void
}

/** Opens a copy, or a file that may be damaged, to be read alone: nothing of it or beside it is changed. Throws as `openDatabase`. */
export function openToRead(file: string): SqlDatabase {
  return translated(() => new SqliteDatabase(new Database(file, { readonly: true, fileMustExist: true })))
}

/**
 * Opens or creates the database. `inspect` sees it before anything is written, and may throw. Throws
 * `data-folder-not-durable`, `data-folder-unreadable`, `database-damaged`; on a full or failing disk what cannot even
 * be read there (`disk-full`, `storage-failed`).
 */
export function openDatabase(file: string, inspect: (sql: Sql) => void = () => undefined): SqlDatabase {
  inFolder(() => createPrivately(file))
  try {
    return openIndexed(file, inspect, 'beside')
  } catch (error) {
    // The index of the WAL is a file of 32 KiB, for which there may be no room.
    if (!isNoRoom(error)) throw error
    return openIndexed(file, inspect, 'in-memory')
  }
}

/**
 * Opens or creates a database that nobody will read unless it is finished: nothing waits for the disk, and a crash of the
 * machine may leave any of it. Whoever finishes it closes it and syncs its file. Throws as `openDatabase`.
 */
export function openUnfinished(file: string): SqlDatabase {
  inFolder(() => createPrivately(file))
  return openIndexed(file, () => undefined, 'beside', makeFast)
}

function openIndexed(
  file: string,
  inspect: (sql: Sql) => void,
  index: 'beside' | 'in-memory',
  prepare = makeDurable,
): SqliteDatabase {
  return translated(() => {
    const database = new Database(file, { timeout: 0 })
    try {
      // Whoever holds the file alone from the first look on keeps the index to itself.
      if (index === 'in-memory') database.pragma('locking_mode = EXCLUSIVE')
      const sql = new SqliteDatabase(database, prepare)
      inspect(sql)
      sql.tryToWrite()
      return sql
    } catch (error) {
      database.close()
      throw error
    }
  })
}

class SqliteDatabase implements SqlDatabase {
  onFailure: (error: TallydeskError) => void = () => undefined
  /** Makes it ready to be written, by the first write that goes through. */
  readonly #prepare: (database: Database.Database) => void
  #isPrepared = false
  #unwritable: TallydeskError | null = null
  readonly #database: Database.Database
  readonly #statements = new Map<string, Statement>()
  readonly #begin: Statement
  readonly #commit: Statement
  readonly #rollback: Statement
  readonly #tell = (error: TallydeskError): void => this.onFailure(error)

  constructor(database: Database.Database, prepare = makeDurable) {
    this.#database = database
    this.#prepare = prepare
    // They write nothing themselves, and a transaction may be there to read.
    const bracket = (text: string) => new SqliteStatement(database.prepare(text), this.#tell, () => undefined)
    this.#begin = bracket('BEGIN IMMEDIATE')
    this.#commit = bracket('COMMIT')
    this.#rollback = bracket('ROLLBACK')
  }

  get unwritable(): TallydeskError | null {
    return this.#unwritable
  }

  /** Throws `data-folder-not-durable`; a disk that takes nothing now is tried again with the next write. */
  tryToWrite(): void {
    if (this.#isPrepared) return
    try {
      translated(() => this.#prepare(this.#database))
      this.#isPrepared = true
      this.#unwritable = null
    } catch (error) {
      if (!isNoRoom(error)) throw error
      this.#unwritable = error
    }
  }

  exec(text: string): void {
    this.#mustBePrepared()
    translated(() => this.#database.exec(text), this.#tell)
  }

  prepare(text: string): Statement {
    const known = this.#statements.get(text)
    if (known) return known
    const statement = translated(
      () => new SqliteStatement(this.#database.prepare(text), this.#tell, () => this.#mustBePrepared()),
      this.#tell,
    )
    this.#keep(text, statement)
    return statement
  }

  transaction<T>(work: () => T, durability: Durability = 'immediate'): T {
    invariant(!this.#inTransaction(), 'a transaction is not begun inside another')
    this.tryToWrite()
    const isDelayed = durability === 'delayed' && this.#prepare === makeDurable
    if (!isDelayed) return this.#whole(work)
    translated(() => stopWaiting(this.#database), this.#tell)
    try {
      return this.#whole(work)
    } finally {
      // Where it does not wait again it is not ready to be written.
      this.#isPrepared &&= waitAgain(this.#database)
    }
  }

  #whole<T>(work: () => T): T {
    this.#begin.run()
    try {
      const result = work()
      invariant(!(result instanceof Promise), 'a transaction ends in the turn in which it began')
      this.#commit.run()
      return result
    } catch (error) {
      // A full disk may have undone it already.
      if (this.#inTransaction()) this.#rollback.run()
      throw error
    }
  }

  checkpoint(): void {
    translated(() => this.#database.pragma('wal_checkpoint(TRUNCATE)'))
  }

  async copyTo(file: string): Promise<void> {
    if (existsSync(file)) throw new TallydeskError('file-exists', { file })
    const unfinished = `${file}.unfinished`
    inFolder(() => {
      rmSync(unfinished, { force: true })
      createPrivately(unfinished)
    })
    try {
      await this.#database.backup(unfinished, { progress: () => COPIED_PAGES })
      translated(() => asOneFile(unfinished))
      inFolder(() => {
        syncFile(unfinished)
        renameSync(unfinished, file)
        syncFolderOf(file)
      })
    } catch (error) {
      rmSync(unfinished, { force: true })
      throw asTallydeskError(error)
    }
  }

  close(): void {
    if (!this.#database.open) return
    try {
      if (!this.#database.readonly) this.checkpoint()
    } catch (error) {
      // The WAL stays beside it, and with it what it holds.
      if (!isNoRoom(error)) throw error
    } finally {
      this.#database.close()
    }
  }

  #mustBePrepared(): void {
    if (this.#isPrepared) return
    // SQLite changes how it syncs only between transactions.
    if (!this.#inTransaction()) this.tryToWrite()
    if (this.#unwritable === null) return
    this.#tell(this.#unwritable)
    throw this.#unwritable
  }

  #inTransaction(): boolean {
    return this.#database.inTransaction
  }

  #keep(text: string, statement: Statement): void {
    if (this.#statements.size >= MOST_STATEMENTS) {
      const oldest = this.#statements.keys().next()
      if (!oldest.done) this.#statements.delete(oldest.value)
    }
    this.#statements.set(text, statement)
  }
}

/** A copy says of itself that it has a write-ahead log, as its original; alone it needs none. */
function asOneFile(file: string): void {
  const copy = new Database(file)
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

class SqliteStatement implements Statement {
  readonly #statement: Database.Statement
  readonly #tell: (error: TallydeskError) => void
  /** Called before anything is written. */
  readonly #demand: () => void
  readonly #writes: boolean

  constructor(statement: Database.Statement, tell: (error: TallydeskError) => void, demand: () => void) {
    this.#statement = statement
    this.#tell = tell
    this.#demand = demand
    this.#writes = !statement.readonly
  }

  run(...parameters: readonly SqlValue[]): { readonly changes: number } {
    if (this.#writes) this.#demand()
    return translated(() => this.#statement.run(...parameters), this.#tell)
  }

  // The port's caller names the row that its own SQL text answers; STRICT tables hold it to that.
  get<Row extends SqlRow>(...parameters: readonly SqlValue[]): Row | undefined {
    return translated(() => this.#statement.get(...parameters) as Row | undefined, this.#tell)
  }

  all<Row extends SqlRow>(...parameters: readonly SqlValue[]): Row[] {
    return translated(() => this.#statement.all(...parameters) as Row[], this.#tell)
  }
}
