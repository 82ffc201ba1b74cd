/** Somebody opens an attachment: its bytes are asked for before all others. */
import type { CommandInput, CommandResult } from '../../shared/api/commands.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { Machine } from './machine.ts'
import type { Site } from './site.ts'

export function fetchAttachment(
  { blobs }: Machine,
  site: Site,
  { record, attachment }: CommandInput<'attachment.fetch'>,
): Result<CommandResult<'attachment.fetch'>, TallydeskError> {
  const found = site.query({ query: 'record', input: { record } })
  if (!found.ok) return found
  const row =
    'attachments' in found.value ? found.value.attachments.find((one) => one.attachment === attachment) : null
  if (!row) return err(new TallydeskError('not-found', { what: 'attachment', id: attachment }))
  const { sha256, size } = row
  if (!blobs.has(sha256)) return ok({ sha256, size, done: 0, state: 'nobody' })
  blobs.touch(sha256)
  return ok({ sha256, size, done: size, state: 'here' })
}
