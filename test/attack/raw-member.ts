/** A member that speaks the protocol by hand: its key and its TLS are real, and it says whatever a test wants. */
import type { WebSocket } from 'ws'
import type { Bytes } from '../../shared/base/bytes.ts'
import type { ActorId } from '../../shared/model/ids.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import { encodeOp } from '../../shared/op/op.ts'
import type { Head, Run } from '../../shared/op/run.ts'
import { PROTOCOL } from '../../shared/sync/versions.ts'
import {
  decodeMessage,
  encodeMessage,
  type ForeignHello,
  type Incoming,
  type Message,
} from '../../shared/sync/wire.ts'
import { createCrypto } from '../../main/store/crypto.ts'
import { until, type Device } from '../links/device.ts'
import { openSync } from '../links/raw-peer.ts'
import { signRun } from '../support/crafting.ts'

const crypto = createCrypto()

export class RawMember {
  readonly socket: WebSocket
  readonly messages: Incoming[] = []
  readonly #peer: Device
  ended = false
  #batch = 0
  #acknowledged = 0

  private constructor(peer: Device, member: Device) {
    this.#peer = peer
    this.socket = openSync(peer.listen, member.identity)
    this.socket.on('error', () => this.socket.terminate())
    this.socket.on('close', () => (this.ended = true))
    this.socket.on('message', (data: Buffer) => this.#hear(new Uint8Array(data)))
  }

  /** Linked, and said to hold all that the peer holds, so that the peer has nothing to send. */
  static async link(peer: Device, member: Device): Promise<RawMember> {
    const raw = new RawMember(peer, member)
    await new Promise((resolve, reject) => raw.socket.once('open', resolve).once('error', reject))
    const { site, actor } = member.replica
    const digest = new Uint8Array(32)
    raw.send({ kind: 'hello', speaks: PROTOCOL, site, actor, digest, authority: null })
    await until(() => raw.messages.some(({ kind }) => kind === 'vector'), 'the peer answers')
    raw.send({ kind: 'vector', through: 0, heads: peer.replica.heads() })
    return raw
  }

  #hear(bytes: Uint8Array): void {
    const message = decodeMessage(bytes, PROTOCOL)
    if (!message.ok) return
    this.messages.push(message.value)
    const { value } = message
    if (value.kind === 'ack' || value.kind === 'vector')
      this.#acknowledged = Math.max(this.#acknowledged, value.through)
  }

  send(message: Exclude<Message, ForeignHello>): void {
    this.socket.send(encodeMessage(message))
  }

  raw(bytes: Uint8Array): void {
    this.socket.send(bytes)
  }

  run(run: Run): void {
    this.#batch += 1
    this.send({ kind: 'run', batch: this.#batch, run })
  }

  /** How many of its runs the peer has not dealt with. */
  get open(): number {
    return this.#batch - this.#acknowledged
  }

  /** Sends within the window, as fast as the peer deals with it; stops when `enough` says so. */
  async stream(next: () => Run | null, enough: () => boolean = () => false): Promise<void> {
    while (!this.ended && !enough()) {
      if (this.open < 32) {
        const run = next()
        if (run === null) return
        this.run(run)
      } else await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  /** Everything was dealt with. */
  async settled(): Promise<void> {
    await until(() => this.open === 0 || this.ended, 'the peer has dealt with all of it', 30_000)
  }

  /** Why the peer ended the link. */
  async goodbye(): Promise<string> {
    await until(() => this.ended, 'the link has ended', 20_000)
    const last = this.messages.at(-1)
    return last?.kind === 'goodbye' ? last.reason : 'none'
  }

  holds(): readonly Head[] {
    return this.#peer.replica.heads()
  }

  close(): void {
    this.socket.terminate()
  }
}

const NONE: Bytes = new Uint8Array(0)
const JOB: readonly KnownEffect[] = [{ type: 'create', kind: 'job' }]

/** A member's own chain, written without a replica. */
export class Chain {
  readonly #member: Device
  readonly #seen: Head | null
  #seq = 0
  #prev = NONE

  /** `seen`: the authority's head, so that its first op knows of the admission. */
  constructor(member: Device, seen: Head | null) {
    this.#member = member
    this.#seen = seen
  }

  op(effects: readonly KnownEffect[] = JOB, gap = 0): Uint8Array {
    const first = this.#seq === 0 && gap === 0
    this.#seq += 1 + gap
    const { site, actor } = this.#member.replica
    const bytes = encodeOp({
      site,
      actor,
      seq: this.#seq,
      prev: gap > 0 ? new Uint8Array(32).fill(this.#seq & 255) : this.#prev,
      causes: first && this.#seen ? [this.#seen] : [],
      lamport: this.#seq + (this.#seen?.seq ?? 0),
      wall: Date.UTC(2026, 0, 5),
      effects,
    })
    this.#prev = crypto.sha256(bytes)
    return bytes
  }

  run(ops: number, effects: readonly KnownEffect[] = JOB, gap = 0): Run {
    const bytes = Array.from({ length: ops }, (_, i) => this.op(effects, i === 0 ? gap : 0))
    return signRun(this.#member.signer, this.#seq - ops + 1, bytes)
  }
}

/** The authority's head, as a cause. */
export function headOf(device: Device, actor: ActorId = device.replica.actor): Head {
  const head = device.replica.heads().find((one) => one.actor === actor)
  if (!head) throw new Error('it has written')
  return head
}
