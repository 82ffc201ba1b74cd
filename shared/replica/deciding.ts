/** The authority's decisions as ops: by hand through a command, and by policy for all that waits. */
import type { CommandInput } from '../api/commands.ts'
import { err, ok, type Result } from '../base/result.ts'
import { formatOpId, parseOpId, type RecordId } from '../model/ids.ts'
import { fieldsOf } from '../model/fields.ts'
import { decideByPolicy, impossibility, type RequestFacts } from '../authority/policy.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import { auditNumber, isWaiting, type RequestState } from '../judge/control.ts'
import { valuesOf } from '../merge/register.ts'
import type { ControlEffect } from '../op/effect.ts'
import type { Plan, Planner } from './commands.ts'
import type { Core } from './core.ts'
import { RecordState } from './record-state.ts'

type DecideEffect = Extract<ControlEffect, { type: 'decide' }>

/** A person at the authority's own desk decides; what is impossible is refused here and not judged later. */
export function decide(planner: Planner, input: CommandInput<'decide'>): Result<Plan, Refusal> {
  const { core } = planner
  if (core.control().authority !== core.self) return err(refuse('not-authority'))
  const ref = parseOpId(input.request)
  const request = ref && core.control().requests.get(formatOpId(ref))
  if (!request) return err(refuse('not-found', { what: 'request', id: input.request }))
  if (!isWaiting(request)) return err(refuse('request-settled'))
  const problem = input.accept
    ? impossibility({ action: request.action, closed: core.control().isClosed(request.record) })
    : null
  if (problem) return err(refuse(problem === 'already-closed' ? 'already-closed' : 'already-open'))
  const effect = answerTo(core, request, input.accept, input.reason?.normalize('NFC') ?? null, planner.year)
  return ok({ ops: [[effect]], result: { audit_number: effect.number && auditNumber(effect.number) } })
}

/** The policy's answer to the oldest waiting request, or null when none waits. */
export function nextDecision(core: Core, year: number): DecideEffect | null {
  const request = core.control().nextWaiting()
  if (!request) return null
  const answer = decideByPolicy(factsOf(core, request))
  return answerTo(core, request, answer.accept, answer.accept ? null : answer.reason, year)
}

function answerTo(
  core: Core,
  request: RequestState,
  accept: boolean,
  reason: string | null,
  year: number,
): DecideEffect {
  const numbered = accept && request.action === 'close'
  const number = numbered ? { year, count: core.control().nextNumber(year) } : null
  return { type: 'decide', request: request.ref, accept, number, reason }
}

function factsOf(core: Core, { action, record }: RequestState): RequestFacts {
  return { action, closed: core.control().isClosed(record), ...openWork(core, record) }
}

function openWork(core: Core, record: RecordId): Pick<RequestFacts, 'openTasks' | 'conflicts'> {
  const row = core.records.find(record)
  if (!row) return { openTasks: 0, conflicts: [] }
  const state = new RecordState(core.sql, core.log, row)
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
