/** How a record's last request ended. */
import type { RequestRow } from '../../shared/api/queries.ts'
import { reasonText } from '../services/reason.ts'
import type { JobRecord } from './job.svelte.ts'

export type Refusal = {
  readonly action: 'close' | 'reopen'
  readonly decided: number | null
  readonly since: number
  readonly why: string | null
}

/** The newest request of a record, if the authority refused it. */
export function lastRefusal(requests: readonly RequestRow[], record: JobRecord): Refusal | null {
  const last = requests
    .filter((request) => request.record === record.record)
    .reduce<RequestRow | null>((newest, one) => (newest && newest.since > one.since ? newest : one), null)
  if (last?.state !== 'rejected') return null
  return {
    action: last.action,
    decided: last.decided,
    since: last.since,
    why: last.reason ? reasonText(last.reason) : null,
  }
}
