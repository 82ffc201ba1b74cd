/** Requests and what became of them, with why a waiting one waits. */
import type { Reason, RequestRow } from '../../api/queries.ts'
import { formatOpId, type RecordId } from '../../model/ids.ts'
import { auditNumber, isWaiting, type RequestState } from '../../judge/control.ts'
import { compareActors } from '../../merge/dots.ts'
import type { AuthorityReach } from '../contract.ts'
import type { Core } from '../core.ts'
import { idBytes } from '../interner.ts'
import { madeReason, nameOf } from './naming.ts'

/** Waiting ones first, oldest first, for they are queued so; then the answered, newest first. */
export function requests(core: Core, reach: AuthorityReach, record: RecordId | null): RequestRow[] {
  const all = [...core.control().requests.values()].sort(
    (a, b) => a.lamport - b.lamport || compareActors(a.ref.actor, b.ref.actor),
  )
  const queue = all.filter(isWaiting)
  const done = all.filter((request) => !isWaiting(request)).reverse()
  return [...queue, ...done]
    .filter((request) => record === null || request.record === record)
    .map((request) => requestRow(core, reach, request, queue.indexOf(request)))
}

function requestRow(core: Core, reach: AuthorityReach, request: RequestState, ahead: number): RequestRow {
  const { ref, action, record, wall, answer } = request
  return {
    request: formatOpId(ref),
    action,
    record,
    ...titleOf(core, record),
    number: null,
    by: ref.actor,
    name: nameOf(core, ref.actor),
    state: answer ? (answer.accept ? 'accepted' : 'rejected') : request.withdrawn ? 'withdrawn' : 'waiting',
    waits_for: isWaiting(request) ? waitsFor(core, reach, request, ahead) : null,
    since: wall,
    decided: answer?.wall ?? null,
    reason: answer?.reason ? answerReason(core, answer.reason, record) : null,
    audit_number: answer?.number ? auditNumber(answer.number) : null,
  }
}

function answerReason(core: Core, code: string, record: RecordId): Reason {
  const number = core
    .control()
    .turns.get(record)
    ?.findLast((turn) => turn.decision.number)?.decision.number
  return madeReason(code, number ? { number: auditNumber(number) } : {})
}

/** Only what is known: whether it has left this device, whether the authority is in reach, what stands before it. */
function waitsFor(
  core: Core,
  reach: AuthorityReach,
  request: RequestState,
  ahead: number,
): NonNullable<RequestRow['waits_for']> {
  const { authority } = core.control()
  const here = authority === core.self
  const atAuthority = here || core.acks.whereabouts(request.ref).at === 'authority'
  const why = here ? 'manual' : (reach.why ?? (atAuthority ? 'queued' : 'not-sent'))
  return {
    actor: authority ?? '',
    name: authority ? nameOf(core, authority) : '',
    why,
    since: why === 'wan-out' || why === 'no-route' || why === 'never-heard' ? reach.since : request.wall,
    ahead: Math.max(0, ahead),
  }
}

function titleOf(
  core: Core,
  record: RecordId,
): { readonly title: string; readonly reference: string | null } {
  const row = core.sql
    .prepare('SELECT title, reference FROM board JOIN record ON record.no = board.record WHERE record.id = ?')
    .get<{ title: string; reference: string | null }>(idBytes(record))
  return { title: row?.title ?? '', reference: row?.reference ?? null }
}
