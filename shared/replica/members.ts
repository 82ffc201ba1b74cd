/** The members of a site as the control state has them. */
import type { ActorId } from '../model/ids.ts'
import type { Role } from '../model/roles.ts'
import type { MemberState } from '../judge/roster.ts'
import type { Member } from './contract.ts'
import type { Core } from './core.ts'

export const membersOf = (core: Core): Member[] => core.control().members().map(memberOf)

const memberOf = ({ cut, actor, name, role, person, opKey, tlsKeyHash }: MemberState): Member => ({
  actor,
  name,
  role,
  person,
  opKey,
  tlsKeyHash,
  cut: cut?.reason ?? null,
})

/** Of a cut member, the role that it had; null for who was never admitted. */
export const roleOf = (core: Core, actor: ActorId): Role | null => core.control().member(actor)?.role ?? null
