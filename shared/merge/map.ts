/**
 * `map`: an observed-remove map of children. A child shows as long as it has an accepted dot that no accepted
 * removal saw: whoever edits a task while another removes it keeps it. Dots of one actor come in order, so per
 * actor two numbers say all: the highest seq that touched the child, and the highest that a removal saw.
 */
import type { ActorId } from '../model/ids.ts'

export type Presence = { readonly touched: number; readonly removed: number }

const ABSENT: Presence = { touched: 0, removed: 0 }

export type Presences = ReadonlyMap<ActorId, Presence>

export const touch = (presences: Presences, actor: ActorId, seq: number): Presences =>
  raise(presences, actor, { touched: seq, removed: 0 })

export function removeSeen(
  presences: Presences,
  seen: readonly { readonly actor: ActorId; readonly seq: number }[],
): Presences {
  let next = presences
  for (const { actor, seq } of seen) next = raise(next, actor, { touched: 0, removed: seq })
  return next
}

export const isPresent = (presences: Iterable<Presence>): boolean => {
  for (const presence of presences) if (presence.touched > presence.removed) return true
  return false
}

export function joinPresences(a: Presences, b: Presences): Presences {
  let next = a
  for (const [actor, presence] of b) next = raise(next, actor, presence)
  return next
}

function raise(presences: Presences, actor: ActorId, to: Presence): Presences {
  const had = presences.get(actor) ?? ABSENT
  const presence = {
    touched: Math.max(had.touched, to.touched),
    removed: Math.max(had.removed, to.removed),
  }
  return new Map(presences).set(actor, presence)
}
