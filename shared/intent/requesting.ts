/** Questions to the authority: closing and reopening, and taking a question back. */
import { err, ok, type Result } from '../base/result.ts'
import type { RecordId } from '../model/ids.ts'
import type { Action } from '../op/codes.ts'
import type { ControlEffect } from '../op/effect.ts'
import type { Reading } from './reading.ts'
import { refuse, type Refusal } from './refusal.ts'

export function request(reading: Reading, action: Action, record: RecordId): Result<ControlEffect, Refusal> {
  if (!reading.kindOf(record)) return err(refuse('not-found', { what: 'record', id: record }))
  const closed = reading.isClosed(record)
  if (action === 'close' && closed) return err(refuse('already-closed'))
  if (action === 'reopen' && !closed) return err(refuse('already-open'))
  if (reading.waiting(record, action)) return err(refuse('already-requested'))
  return ok({ type: 'request', action, record })
}
