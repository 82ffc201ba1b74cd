/** The devices of the site with their persons, and what the authority says of them. */
import type { QueryAnswer } from '../../api/queries.ts'
import { compareActors } from '../../merge/dots.ts'
import type { Core } from '../core.ts'

type MemberRow = QueryAnswer<'members'>['members'][number]

/** In the order in which they were admitted. */
export function members(core: Core): MemberRow[] {
  return core
    .control()
    .members()
    .sort((a, b) => a.admitted - b.admitted || compareActors(a.actor, b.actor))
    .map(({ actor, name, person, role, admitted, cut }) => ({
      actor,
      name,
      person,
      role,
      admitted,
      cut: cut !== null,
      cut_reason: cut?.reason ?? null,
      cut_at: cut?.wall ?? null,
      forked: core.log.forkedAt(actor) !== null,
      self: actor === core.self,
    }))
}

export function policies(core: Core): QueryAnswer<'policies'> {
  const { retention } = core.control().membership
  if (!retention) return { retention: null }
  const { maxBytes, types, maxDays } = retention
  return { retention: { max_bytes: maxBytes, types, max_days: maxDays } }
}
