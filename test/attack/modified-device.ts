/**
 * A member whose program was changed: it signs whatever it is told, and sends it over the product's own network. Its
 * log lives in memory; its keys, its TLS and its sessions are real.
 */
import { randomBytes } from 'node:crypto'
import type { Log, Network } from '../../main/net/contract.ts'
import { createNetwork } from '../../main/net/network.ts'
import { pair } from '../../main/net/pair.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import { type ActorId, formatOpId, type OpId } from '../../shared/model/ids.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import type { OpToWrite } from '../../shared/op/op.ts'
import type { Received } from '../../shared/sync/store.ts'
import { craft } from '../support/crafting.ts'
import { openDevice, signerFrom, type Device } from '../support/replicas.ts'

export type Modified = {
  readonly device: Device
  readonly actor: ActorId
  readonly network: Network
  /** What ended its links so far. */
  readonly ends: object[]
  /** Signs these effects as its next op, sound or not; it goes out by itself. */
  say(effects: readonly KnownEffect[], change?: Partial<OpToWrite>): OpId
}

/** Joins by a code of the device at `peer`, and links with it. */
export async function joinModified(name: string, code: string, peer: string): Promise<Modified> {
  const signer = signerFrom(randomBytes(16).toString('hex'))
  const identity = await createTlsIdentity(name)
  const paired = await pair(code, { signer, tlsIdentity: identity, deviceName: name })
  if (!paired.ok) throw paired.error
  const device = openDevice(name, signer, paired.value.site, undefined, { now: () => Date.now() })
  const ends: object[] = []
  const network = createNetwork({
    store: device.replica,
    members: () => device.replica.members(),
    identity,
    listen: { host: '127.0.0.1', port: 0 },
    mdns: null,
    peers: [peer],
    hq: null,
    addressBook: { list: () => [], remember: () => undefined },
    bootstrapPin: paired.value.pin,
    admit: (admission) => device.replica.admit(admission),
    mayAdmit: () => false,
    onCut: () => undefined,
    onStart: () => undefined,
    authorityHeard: null,
    clock: device.world.clock,
    random: Math.random,
    log: logOf(ends),
  })
  device.replica.onCommit(() => network.committed())
  await network.start()
  const { actor } = device.replica
  return {
    device,
    actor,
    network,
    ends,
    say: (effects, change) => said(device, craft(device, effects, change)),
  }
}

/** The name of an op that was just signed, and stored by its author. */
export function said({ replica }: Device, received: Received): OpId {
  if (received.outcome !== 'stored' || received.committed !== 1) throw new Error(JSON.stringify(received))
  return formatOpId({ actor: replica.actor, seq: replica.ownSeq() })
}

function logOf(ends: object[]): Log {
  const note = (fields: object, message: string): void => {
    if (message === 'link down') ends.push(fields)
  }
  return { debug: () => undefined, warn: () => undefined, info: note }
}
