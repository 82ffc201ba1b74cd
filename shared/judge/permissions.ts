/** Which role may write which effect: plain data, the whole table in one place. */
import type { Role } from '../model/roles.ts'
import type { Effect } from '../op/effect.ts'

type EffectType = Exclude<Effect['type'], 'unknown'>

const DATA: readonly EffectType[] = [
  'create',
  'import',
  'assign',
  'draft',
  'insert',
  'remove',
  'child',
  'drop',
  'session',
  'text',
  'count',
]

const ASKING: readonly EffectType[] = ['request', 'withdraw']
const GOVERNING: readonly EffectType[] = ['genesis', 'admit', 'setRole', 'cut', 'decide']

export const PERMISSIONS: Readonly<Record<Role, ReadonlySet<EffectType>>> = {
  authority: new Set([...DATA, ...ASKING, ...GOVERNING]),
  supervisor: new Set([...DATA, ...ASKING]),
  technician: new Set([...DATA, ...ASKING]),
  /** Keeps and relays; writes nothing of its own. */
  edge: new Set(),
}

export const permits = (role: Role, type: Effect['type']): boolean =>
  type !== 'unknown' && PERMISSIONS[role].has(type)
