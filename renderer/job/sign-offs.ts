/** An incident's sign-offs: whose stand, and what this device's person can do about them. */
import type { QueryAnswer } from '../../shared/api/queries.ts'

type JobRecord = QueryAnswer<'record'>

/** The persons whose sign-off stands, each once, by name. */
export function signedBy({ sign_offs: all }: Pick<JobRecord, 'sign_offs'>): readonly string[] {
  const byPerson = new Map(all.filter(({ stale }) => !stale).map(({ person, name }) => [person, name]))
  return [...byPerson.values()]
}

/** `again`: the person has signed off, but before the last change. `person` is null while it is not known. */
export function ownTurn(
  { sign_offs: all, status }: Pick<JobRecord, 'sign_offs' | 'status'>,
  person: string | null,
): 'sign' | 'again' | 'done' | null {
  if (status !== 'open' || person === null) return null
  const own = all.filter((one) => one.person === person)
  if (own.some(({ stale }) => !stale)) return 'done'
  return own.length > 0 ? 'again' : 'sign'
}
