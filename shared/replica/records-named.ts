/** The records that an act of control or review is about, as far as its author had seen them: the same on every replica. */
import type { OpRef, RecordId } from '../model/ids.ts'
import { parseRight } from '../model/rights.ts'
import type { Placed } from '../judge/past.ts'
import type { Effect } from '../op/effect.ts'
import { isReview } from '../op/op.ts'
import { isDropped } from './chains.ts'
import type { RecordRow } from './interner.ts'
import type { Parts } from './door.ts'
import type { JudgedOp } from './judging.ts'

type Needed = Pick<Parts, 'sql' | 'log' | 'judging' | 'records'>

export function recordsNamed(parts: Needed, op: JudgedOp): RecordRow[] {
  return op.effects.flatMap((effect) =>
    isReview(effect) ? touchedByTarget(parts, op, effect) : [...namedBy(parts, op, effect)],
  )
}

function* namedBy(parts: Needed, op: JudgedOp, effect: Effect): Generator<RecordRow> {
  for (const id of idsIn(parts, op, effect)) {
    const row = parts.judging.past.kindOf(op, id) ? parts.records.find(id) : null
    if (row) yield row
  }
}

function idsIn(parts: Needed, op: Placed, effect: Effect): RecordId[] {
  switch (effect.type) {
    case 'request':
      return 'record' in effect ? [effect.record] : []
    case 'withdraw':
    case 'decide':
      return requested(parts, op, effect.request)
    case 'sign':
      return [effect.record]
    case 'mint':
    case 'transfer':
    case 'reclaim':
      return stockItem(effect.right)
    case 'spend':
      return [...(effect.record ? [effect.record] : []), ...stockItem(effect.right)]
    default:
      return []
  }
}

/** Of a forked author, what every branch asks under this name: which of them stands is told only later. */
function requested({ judging }: Needed, op: Placed, request: OpRef): RecordId[] {
  return judging.past
    .branches(request.actor, request.seq)
    .filter((asked) => !isDropped(asked.no) && judging.past.knows(op, asked))
    .flatMap((asked) => judging.byNumber(asked.no).effects)
    .flatMap((effect) => (effect.type === 'request' && 'record' in effect ? [effect.record] : []))
}

function stockItem(name: string): RecordId[] {
  const right = parseRight(name)
  return right?.of === 'stock' ? [right.item] : []
}

function touchedByTarget(
  { sql, log, judging, records }: Needed,
  op: JudgedOp,
  effect: Extract<Effect, { type: 'adopt' | 'dismiss' | 'revoke' | 'parcel' }>,
): RecordRow[] {
  const touch = sql.prepare('SELECT record FROM touch WHERE op = ?')
  return judging
    .targetsOf(op, effect)
    .flatMap(({ no }) =>
      isDropped(no) ? log.saidBy(no)[0] : touch.all<{ record: number }>(no).map(({ record }) => record),
    )
    .map((record) => records.byNumber(record))
}
