/** How ops travel: consecutive ops of one actor, the chain making the last one's signature vouch for all (design 4). */
import { compareBytes, toHex, type Bytes } from '../base/bytes.ts'
import type { ActorId } from '../model/ids.ts'

export type Run = {
  readonly actor: ActorId
  /** The seq of the first op. */
  readonly first: number
  /** The very bytes that were verified, one entry an op; at most `LIMITS.runOps` and `LIMITS.runBytes`. */
  readonly ops: readonly Bytes[]
  /** Ed25519, 64 bytes, over the last op. */
  readonly signature: Bytes
}

/** The last op of one branch of an actor's chain that a replica holds without gaps; of an actor that never forked, the last. */
export type Head = {
  readonly actor: ActorId
  readonly seq: number
  /** The first 16 bytes of that op's hash. */
  readonly hash: Bytes
}

/** The one order of heads: by actor, then seq, then hash. */
export const compareHeads = (a: Head, b: Head): number =>
  (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0) || a.seq - b.seq || compareBytes(a.hash, b.hash)

/** One text for one head. */
export const headKey = ({ actor, seq, hash }: Head): string => `${actor}:${seq}:${toHex(hash)}`

/** At most so many heads: of every actor its furthest, then more of those that forked. What is left out is only sent twice. */
export function foremost(heads: readonly Head[], most: number): readonly Head[] {
  if (heads.length <= most) return heads
  const isFurthest = (head: Head, i: number): boolean => heads[i + 1]?.actor !== head.actor
  const furthest = heads.filter(isFurthest)
  const others = heads.filter((head, i) => !isFurthest(head, i))
  return [...furthest, ...others].slice(0, most).sort(compareHeads)
}
