/** Why a request waits, as a sentence. */
import type { RequestRow } from '../../shared/api/rows.ts'
import { formatMoment } from '../services/format.ts'
import { words } from './messages.ts'

type WaitsFor = NonNullable<RequestRow['waits_for']>

/** `isHere`: this device is the one that decides. */
export function whyText({ why, name, since, ahead }: WaitsFor, isHere: boolean): string {
  const say = words().why
  switch (why) {
    case 'wan-out':
      return since === null ? say['wan-out-never'](name) : say['wan-out'](name, formatMoment(since))
    case 'no-route':
      return since === null ? say['no-route'](name) : say['no-route-since'](name, formatMoment(since))
    case 'never-heard':
      return say['never-heard'](name)
    case 'queued':
      return say.queued(name, ahead)
    case 'manual':
      return isHere ? say['manual-here'] : say.manual(name)
    case 'not-sent':
      return say['not-sent'](name)
  }
}
