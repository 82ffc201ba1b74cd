/** Questions to the authority, as far as what is here already can answer or refuse them. */
import { err, ok, type Result } from '../base/result.ts'
import { declared } from '../model/fields.ts'
import type { RecordId } from '../model/ids.ts'
import type { Request } from '../op/effect.ts'
import type { Reading } from './reading.ts'
import { refuse, type Refusal } from './refusal.ts'

export function requestTurn(
  reading: Reading,
  action: 'close' | 'reopen',
  record: RecordId,
): Result<Request, Refusal> {
  const kind = reading.kindOf(record)
  const closed = reading.isClosed(record)
  // What was closed may have fallen since, with who made it: it is taken back in by way of a reopening.
  if (!kind && (action === 'close' || !closed))
    return err(refuse('not-found', { what: 'record', id: record }))
  if (kind && declared(kind).closing === 'none') return err(refuse('cannot-close', { kind }))
  if (action === 'close' && closed) return err(refuse('already-closed'))
  if (action === 'reopen' && !closed) return err(refuse('already-open'))
  if (reading.waiting(record, action)) return err(refuse('already-requested'))
  return ok({ type: 'request', action, record })
}
