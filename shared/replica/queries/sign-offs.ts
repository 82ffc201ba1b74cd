/** Who signed an incident off, each person once, and whether it still stands for what is here now. */
import type { QueryAnswer } from '../../api/queries.ts'
import { declared } from '../../model/fields.ts'
import type { SignedOff } from '../../judge/decisions.ts'
import type { Core } from '../core.ts'
import type { RecordRow } from '../interner.ts'
import { nameOf } from './naming.ts'

type SignOffRow = QueryAnswer<'record'>['sign_offs'][number]

export function signOffs(core: Core, row: RecordRow): SignOffRow[] {
  if (declared(row.kind).closing !== 'signed') return []
  const all = core.control().signOffsAt(core.judging.past.end(core.self), row.id)
  const byPerson = new Map<string, SignedOff>()
  // Oldest first: a later one of the same person takes its place, unless only the earlier stands.
  for (const one of all) if (one.stands || !byPerson.get(one.person)?.stands) byPerson.set(one.person, one)
  return [...byPerson.values()].map(({ signOff: { op, wall }, person, stands }) => ({
    actor: op.actor,
    name: nameOf(core, op.actor),
    person,
    wall,
    stale: !stands,
  }))
}
