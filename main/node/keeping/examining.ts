/**
 * The doctor of one device: the file of its database, the log and all that follows from it, the bytes of its
 * attachments, and its witness. It changes nothing.
 */
import { existsSync } from 'node:fs'
import type { CommandResult } from '../../../shared/api/commands.ts'
import { TallydeskError } from '../../../shared/api/errors.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import type { Sql } from '../../../shared/replica/ports.ts'
import { blobFiles, measured } from '../../store/whole-files.ts'
import { witnessAt } from '../../store/witness.ts'
import type { Machine } from '../machine.ts'

type Examined = CommandResult<'node.doctor'>
type Finding = Examined['findings'][number]

/** Enough to show what is wrong. */
const MOST_FINDINGS = 100

export async function examine(machine: Machine, replica: Replica): Promise<Examined> {
  const inFile = fileFindings(machine.sql)
  const { ops, records, findings } = diagnosed(replica)
  const spoilt = await damagedBlobs(machine.paths.blobs)
  const all = [...inFile, ...findings, ...spoilt.findings, ...witnessFindings(machine, replica)]
  return { ops, records, attachments: spoilt.looked, findings: all.slice(0, MOST_FINDINGS) }
}

/** As SQLite itself finds it: pages, indexes, and rows that point to rows. */
export function fileFindings(sql: Sql): Finding[] {
  try {
    const told = sql.prepare('PRAGMA integrity_check').all<{ integrity_check: string }>()
    const astray = sql.prepare('PRAGMA foreign_key_check').all<{ table: string; rowid: number | null }>()
    return [
      ...told.map((row) => row.integrity_check).filter((line) => line !== 'ok'),
      ...astray.map(({ table, rowid }) => `row ${rowid ?? '?'} of ${table} points to nothing`),
    ].map((detail) => ({ what: 'file', detail }))
  } catch (error) {
    return [inFile(error)]
  }
}

function diagnosed(replica: Replica): Omit<Examined, 'attachments'> {
  try {
    return replica.diagnose()
  } catch (error) {
    return { ops: 0, records: 0, findings: [inFile(error)] }
  }
}

function inFile(error: unknown): Finding {
  if (error instanceof TallydeskError && error.code === 'database-damaged')
    return { what: 'file', detail: String(error.params.reason ?? '') }
  throw error
}

export type DamagedBlobs = {
  readonly looked: number
  readonly findings: readonly Finding[]
  readonly paths: readonly string[]
}

/** A file is named by the hash of its bytes, so that it says itself whether it is whole. */
export async function damagedBlobs(folder: string): Promise<DamagedBlobs> {
  const spoilt: { readonly sha256: string; readonly path: string }[] = []
  let looked = 0
  for (const blob of blobFiles(folder)) {
    looked += 1
    if ((await measured(blob.path)).sha256 !== blob.sha256) spoilt.push(blob)
  }
  return {
    looked,
    findings: spoilt.map(({ sha256 }) => ({ what: 'attachment', detail: sha256 })),
    paths: spoilt.map(({ path }) => path),
  }
}

function witnessFindings({ paths }: Machine, replica: Replica): Finding[] {
  const witness = witnessAt(paths.witness).read()
  const say = (detail: string): Finding[] => [{ what: 'witness', detail }]
  if (witness === null) return existsSync(paths.witness) ? say('it cannot be read') : say('it is missing')
  if (witness.actor !== replica.actor) return say('it is of another device')
  if (witness.halted !== null || witness.seq <= replica.ownSeq()) return []
  return say(`this device once wrote op ${witness.seq}, and ${replica.ownSeq()} are here`)
}
