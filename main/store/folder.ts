/**
 * The data folder of one device, for its owner's eyes only:
 *
 *   lock, lock.json   who has it open
 *   op-key.pem        the Ed25519 key that signs this device's operations
 *   tls-key.pem, tls-cert.pem
 *   control.json      how to reach the running node: its address and the token of this start
 *   control.json.room while none runs: room for the next one's, also on a full disk
 *   tallydesk.db      everything else (with its -wal and -shm beside it)
 *   witness.json      how far this device's own chain once reached, and on which machine
 *   blobs/            the bytes of attachments, by their content
 *   next/             a new identity, about to take the place of this one
 *   owed/             unsent work of an earlier identity, until it is handed in
 *   aside-…/          an earlier identity with its database, as it was put aside; never deleted
 *   tallydesk.log     what the node did, for whoever has to find out why
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { TallydeskError } from '../../shared/api/errors.ts'
import { inFolder, makeFolder } from './files.ts'
import { lockFolder } from './lock.ts'

export type FolderPaths = {
  readonly root: string
  readonly database: string
  readonly opKey: string
  readonly tlsKey: string
  readonly tlsCert: string
  readonly control: string
  readonly log: string
  readonly witness: string
  readonly blobs: string
  readonly next: string
  readonly owed: string
}

export interface DataFolder {
  readonly paths: FolderPaths
  /** Frees the folder for another process. */
  release(): void
}

export function folderPaths(folder: string): FolderPaths {
  const root = resolve(folder)
  const at = (name: string) => join(root, name)
  return {
    root,
    database: at('tallydesk.db'),
    opKey: at('op-key.pem'),
    tlsKey: at('tls-key.pem'),
    tlsCert: at('tls-cert.pem'),
    control: at('control.json'),
    log: at('tallydesk.log'),
    witness: at('witness.json'),
    blobs: at('blobs'),
    next: at('next'),
    owed: at('owed'),
  }
}

/** Stands in a folder while a backup is being restored into it. */
export const RESTORE_MARK = 'restore-unfinished'

/**
 * Creates the folder where it is missing and takes its lock. Throws `data-folder-in-use`, `data-folder-unreadable`,
 * and `restore-unfinished` to whoever does not come to finish that.
 */
export function openFolder(folder: string, purpose: 'to-run' | 'to-restore' = 'to-run'): DataFolder {
  const paths = folderPaths(folder)
  return inFolder(() => {
    makeFolder(paths.root)
    const isUnfinished = existsSync(join(paths.root, RESTORE_MARK))
    if (isUnfinished && purpose === 'to-run')
      throw new TallydeskError('restore-unfinished', { folder: paths.root })
    const lock = lockFolder(paths.root)
    return { paths, release: () => lock.release() }
  })
}
