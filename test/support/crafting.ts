/**
 * Ops that no command would write. `writeEffects` goes through the engine's own writer, for acts that have no
 * command; `craft` and `take` sign whatever they are given, as a rogue or broken member would.
 */
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { actorOf } from '../../shared/op/identity.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { encodeOp, signedBytes, type OpToWrite } from '../../shared/op/op.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import type { Run } from '../../shared/op/run.ts'
import { openCore, type Core } from '../../shared/replica/core.ts'
import { newsFor } from '../../shared/replica/news.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { write } from '../../shared/replica/writer.ts'
import type { Received } from '../../shared/sync/store.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { restart, type Device } from './replicas.ts'

const crypto = createCrypto()

type Effects = readonly KnownEffect[]

/** The parts of a device's replica, read from its database; they do not follow what the replica does later. */
export const coreOf = ({ world, replica }: Device): Core => openCore(world, replica.site, replica.actor)

/** Writes one op of the device's own; throws where it would not count. */
export function writeEffects(device: Device, effects: Effects): string {
  const core = coreOf(device)
  const ref = device.sql.transaction(() => {
    const written = write(core, device.signer, device.world.clock.now(), effects)
    core.door.settle()
    return written
  })
  restart(device)
  return `${ref.actor}:${ref.seq}`
}

/** What the device's next op would be, with everything that it has seen since its last as causes. */
export function nextOp(device: Device, effects: Effects): OpToWrite {
  const { log } = coreOf(device)
  const actor = device.replica.actor
  const own = log.head(actor)
  return {
    site: device.replica.site,
    actor,
    seq: (own?.seq ?? 0) + 1,
    prev: own?.hash ?? new Uint8Array(0),
    ...newsFor(log, actor),
    wall: device.world.clock.now(),
    effects,
  }
}

/** A run of these very bytes, signed over the last. */
export function signRun(signer: Signer, first: number, ops: readonly Uint8Array[]): Run {
  const last = crypto.sha256(ops.at(-1) ?? new Uint8Array(0))
  return {
    actor: actorOf((bytes) => crypto.sha256(bytes), signer.publicKey),
    first,
    ops,
    signature: signer.sign(signedBytes(last)),
  }
}

export const runOf = (signer: Signer, op: OpToWrite): Run => signRun(signer, op.seq, [encodeOp(op)])

/** Signs an op with these effects and puts it into the author's own log, sound or not. */
export function craft(device: Device, effects: Effects, change: Partial<OpToWrite> = {}): Received {
  const op = { ...nextOp(device, effects), ...change }
  return device.replica.receive(runOf(device.signer, op), device.replica.actor)
}

/** The same op saying what this version has no words for: `effects` stand in its bytes as they are. */
export function craftRaw(device: Device, effects: readonly CborValue[]): Received {
  const op = nextOp(device, [{ type: 'create', kind: 'job' }])
  const decoded = decodeCbor(encodeOp(op), LIMITS.opBytes)
  if (!decoded.ok || !Array.isArray(decoded.value)) throw new Error('an op is an array')
  const fields: readonly CborValue[] = decoded.value
  const bytes = encodeCbor([...fields.slice(0, -1), effects])
  return device.replica.receive(signRun(device.signer, op.seq, [bytes]), device.replica.actor)
}
