/**
 * A device that was halted or cut joins again: under new keys, with a new database, in the same folder. Nothing of the
 * old identity changes until the new one is paired and whole; what only the old one has goes along, to be handed in.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandInput } from '../../shared/api/commands.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { type Bytes, equalBytes } from '../../shared/base/bytes.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { SiteId } from '../../shared/model/ids.ts'
import type { Paired } from '../net/contract.ts'
import { pair } from '../net/pair.ts'
import { parsePairingCode, siteTag } from '../net/pairing-code.ts'
import { addressBookIn } from '../store/address-book.ts'
import { removeDatabase } from '../store/begun.ts'
import { openDatabase } from '../store/database.ts'
import { factsIn } from '../store/facts.ts'
import { inFolder, makeFolder, writePrivately } from '../store/files.ts'
import { type FolderPaths, folderPaths } from '../store/folder.ts'
import { migrateNodeTables } from '../store/node-tables.ts'
import { loadOrMakeSigner } from '../store/op-key.ts'
import { preferencesIn } from '../store/preferences.ts'
import { loadOrMakeTlsIdentity, type Machine } from './machine.ts'

export type Leaving = {
  readonly site: SiteId
  /** Contents of the parcels with what no other device has. */
  readonly parcels: readonly Bytes[]
}

/**
 * Pairs anew and makes the new identity ready; the site goes on under the old one until then. Keys of a try that
 * failed are used again: a code whose answer was lost answers the same device once more.
 */
export async function prepareRejoining(
  machine: Machine,
  { site, parcels }: Leaving,
  { code, name }: CommandInput<'setup.join'>,
): Promise<Result<Paired, TallydeskError>> {
  const parsed = parsePairingCode(code.trim())
  if (parsed && !equalBytes(parsed.site, siteTag(site))) return err(new TallydeskError('site-mismatch'))
  const next = nextPaths(machine.paths)
  const paired = await pair(code.trim(), {
    signer: loadOrMakeSigner(next.opKey),
    tlsIdentity: await loadOrMakeTlsIdentity(next),
    deviceName: name,
  })
  if (!paired.ok) return paired
  makeDatabase(machine, next, name, paired.value)
  inFolder(() => {
    keepOwed(next.owed, parcels)
  })
  return ok(paired.value)
}

function nextPaths({ next }: FolderPaths): FolderPaths {
  inFolder(() => makeFolder(next))
  return folderPaths(next)
}

/** It knows what pairing told, what the person set on this device, and the port at which others look for it. */
function makeDatabase(machine: Machine, next: FolderPaths, name: string, paired: Paired): void {
  removeDatabase(next.database)
  const sql = openDatabase(next.database)
  try {
    migrateNodeTables(sql)
    const facts = factsIn(sql)
    facts.keepJoined({ site: paired.site, name, pin: paired.pin })
    const port = machine.facts.port()
    if (port !== null) facts.keepPort(port)
    addressBookIn(sql).remember(paired.pin.actor, paired.address, machine.clock.now())
    const preferences = preferencesIn(sql)
    for (const [key, value] of Object.entries(preferencesIn(machine.sql).all())) preferences.set(key, value)
  } finally {
    sql.close()
  }
}

function keepOwed(folder: string, parcels: readonly Bytes[]): void {
  rmSync(folder, { recursive: true, force: true })
  if (parcels.length === 0) return
  makeFolder(folder)
  for (const [i, content] of parcels.entries()) {
    const file = join(folder, `${Date.now()}-${i}.parcel`)
    writePrivately(file, content)
  }
}
