/** Requests of every kind and what became of them, with for whom and why a waiting one waits. */
import type { Reason, RequestRow } from '../../api/rows.ts'
import { declared } from '../../model/fields.ts'
import { formatOpId, type RecordId } from '../../model/ids.ts'
import { auditNumber } from '../../model/rights.ts'
import { recordOf, type Decision, type RequestState } from '../../judge/requests.ts'
import { compareActors } from '../../merge/dots.ts'
import type { Ask } from '../../op/effect.ts'
import type { AuthorityReach } from '../contract.ts'
import type { Core } from '../core.ts'
import { detailOf } from './asked.ts'
import { deciderOf, mayDecide } from './deciders.ts'
import { madeReason, nameOf, numberOf, titleOf } from './naming.ts'

/** Answered ones are history: as many as a screen can use. All that wait are told. */
const MOST_ANSWERED = 1000

const inOrder = (a: RequestState, b: RequestState): number =>
  a.lamport - b.lamport || compareActors(a.ref.actor, b.ref.actor)

/** Waiting ones first, oldest first, for they are queued so; then the answered, newest first. */
export function requests(core: Core, reach: AuthorityReach): RequestRow[] {
  const book = core.control().requests
  const queue = book.waiting().sort(inOrder)
  return [
    ...queue.map((request, ahead) => requestRow(core, reach, request, ahead)),
    ...book.settled(MOST_ANSWERED).map((request) => requestRow(core, reach, request, null)),
  ]
}

/** The request about a record that waits longest; a closing or reopening before any other. */
export function waitingAbout(core: Core, reach: AuthorityReach, record: RecordId): RequestRow | null {
  const queue = core.control().requests.waiting().sort(inOrder)
  const about = queue.filter(({ ask }) => recordOf(ask) === record)
  const request = about.find(({ ask }) => ask.action === 'close' || ask.action === 'reopen') ?? about[0]
  return request ? requestRow(core, reach, request, queue.indexOf(request)) : null
}

/** `ahead`: how many wait before it; null where it waits no more. */
function requestRow(
  core: Core,
  reach: AuthorityReach,
  request: RequestState,
  ahead: number | null,
): RequestRow {
  const { ref, ask, wall } = request
  const answer = answerTo(core, request)
  return {
    request: formatOpId(ref),
    action: ask.action,
    ...subjectOf(core, ask),
    detail: detailOf(core, ask),
    signed: signedFor(core, ask),
    mine: ahead !== null && mayDecide(core, request),
    by: ref.actor,
    name: nameOf(core, ref.actor),
    state: ahead !== null ? 'waiting' : !answer ? 'withdrawn' : answer.accept ? 'accepted' : 'rejected',
    waits_for: ahead === null ? null : waitsFor(core, reach, request, ahead),
    since: wall,
    decided: answer?.wall ?? null,
    decided_by: answer && { actor: answer.ref.actor, name: nameOf(core, answer.ref.actor) },
    reason: answer?.reason ? answerReason(core, answer.reason, ask) : null,
    audit_number: answer?.number ? auditNumber(answer.number) : null,
  }
}

/** What another request for the same closing was told answers a withdrawn one no more. */
const answerTo = (core: Core, request: RequestState): Decision | null =>
  request.withdrawn ? request.answer : core.control().requests.answerOf(request)

function subjectOf(
  core: Core,
  ask: Ask,
): Pick<RequestRow, 'record' | 'kind' | 'title' | 'reference' | 'number'> {
  const record = recordOf(ask)
  if (record === null) return { record, kind: null, title: '', reference: null, number: null }
  const kind = core.records.find(record)?.kind ?? null
  return { record, kind, ...titleOf(core, record), number: numberOf(core, record) }
}

/** The persons whose sign-off stands by all that is here. */
function signedFor(core: Core, ask: Ask): string[] {
  if (ask.action !== 'close') return []
  const kind = core.records.find(ask.record)?.kind
  if (!kind || declared(kind).closing !== 'signed') return []
  return core.control().signedBy(core.judging.past.end(core.self), ask.record)
}

function answerReason(core: Core, code: string, ask: Ask): Reason {
  const record = recordOf(ask)
  const turns = record === null ? [] : core.control().requests.turnsOf(record)
  const number = turns.findLast((turn) => turn.decision.number)?.decision.number
  return madeReason(code, number ? { number: auditNumber(number) } : {})
}

/** Only what is known: whether it has left this device, whether who decides is in reach, what stands before it. */
function waitsFor(
  core: Core,
  reach: AuthorityReach,
  request: RequestState,
  ahead: number,
): NonNullable<RequestRow['waits_for']> {
  const { authority } = core.control()
  const decider = deciderOf(core, request.ask) ?? authority
  const why = reasonToWait(core, reach, request, decider)
  const out = why === 'wan-out' || why === 'no-route' || why === 'never-heard'
  return {
    actor: decider ?? '',
    name: decider ? nameOf(core, decider) : '',
    why,
    since: out ? reach.since : request.wall,
    ahead,
  }
}

function reasonToWait(
  core: Core,
  reach: AuthorityReach,
  { ref }: RequestState,
  decider: ReturnType<typeof deciderOf>,
): NonNullable<RequestRow['waits_for']>['why'] {
  if (decider === core.self) return 'manual'
  if (decider !== core.control().authority)
    return decider !== null && core.acks.holders(ref).includes(decider) ? 'queued' : 'not-sent'
  return reach.why ?? (core.acks.whereabouts(ref).at === 'authority' ? 'queued' : 'not-sent')
}
