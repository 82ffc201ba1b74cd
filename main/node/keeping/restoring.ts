/**
 * A backup becomes a data folder again. Everything of it is checked before anything is written. The device that comes
 * back may not write: what it did after the backup it has forgotten, and would sign other ops under numbers that are
 * taken. So its witness says `restored` from the start: it reads, catches up, and joins again under a new key (design 4).
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { parseActorId, type ActorId } from '../../../shared/model/ids.ts'
import { openToRead } from '../../store/database.ts'
import { inFolder, makeFolder, PRIVATE, syncFolderOf } from '../../store/files.ts'
import { folderPaths, openFolder, RESTORE_MARK, type FolderPaths } from '../../store/folder.ts'
import { machineId } from '../../store/machine-id.ts'
import { blobPath, copied, measured, namesIn } from '../../store/whole-files.ts'
import { witnessAt } from '../../store/witness.ts'
import { damaged, readManifest, type Manifest, type ManifestFile } from './manifest.ts'

export type Restored = {
  readonly site: string
  readonly actor: string
  readonly name: string
  readonly made: number
  readonly ops: number
  readonly blobs: number
  /** False: it joins again with a code before it writes. */
  readonly writes: boolean
}

export type RestoreOptions = {
  readonly backup: string
  readonly data: string
  /** The person's word that no other device ever belonged to the site: then nobody can know of more, and it goes on. */
  readonly onlyDevice: boolean
  readonly now: number
}

/** Throws `backup-damaged`, `folder-not-empty`, `not-only-device`, `data-folder-in-use`, `disk-full`. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const source = resolve(options.backup)
  const manifest = readManifest(source)
  if (manifest === null) throw damaged(source, 'there is no manifest.json in it')
  const actor = parseActorId(manifest.actor)
  if (!actor) throw damaged(source, 'it names no device')
  const paths = folderPaths(options.data)
  refuseTaken(paths)
  if (options.onlyDevice && manifest.others > 0)
    throw new TallydeskError('not-only-device', { count: manifest.others })
  await checkFiles(source, manifest)
  checkDatabase(source, manifest)
  await fill(paths, source, manifest, { actor, halted: !options.onlyDevice, now: options.now })
  const { site, name, made, ops, blobs } = manifest
  return { site, actor, name, made, ops, blobs: blobs.length, writes: options.onlyDevice }
}

/** A restoring that was cut off may be begun again. */
function refuseTaken({ root }: FolderPaths): void {
  if (namesIn(root).length > 0 && !existsSync(join(root, RESTORE_MARK)))
    throw new TallydeskError('folder-not-empty', { folder: root })
}

async function checkFiles(source: string, manifest: Manifest): Promise<void> {
  const blobs = manifest.blobs.map((blob) => ({
    ...blob,
    path: blobPath(join(source, 'blobs'), blob.sha256),
  }))
  const files = [manifest.database, ...manifest.keys].map((file) => ({
    ...file,
    path: join(source, file.name),
  }))
  for (const { path, bytes, sha256 } of [...files, ...blobs]) {
    if (!existsSync(path)) throw damaged(source, `${path} is missing`)
    const found = await measured(path)
    if (found.bytes !== bytes || found.sha256 !== sha256) throw damaged(source, `${path} has changed`)
  }
}

function checkDatabase(source: string, manifest: Manifest): void {
  const sql = openToRead(join(source, manifest.database.name))
  try {
    const told = sql.prepare('PRAGMA integrity_check').get<{ integrity_check: string }>()?.integrity_check
    if (told !== 'ok') throw damaged(source, `its database: ${told ?? 'unreadable'}`)
  } finally {
    sql.close()
  }
}

type Standing = { readonly actor: ActorId; readonly halted: boolean; readonly now: number }

/** The mark goes last: a folder that has it is no data folder yet. */
async function fill(
  paths: FolderPaths,
  source: string,
  manifest: Manifest,
  standing: Standing,
): Promise<void> {
  inFolder(() => {
    makeFolder(paths.root)
    writeFileSync(join(paths.root, RESTORE_MARK), '', { mode: PRIVATE })
    syncFolderOf(paths.database)
  })
  const folder = openFolder(paths.root, 'to-restore')
  try {
    const { actor, halted, now } = standing
    witnessAt(paths.witness).write({
      actor,
      seq: manifest.own_seq,
      machine: machineId(),
      halted: halted ? { cause: 'restored', since: now } : null,
    })
    for (const { sha256, bytes } of manifest.blobs)
      await take(source, blobPath(join(source, 'blobs'), sha256), blobPath(paths.blobs, sha256), {
        bytes,
        sha256,
      })
    for (const key of manifest.keys)
      await take(source, join(source, key.name), join(paths.root, key.name), key)
    const { database } = manifest
    for (const end of ['', '-wal', '-shm']) rmSync(paths.database + end, { force: true })
    await take(source, join(source, database.name), paths.database, database)
    inFolder(() => {
      rmSync(join(paths.root, RESTORE_MARK))
      syncFolderOf(paths.database)
    })
  } finally {
    folder.release()
  }
}

/** What was copied is what was checked. */
async function take(
  source: string,
  from: string,
  to: string,
  wanted: Pick<ManifestFile, 'bytes' | 'sha256'>,
): Promise<void> {
  const fresh = `${to}.restored`
  const found = await copied(from, fresh)
  if (found.sha256 !== wanted.sha256) {
    rmSync(fresh, { force: true })
    throw damaged(source, `${from} has changed`)
  }
  inFolder(() => renameSync(fresh, to))
}
