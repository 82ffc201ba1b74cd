/** What the authority's desk says of members, by command. */
import type { CommandInput } from '../api/commands.ts'
import type { Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import { parseActorId, type ActorId } from '../model/ids.ts'
import { sizeOf } from '../model/rights.ts'
import { refuse, type Refusal } from '../intent/refusal.ts'
import type { ControlEffect } from '../op/effect.ts'
import type { Plan, Planner } from './commands.ts'
import type { Core } from './core.ts'

const NO_HASH: Bytes = new Uint8Array(0)

export function setRole(planner: Planner, input: CommandInput<'member.setRole'>): Result<Plan, Refusal> {
  const actor = governed(planner.core, input.actor)
  if (!actor.ok) return actor
  const through = headOf(planner.core, actor.value).seq
  const effect: ControlEffect = { type: 'setRole', actor: actor.value, role: input.role, through }
  return ok({ ops: [[effect]], result: {} })
}

export function cut(planner: Planner, input: CommandInput<'member.cut'>): Result<Plan, Refusal> {
  const actor = governed(planner.core, input.actor)
  if (!actor.ok) return actor
  return ok({ ops: [cutEffects(planner.core, actor.value, input.reason.normalize('NFC'))], result: {} })
}

/** A cut takes with it the rights that the device held. */
export function cutEffects(core: Core, actor: ActorId, reason: string): ControlEffect[] {
  const { seq: through, hash } = headOf(core, actor)
  const held = core
    .control()
    .escrow.holdings()
    .filter(({ owner, share }) => owner === actor && sizeOf(share) > 0)
  return [
    { type: 'cut', actor, through, hash, reason },
    ...held.map(({ right }): ControlEffect => ({ type: 'reclaim', right, actor, through })),
  ]
}

export function handOver(planner: Planner, input: CommandInput<'site.handover'>): Result<Plan, Refusal> {
  const { core } = planner
  const to = memberTo(core, input.actor)
  if (!to.ok) return to
  if (core.control().authority !== core.self) return err(refuse('not-authority'))
  if (to.value === core.self) return err(refuse('authority-itself'))
  const { seq: through, hash } = headOf(core, core.self)
  return ok({ ops: [[{ type: 'handover', actor: to.value, through, hash }]], result: {} })
}

export function setPolicy(planner: Planner, input: CommandInput<'policy.set'>): Result<Plan, Refusal> {
  if (planner.core.control().authority !== planner.core.self) return err(refuse('not-authority'))
  const types = input.types?.map((type) => type.normalize('NFC')) ?? null
  const retention = { maxBytes: input.max_bytes ?? null, types, maxDays: input.max_days ?? null }
  return ok({ ops: [[{ type: 'policy', retention }]], result: {} })
}

/** Only to a version that this build knows: what it writes from then on is judged by it. */
export function raiseRules(planner: Planner, input: CommandInput<'rules.raise'>): Result<Plan, Refusal> {
  const { core } = planner
  const { version } = input
  if (core.control().authority !== core.self) return err(refuse('not-authority'))
  const known = core.vocabulary.rules
  if (version > known) return err(refuse('rules-unknown', { version, known }))
  const { rules } = core.control().membership
  if (version <= rules) return err(refuse('rules-not-higher', { version: rules }))
  return ok({ ops: [[{ type: 'ruleVersion', version }]], result: {} })
}

/** The last op of an actor that stands here: of a forked one, on the branch that stands. */
export function headOf(core: Core, actor: ActorId): { readonly seq: number; readonly hash: Bytes } {
  const head = core.log.head(actor)
  if (!head) return { seq: 0, hash: NO_HASH }
  if (core.log.forkedAt(actor) === null) return { seq: head.seq, hash: head.hash }
  return forkedHead(core, actor, head.seq)
}

/** Down the chain to the last op that stands; where none beyond the fork does, the last before it. */
function forkedHead(core: Core, actor: ActorId, from: number): { seq: number; hash: Bytes } {
  for (let seq = from; seq > 0; seq -= 1)
    for (const no of core.log.numbersAt({ actor, seq }))
      if (core.control().stands({ actor, seq, no })) return { seq, hash: core.log.hashOf(no) }
  return { seq: 0, hash: NO_HASH }
}

/** A member that is not cut. */
export function memberTo(core: Core, id: string): Result<ActorId, Refusal> {
  const actor = parseActorId(id)
  const member = actor && core.control().member(actor)
  if (!actor || !member) return err(refuse('not-found', { what: 'member', id }))
  return member.cut ? err(refuse('device-cut', { name: member.name, why: member.cut.reason })) : ok(actor)
}

function governed(core: Core, id: string): Result<ActorId, Refusal> {
  const to = memberTo(core, id)
  if (!to.ok) return to
  if (core.control().authority !== core.self) return err(refuse('not-authority'))
  return to.value === core.self ? err(refuse('authority-itself')) : to
}
