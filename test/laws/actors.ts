/** Actors for laws on pure parts, where no key stands behind an id. */
import { parseActorId, type ActorId } from '../../shared/model/ids.ts'

export function actorFor(n: number): ActorId {
  const actor = parseActorId(n.toString(16).padStart(64, '0'))
  if (actor === null) throw new Error('64 hex digits are an actor')
  return actor
}
