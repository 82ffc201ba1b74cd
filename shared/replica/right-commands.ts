/** Rights moved by command: given, passed on, used and taken back. */
import type { CommandInput } from '../api/commands.ts'
import { err, ok, type Result } from '../base/result.ts'
import { declared } from '../model/fields.ts'
import { parseActorId, type ActorId, type RecordId } from '../model/ids.ts'
import { firstOf, parseRight, sizeOf, type Right, type Share } from '../model/rights.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import type { ControlEffect } from '../op/effect.ts'
import { LIMITS } from '../op/limits.ts'
import type { Plan, Planner } from './commands.ts'
import type { Core } from './core.ts'
import { headOf, memberTo } from './member-commands.ts'
import { shownOf } from './views.ts'

type Given = Result<ControlEffect[], Refusal>

export function transfer(planner: Planner, input: CommandInput<'right.transfer'>): Result<Plan, Refusal> {
  const { core, year } = planner
  const to = memberTo(core, input.to)
  if (!to.ok) return to
  const given =
    core.control().authority === core.self
      ? giving(core, input.right, input.amount, to.value, year)
      : passing(core, input.right, input.amount, to.value)
  if (!given.ok) return given
  return ok({ ops: [given.value], result: { ranges: rangesOf(given.value) } })
}

/** The authority gives what it has, and mints the rest. */
export function giving(core: Core, name: string, amount: number, to: ActorId, year: number): Given {
  const right = rightOf(core, name)
  if (!right.ok) return right
  const { escrow } = core.control()
  if (right.value.kind === 'range') {
    const share = escrow.next(name, right.value.of === 'audit-number' ? year : 0, amount)
    return ok(inParts(share).map((part) => ({ type: 'mint', right: name, to, share: part })))
  }
  if (right.value.kind === 'token') return givingToken(core, name, amount, to)
  const held = to === core.self ? 0 : Math.min(amount, sizeOf(escrow.heldBy(core.self, name)))
  const units = (count: number): Share => ({ units: count, spans: [] })
  const effects: ControlEffect[] = []
  if (held > 0) effects.push({ type: 'transfer', right: name, to, share: units(held) })
  if (amount > held) effects.push({ type: 'mint', right: name, to, share: units(amount - held) })
  return ok(effects)
}

/** A share whose numbers lie scattered is given in parts that an effect can hold. */
function inParts({ units, spans }: Share): Share[] {
  const parts: Share[] = []
  for (let at = 0; at < spans.length; at += LIMITS.spans)
    parts.push({ units, spans: spans.slice(at, at + LIMITS.spans) })
  return parts
}

function givingToken(core: Core, name: string, amount: number, to: ActorId): Given {
  if (amount !== 1) return err(refuse('bad-value', { field: 'amount', reason: 'a right to decide is one' }))
  if (to === core.self) return err(refuse('token-passed'))
  return core.control().escrow.isOutNow(name)
    ? err(refuse('token-out'))
    : ok([{ type: 'mint', right: name, to, share: { units: 1, spans: [] } }])
}

function passing(core: Core, name: string, amount: number, to: ActorId): Given {
  const right = rightOf(core, name)
  if (!right.ok) return right
  if (to === core.self) return err(refuse('bad-value', { field: 'to', reason: 'it is this device' }))
  if (right.value.kind === 'token' && to !== core.control().authority) return err(refuse('token-passed'))
  const share = firstOwn(core, name, amount)
  return share.ok ? ok([{ type: 'transfer', right: name, to, share: share.value }]) : share
}

export function spend(planner: Planner, input: CommandInput<'right.spend'>): Result<Plan, Refusal> {
  const { core, year } = planner
  const right = rightOf(core, input.right)
  if (!right.ok) return right
  const record = (input.record ?? null) as RecordId | null
  const problem = spendProblem(planner, right.value, input.amount, record)
  if (problem) return err(problem)
  const share = nextOwn(core, input.right, right.value, input.amount, year)
  if (!share.ok) return share
  const effect: ControlEffect = { type: 'spend', right: input.right, share: share.value, record }
  return ok({ ops: [[effect]], result: { ranges: rangesOf([effect]) } })
}

function spendProblem(
  { reading }: Planner,
  right: Right,
  amount: number,
  record: RecordId | null,
): Refusal | null {
  if (right.kind === 'token' || right.of === 'enrol')
    return refuse('bad-value', { field: 'right', reason: 'it is used by deciding or admitting' })
  if (record === null) return null
  const kind = reading.kindOf(record)
  if (!kind) return refuse('not-found', { what: 'record', id: record })
  if (right.of === 'stock') return null
  const numbered = right.of === 'job-number' && declared(kind).fields.number !== undefined
  if (!numbered) return refuse('bad-field', { kind, field: 'number' })
  return amount === 1 ? null : refuse('bad-value', { field: 'amount', reason: 'a record takes one number' })
}

export function reclaim(planner: Planner, input: CommandInput<'right.reclaim'>): Result<Plan, Refusal> {
  const { core } = planner
  const right = rightOf(core, input.right)
  if (!right.ok) return right
  if (core.control().authority !== core.self) return err(refuse('not-authority'))
  const actor = parseActorId(input.actor)
  if (!actor || !core.control().member(actor))
    return err(refuse('not-found', { what: 'member', id: input.actor }))
  if (actor === core.self) return err(refuse('authority-itself'))
  if (sizeOf(core.control().escrow.heldBy(actor, input.right)) === 0) return err(refuse('holds-nothing'))
  const through = headOf(core, actor).seq
  return ok({ ops: [[{ type: 'reclaim', right: input.right, actor, through }]], result: {} })
}

/** The number that a job made here gets: the next of this device's block; null while it holds none. */
export function nextJobNumber(core: Core): Share | null {
  const right: Right = { kind: 'range', of: 'job-number' }
  const share = nextOwn(core, 'job-number', right, 1, 0)
  return share.ok ? share.value : null
}

/** The authority counts on by itself; every other device uses what it holds. */
function nextOwn(
  core: Core,
  name: string,
  right: Right,
  amount: number,
  year: number,
): Result<Share, Refusal> {
  const counts = right.kind === 'range' && core.control().authority === core.self
  if (counts) return ok(core.control().escrow.next(name, right.of === 'audit-number' ? year : 0, amount))
  return firstOwn(core, name, amount)
}

function firstOwn(core: Core, name: string, amount: number): Result<Share, Refusal> {
  const held = core.control().escrow.heldBy(core.self, name)
  const share = firstOf(held, amount)
  return share ? ok(share) : err(refuse('not-enough', { right: wordsFor(core, name), left: sizeOf(held) }))
}

/** Stock by the item's name: its id says nothing to a person. */
function wordsFor(core: Core, name: string): string {
  const right = parseRight(name)
  const row = right?.of === 'stock' ? core.records.find(right.item) : null
  return String((row && shownOf(core.states.of(row.no), 'name')) ?? name)
}

export function rightOf(core: Core, name: string): Result<Right, Refusal> {
  const right = parseRight(name.normalize('NFC'))
  if (!right) return err(refuse('unknown-right', { right: name }))
  const known = right.of !== 'stock' || core.records.find(right.item)?.kind === 'stock'
  return known ? ok(right) : err(refuse('not-found', { what: 'stock item', id: name.slice('stock:'.length) }))
}

const rangesOf = (effects: readonly ControlEffect[]): [number, number][] =>
  effects.flatMap((effect) =>
    'share' in effect ? effect.share.spans.map(({ from, to }): [number, number] => [from, to]) : [],
  )
