/** How a record's last request ended. */
import type { RequestRow } from '../../shared/api/rows.ts'
import { reasonText } from '../services/reason.ts'
import type { JobRecord } from './job.svelte.ts'

export type Refusal = {
  readonly action: 'close' | 'reopen'
  readonly decided: number | null
  readonly since: number
  readonly why: string | null
}

type AboutItsEnd = RequestRow & { readonly action: Refusal['action'] }

const isAboutItsEnd = (request: RequestRow): request is AboutItsEnd =>
  request.action === 'close' || request.action === 'reopen'

/** The newest request to close or reopen a record, if the authority refused it. */
export function lastRefusal(requests: readonly RequestRow[], record: JobRecord): Refusal | null {
  const last = requests
    .filter((request) => request.record === record.record)
    .filter(isAboutItsEnd)
    .reduce<AboutItsEnd | null>((newest, one) => (newest && newest.since > one.since ? newest : one), null)
  if (last?.state !== 'rejected') return null
  return {
    action: last.action,
    decided: last.decided,
    since: last.since,
    why: last.reason ? reasonText(last.reason) : null,
  }
}
