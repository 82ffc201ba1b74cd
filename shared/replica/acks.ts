/**
 * Who holds what, as last heard and durably kept: acknowledgements of peers, and the cursor that the authority
 * signed. The outbox and the whereabouts of every edit are views over them.
 */
import { toHex, concatBytes, type Bytes } from '../base/bytes.ts'
import { decodeCanonical, decodeCbor, encodeCbor } from '../base/cbor.ts'
import type { ActorId, OpRef, SiteId } from '../model/ids.ts'
import type { ControlState } from '../judge/control.ts'
import { LIMITS } from '../op/limits.ts'
import { Malformed, Reader } from '../op/reader.ts'
import type { Head } from '../op/run.ts'
import type { Whereabouts } from '../api/queries.ts'
import { idBytes } from './interner.ts'
import type { Log } from './log.ts'
import type { Crypto, Signer, Sql } from './ports.ts'

const CURSOR_TAG = Uint8Array.from('tallydesk cursor 1\n', (letter) => letter.charCodeAt(0))
const MAX_BYTES = LIMITS.actors * 64

type Cursor = { readonly wall: number; readonly seqs: ReadonlyMap<ActorId, number>; readonly bytes: Bytes }

/** How much a cursor covers. The authority's log only grows, so of two cursors the one that covers more is newer. */
const coverOf = ({ seqs }: Cursor): number => [...seqs.values()].reduce((sum, seq) => sum + seq, 0)

/** By what it covers, and only then by a clock: one that once ran ahead must not hide what came after. */
const isNewer = (a: Cursor, b: Cursor): boolean =>
  coverOf(a) - coverOf(b) > 0 || (coverOf(a) === coverOf(b) && a.wall > b.wall)

export class Acks {
  readonly #sql: Sql
  readonly #log: Log
  readonly #crypto: Crypto
  readonly #site: SiteId
  readonly #self: ActorId
  readonly #control: () => ControlState
  #authority: Cursor | null = null

  constructor(sql: Sql, log: Log, crypto: Crypto, site: SiteId, self: ActorId, control: () => ControlState) {
    this.#sql = sql
    this.#log = log
    this.#crypto = crypto
    this.#site = site
    this.#self = self
    this.#control = control
    const kept = sql
      .prepare("SELECT value FROM meta WHERE key = 'authority-cursor'")
      .get<{ value: Bytes }>()?.value
    if (kept) this.#authority = this.#read(kept)
  }

  acknowledge(peer: ActorId, heads: readonly Head[]): void {
    const by = this.#log.actors.numberOf(peer)
    const raise = this.#sql.prepare(
      `INSERT INTO ack (peer, actor, seq) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
    )
    for (const head of heads) {
      const seq = Math.min(head.seq, this.#log.head(head.actor)?.seq ?? 0)
      if (seq < 1 || (seq === head.seq && this.#log.has(head.actor, seq, head.hash) !== 'same')) continue
      raise.run(by, this.#log.actors.numberOf(head.actor), seq)
    }
  }

  /** Other devices, not cut, that are known to hold the op; its author among them. */
  holders(op: OpRef): ActorId[] {
    const holders = new Set<ActorId>()
    if (op.actor !== this.#self) holders.add(op.actor)
    for (const { peer, seq } of this.#acksOf(op.actor)) if (seq >= op.seq) holders.add(peer)
    const { authority } = this.#control()
    if (authority && authority !== this.#self && this.#atAuthority(op)) holders.add(authority)
    return [...holders]
  }

  whereabouts(op: OpRef): Whereabouts {
    if (this.#control().authority === this.#self || this.#atAuthority(op)) return { at: 'authority' }
    const devices = this.holders(op).length
    return devices === 0 ? { at: 'device' } : { at: 'shared', devices }
  }

  /** The highest own seq that is shared: with an edge, a desk or the authority, or with any two devices. */
  sharedSeq(): number {
    const { members, authority } = this.#control()
    const acks = this.#acksOf(this.#self)
    const alone = acks.filter(({ peer }) => {
      const role = peer === authority ? 'authority' : members.get(peer)?.timeline.at(-1)?.role
      return role !== undefined && role !== null && role !== 'technician'
    })
    const byTwo = acks.map(({ seq }) => seq).sort((a, b) => b - a)[1] ?? 0
    return Math.max(byTwo, this.#authority?.seqs.get(this.#self) ?? 0, ...alone.map(({ seq }) => seq))
  }

  /** Wall time of the authority's newest word that reached this device; null: never. */
  authorityHeard(): number | null {
    return this.#authority?.wall ?? null
  }

  authorityCursor(): Bytes | null {
    return this.#authority?.bytes ?? null
  }

  /** By the authority itself: states under its signature what it holds at `wall`. */
  sign(signer: Signer, wall: number): void {
    const heads = this.#log.heads()
    const body = encodeCbor([idBytes(this.#site), wall, heads.map((head) => [idBytes(head.actor), head.seq])])
    const signature = signer.sign(concatBytes(CURSOR_TAG, body))
    this.#keep({
      wall,
      seqs: new Map(heads.map((head) => [head.actor, head.seq])),
      bytes: encodeCbor([body, signature]),
    })
  }

  /** False for what is no cursor of this site's authority; an older one is taken note of by doing nothing. */
  receive(bytes: Bytes): boolean {
    const cursor = this.#read(bytes)
    if (!cursor) return false
    if (!this.#authority || isNewer(cursor, this.#authority)) this.#keep(cursor)
    return true
  }

  #keep(cursor: Cursor): void {
    this.#authority = cursor
    this.#sql
      .prepare(
        "INSERT INTO meta (key, value) VALUES ('authority-cursor', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      )
      .run(cursor.bytes)
  }

  #read(bytes: Bytes): Cursor | null {
    const { authority, members } = this.#control()
    const key = authority && members.get(authority)?.opKey
    const whole = decodeCanonical(bytes, MAX_BYTES)
    if (!key || !whole.ok) return null
    try {
      const outer = Reader.of(whole.value)
      const body = outer.bytes()
      const signature = outer.bytes(64)
      outer.end()
      if (!this.#crypto.verify(key, concatBytes(CURSOR_TAG, body), signature)) return null
      return this.#readBody(body, bytes)
    } catch (problem) {
      if (problem instanceof Malformed) return null
      throw problem
    }
  }

  #readBody(body: Bytes, bytes: Bytes): Cursor | null {
    const decoded = decodeCbor(body, MAX_BYTES)
    if (!decoded.ok) return null
    const read = Reader.of(decoded.value)
    if (toHex(read.bytes(32)) !== this.#site) return null
    const wall = read.count()
    const seqs = read.list(
      LIMITS.actors,
      (item) => [toHex(item.bytes(32)) as ActorId, item.positive()] as const,
    )
    return { wall, seqs: new Map(seqs), bytes }
  }

  #atAuthority(op: OpRef): boolean {
    return op.actor === this.#control().authority || (this.#authority?.seqs.get(op.actor) ?? 0) >= op.seq
  }

  #acksOf(actor: ActorId): { readonly peer: ActorId; readonly seq: number }[] {
    const no = this.#log.actors.find(actor)
    if (no === null) return []
    const { members } = this.#control()
    return this.#sql
      .prepare('SELECT peer, seq FROM ack WHERE actor = ?')
      .all<{ peer: number; seq: number }>(no)
      .map((row) => ({ peer: this.#log.actors.idOf(row.peer), seq: row.seq }))
      .filter(({ peer }) => peer !== this.#self && members.get(peer)?.cut === null)
  }
}
