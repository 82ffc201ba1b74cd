/**
 * What a device is before and after it belongs to a site: its folder, its keys, its database and its log. Opened
 * together, closed together, in the reverse order.
 */
import type { Logger } from 'pino'
import type { Clock, Signer, Sql, World } from '../../shared/replica/ports.ts'
import { refuseNewer } from '../../shared/replica/schema.ts'
import type { TlsIdentity } from '../net/contract.ts'
import { createTlsIdentity, loadTlsIdentity } from '../net/tls-identity.ts'
import { createCrypto } from '../store/crypto.ts'
import { openDatabase, type SqlDatabase } from '../store/database.ts'
import { factsIn, type Facts } from '../store/facts.ts'
import { inFolder, readIfThere, writePrivately } from '../store/files.ts'
import { type FolderPaths, openFolder } from '../store/folder.ts'
import { migrateNodeTables, refuseNewerNodeTables } from '../store/node-tables.ts'
import { loadOrMakeSigner } from '../store/op-key.ts'
import { openLog } from './log.ts'

export type Machine = {
  readonly paths: FolderPaths
  readonly sql: SqlDatabase
  readonly world: World
  readonly signer: Signer
  readonly identity: TlsIdentity
  readonly facts: Facts
  readonly clock: Clock
  readonly log: Logger
  close(): void
}

const wallClock: Clock = { now: () => Date.now() }

/** Throws `data-folder-in-use`, `-unreadable`, `-newer`, `-not-durable`, `database-damaged`. */
export async function openMachine(data: string): Promise<Machine> {
  const folder = openFolder(data)
  const undo: (() => void)[] = [() => folder.release()]
  try {
    const opened = inFolder(() => openLog(folder.paths.log))
    undo.push(() => opened.close())
    const sql = openDatabase(folder.paths.database, refuseNewerVersions)
    undo.push(() => sql.close())
    migrateNodeTables(sql)
    const signer = loadOrMakeSigner(folder.paths.opKey)
    const identity = await loadOrMakeTlsIdentity(folder.paths)
    const world: World = { sql, crypto: createCrypto(), clock: wallClock }
    const machine = {
      paths: folder.paths,
      sql,
      world,
      signer,
      identity,
      facts: factsIn(sql),
      clock: wallClock,
      log: opened.log,
    }
    return { ...machine, close: () => closeAll(undo) }
  } catch (error) {
    closeAll(undo)
    throw error
  }
}

/** Before anything is written: what a newer version made is left exactly as it is. */
function refuseNewerVersions(sql: Sql): void {
  refuseNewer(sql)
  refuseNewerNodeTables(sql)
}

function closeAll(undo: (() => void)[]): void {
  for (const close of undo.splice(0).reverse()) close()
}

/** The key is written last: a certificate without its key was never shown to anybody. */
async function loadOrMakeTlsIdentity(paths: FolderPaths): Promise<TlsIdentity> {
  const [certPem, keyPem] = inFolder(() => [readIfThere(paths.tlsCert), readIfThere(paths.tlsKey)])
  if (certPem && keyPem) return loadTlsIdentity(keyPem, certPem)
  const made = await createTlsIdentity('tallydesk')
  inFolder(() => {
    writePrivately(paths.tlsCert, made.certPem)
    writePrivately(paths.tlsKey, made.keyPem)
  })
  return made
}
