/** A file as an attachment of a record: what it is called, what its bytes hash to, how many, and of what kind. */
import { err, ok, type Result } from '../base/result.ts'
import type { ChildId, RecordId } from '../model/ids.ts'
import { misfit, subByName } from '../model/fields.ts'
import { childAddress, type Composer } from './composer.ts'
import { mapTarget } from './editing.ts'
import type { Reading } from './reading.ts'
import { refuse, type Refusal } from './refusal.ts'

export type Attachment = {
  readonly name: string
  readonly sha256: string
  readonly size: number
  readonly mime: string
  /** A small picture, base64. */
  readonly thumbnail?: string
}

export function addAttachment(
  composer: Composer,
  reading: Reading,
  record: RecordId,
  attachment: Attachment,
): Result<ChildId, Refusal> {
  const map = mapTarget(reading, record, 'attachments')
  if (!map.ok) return map
  const { field } = map.value
  const child = composer.child(record, field.code)
  for (const [name, value] of Object.entries<string | number>(attachment)) {
    const at = childAddress(record, field, child, name)
    const problem = misfit(value, subByName(field, name)?.value, false)
    if (!at || problem) return err(refuse('bad-value', { field: name, reason: problem ?? 'it has no place' }))
    composer.add({ type: 'assign', at, value, over: [] })
  }
  return ok(child)
}
