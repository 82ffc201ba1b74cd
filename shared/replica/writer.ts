/** Builds, signs and commits own ops: each names what the device has newly seen, and stands right behind its last. */
import { invariant } from '../base/invariant.ts'
import { reason, type ReasonOf } from '../judge/reason.ts'
import type { OpRef } from '../model/ids.ts'
import type { KnownEffect } from '../op/effect.ts'
import { LIMITS } from '../op/limits.ts'
import { encodeOp, parseOp, signedBytes, type OpToWrite } from '../op/op.ts'
import type { Core } from './core.ts'
import type { Arrival } from './log.ts'
import { newsFor } from './news.ts'
import type { Signer } from './ports.ts'

/** Thrown inside the transaction, so that it is undone: an own op that would not count must not be written. */
export class Unfit extends Error {
  readonly reason: ReasonOf | null

  /** Null: larger than an op may be. */
  constructor(reason: ReasonOf | null) {
    super(reason?.code ?? 'too-large')
    this.reason = reason
  }
}

/** The name that the next own op will have. */
export const nextRef = (core: Core): OpRef => ({
  actor: core.self,
  seq: (core.log.head(core.self)?.seq ?? 0) + 1,
})

/** Appends one own op; to be called inside a transaction. */
export function write(core: Core, signer: Signer, wall: number, effects: readonly KnownEffect[]): OpRef {
  const ref = nextRef(core)
  const arrival = signed(core, signer, opOf(core, ref, wall, effects))
  const refused = core.door.admit(arrival, core.site)
  invariant(refused === null, `an own op is sound (${refused})`)
  mustCount(core)
  return ref
}

/** The op appended last. */
export function mustCount({ log }: Core): void {
  const { judgement, reason: why } = log.rowByNumber(log.lastNumber)
  if (judgement !== 0) throw new Unfit(JSON.parse(why ?? 'null') as ReasonOf | null)
}

function opOf(core: Core, ref: OpRef, wall: number, effects: readonly KnownEffect[]): OpToWrite {
  const own = core.log.head(core.self)
  return {
    site: core.site,
    ...ref,
    prev: own?.hash ?? new Uint8Array(0),
    ...newsFor(core.log, core.self),
    wall,
    effects,
  }
}

/** The op is read back from its bytes: this device must fold what every other one will read. */
export function signed(core: Pick<Core, 'sha256' | 'vocabulary'>, signer: Signer, op: OpToWrite): Arrival {
  const bytes = encodeOp(op)
  if (bytes.length > LIMITS.opBytes || op.effects.length > LIMITS.opEffects) throw new Unfit(null)
  const parsed = parseOp(bytes, core.vocabulary)
  if (!parsed.ok) throw new Unfit(reason('bad-value'))
  const hash = core.sha256(bytes)
  return { op: parsed.value, bytes, hash, signature: signer.sign(signedBytes(hash)) }
}
