/**
 * What a device is before and after it belongs to a site: its folder, its keys, its database and its log. Opened
 * together, closed together, in the reverse order.
 */
import type { Logger } from 'pino'
import type { Clock, Signer, Sql, World } from '../../shared/replica/ports.ts'
import { refuseNewer } from '../../shared/replica/schema.ts'
import type { TlsIdentity } from '../net/contract.ts'
import { createTlsIdentity, loadTlsIdentity } from '../net/tls-identity.ts'
import { Blobs } from '../store/blobs.ts'
import { createCrypto } from '../store/crypto.ts'
import { openDatabase, type SqlDatabase } from '../store/database.ts'
import { factsIn, type Facts } from '../store/facts.ts'
import { forgetUnfinished, inFolder, readIfThere, writePrivately } from '../store/files.ts'
import { type FolderPaths, openFolder } from '../store/folder.ts'
import { migrateNodeTables, refuseNewerNodeTables } from '../store/node-tables.ts'
import { loadOrMakeSigner } from '../store/op-key.ts'
import { putBegun } from '../store/begun.ts'
import { putRepaired } from '../store/repaired.ts'
import { finishTurnover } from '../store/turnover.ts'
import { openLog } from './log.ts'

export type Machine = {
  readonly paths: FolderPaths
  readonly sql: SqlDatabase
  readonly world: World
  readonly signer: Signer
  readonly identity: TlsIdentity
  readonly facts: Facts
  readonly blobs: Blobs
  readonly clock: Clock
  readonly log: Logger
  close(): void
  /**
   * After a new identity or another database was made ready in the folder: this one with it. What was opened before is
   * closed. What it throws leaves the folder held, and it may be tried again.
   */
  renewed(): Promise<Machine>
}

type Held = {
  readonly paths: FolderPaths
  readonly log: Logger
  /** Null: nothing is dropped. */
  readonly history: number | null
  readonly undo: (() => void)[]
}

/**
 * How long what is final can still be read as history, ms: as long as somebody might ask who did what on a job. An archive
 * (`tallydesk export`) keeps it for good.
 */
export const HISTORY_MS = 90 * 86_400_000

const wallClock: Clock = { now: () => Date.now() }

/** Throws `data-folder-in-use`, `-unreadable`, `-newer`, `-not-durable`, `database-damaged`. */
export async function openMachine(data: string, history: number | null = HISTORY_MS): Promise<Machine> {
  const folder = openFolder(data)
  const undo: (() => void)[] = [() => folder.release()]
  try {
    const opened = inFolder(() => openLog(folder.paths.log))
    undo.push(() => opened.close())
    return await openIdentity({ paths: folder.paths, log: opened.log, history, undo })
  } catch (error) {
    closeAll(undo)
    throw error
  }
}

async function openIdentity(held: Held): Promise<Machine> {
  const { paths } = held
  inFolder(() => {
    finishTurnover(paths)
    putRepaired(paths)
    putBegun(paths)
    forgetUnfinished(paths.witness)
  })
  const sql = openDatabase(paths.database, refuseNewerVersions)
  try {
    return await machineWith(sql, held)
  } catch (error) {
    sql.close()
    throw error
  }
}

async function machineWith(sql: SqlDatabase, held: Held): Promise<Machine> {
  const { paths, log, history, undo } = held
  migrateNodeTables(sql)
  const signer = loadOrMakeSigner(paths.opKey)
  const blobs = new Blobs(paths.blobs)
  inFolder(() => blobs.sweep())
  const identity = await loadOrMakeTlsIdentity(paths)
  return {
    paths,
    sql,
    world: {
      sql,
      crypto: createCrypto(),
      clock: wallClock,
      ...(history === null ? {} : { history }),
      keeps: (sha256) => blobs.has(sha256),
    },
    signer,
    identity,
    facts: factsIn(sql),
    blobs,
    clock: wallClock,
    log,
    close: () => closeAll([...undo.splice(0), () => sql.close()]),
    renewed: () => {
      sql.close()
      return openIdentity(held)
    },
  }
}

/** Before anything is written: what a newer version made is left exactly as it is. */
function refuseNewerVersions(sql: Sql): void {
  refuseNewer(sql)
  refuseNewerNodeTables(sql)
}

/** All of it, whatever fails; then throws what failed first. */
function closeAll(undo: readonly (() => void)[]): void {
  const failures: unknown[] = []
  for (const close of undo.toReversed())
    try {
      close()
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
}

/** The key is written last: a certificate without its key was never shown to anybody. */
export async function loadOrMakeTlsIdentity(
  paths: Pick<FolderPaths, 'tlsCert' | 'tlsKey'>,
): Promise<TlsIdentity> {
  const [certPem, keyPem] = inFolder(() => [readIfThere(paths.tlsCert), readIfThere(paths.tlsKey)])
  if (certPem && keyPem) return loadTlsIdentity(keyPem, certPem)
  const made = await createTlsIdentity('tallydesk')
  inFolder(() => {
    writePrivately(paths.tlsCert, made.certPem)
    writePrivately(paths.tlsKey, made.keyPem)
  })
  return made
}
