/** A file of this device becomes an attachment: its bytes are kept and durable before anybody is told of them. */
import { basename } from 'node:path'
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Blob, Blobs } from '../store/blobs.ts'
import type { Machine } from './machine.ts'
import { mimeOf } from './mime.ts'
import type { Site } from './site.ts'

const MOST_NAME = 500

type Adding = CommandInput<'attachment.add'>

export async function attach(
  { blobs }: Machine,
  site: Site,
  input: Adding,
): Promise<Result<CommandResult<'attachment.add'>, TallydeskError>> {
  const { record, thumbnail } = input
  // A hundred megabytes are not copied for a record that is not here.
  const found = site.query({ query: 'record', input: { record } })
  if (!found.ok) return found
  const kept = await keep(blobs, input)
  if (!kept.ok) return kept
  const may = await site.mayWrite()
  if (!may.ok) return may
  const given = 'file' in input ? basename(input.file) : input.name
  const name = given.normalize('NFC').toWellFormed().slice(-MOST_NAME)
  const mime = ('mime' in input ? input.mime : undefined) ?? mimeOf(name)
  const picture = thumbnail === undefined ? {} : { thumbnail }
  const attached = site.replica.attach(record, { name, mime, ...kept.value, ...picture })
  if (attached.ok) site.files.kept(kept.value.sha256)
  return attached
}

/** Nobody is told of bytes that are not here: an op that names them would be a promise that nobody keeps. */
async function keep(blobs: Blobs, input: Adding): Promise<Result<Blob, TallydeskError>> {
  if ('file' in input) return ok(await blobs.keep(input.file))
  const { sha256 } = input
  const size = blobs.sizeOf(sha256)
  return size === null
    ? err(new TallydeskError('not-found', { what: 'file', id: sha256 }))
    : ok({ sha256, size })
}
