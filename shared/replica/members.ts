/** The members of a site as the control state has them. */
import type { ActorId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import type { MemberState } from '../judge/control.ts'
import type { Member } from './contract.ts'
import type { Core } from './core.ts'

export const membersOf = (core: Core): Member[] => [...core.control().members.values()].map(memberOf)

function memberOf(state: MemberState): Member {
  const { actor, name, person, opKey, tlsKeyHash, cut } = state
  return { actor, name, role: currentRole(state), person, opKey, tlsKeyHash, cut: cut?.reason ?? null }
}

/** The role last given; a cut member shows the one it had. */
export function currentRole(member: MemberState): Role {
  return member.timeline.findLast((span) => span.role !== null)?.role ?? 'technician'
}

export const roleOf = (core: Core, actor: ActorId): Role | null => {
  const member = core.control().members.get(actor)
  return member ? currentRole(member) : null
}
