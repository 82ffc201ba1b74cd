/** Requests by command that are about no closing: numbers, stock, roles, cuts, and whether an attachment may stay. */
import type { CommandInput } from '../api/commands.ts'
import { err, ok, type Result } from '../base/result.ts'
import { fieldByName } from '../model/fields.ts'
import { formatOpId, type ChildId, type RecordId } from '../model/ids.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import type { Ask } from '../op/effect.ts'
import type { Plan, Planner } from './commands.ts'
import { memberTo } from './member-commands.ts'
import { rightOf } from './right-commands.ts'

type Planned = Result<Plan, Refusal>

/** The same question twice gets no second answer; the first is still on its way. */
function ask({ core, composer }: Planner, asked: Ask): Planned {
  const own = core
    .control()
    .requests.waiting()
    .filter(({ ref }) => ref.actor === core.self)
  if (own.some((one) => JSON.stringify(one.ask) === JSON.stringify({ type: 'request', ...asked })))
    return err(refuse('already-requested'))
  return ok({ ops: [[{ type: 'request', ...asked }]], result: { request: formatOpId(composer.ref) } })
}

export function requestNumbers(planner: Planner, input: CommandInput<'request.numbers'>): Planned {
  const right = rightOf(planner.core, input.right)
  if (!right.ok) return right
  const name = input.right.normalize('NFC')
  if (right.value.of === 'stock')
    return ask(planner, { action: 'stock', record: right.value.item, amount: input.amount })
  return ask(planner, { action: 'numbers', right: name, amount: input.amount })
}

export function requestStock(planner: Planner, input: CommandInput<'request.stock'>): Planned {
  const record = input.item as RecordId
  if (planner.reading.kindOf(record) !== 'stock')
    return err(refuse('not-found', { what: 'stock item', id: input.item }))
  return ask(planner, { action: 'stock', record, amount: input.amount })
}

export function requestRole(planner: Planner, input: CommandInput<'request.role'>): Planned {
  const actor = memberTo(planner.core, input.actor)
  if (!actor.ok) return actor
  if (actor.value === planner.core.control().authority) return err(refuse('authority-itself'))
  return ask(planner, { action: 'role', actor: actor.value, role: input.role })
}

export function requestCut(planner: Planner, input: CommandInput<'request.cut'>): Planned {
  const actor = memberTo(planner.core, input.actor)
  if (!actor.ok) return actor
  if (actor.value === planner.core.control().authority) return err(refuse('authority-itself'))
  return ask(planner, { action: 'cut', actor: actor.value, reason: input.reason.normalize('NFC') })
}

export function requestCheck(planner: Planner, input: CommandInput<'request.check'>): Planned {
  const record = input.record as RecordId
  const kind = planner.reading.kindOf(record)
  const field = kind && fieldByName(kind, 'attachments')
  const child = input.attachment as ChildId
  if (!field || !planner.reading.hasChild(record, field.code, child))
    return err(refuse('not-found', { what: 'attachment', id: input.attachment }))
  return ask(planner, { action: 'check', record, child })
}
