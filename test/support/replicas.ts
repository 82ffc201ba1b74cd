/** Replicas for tests: the real engine on real SQLite in memory, with real keys drawn from a seed. */
import { createHash, createPrivateKey, createPublicKey, sign as signWith, type KeyObject } from 'node:crypto'
import { equalBytes, toBase64Url, type Bytes } from '../../shared/base/bytes.ts'
import { remember } from '../../shared/base/remember.ts'
import type { SiteId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import type { Clock, Crypto, Signer, World } from '../../shared/replica/ports.ts'
import { createSite, openReplica } from '../../shared/replica/replica.ts'
import { THIS_BUILD, type Vocabulary } from '../../shared/op/vocabulary.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { memorySql, type MemorySql } from './memory-sql.ts'

const crypto = checkingOnce(createCrypto())

/** A signature is really checked, once in a process: the many replicas here are all given the same ones. */
function checkingOnce(real: Crypto): Crypto {
  const checked = new Map<string, { readonly key: Bytes; readonly message: Bytes; readonly fits: boolean }>()
  return {
    ...real,
    verify: (key, message, signature) => {
      const name = toBase64Url(signature)
      const known = checked.get(name)
      if (known && equalBytes(known.key, key) && equalBytes(known.message, message)) return known.fits
      const fits = real.verify(key, message, signature)
      return remember(checked, 10_000, name, { key, message: message.slice(), fits }).fits
    },
  }
}

/** An Ed25519 key from a seed text, so that a simulation draws the same actors every time. */
export function signerFrom(seed: string): Signer {
  const secret = createHash('sha256').update(seed).digest()
  // RFC 8410: the fixed prefix of a PKCS #8 Ed25519 private key.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return {
    publicKey: rawKey(createPublicKey(key)),
    sign: (message) => new Uint8Array(signWith(null, message, key)),
  }
}

const rawKey = (key: KeyObject): Uint8Array =>
  new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32))

const hash = (text: string): Uint8Array => new Uint8Array(createHash('sha256').update(text).digest())

export type Device = {
  readonly name: string
  readonly signer: Signer
  readonly sql: MemorySql
  readonly world: World
  replica: Replica
}

export function steppingClock(start = Date.UTC(2026, 0, 5, 8)): Clock {
  let now = start
  return {
    now: () => {
      now += 1000
      return now
    },
  }
}

function world(clock: Clock, image?: Buffer, vocabulary = THIS_BUILD): { sql: MemorySql; world: World } {
  const sql = memorySql(image)
  return { sql, world: { sql, crypto, clock, vocabulary } }
}

/** A site with its authority. */
export function foundSite(seed = 'site', clock = steppingClock(), vocabulary?: Vocabulary): Device {
  const signer = signerFrom(`${seed}/hq`)
  const made = world(clock, undefined, vocabulary)
  const replica = createSite(made.world, signer, {
    site: 'Test warehouse',
    name: 'HQ',
    person: 'HQ',
    tlsKeyHash: hash(`${seed}/hq/tls`),
    recoveryKey: signerFrom(`${seed}/recovery`).publicKey,
  })
  return { name: 'HQ', signer, ...made, replica }
}

/** Admits a new device and gives it all that the authority holds. */
export function joinSite(
  authority: Device,
  name: string,
  role: Role,
  clock = steppingClock(),
  person = name,
  vocabulary?: Vocabulary,
): Device {
  const signer = signerFrom(`${authority.replica.site}/${name}`)
  const admitted = authority.replica.admit({
    opKey: signer.publicKey,
    tlsKeyHash: hash(`${name}/tls`),
    name,
    person,
    role,
  })
  if (!admitted.ok) throw admitted.error
  const device = openDevice(name, signer, authority.replica.site, undefined, clock, vocabulary)
  pull(device, authority)
  return device
}

/** The same device on a copy of its database: what one does, the other never hears of. */
export function copyOf(device: Device, image = device.sql.serialize(), clock = steppingClock()): Device {
  const { name, signer, replica, world } = device
  return openDevice(name, signer, replica.site, image, clock, world.vocabulary)
}

/** Opens a database, or an empty one, under a key that need not be a member's. */
export function openDevice(
  name: string,
  signer: Signer,
  site: SiteId,
  image?: Buffer,
  clock = steppingClock(),
  vocabulary?: Vocabulary,
): Device {
  const made = world(clock, image, vocabulary)
  return { name, signer, ...made, replica: openReplica(made.world, signer, site) }
}

/** The same device, which keeps what is final so long, ms. */
export function keeping(device: Device, history: number): Device {
  const world = { ...device.world, history }
  return { ...device, world, replica: openReplica(world, device.signer, device.replica.site) }
}

/** Opens a device's database again, as after a restart. */
export function restart(device: Device): void {
  device.replica = openReplica(device.world, device.signer, device.replica.site)
}

/** Does what is put off to idle time, until nothing is left. */
export const idle = ({ replica }: Pick<Device, 'replica'>): void => {
  while (replica.work());
}

/** One-way anti-entropy without a network: gives `to` everything that it lacks of `from`. */
export function pull(to: Pick<Device, 'replica'>, from: Pick<Device, 'replica'>): void {
  const have = to.replica
    .heads()
    .flatMap((head) => (from.replica.holds(head) ? [head] : to.replica.milestones(head.actor)))
    .filter((head) => from.replica.holds(head))
  let position = 0
  for (;;) {
    const page = from.replica.runsAfter(have, position, { ops: 256, bytes: 1 << 20 })
    for (const run of page.runs) {
      have.push(from.replica.nameOf(run))
      const received = to.replica.receive(run, from.replica.actor)
      if (received.outcome === 'refused' || received.outcome === 'unadmitted')
        throw new Error(JSON.stringify(received))
    }
    position = page.position
    if (page.end) break
  }
  from.replica.acknowledged(to.replica.actor, to.replica.heads())
}

export function sync(a: Device, b: Device): void {
  pull(a, b)
  pull(b, a)
}

/** The answer of a command that must not be refused. */
export function must<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error },
): T {
  if (!result.ok) throw result.error
  return result.value
}

export const REACH = { why: null, since: null } as const
