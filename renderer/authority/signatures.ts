/** The sign-offs that the closing of an incident needs. */
import type { RequestRow } from '../../shared/api/rows.ts'

/** Two different persons (design 5). */
export const SIGNATURES = 2

export const needsSignatures = ({ kind, action }: Pick<RequestRow, 'kind' | 'action'>): boolean =>
  kind === 'incident' && action === 'close'

/** How many persons must still sign off before it may be accepted. */
export const missingSignatures = (request: Pick<RequestRow, 'kind' | 'action' | 'signed'>): number =>
  needsSignatures(request) ? Math.max(0, SIGNATURES - request.signed.length) : 0

export const mayAccept = (request: RequestRow): boolean => request.mine && missingSignatures(request) === 0
