/** What must hold of every log, whatever is in it: scarce things are neither doubled nor lost, and each gap has its reason. */
import { formatOpId, type ActorId, type RecordId } from '../../shared/model/ids.ts'
import {
  isNothing,
  minus,
  NOTHING,
  parseRight,
  plus,
  single,
  sizeOf,
  type Share,
  type Span,
} from '../../shared/model/rights.ts'
import { declared } from '../../shared/model/fields.ts'
import type { Effect } from '../../shared/op/effect.ts'
import type { Core } from '../../shared/replica/core.ts'
import type { JudgedOp } from '../../shared/replica/judging.ts'
import { OP_COLUMNS, type OpRow } from '../../shared/replica/log.ts'

const LABOUR = 11

type Judged = { readonly op: JudgedOp; readonly accepted: boolean }

/** What is wrong, in a sentence each. */
export function breaches(core: Core): string[] {
  const rows = core.sql.prepare(`SELECT ${OP_COLUMNS} FROM op ORDER BY no`).all<OpRow>()
  const ops = rows.map((row) => ({ op: core.judging.fromRow(row), accepted: row.judgement === 0 }))
  return [
    ...(['audit-number', 'job-number'] as const).flatMap((right) => [...wrongNumbers(core, ops, right)]),
    ...wrongSums(core),
    ...wrongAnswers(core, ops),
    ...wrongTurns(core),
    ...wrongTallies(core, ops),
  ]
}

const countOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, to }) => sum + to - from + 1, 0)

/** Of every number that somebody got: used once, or still held, or taken back, or named by an op that fell. */
function* wrongNumbers(core: Core, ops: readonly Judged[], right: string): Generator<string> {
  const used = sum(ops, ({ effect, accepted }) => (accepted ? usedBy(effect, right) : NOTHING))
  const times = ops
    .filter(({ accepted }) => accepted)
    .flatMap(({ op }) => op.effects.map((effect) => sizeOf(usedBy(effect, right))))
    .reduce((total, size) => total + size, 0)
  if (times > countOf(used.spans)) yield `${right}: a number is used twice`
  const held = core
    .control()
    .escrow.holdings()
    .filter((one) => one.right === right)
  const all = held.reduce((total, { share }) => plus(total, share), NOTHING)
  if (held.reduce((total, { share }) => total + sizeOf(share), 0) > sizeOf(all))
    yield `${right}: a number has two holders`
  if (overlap(all, used)) yield `${right}: a number that was used is still held`
  const given = sum(ops, ({ effect, accepted }) =>
    accepted && effect.type === 'mint' && effect.right === right ? effect.share : NOTHING,
  )
  const fallen = sum(ops, ({ op, effect, accepted }) =>
    accepted ? NOTHING : plus(usedBy(effect, right), givenInVain(core, op, effect, right)),
  )
  const back = ops.some(
    ({ op, accepted }) => accepted && op.effects.some((one) => one.type === 'reclaim' && one.right === right),
  )
  for (const [year, last] of lastOfYear(used))
    for (let count = 1; count < last; count += 1) {
      const number = single({ year, count })
      const wasGiven = overlap(given, number)
      const known = overlap(used, number) || overlap(all, number) || overlap(fallen, number)
      if (!known && !(wasGiven && back)) yield `${right}: nothing explains that ${year}/${count} is missing`
    }
}

function sum(ops: readonly Judged[], of: (one: Judged & { readonly effect: Effect }) => Share): Share {
  let total = NOTHING
  for (const one of ops) for (const effect of one.op.effects) total = plus(total, of({ ...one, effect }))
  return total
}

/** A block that the authority gave in answer to a request which fell later, with its author's role. */
const givenInVain = (core: Core, op: JudgedOp, effect: Effect, right: string): Share =>
  effect.type === 'mint' && effect.right === right && core.control().membership.isAuthority(op)
    ? effect.share
    : NOTHING

function usedBy(effect: Effect, right: string): Share {
  if (effect.type === 'spend' && effect.right === right && sizeOf(effect.share) <= 500) return effect.share
  if (effect.type === 'decide' && right === 'audit-number' && effect.number) return single(effect.number)
  return NOTHING
}

const overlap = (a: Share, b: Share): boolean =>
  b.spans.some((x) => a.spans.some((y) => x.year === y.year && x.from <= y.to && y.from <= x.to))

function lastOfYear({ spans }: Share): Map<number, number> {
  return new Map(spans.map(({ year, to }) => [year, to]))
}

/** Quantities: minted less drawn is what the holders have, and a token has one holder. */
function* wrongSums(core: Core): Generator<string> {
  const { escrow } = core.control()
  for (const [right, held] of Map.groupBy(escrow.holdings(), (one) => one.right)) {
    const kind = parseRight(right)?.kind
    const total = held.reduce((units, { share }) => units + share.units, 0)
    if (held.some(({ share }) => share.units < 0)) yield `${right}: somebody holds less than nothing`
    const minted = escrow.minted(right).units
    if (kind === 'token' && minted > 0 && total !== 1) yield `${right}: the token has ${total} holders`
    if (kind === 'quantity' && total !== minted - escrow.drawn(right))
      yield `${right}: ${minted} minted, ${escrow.drawn(right)} drawn, ${total} held`
    if (kind === 'range' && !isNothing(escrow.minted(right)) && minus(escrow.minted(right), NOTHING) === null)
      yield `${right}: minted less than nothing`
  }
}

/** One answer at most to each request. */
function* wrongAnswers(core: Core, ops: readonly Judged[]): Generator<string> {
  const answers = new Map<number, number>()
  for (const { op, accepted } of ops)
    for (const effect of op.effects) {
      const asked =
        accepted && effect.type === 'decide' ? core.judging.past.resolve(op, effect.request) : null
      if (asked) answers.set(asked.no, (answers.get(asked.no) ?? 0) + 1)
    }
  for (const [no, times] of answers)
    if (times > 1) yield `${formatOpId(core.judging.byNumber(no))} has ${times} answers`
}

/** A record is closed and opened in turn; what needs two persons had them. */
function* wrongTurns(core: Core): Generator<string> {
  const { requests } = core.control()
  for (const record of requests.turned()) {
    const turns = requests.turnsOf(record)
    const kind = core.records.find(record)?.kind
    for (const [i, { action, decision }] of turns.entries()) {
      const before = turns[i - 1]?.action ?? 'reopen'
      if (before === action && hasOneZone(core, record)) yield `${record}: ${action} twice in turn`
      const signed = kind && declared(kind).closing === 'signed' && action === 'close'
      const persons = core
        .control()
        .signOffsAt(decision.ref, record)
        .map(({ person }) => person)
      if (signed && new Set(persons).size < 2) yield `${record}: closed by one person`
    }
  }
}

const hasOneZone = (core: Core, record: RecordId): boolean =>
  new Set(core.judging.past.zonesHere(record)).size <= 1

/** However often an op is adopted, what it counts it counts once. */
function* wrongTallies(core: Core, ops: readonly Judged[]): Generator<string> {
  const shown = core.sql
    .prepare(
      `SELECT lower(hex(record.id)) AS record, sum(value.value) AS total FROM value
       JOIN record ON record.no = value.record WHERE value.field = ? GROUP BY record.id`,
    )
    .all<{ record: string; total: number }>(LABOUR)
  const totals = new Map(shown.map(({ record, total }) => [record, total]))
  const counted = new Map<string, number>()
  for (const { op, accepted } of ops)
    for (const [index, effect] of op.effects.entries())
      if (accepted && effect.type === 'count' && !core.judging.revocations.isRevoked(op.no, index))
        counted.set(effect.at.record, (counted.get(effect.at.record) ?? 0) + effect.amount)
  for (const record of new Set([...totals.keys(), ...counted.keys()]))
    if ((totals.get(record) ?? 0) !== (counted.get(record) ?? 0))
      yield `${record}: ${totals.get(record)} minutes shown, ${counted.get(record)} counted`
}

/** For the telling of what happened: kinds of effects that were accepted, and by whom closings were decided. */
export function happenings(core: Core): Map<string, number> {
  const seen = new Map<string, number>()
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
  const authorities = new Set<ActorId>(core.control().membership.tenures.map(({ actor }) => actor))
  for (const row of core.sql.prepare(`SELECT ${OP_COLUMNS} FROM op ORDER BY no`).all<OpRow>()) {
    const op = core.judging.fromRow(row)
    for (const effect of op.effects) {
      const what = 'action' in effect ? `${effect.type} ${effect.action}` : effect.type
      if (row.judgement === 0) count(`accepted ${what}`)
      if (row.judgement !== 0 || effect.type !== 'decide' || !effect.accept) continue
      count(authorities.has(op.actor) ? 'decided by the authority' : 'decided by delegation')
    }
    if (row.judgement === 0 && core.judging.byItself(op).judgement !== 'accepted') count('adopted')
    if (row.reason !== null) count(`because ${(JSON.parse(row.reason) as { code: string }).code}`)
  }
  if (core.log.forked().length > 0) count('forked')
  return seen
}
