/** A device with a real replica in a real folder and a real network on the loopback; only its window is missing. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TallydeskError } from '../../shared/api/errors.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { Result } from '../../shared/base/result.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { Role } from '../../shared/model/roles.ts'
import type { Replica } from '../../shared/replica/contract.ts'
import type { Clock, Signer, World } from '../../shared/replica/ports.ts'
import type { SyncStore } from '../../shared/sync/store.ts'
import { createSite, openReplica } from '../../shared/replica/replica.ts'
import type { Network, NetworkOptions, Pin, TlsIdentity } from '../../main/net/contract.ts'
import { createNetwork } from '../../main/net/network.ts'
import { pair } from '../../main/net/pair.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { openDatabase } from '../../main/store/database.ts'
import { loadOrMakeSigner } from '../../main/store/op-key.ts'

type Line = { readonly level: string; readonly fields: object; readonly message: string }

export type Device = {
  readonly name: string
  readonly replica: Replica
  readonly network: Network
  readonly identity: TlsIdentity
  readonly signer: Signer
  readonly log: Line[]
  /** `host:port`, once started. */
  listen: string
  start(): Promise<string>
  stop(): Promise<void>
  /** Writes one op. */
  work(title: string): void
}

export class TestClock implements Clock {
  #ahead = 0
  now(): number {
    return Date.now() + this.#ahead
  }
  forward(ms: number): void {
    this.#ahead += ms
  }
}

type DeviceOptions = Partial<
  Pick<NetworkOptions, 'hq' | 'peers' | 'mdns' | 'listen' | 'timing' | 'addressBook' | 'mayAdmit' | 'onCut'>
> & {
  readonly clock?: Clock
  /** Names of members that count as cut, with the reason. */
  readonly cuts?: ReadonlyMap<string, string>
  /** While it says so, nothing can be stored: the disk is full. */
  readonly diskIsFull?: () => boolean
}

/** What every device has before it belongs to a site. */
type Shell = {
  readonly name: string
  readonly folder: string
  readonly world: World
  readonly signer: Signer
  readonly identity: TlsIdentity
  readonly close: () => void
}

const opened: (() => Promise<void>)[] = []

/** To be called after every test. */
export async function closeDevices(): Promise<void> {
  await Promise.all(opened.splice(0).map((close) => close()))
}

async function createShell(name: string, clock: Clock): Promise<Shell> {
  const folder = mkdtempSync(join(tmpdir(), 'tallydesk-net-'))
  const sql = openDatabase(join(folder, 'site.db'))
  const close = (): void => {
    sql.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const signer = loadOrMakeSigner(join(folder, 'op-key.pem'))
  return {
    name,
    folder,
    signer,
    world: { sql, crypto: createCrypto(), clock },
    identity: await createTlsIdentity(name),
    close,
  }
}

/** Founds a site: its authority. */
export async function found(name: string, options: DeviceOptions = {}): Promise<Device> {
  const shell = await createShell(name, options.clock ?? new TestClock())
  const recoveryKey = new Uint8Array(randomBytes(32))
  const founding = { site: 'Warehouse', name, person: name, tlsKeyHash: shell.identity.keyHash, recoveryKey }
  return createDevice(shell, createSite(shell.world, shell.signer, founding), null, options)
}

/** Pairs a new device with one that may admit, by a code over the wire. */
export async function enrol(
  inviter: Device,
  name: string,
  role: Role,
  options: DeviceOptions = {},
): Promise<Device> {
  const shell = await createShell(name, options.clock ?? new TestClock())
  const { code } = inviter.network.invites.create({ role, name })
  const paired = unwrap(
    await pair(code, { signer: shell.signer, tlsIdentity: shell.identity, deviceName: name }),
  )
  return createDevice(shell, openReplica(shell.world, shell.signer, paired.site), paired.pin, options)
}

function createDevice(
  shell: Shell,
  replica: Replica,
  bootstrapPin: Pin | null,
  options: DeviceOptions,
): Device {
  const log: Line[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void log.push({ level, fields, message })
  const addresses: { actor: ActorId; address: string; worked: number }[] = []
  const network = createNetwork({
    store: storeOf(replica, options.diskIsFull ?? (() => false)),
    members: () =>
      replica.members().map((member) => ({ ...member, cut: options.cuts?.get(member.name) ?? member.cut })),
    identity: shell.identity,
    listen: { host: '127.0.0.1', port: 0 },
    mdns: null,
    peers: [],
    hq: null,
    addressBook: {
      list: () => addresses,
      remember: (actor, address, worked) => void addresses.push({ actor, address, worked }),
    },
    bootstrapPin,
    admit: (admission) => replica.admit(admission),
    mayAdmit: () => true,
    onCut: () => undefined,
    onStart: () => undefined,
    authorityHeard: null,
    clock: shell.world.clock,
    random: Math.random,
    log: { debug: write('debug'), info: write('info'), warn: write('warn') },
    ...networkOptions(options),
    timing: { tick: 50, backoffLeast: 50, backoffMost: 400, backoffMostOther: 400, ...options.timing },
  })
  replica.onCommit(() => network.committed())
  const device: Device = {
    name: shell.name,
    replica,
    network,
    identity: shell.identity,
    signer: shell.signer,
    log,
    listen: '',
    start: async () => (device.listen = (await network.start()).listen),
    stop: () => network.stop(),
    work: (title) => void unwrap(replica.execute('job.create', { title })),
  }
  opened.push(async () => {
    await network.stop()
    shell.close()
  })
  return device
}

function storeOf(replica: Replica, diskIsFull: () => boolean): SyncStore {
  return {
    site: replica.site,
    actor: replica.actor,
    digest: () => replica.digest(),
    heads: () => replica.heads(),
    holds: (head) => replica.holds(head),
    authority: () => replica.authority(),
    end: () => replica.end(),
    nameOf: (run) => replica.nameOf(run),
    leaves: (heads) => replica.leaves(heads),
    lacking: (have) => replica.lacking(have),
    lackingFrom: (...ask) => replica.lackingFrom(...ask),
    milestones: (actor) => replica.milestones(actor),
    isBeneath: (have) => replica.isBeneath(have),
    snapshotRun: () => replica.snapshotRun(),
    runsAfter: (...ask) => replica.runsAfter(...ask),
    receive: (run, from) => {
      if (diskIsFull()) throw new TallydeskError('disk-full')
      return replica.receive(run, from)
    },
    acknowledged: (peer, heads) => {
      replica.acknowledged(peer, heads)
    },
    authorityCursor: () => replica.authorityCursor(),
    receiveAuthorityCursor: (bytes) => replica.receiveAuthorityCursor(bytes),
    admits: (actor, keyHash) => replica.admits(actor, keyHash),
  }
}

function networkOptions({
  clock: _clock,
  cuts: _cuts,
  diskIsFull: _disk,
  ...options
}: DeviceOptions): Partial<NetworkOptions> {
  return options
}

export function unwrap<T>(result: Result<T, Error>): T {
  if (!result.ok) throw result.error
  return result.value
}

/** Waits until something holds; the sentence says what never did. */
export async function until(holds: () => boolean, sentence: string, ms = 10_000): Promise<void> {
  const end = Date.now() + ms
  while (!holds()) {
    invariant(Date.now() < end, `within ${ms} ms: ${sentence}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export const sameLog = (a: Device, b: Device): boolean =>
  Buffer.compare(a.replica.digest(), b.replica.digest()) === 0

export const linkTo = (from: Device, to: Device): string | undefined =>
  from.network.peers().find((peer) => peer.actor === to.replica.actor)?.link
