/** A member that names snapshots to begin from as it likes: what a real node makes of it, and of what it is sent then. */
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { TlsIdentity } from '../../main/net/contract.ts'
import { pair } from '../../main/net/pair.ts'
import { createTlsIdentity } from '../../main/net/tls-identity.ts'
import type { RunningNode } from '../../main/node/node.ts'
import { Offers } from '../../main/node/snapshots/offers.ts'
import type { ActorId, OpId, SiteId } from '../../shared/model/ids.ts'
import { actorOf } from '../../shared/op/identity.ts'
import { encodeOp } from '../../shared/op/op.ts'
import type { Run } from '../../shared/op/run.ts'
import { SNAPSHOT_PREAMBLE } from '../../shared/replica/snapshot-file.ts'
import type { Signer } from '../../shared/replica/ports.ts'
import { BLOB } from '../../shared/sync/blobs/limits.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import { decodeMessage, encodeMessage, type Message } from '../../shared/sync/wire.ts'
import { calling, comeApart, logOf, lookInto, start, until, type Apart } from '../crash/snapshots.ts'
import { openSync } from '../links/raw-peer.ts'
import { signRun } from '../support/crafting.ts'
import { answered, scratchFolder } from '../support/node-process.ts'
import { must, pull, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, newJob } from '../support/site.ts'

const GIB = 1024 * 1024 * 1024
const FLOOD = 3000
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** A run that begins with an op that names a snapshot, signed by whoever likes. */
function naming(signer: Signer, site: SiteId, file: Uint8Array, size: number, checkpoint = 900): Run {
  const actor = actorOf(sha256, signer.publicKey)
  const op = {
    site,
    actor,
    seq: 1,
    prev: new Uint8Array(0),
    causes: [],
    lamport: 1,
    wall: Date.UTC(2026, 0, 5),
  }
  return signRun(signer, 1, [encodeOp({ ...op, effects: [{ type: 'snapshot', checkpoint, file, size }] })])
}

describe('what is gone for', () => {
  const named = (hq: Device): Run => {
    const { op } = must(hq.replica.execute('checkpoint.publish', {}))
    expect(hq.replica.snapshotMade(op as OpId, 'ab'.repeat(32), 1000)).toBe(true)
    const run = hq.replica.snapshotRun()
    if (!run) throw new Error('a snapshot is named')
    return run
  }
  const offersOf = ({ replica, world }: Device): Offers => new Offers({ replica, world, now: () => 0 })

  test('CKP-32 a device begins anew only from a checkpoint that it does not hold', () => {
    const { hq, tablet, other } = aSite()
    newJob(hq)
    const run = named(hq)
    const offers = offersOf(tablet)
    expect(offers.take(other.replica.actor, run)?.file).toBe('ab'.repeat(32))
    pull(tablet, hq)
    expect(offers.take(other.replica.actor, run)).toBeNull()
    expect(offersOf(tablet).take(other.replica.actor, run)).toBeNull()
  })

  test('CKP-33 one snapshot is gone for at a time, and what the authority signed goes before what anybody else did', () => {
    const { hq, tablet, other, edge } = aSite()
    const { actor: liar } = other.replica
    newJob(hq)
    const offers = offersOf(tablet)
    const own = naming(other.signer, hq.replica.site, randomBytes(32), GIB)
    expect(offers.take(liar, own)).not.toBeNull()
    for (let i = 0; i < FLOOD; i += 1)
      expect(
        offers.take(liar, naming(other.signer, hq.replica.site, sha256(Buffer.from(`${i}`)), GIB, 1)),
      ).toBeNull()
    const run = named(hq)
    expect(offers.take(edge.replica.actor, run)?.run).toEqual(run)
    expect(offers.take(liar, own)).toBeNull()
    newJob(hq)
    const next = named(hq)
    expect(offers.take(edge.replica.actor, next)?.run).toEqual(next)
    expect(offers.take(edge.replica.actor, run)).toBeNull()
  })

  test('CKP-34 what turned out to be none is not taken again, a peer that named such thrice is not heard, and others are', () => {
    const { hq, tablet, other, edge } = aSite()
    const { actor: liar } = other.replica
    newJob(hq)
    const run = named(hq)
    const offers = offersOf(tablet)
    const forged = { ...run, signature: new Uint8Array(64) }
    expect(offers.take(liar, forged)).toBeNull()
    // The same file, which others name with right, under the liar's own name.
    const stolen = naming(other.signer, hq.replica.site, new Uint8Array(32).fill(0xab), 1000)
    const taken = offers.take(liar, stolen)
    if (!taken) throw new Error('it may be')
    offers.refuse(taken)
    expect(offers.take(liar, stolen)).toBeNull()
    const another = offers.take(liar, naming(other.signer, hq.replica.site, randomBytes(32), 1000))
    if (!another) throw new Error('it may be')
    offers.refuse(another)
    expect(offers.take(liar, run)).toBeNull()
    const good = offers.take(edge.replica.actor, run)
    expect(good?.run).toEqual(run)
  })
})

type Member = {
  readonly signer: Signer
  readonly identity: TlsIdentity
  readonly actor: ActorId
  readonly site: SiteId
}

/** Speaks the protocol by hand, and serves whatever file it says to have. */
class Liar {
  readonly sought = new Set<string>()
  readonly wanted = new Set<string>()
  readonly #socket: WebSocket
  readonly #files = new Map<string, Uint8Array>()
  #isLinked = false

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => this.#hear(new Uint8Array(data)))
  }

  static async link(node: RunningNode, { identity, actor, site }: Member): Promise<Liar> {
    const liar = new Liar(openSync(node.identity().listen ?? '', identity))
    await new Promise((resolve, reject) => liar.#socket.once('open', resolve).once('error', reject))
    liar.#send({ kind: 'hello', speaks: PROTOCOL, site, actor, digest: new Uint8Array(32), authority: null })
    await until('a vector', () => liar.#isLinked)
    return liar
  }

  start(run: Run): void {
    this.#send({ kind: 'start', run })
  }

  /** Answers its name. */
  serve(bytes: Uint8Array): Uint8Array {
    const name = sha256(bytes)
    this.#files.set(name.toString('hex'), bytes)
    return new Uint8Array(name)
  }

  close(): void {
    this.#socket.terminate()
  }

  #send(message: Parameters<typeof encodeMessage>[0]): void {
    this.#socket.send(encodeMessage(message))
  }

  #hear(bytes: Uint8Array): void {
    const message = decodeMessage(bytes, PROTOCOL)
    if (message.ok && message.value.kind !== 'unknown') this.#answer(message.value)
  }

  #answer(message: Message): void {
    if (message.kind === 'vector') {
      // It says to hold the same, so that nothing is sent but what it is asked for.
      this.#send({ kind: 'vector', through: 0, heads: message.heads })
      this.#isLinked = true
    }
    if (message.kind === 'run') this.#send({ kind: 'ack', through: message.batch, heads: [] })
    if (message.kind === 'ping') this.#send({ ...message, kind: 'pong' })
    if (message.kind === 'blob-seek') {
      for (const file of message.files) this.sought.add(file)
      const held = message.files.filter((file) => this.#files.has(file))
      this.#send({ kind: 'blob-have', held, gone: message.files.filter((file) => !held.includes(file)) })
    }
    if (message.kind !== 'blob-want') return
    this.wanted.add(message.sha256)
    const file = this.#files.get(message.sha256) ?? new Uint8Array(0)
    const part = file.subarray(message.from, message.from + BLOB.chunk)
    this.#send({
      kind: 'blob-chunk',
      sha256: message.sha256,
      at: message.from,
      size: file.length,
      bytes: part,
    })
  }
}

describe('a real node', () => {
  const folder = scratchFolder()
  const undo: (() => Promise<void> | void)[] = []
  let apart: Apart
  let member: Member

  beforeAll(async () => {
    apart = await comeApart(folder.path, async (hq, tablet) => {
      member = await joinAt(hq)
      await until('that it is known', async () =>
        answered(await tablet.api.query('members', {})).members.some(({ actor }) => actor === member.actor),
      )
    })
    // It would be called at once.
    await apart.hq.close()
  }, 300_000)

  afterAll(() => {
    folder.remove()
  })

  afterEach(async () => {
    for (const close of undo.splice(0).reverse()) await close()
  })

  async function headquarters(): Promise<RunningNode> {
    const hq = await start(join(folder.path, 'hq'), calling(), 0)
    undo.push(() => hq.close())
    return hq
  }

  async function joinAt(hq: RunningNode): Promise<Member> {
    const { code } = answered(await hq.api.do('invite.create', { role: 'technician', name: 'Liar' }))
    const signer = signerFrom(randomBytes(16).toString('hex'))
    const identity = await createTlsIdentity('Liar')
    const paired = await pair(code, { signer, tlsIdentity: identity, deviceName: 'Liar' })
    if (!paired.ok) throw paired.error
    return { signer, identity, actor: actorOf(sha256, signer.publicKey), site: paired.value.site }
  }

  async function victim(
    name: string,
    ...peers: readonly string[]
  ): Promise<{ readonly node: RunningNode; readonly data: string }> {
    const data = join(folder.path, name)
    rmSync(data, { recursive: true, force: true })
    cpSync(apart.tablet, data, { recursive: true })
    const node = await start(data, calling(...peers))
    undo.push(() => node.close())
    return { node, data }
  }

  const isHeld = async (node: RunningNode): Promise<void> => {
    for (const op of apart.ops) expect((await node.api.query('op', { op })).ok, op).toBe(true)
  }

  const begins = (data: string): number => logOf(data).split('goes on from a snapshot').length - 1
  const refusals = (data: string): number => logOf(data).split('a snapshot cannot be begun from').length - 1

  /** The file that headquarters made, as it lies there. */
  function genuine(): Uint8Array {
    const blobs = join(folder.path, 'hq', 'blobs')
    const files = readdirSync(blobs, { recursive: true }).map((name) => join(blobs, String(name)))
    const found = files
      .filter((file) => /[0-9a-f]{64}$/.test(file))
      .map((file) => readFileSync(file))
      .find((bytes) => bytes.subarray(0, SNAPSHOT_PREAMBLE.length).equals(SNAPSHOT_PREAMBLE))
    if (!found) throw new Error('headquarters made one')
    return new Uint8Array(found)
  }

  test('CKP-35 what a member names that is not the authority is refused, keeps nothing and takes nothing; an honest peer serves all the same', async () => {
    const { node, data } = await victim('poisoned')
    const liar = await Liar.link(node, member)
    undo.push(() => liar.close())
    const whole = genuine()
    const cut = whole.slice(0, whole.length / 2)
    for (const bytes of [whole, cut, Uint8Array.from([...SNAPSHOT_PREAMBLE, 255, 255, 255, 255])]) {
      const before = refusals(data)
      liar.start(naming(member.signer, member.site, liar.serve(bytes), bytes.length))
      await until('the refusal', () => refusals(data) === before + 1)
    }
    await isHeld(node)
    expect(begins(data)).toBe(0)
    const kept = readdirSync(data, { recursive: true }).map(String)
    expect(kept.filter((name) => /\.begun|[0-9a-f]{64}/.test(name))).toEqual([])
    answered(await node.api.do('job.create', { title: 'Still here' }))
    await node.close()
    const hq = await headquarters()
    const again = await start(data, calling(hq.identity().listen ?? ''))
    undo.push(() => again.close())
    const second = await Liar.link(again, member)
    undo.push(() => second.close())
    for (let i = 0; i < 50; i += 1)
      second.start(naming(member.signer, member.site, sha256(Buffer.from(`f${i}`)), GIB))
    await until('it begins from what headquarters made', () => begins(data) === 1)
    await until('the same', async () => {
      const [a, b] = [await again.api.query('status', {}), await hq.api.query('status', {})]
      return a.ok && b.ok && a.value.state_hash === b.value.state_hash
    })
    await isHeld(again)
  }, 120_000)

  test(`CKP-36 ${FLOOD} starts, each of another file of a gigabyte, are one that is looked for, and the device works on`, async () => {
    const { node, data } = await victim('flooded')
    const liar = await Liar.link(node, member)
    undo.push(() => liar.close())
    for (let i = 0; i < FLOOD; i += 1)
      liar.start(naming(member.signer, member.site, sha256(Buffer.from(`flood ${i}`)), GIB, 1))
    for (let i = 0; i < 5; i += 1) answered(await node.api.do('job.create', { title: `Under way ${i}` }))
    await until('that it is looked for', () => liar.sought.size > 0)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    answered(await node.api.do('job.create', { title: 'After it' }))
    expect(liar.sought.size).toBe(1)
    expect(liar.wanted.size).toBe(0)
    await isHeld(node)
    expect(begins(data)).toBe(0)
  }, 120_000)

  test('CKP-37 a device that is whole does not begin anew for whoever says so, also with what the authority signed', async () => {
    const { node, data } = await victim('healthy', (await headquarters()).identity().listen ?? '')
    await until('it begins anew', () => begins(data) === 1)
    await node.close()
    const run = await lookInto(data, ({ replica }) => replica.snapshotRun())
    if (!run) throw new Error('it is here')
    const again = await start(data, calling())
    undo.push(() => again.close())
    const before = answered(await again.api.query('status', {}))
    const liar = await Liar.link(again, member)
    undo.push(() => liar.close())
    for (let i = 0; i < 100; i += 1) liar.start(run)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(begins(data)).toBe(1)
    expect(answered(await again.api.query('status', {})).log).toEqual(before.log)
  }, 120_000)
})
