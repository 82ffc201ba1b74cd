/** How ops travel: consecutive ops of one actor, the chain making the last one's signature vouch for all (design 4). */
import type { Bytes } from '../base/bytes.ts'
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

/** The last op of one actor that a replica holds without gaps. */
export type Head = {
  readonly actor: ActorId
  readonly seq: number
  /** The first 16 bytes of that op's hash. */
  readonly hash: Bytes
}
