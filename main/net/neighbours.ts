/**
 * Which other tablets a tablet keeps links to. The tablets that are there stand on a ring in the order of their ids,
 * and each wants the two before and the two behind it. All of them come to the same ring, so that who is wanted wants
 * back, and the ring holds them together: no group is without a path to the rest, and three in a row may fall silent.
 */
import type { ActorId } from '../../shared/model/ids.ts'

const EACH_SIDE = 2
/** Tablets carry each other's ops, but each keeps few others: desks and edges link everyone (design 9). */
export const TABLET_LINKS = 2 * EACH_SIDE

/** Of the tablets that are there, those that `own` is to be linked with. */
export function neighboursOf(own: ActorId, there: Iterable<ActorId>): ReadonlySet<ActorId> {
  const others = [...new Set(there)].filter((actor) => actor !== own).sort()
  const behind = others.filter((actor) => actor > own)
  const ring = [...behind, ...others.slice(0, others.length - behind.length)]
  return new Set([...ring.slice(0, EACH_SIDE), ...ring.slice(-EACH_SIDE)])
}
