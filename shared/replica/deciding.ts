/** Decisions as ops: by hand through a command, and by policy for all that waits. */
import type { CommandInput } from '../api/commands.ts'
import { err, ok, type Result } from '../base/result.ts'
import { formatOpId, parseOpId, type RecordId } from '../model/ids.ts'
import { declared, fieldsOf } from '../model/fields.ts'
import { auditNumber, firstOf, sizeOf, stockRight, tokenRight, type Numbered } from '../model/rights.ts'
import {
  decideCheck,
  decideClosing,
  decideNumbers,
  decideStock,
  impossibility,
  type Answer,
  type ClosingFacts,
} from '../authority/policy.ts'
import { mustGo } from '../authority/retention.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import { recordOf, type RequestState } from '../judge/requests.ts'
import { missingSignOffs } from '../judge/decisions.ts'
import { valuesOf } from '../merge/register.ts'
import type { Ask, ControlEffect } from '../op/effect.ts'
import { attachmentFacts } from './attachments.ts'
import type { Plan, Planner } from './commands.ts'
import type { Core } from './core.ts'
import { cutEffects, headOf } from './member-commands.ts'
import { giving } from './right-commands.ts'

type Ops = Plan['ops']
type DecideEffect = Extract<ControlEffect, { type: 'decide' }>

/** A person decides; what is impossible is refused here and not judged later. */
export function decide(planner: Planner, input: CommandInput<'decide'>): Result<Plan, Refusal> {
  const { core } = planner
  const ref = parseOpId(input.request)
  const request = ref && core.control().requests.all.get(formatOpId(ref))
  if (!request) return err(refuse('not-found', { what: 'request', id: input.request }))
  if (!core.control().requests.isWaiting(request)) return err(refuse('request-settled'))
  const problem = mandateProblem(core, request) ?? (input.accept ? acceptProblem(core, request) : null)
  if (problem) return err(problem)
  const answer = { accept: input.accept, reason: input.reason?.normalize('NFC') ?? null }
  const ops = answerTo(core, request, answer, planner.year)
  if (!ops) return err(refuse('not-enough', { right: 'audit-number', left: 0 }))
  const [first] = ops[0] ?? []
  const number = first?.type === 'decide' ? first.number : null
  return ok({ ops, result: { audit_number: number && auditNumber(number) } })
}

/** May this device answer the request: the authority, but for zones given away, or who holds the zone's token. */
export function mandateProblem(core: Core, { ask }: Pick<RequestState, 'ask'>): Refusal | null {
  const control = core.control()
  const zones = zonesNow(core, ask)
  const isOut = (zone: string | null): boolean => zone !== null && control.escrow.isOutNow(tokenRight(zone))
  if (control.authority === core.self) return zones.some(isOut) ? refuse('token-out') : null
  const turn = ask.action === 'close' || ask.action === 'reopen'
  if (!turn || zones.length === 0 || zones.includes(null)) return refuse('not-authority')
  const holds = (zone: string | null): boolean =>
    zone !== null && sizeOf(control.escrow.heldBy(core.self, tokenRight(zone))) > 0
  return zones.every(holds) ? null : refuse('token-elsewhere')
}

/** The zones that govern a request for closing, by the ops that created its record. */
export function zonesNow(core: Core, ask: Ask): readonly (string | null)[] {
  const record = recordOf(ask)
  if (record === null || (ask.action !== 'close' && ask.action !== 'reopen')) return []
  return core.judging.past.zonesHere(record)
}

function acceptProblem(core: Core, { ask }: RequestState): Refusal | null {
  if (ask.action !== 'close' && ask.action !== 'reopen') return null
  const problem = impossibility(standing(core, ask.action, ask.record))
  if (problem === 'rests-on') return refuse('not-found', { what: 'record', id: ask.record })
  if (problem) return refuse(problem)
  const missing = ask.action === 'close' ? signOffsMissing(core, ask.record) : 0
  return missing > 0 ? refuse('sign-offs-missing', { missing }) : null
}

function signOffsMissing(core: Core, record: RecordId): number {
  const kind = core.records.find(record)?.kind
  if (!kind || declared(kind).closing !== 'signed') return 0
  const here = core.judging.past.end(core.self)
  return missingSignOffs(core.control().signedBy(here, record).length)
}

type PolicyTurn = {
  readonly year: number
  readonly now: number
  /** Closings and reopenings too. */
  readonly turns: boolean
  /** Requests, by name, whose answer would not count. */
  readonly unfit: ReadonlySet<string>
}

/** The policy's answer to the oldest waiting request that it can answer, and that request's name; null when none. */
export function nextDecision(
  core: Core,
  { year, now, turns, unfit }: PolicyTurn,
): { readonly request: string; readonly ops: Ops } | null {
  for (const request of core.control().requests.waiting()) {
    const { action } = request.ask
    if (!turns && (action === 'close' || action === 'reopen')) continue
    if (unfit.has(formatOpId(request.ref))) continue
    if (mandateProblem(core, request) !== null) continue
    const answer = answerByPolicy(core, request, now)
    if (answer.accept === 'wait') continue
    const reason = answer.accept ? null : answer.reason
    const ops = answerTo(core, request, { accept: answer.accept, reason }, year)
    if (ops) return { request: formatOpId(request.ref), ops }
  }
  return null
}

function answerByPolicy(core: Core, { ask, ref }: RequestState, now: number): Answer {
  switch (ask.action) {
    case 'close':
    case 'reopen':
      return decideClosing(closingFacts(core, ask.action, ask.record))
    case 'numbers': {
      const role = core.control().member(ref.actor)?.role
      return decideNumbers(ask.right, ask.amount, role === 'supervisor' || role === 'authority')
    }
    case 'stock':
      return decideStock(sizeOf(core.control().escrow.heldBy(core.self, stockRight(ask.record))), ask.amount)
    case 'check': {
      const policy = core.control().membership.retention
      const facts = policy && attachmentFacts(core, ask.record, ask.child, now)
      return decideCheck(!facts || mustGo(policy, facts) === null)
    }
    case 'role':
    case 'cut':
      return { accept: 'wait' }
  }
}

function answerTo(
  core: Core,
  request: RequestState,
  { accept, reason }: { readonly accept: boolean; readonly reason: string | null },
  year: number,
): Ops | null {
  const numbered = accept && request.ask.action === 'close'
  const number = numbered ? nextAuditNumber(core, year) : null
  if (numbered && !number) return null
  const decision: DecideEffect = { type: 'decide', request: request.ref, accept, number, reason }
  return accept ? carriedOut(core, decision, request, year) : [[decision]]
}

/** The authority counts on; a desk that decides in its place takes the next of its block. */
function nextAuditNumber(core: Core, year: number): Numbered | null {
  const { escrow, authority } = core.control()
  if (authority === core.self) return escrow.nextNumber('audit-number', year)
  const span = firstOf(escrow.heldBy(core.self, 'audit-number'), 1)?.spans[0]
  return span ? { year: span.year, count: span.from } : null
}

/** What an accepted request asks for, in the same op where it may be, else right behind it. */
function carriedOut(
  core: Core,
  decision: DecideEffect,
  { ask, ref }: RequestState,
  year: number,
): Ops | null {
  switch (ask.action) {
    case 'numbers':
    case 'stock': {
      const right = ask.action === 'stock' ? stockRight(ask.record) : ask.right
      const given = giving(core, right, ask.amount, ref.actor, year)
      return given.ok ? [[decision, ...given.value]] : null
    }
    case 'role': {
      const { seq } = headOf(core, ask.actor)
      return [[decision], [{ type: 'setRole', actor: ask.actor, role: ask.role, through: seq }]]
    }
    case 'cut':
      return [[decision], cutEffects(core, ask.actor, ask.reason)]
    default:
      return [[decision]]
  }
}

function closingFacts(core: Core, action: 'close' | 'reopen', record: RecordId): ClosingFacts {
  const missing = action === 'close' ? signOffsMissing(core, record) : 0
  return {
    ...standing(core, action, record),
    missingSignOffs: missing,
    ...openWork(core, record),
  }
}

function standing<A extends 'close' | 'reopen'>(
  core: Core,
  action: A,
  record: RecordId,
): { readonly action: A; readonly closed: boolean; readonly stands: boolean } {
  const row = core.records.find(record)
  return {
    action,
    closed: core.control().isClosed(record),
    stands: row !== null && core.origins.stands(row.no),
  }
}

function openWork(core: Core, record: RecordId): Pick<ClosingFacts, 'openTasks' | 'conflicts'> {
  const row = core.records.find(record)
  if (!row) return { openTasks: 0, conflicts: [] }
  const state = core.states.of(row.no)
  const tasks = state.children('tasks')
  const conflicts = fieldsOf(row.kind)
    .filter(
      (field) => field.frozen && field.merge === 'register' && valuesOf(state.live(field.name)).length > 1,
    )
    .map((field) => field.name)
  const inTasks = tasks.some((task) => valuesOf(task.live('text')).length > 1)
  return {
    openTasks: tasks.filter((task) => task.live('done').length === 0).length,
    conflicts: inTasks ? [...conflicts, 'tasks'] : conflicts,
  }
}
