/**
 * A backup of this device in a folder: its database as of the end of the copying, its keys, and the bytes of
 * attachments, of which only those are copied that the folder lacks. The manifest comes last, in one step, so that the
 * folder holds the backup before or this one, and never half of either.
 */
import { rmSync, statSync } from 'node:fs'
import { basename, join, resolve, sep } from 'node:path'
import type { CommandResult } from '../../../shared/api/commands.ts'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { equalBytes, type Bytes } from '../../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../../shared/base/result.ts'
import type { Sql } from '../../../shared/replica/ports.ts'
import { openToRead } from '../../store/database.ts'
import { inFolder } from '../../store/files.ts'
import { blobFiles, blobPath, copied, measured, namesIn } from '../../store/whole-files.ts'
import type { Life } from '../life.ts'
import type { Machine } from '../machine.ts'
import type { Site } from '../site.ts'
import { VERSION } from '../version.ts'
import { damaged, readManifest, writeManifest, type Manifest, type ManifestFile } from './manifest.ts'

type Backup = CommandResult<'node.backup'>
type Blobs = { readonly all: Manifest['blobs']; readonly copied: number; readonly damaged: number }

/** What a backup makes in its folder, finished or not; anything else in it is somebody's. */
const OURS = /^(manifest\.json|database-[\dt-]+\.db|op-key\.pem|tls-(key|cert)\.pem|blobs)(\.unfinished)?$/
const DATABASE = 'database-'
/** Ops of the copy read and hashed in one turn. */
const CHECKED = 200

/** One at a time: two would tidy away each other's files. */
export class Backups {
  #busy = false

  async make({ site, machine }: Life, folder: string): Promise<Result<Backup, TallydeskError>> {
    if (!site.ok) return site
    if (this.#busy) return err(new TallydeskError('backup-busy'))
    this.#busy = true
    try {
      return ok(await backUp(machine, site.value, folder))
    } finally {
      this.#busy = false
    }
  }
}

/** Throws `backup-of-another`, `folder-not-empty`, `backup-inside`, `disk-full`, `database-damaged`, `backup-damaged`. */
async function backUp(machine: Machine, site: Site, target: string): Promise<Backup> {
  const folder = resolve(target)
  const before = admittedTarget(machine, site, folder)
  try {
    return await write(machine, site, folder)
  } catch (error) {
    tidy(folder, before)
    throw error
  }
}

/** The backup that the folder holds of this device, or null for a folder that holds nothing. */
function admittedTarget({ paths }: Machine, { replica }: Site, folder: string): Manifest | null {
  if (`${folder}${sep}`.startsWith(`${paths.root}${sep}`))
    throw new TallydeskError('backup-inside', { folder })
  const foreign = namesIn(folder).find((name) => !OURS.test(name))
  if (foreign !== undefined) throw new TallydeskError('folder-not-empty', { folder })
  const before = readManifest(folder)
  if (before && (before.actor !== replica.actor || before.site !== replica.site))
    throw new TallydeskError('backup-of-another', { folder, name: before.name })
  return before
}

async function write(machine: Machine, { replica }: Site, folder: string): Promise<Backup> {
  const { paths, sql, clock } = machine
  const made = clock.now()
  const name = `database-${new Date(made).toISOString().slice(0, 23).toLowerCase().replaceAll(/[:.]/g, '-')}.db`
  const file = join(folder, name)
  const keys = await Promise.all(
    [paths.opKey, paths.tlsKey, paths.tlsCert].map((key) => copiedFile(key, join(folder, basename(key)))),
  )
  await sql.copyTo(file)
  // In the turn in which the copying ended: what is said here is what the copy holds.
  const { status, own } = { status: replica.status(), own: replica.ownSeq() }
  const ops = await checkedOps(file, (bytes) => machine.world.crypto.sha256(bytes))
  if (ops !== status.log.ops) throw damaged(folder, `the copy holds ${ops} ops of ${status.log.ops}`)
  const blobs = await copyBlobs(paths.blobs, join(folder, 'blobs'))
  writeManifest(folder, {
    format: 'tallydesk-backup',
    version: 1,
    program: VERSION,
    made,
    site: replica.site,
    site_name: status.site_name,
    actor: replica.actor,
    name: status.name,
    own_seq: own,
    others: replica.members().filter(({ actor }) => actor !== replica.actor).length,
    ops,
    state_hash: status.state_hash,
    database: { name, ...(await measured(file)) },
    keys,
    blobs: blobs.all,
  })
  tidy(folder, readManifest(folder))
  dropSnapshots(folder, replica.formerSnapshots(), blobs.all)
  return {
    folder,
    made,
    ops,
    bytes: statSync(file).size + blobs.all.reduce((sum, { bytes }) => sum + bytes, 0),
    blobs: blobs.all.length,
    copied: blobs.copied,
    damaged: blobs.damaged,
  }
}

async function copiedFile(from: string, to: string): Promise<ManifestFile> {
  return { name: basename(to), ...(await copied(from, to)) }
}

/**
 * Reads the whole log of the copy: a page that was lost is noticed now, and not on the day when it is needed. Answers how
 * many ops it knows, also those that were dropped.
 */
async function checkedOps(file: string, sha256: (bytes: Bytes) => Bytes): Promise<number> {
  const sql = openToRead(file)
  try {
    const read = sql.prepare('SELECT no, hash, bytes FROM op WHERE no > ? ORDER BY no LIMIT ?')
    let [ops, last] = [0, 0]
    for (;;) {
      const rows = read.all<{ no: number; hash: Bytes; bytes: Bytes }>(last, CHECKED)
      for (const row of rows) {
        if (!equalBytes(sha256(row.bytes), row.hash))
          throw new TallydeskError('database-damaged', { reason: `op number ${row.no} has changed` })
        last = row.no
      }
      ops += rows.length
      if (rows.length < CHECKED) return ops + droppedIn(sql)
      await new Promise((go) => setImmediate(go))
    }
  } finally {
    sql.close()
  }
}

const droppedIn = (sql: Sql): number =>
  sql.prepare('SELECT count(*) AS n FROM imprint').get<{ n: number }>()?.n ?? 0

/** A file whose bytes are not what its name says is left out, and told: another device may have it whole. */
async function copyBlobs(from: string, to: string): Promise<Blobs> {
  const all: { sha256: string; bytes: number }[] = []
  let [fresh, spoilt] = [0, 0]
  for (const { sha256, path } of blobFiles(from)) {
    const target = blobPath(to, sha256)
    const bytes = sizeOf(path)
    if (sizeOf(target) !== bytes) {
      const found = await copied(path, target)
      if (found.sha256 !== sha256) {
        rmSync(target, { force: true })
        spoilt += 1
        continue
      }
      fresh += 1
    }
    all.push({ sha256, bytes })
  }
  return { all, copied: fresh, damaged: spoilt }
}

/** Each is as large as the site, and of no use once another has taken its place. */
function dropSnapshots(folder: string, former: readonly string[], named: Manifest['blobs']): void {
  for (const file of former)
    if (!named.some(({ sha256 }) => sha256 === file))
      inFolder(() => rmSync(blobPath(join(folder, 'blobs'), file), { force: true }))
}

const sizeOf = (file: string): number => inFolder(() => statSync(file, { throwIfNoEntry: false })?.size ?? -1)

/** Leaves of the folder what its manifest names; of a folder that never held a backup nothing that looks like one. */
function tidy(folder: string, manifest: Manifest | null): void {
  for (const name of namesIn(folder)) {
    const kept = manifest ? name === manifest.database.name || !isPassing(name) : name === 'blobs'
    if (!kept && OURS.test(name)) rmSync(join(folder, name), { force: true })
  }
}

const isPassing = (name: string): boolean => name.startsWith(DATABASE) || name.endsWith('.unfinished')
