/**
 * The manifest of a backup: whose it is, as of when, and every file that belongs to it with its hash. It is written
 * last and names itself what counts: a folder without one is no backup, and files beside those it names are none of it.
 */
import { hash } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { inFolder, readIfThere, writePrivately } from '../../store/files.ts'

const FILE = 'manifest.json'

const bytes = v.pipe(v.number(), v.integer(), v.minValue(0))
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
/** A plain name: a manifest leads nowhere else. */
const name = v.pipe(v.string(), v.regex(/^[a-z][\w-]*\.[a-z]+$/))
const file = v.object({ name, bytes, sha256 })

const schema = v.object({
  format: v.literal('tallydesk-backup'),
  version: v.literal(1),
  program: v.string(),
  /** Wall time. */
  made: v.number(),
  site: v.string(),
  site_name: v.string(),
  actor: v.string(),
  name: v.string(),
  /** The last own op in it. */
  own_seq: v.number(),
  /** Members that the site had besides, also those that were cut. */
  others: v.number(),
  ops: v.number(),
  state_hash: v.string(),
  database: file,
  keys: v.array(file),
  blobs: v.array(v.object({ sha256, bytes })),
})

export type Manifest = v.InferOutput<typeof schema>
export type ManifestFile = v.InferOutput<typeof file>

/** Null where there is none. Throws `backup-damaged` for one that is not as it was written. */
export function readManifest(folder: string): Manifest | null {
  const text = inFolder(() => readIfThere(join(folder, FILE)))
  if (text === null) return null
  const found = parse(text)
  if (found === null) throw damaged(folder, `${FILE} is not as it was written`)
  return found
}

/** From here on the folder is this backup. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const text = `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, null, 1)}\n`
  inFolder(() => writePrivately(join(folder, FILE), text))
}

export const damaged = (folder: string, what: string): TallydeskError =>
  new TallydeskError('backup-damaged', { folder, what })

/** It says what it said: a line that was lost or changed does not fit. */
const digestOf = (manifest: object): string => hash('sha256', JSON.stringify(manifest), 'hex')

function parse(text: string): Manifest | null {
  try {
    const { digest, ...rest } = JSON.parse(text) as { readonly digest: unknown }
    if (digest !== digestOf(rest)) return null
    const parsed = v.safeParse(schema, rest)
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}
