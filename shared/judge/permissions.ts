/** Which role may write which effect: plain data, the whole table in one place. docs/permissions.md is made from it. */
import type { Role } from '../model/roles.ts'
import type { Effect } from '../op/effect.ts'

export type EffectType = Exclude<Effect['type'], 'unknown'>

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

/** What everybody who works may do: ask, use and pass on rights that were given to them, sign, hand work in. */
const WORKING: readonly EffectType[] = ['request', 'withdraw', 'transfer', 'spend', 'sign', 'parcel']

/** What a supervisor adds: review, repair, and, within rights given in advance, admitting and deciding. */
const SUPERVISING: readonly EffectType[] = ['adopt', 'dismiss', 'revoke', 'admit', 'decide']

/** The authority's alone. */
const GOVERNING: readonly EffectType[] = [
  'genesis',
  'setRole',
  'cut',
  'mint',
  'reclaim',
  'handover',
  'policy',
  'checkpoint',
  'snapshot',
  'ruleVersion',
]

export const PERMISSIONS: Readonly<Record<Role, ReadonlySet<EffectType>>> = {
  authority: new Set([...DATA, ...WORKING, ...SUPERVISING, ...GOVERNING]),
  supervisor: new Set([...DATA, ...WORKING, ...SUPERVISING]),
  technician: new Set([...DATA, ...WORKING]),
  /** Keeps and relays; writes nothing of its own. */
  edge: new Set(),
}

/** The row of the table that an effect is held to: what becomes of work that was handed in is said by who may adopt. */
export const actOf = (effect: Effect): Effect['type'] =>
  effect.type === 'parcel' && effect.of === 'settled' ? 'adopt' : effect.type

export const permits = (role: Role, type: Effect['type']): boolean =>
  type !== 'unknown' && PERMISSIONS[role].has(type)
