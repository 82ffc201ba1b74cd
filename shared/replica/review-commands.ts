/** Review by command: what is set aside is adopted or dismissed, and what was accepted before is revoked. */
import type { CommandInput } from '../api/commands.ts'
import { reasonText } from '../api/messages/reasons.ts'
import { err, ok, type Result } from '../base/result.ts'
import { parseOpId, type DotRef, type OpRef } from '../model/ids.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import type { ReviewEffect } from '../op/effect.ts'
import type { Plan, Planner } from './commands.ts'
import { isDropped } from './chains.ts'
import type { Core } from './core.ts'

export function adopt(planner: Planner, input: CommandInput<'review.adopt'>): Result<Plan, Refusal> {
  const ids = 'ops' in input ? input.ops : [input.op]
  const named = namedOps(planner.core, ids)
  if (!named.ok) return named
  const obstacle = obstacleTo(planner.core, named.value)
  if (obstacle) return err(obstacle)
  const effects = named.value.map(({ op, hash }): ReviewEffect => ({ type: 'adopt', op, hash }))
  return ok({ ops: [effects], result: { adopted: effects.length } })
}

export function dismiss(planner: Planner, input: CommandInput<'review.dismiss'>): Result<Plan, Refusal> {
  const ids = 'ops' in input ? input.ops : [input.op]
  const named = namedOps(planner.core, ids)
  if (!named.ok) return named
  const reason = input.reason.normalize('NFC')
  const effects = named.value.map(({ op, hash }): ReviewEffect => ({ type: 'dismiss', op, hash, reason }))
  return ok({ ops: [effects], result: { dismissed: effects.length } })
}

export function revoke(planner: Planner, input: CommandInput<'fact.revoke'>): Result<Plan, Refusal> {
  const dot = parseDot(input.dot)
  if (!dot || planner.core.log.numberAt(dot) === null)
    return err(refuse('not-found', { what: 'value', id: input.dot }))
  return ok({ ops: [[{ type: 'revoke', dot, reason: input.reason.normalize('NFC') }]], result: {} })
}

type NamedByHash = { readonly op: OpRef; readonly hash: Uint8Array; readonly no: number }

/** Why one of them cannot be adopted by this device now; a closed record needs a reopening first. */
function obstacleTo(core: Core, named: readonly NamedByHash[]): Refusal | null {
  const at = core.judging.past.end(core.self)
  for (const { no } of named) {
    const why = core.judging.adoptionObstacle(at, core.judging.byNumber(no))
    if (!why) continue
    if (why.code === 'not-in-review') return refuse('not-in-review')
    return refuse('not-adoptable', { why: reasonText('en', why.code, why.params) })
  }
  return null
}

function namedOps(core: Core, ids: readonly string[]): Result<NamedByHash[], Refusal> {
  const named: NamedByHash[] = []
  for (const id of new Set(ids)) {
    const one = namedOp(core, id)
    if (!one.ok) return one
    named.push(one.value)
  }
  return ok(named)
}

/** Of a forked op, the branch that is set aside. */
function namedOp(core: Core, id: string): Result<NamedByHash, Refusal> {
  const op = parseOpId(id)
  const numbers = op ? core.log.numbersAt(op) : []
  if (!op || numbers.length === 0) return err(refuse('not-found', { what: 'op', id }))
  const here = numbers.filter((one) => !isDropped(one))
  const no = here.find((one) => [1, 2].includes(core.log.rowByNumber(one).judgement))
  return no === undefined ? err(refuse('not-in-review')) : ok({ op, hash: core.log.hashOf(no), no })
}

function parseDot(text: string): DotRef | null {
  const at = text.lastIndexOf('.')
  const op = parseOpId(text.slice(0, at))
  return op && { ...op, index: Number(text.slice(at + 1)) }
}
