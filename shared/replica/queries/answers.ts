/** Every query that the log alone can answer, by name. */
import { TallydeskError } from '../../api/errors.ts'
import type { QueryAnswer, QueryInput } from '../../api/queries.ts'
import { fromBase64Url, toBase64Url } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { formatOpId, parseOpId, type ChildId, type OpRef, type RecordId } from '../../model/ids.ts'
import { fieldByName } from '../../model/fields.ts'
import { stateOf, vectorOf } from '../../merge/text/document.ts'
import type { AuthorityReach, ReplicaQueryName } from '../contract.ts'
import { isDropped, type NamedOp } from '../chains.ts'
import type { Core } from '../core.ts'
import { cellOf } from '../fold.ts'
import { LocalReading } from '../local-reading.ts'
import { bodyAddress } from '../note-commands.ts'
import { board } from './board.ts'
import { changesOf } from './changes.ts'
import { conflicts } from './conflicts.ts'
import { feed } from './feed.ts'
import { members, policies } from './members.ts'
import { judgementOf, reasonOf } from './naming.ts'
import { parcels } from './parcels.ts'
import { record } from './record.ts'
import { requests } from './requests.ts'
import { review } from './review.ts'
import { rights, stock } from './rights.ts'
import { search } from './search.ts'
import { outbox } from './status.ts'

type Answer<Q extends ReplicaQueryName> = Result<QueryAnswer<Q>, TallydeskError>
type Answers = {
  readonly [Q in ReplicaQueryName]: (core: Core, input: QueryInput<Q>, reach: AuthorityReach) => Answer<Q>
}

const ANSWERS: Answers = {
  board: (core, input) => ok(board(core, input)),
  record: (core, input, reach) => {
    const found = record(core, input.record as RecordId, reach)
    return found ? ok(found) : notFound('record', input.record)
  },
  text,
  conflicts: (core) => ok(conflicts(core)),
  review: (core) => ok({ items: review(core, null) }),
  requests: (core, _, reach) => ok({ requests: requests(core, reach) }),
  rights: (core) => ok(rights(core)),
  stock: (core) => ok(stock(core)),
  parcels: (core) => ok({ parcels: parcels(core) }),
  policies: (core) => ok(policies(core)),
  members: (core) => ok({ members: members(core) }),
  outbox: (core) => ok(outbox(core)),
  feed: (core, input) => ok(feed(core, input)),
  search: (core, input) => ok(search(core, input.text, input.limit ?? 30)),
  op,
}

export function answerQuery<Q extends ReplicaQueryName>(
  core: Core,
  query: Q,
  input: QueryInput<Q>,
  reach: AuthorityReach,
): Answer<Q> {
  return ANSWERS[query](core, input, reach)
}

const notFound = (what: string, id: string): { readonly ok: false; readonly error: TallydeskError } =>
  err(new TallydeskError('not-found', { what, id }))

function text(core: Core, input: QueryInput<'text'>): Answer<'text'> {
  const row = core.records.find(input.record as RecordId)
  const notes = row && fieldByName(row.kind, 'notes')
  const note = input.note as ChildId
  if (!row || !notes || !new LocalReading(core).hasChild(row.id, notes.code, note))
    return notFound('note', input.note)
  const since = input.since === undefined ? undefined : fromBase64Url(input.since)
  if (since === null)
    return err(new TallydeskError('bad-value', { field: 'since', reason: 'it is not base64url' }))
  const cell = cellOf(row.no, bodyAddress(row.id, notes, note))
  const doc = core.texts.doc(cell)
  return ok({
    update: toBase64Url(since ? stateOf(doc, since) : stateOf(doc)),
    vector: toBase64Url(vectorOf(doc)),
    generation: core.texts.generation(row.no),
    plain: core.texts.plain(cell),
  })
}

function op(core: Core, input: QueryInput<'op'>): Answer<'op'> {
  const ref = parseOpId(input.op)
  const no = ref && numberOfStanding(core, ref)
  if (ref === null || no === null) return notFound('op', input.op)
  if (isDropped(no)) return ok(droppedOp(core, { ...ref, no }))
  const row = core.log.rowByNumber(no)
  const judged = core.judging.fromRow(row)
  return ok({
    op: formatOpId(judged),
    author: judged.actor,
    judgement: judgementOf(row.judgement),
    reason: reasonOf(row.reason),
    effects: changesOf(core, judged, null),
    where: core.acks.wholeHolders(judged),
    final: core.control().membership.isFinal(judged),
    cleared: false,
  })
}

/** It counted, and is final: what it said is in its records. */
const droppedOp = (core: Core, op: NamedOp): QueryAnswer<'op'> => ({
  op: formatOpId(op),
  author: op.actor,
  judgement: 'accepted',
  reason: null,
  effects: [],
  where: core.acks.holders(op),
  final: true,
  cleared: true,
})

/** Of a forked device's op the one that stands, or else the least by hash. */
function numberOfStanding(core: Core, ref: OpRef): number | null {
  const numbers = core.log.numbersAt(ref)
  return numbers.find((no) => core.control().stands({ ...ref, no })) ?? numbers[0] ?? null
}
