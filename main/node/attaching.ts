/** A file of this device becomes an attachment: its bytes are kept and durable before anybody is told of them. */
import { basename } from 'node:path'
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import type { TallydeskError } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'
import type { Machine } from './machine.ts'
import { mimeOf } from './mime.ts'
import type { Site } from './site.ts'

const MOST_NAME = 500

export async function attach(
  { blobs }: Machine,
  site: Site,
  { record, file }: CommandInput<'attachment.add'>,
): Promise<Result<CommandResult<'attachment.add'>, TallydeskError>> {
  // A hundred megabytes are not copied for a record that is not here.
  const found = site.query({ query: 'record', input: { record } })
  if (!found.ok) return found
  const kept = await blobs.keep(file)
  const may = await site.mayWrite()
  if (!may.ok) return may
  const name = basename(file).normalize('NFC').toWellFormed().slice(-MOST_NAME)
  return site.replica.attach(record, { name, mime: mimeOf(name), ...kept })
}
