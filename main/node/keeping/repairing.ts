/**
 * `doctor --repair`, while no node runs. Folds and views that differ are made anew from the log. Where the log or the
 * file itself is damaged, a new database is made: every op that still verifies is taken over, and the rest comes from
 * peers by the ordinary sync. The damaged file is put aside whole; nothing that was readable is deleted.
 *
 * Of a database from which history was dropped the ops alone give no state. The new one then begins from the last
 * snapshot, where its file is here; else what was saved waits until a peer tells of one.
 *
 * The device must not fork itself: where ops of its own are missing it is halted until they are back from a peer, and
 * where nobody can tell how many there were it joins again under a new key, as a restored one (design 4).
 */
import { existsSync, renameSync } from 'node:fs'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { invariant } from '../../../shared/base/invariant.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import { openReplica } from '../../../shared/replica/replica.ts'
import { storedSite } from '../../../shared/replica/committing.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Signer, World } from '../../../shared/replica/ports.ts'
import { parseSiteId, type SiteId } from '../../../shared/model/ids.ts'
import { removeDatabase } from '../../store/begun.ts'
import { createCrypto } from '../../store/crypto.ts'
import { openDatabase, openToRead, type SqlDatabase } from '../../store/database.ts'
import { inFolder, syncFolderOf } from '../../store/files.ts'
import { openFolder, type FolderPaths } from '../../store/folder.ts'
import { migrateNodeTables } from '../../store/node-tables.ts'
import { loadOrMakeSigner } from '../../store/op-key.ts'
import { putRepaired, repairedPath } from '../../store/repaired.ts'
import { finishTurnover } from '../../store/turnover.ts'
import { blobPath, measured } from '../../store/whole-files.ts'
import { witnessAt, type Witness } from '../../store/witness.ts'
import { damagedBlobs, fileFindings } from './examining.ts'
import { openFrom } from '../snapshots/beginning.ts'
import { Salvage } from './salvage.ts'
import { takeOver } from './taking-over.ts'

export type Repaired = {
  /** `nothing` was wrong; folds and views were made anew (`views`); a new database was made (`database`). */
  readonly repaired: 'nothing' | 'views' | 'database'
  readonly ops: number
  /** Places of the damaged file that hold no op that verifies; peers may have them. */
  readonly lost: number
  /** Own ops that are missing: they come from a peer, or the device joins again. */
  readonly own_missing: number
  readonly rejoin: boolean
  /** Where the damaged file was put. */
  readonly aside: string | null
  /** Attachments that were damaged, put aside, and come from a peer. */
  readonly attachments: number
}

type Kept = Pick<Repaired, 'repaired' | 'ops' | 'lost' | 'own_missing' | 'rejoin' | 'aside'>
type Place = { readonly paths: FolderPaths; readonly now: number }

/** Throws `no-site`, `data-folder-in-use`, `disk-full`, and `database-lost` where nothing can be read. */
export async function repair(data: string, now: number): Promise<Repaired> {
  const folder = openFolder(data)
  try {
    const place = { paths: folder.paths, now }
    inFolder(() => {
      finishTurnover(folder.paths)
      putRepaired(folder.paths)
    })
    if (!existsSync(folder.paths.database)) throw new TallydeskError('no-site')
    const kept = inPlace(place) ?? (await anew(place))
    return { ...kept, attachments: await putBlobsAside(place) }
  } finally {
    folder.release()
  }
}

/** What is made anew from a log that is whole. */
const DERIVED: ReadonlySet<string> = new Set(['table', 'judgement', 'control', 'hash', 'checkpoint'])

/** Null where the log itself, or the file, is damaged. */
function inPlace({ paths }: Place): Kept | null {
  let sql: SqlDatabase | null = null
  try {
    sql = openDatabase(paths.database)
    if (fileFindings(sql).length > 0) return null
    const site = storedSite(sql)
    if (site === null) return null
    const replica = openReplica(worldOf(sql), loadOrMakeSigner(paths.opKey), site)
    const { ops, findings } = replica.diagnose()
    if (!findings.every(({ what }) => DERIVED.has(what))) return null
    if (findings.length > 0) replica.rebuild()
    const repaired = findings.length > 0 ? 'views' : 'nothing'
    return { repaired, ops, lost: 0, own_missing: 0, rejoin: false, aside: null }
  } catch (error) {
    if (error instanceof TallydeskError && error.code !== 'database-damaged') throw error
    return null
  } finally {
    closeQuietly(sql)
  }
}

async function anew(place: Place): Promise<Kept> {
  const { paths, now } = place
  const fresh = `${repairedPath(paths)}.unfinished`
  const damaged = openToRead(paths.database)
  let begun: Begun | null = null
  try {
    const salvage = new Salvage(damaged, createCrypto())
    begun = await beginning(paths, salvage, fresh)
    const { sql, replica } = begun
    migrateNodeTables(sql)
    const took = takeOver(salvage, sql, replica)
    const standing = standingOf(place, replica, took.isWhole && salvage.lost === 0, took.ownSeq)
    const ops = replica.status().log.ops
    sql.close()
    damaged.close()
    inFolder(() => renameSync(fresh, repairedPath(paths)))
    const aside = inFolder(() => putRepaired(paths, now))
    return { repaired: 'database', ops, lost: salvage.lost, ...standing, aside }
  } finally {
    closeQuietly(damaged)
    closeQuietly(begun?.sql ?? null)
    removeDatabase(fresh)
  }
}

type Begun = { readonly sql: SqlDatabase; readonly replica: Replica }

/** The new database: from the last snapshot that is here whole, where history was dropped, and else from nothing. */
async function beginning(paths: FolderPaths, salvage: Salvage, fresh: string): Promise<Begun> {
  const site = siteIn(salvage, paths)
  for (const start of salvage.hasDropped() ? salvage.starts() : []) {
    const path = blobPath(paths.blobs, start.file)
    if (!existsSync(path) || (await measured(path)).sha256 !== start.file) continue
    const begun = await opened(paths, fresh, (world, signer) =>
      openFrom(world, signer, site, { path, start }),
    )
    if (begun) return begun
  }
  const empty = await opened(paths, fresh, (world, signer) =>
    Promise.resolve(ok(openReplica(world, signer, site))),
  )
  invariant(empty, 'an empty log can be opened')
  return empty
}

/** Null where what was to be opened is not sound. */
async function opened(
  paths: FolderPaths,
  fresh: string,
  open: (world: World, signer: Signer) => Promise<Result<Replica, string>>,
): Promise<Begun | null> {
  removeDatabase(fresh)
  const sql = openDatabase(fresh)
  let isOpen = false
  try {
    const found = await open(worldOf(sql), loadOrMakeSigner(paths.opKey))
    isOpen = found.ok
    return found.ok ? { sql, replica: found.value } : null
  } finally {
    if (!isOpen) closeQuietly(sql)
  }
}

/** By the database, or by any op that can be read. */
function siteIn(salvage: Salvage, { root }: FolderPaths): SiteId {
  const [kept] = salvage.rows<{ value: string }>("SELECT value FROM meta WHERE key = 'site'") ?? []
  const site = (kept && parseSiteId(kept.value)) ?? salvage.site()
  if (site) return site
  throw new TallydeskError('database-lost', { folder: root })
}

/**
 * Written before the new database takes its place. The witness is exact where the last node ended in order; where it
 * did not, ops of the last moments may be lost of which nobody here knows, unless nothing at all was lost.
 */
function standingOf(
  { paths, now }: Place,
  replica: Replica,
  isWhole: boolean,
  seen: number,
): Pick<Kept, 'own_missing' | 'rejoin'> {
  const file = witnessAt(paths.witness)
  const known = file.read()
  const before: Witness | null = known?.actor === replica.actor ? known : null
  const reached = Math.max(before?.seq ?? 0, seen)
  const missing = Math.max(0, reached - replica.ownSeq())
  const isCertain = before?.final === true || isWhole
  const cause = !isCertain ? 'restored' : missing > 0 ? 'damaged' : null
  const halted = before?.halted ?? (cause && { cause, since: now })
  file.write({
    actor: replica.actor,
    seq: reached,
    machine: before?.machine ?? null,
    halted,
    final: before?.final ?? false,
  })
  return { own_missing: missing, rejoin: halted !== null && halted.cause !== 'damaged' }
}

/** So that they are missing, and come from whoever has them. */
async function putBlobsAside({ paths, now }: Place): Promise<number> {
  const { paths: spoilt } = await damagedBlobs(paths.blobs)
  for (const path of spoilt)
    inFolder(() => {
      renameSync(path, `${path}.damaged-${stamp(now)}`)
      syncFolderOf(path)
    })
  return spoilt.length
}

const stamp = (now: number): string => new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')

const worldOf = (sql: SqlDatabase): World => ({
  sql,
  crypto: createCrypto(),
  clock: { now: () => Date.now() },
})

/** A damaged file may not even let itself be closed in order. */
function closeQuietly(sql: SqlDatabase | null): void {
  try {
    sql?.close()
  } catch (error) {
    if (!(error instanceof TallydeskError)) throw error
  }
}
