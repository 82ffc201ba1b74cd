/**
 * Who holds what, as last heard and durably kept: acknowledgements of peers, and the cursor that the authority
 * signed. The outbox and the whereabouts of every edit are views over them.
 */
import { concatBytes, equalBytes, toHex, type Bytes } from '../base/bytes.ts'
import { decodeCanonical, decodeCbor, encodeCbor } from '../base/cbor.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import type { ControlState } from '../judge/control.ts'
import { LIMITS } from '../op/limits.ts'
import { Malformed, Reader } from '../op/reader.ts'
import { CAUSE_HASH_BYTES } from '../op/op.ts'
import { foremost, type Head } from '../op/run.ts'
import type { Whereabouts } from '../api/rows.ts'
import type { NamedOp } from './chains.ts'
import { coverageOf, heldOf } from './coverage.ts'
import { idBytes } from './interner.ts'
import type { Files } from './files.ts'
import type { Line } from './lines.ts'
import type { Log } from './log.ts'
import { readMeta, writeMeta } from './meta.ts'
import type { Crypto, Signer, Sql } from './ports.ts'

const CURSOR_TAG = Uint8Array.from('tallydesk cursor 1\n', (letter) => letter.charCodeAt(0))
const MAX_BYTES = LIMITS.actors * 64

/** Names heads by hash: it says nothing of another branch. */
type Cursor = {
  readonly by: ActorId
  readonly wall: number
  readonly heads: readonly Head[]
  readonly bytes: Bytes
}

/** How much a cursor covers. The authority's log only grows, so of two cursors the one that covers more is newer. */
const coverOf = ({ heads }: Cursor): number => heads.reduce((sum, { seq }) => sum + seq, 0)

/** By what it covers, and only then by a clock: one that once ran ahead must not hide what came after. */
const isNewer = (a: Cursor, b: Cursor): boolean =>
  coverOf(a) - coverOf(b) > 0 || (coverOf(a) === coverOf(b) && a.wall > b.wall)

type AcksOptions = {
  readonly sql: Sql
  readonly log: Log
  readonly files: Files
  readonly crypto: Crypto
  readonly site: SiteId
  readonly self: ActorId
  readonly control: () => ControlState
}

export class Acks {
  readonly #sql: Sql
  readonly #log: Log
  readonly #files: Files
  readonly #crypto: Crypto
  readonly #site: SiteId
  readonly #self: ActorId
  readonly #control: () => ControlState
  #authority: Cursor | null = null
  #covered: {
    readonly ops: number
    readonly word: Cursor | null
    readonly upTo: ReadonlyMap<Line, number>
  } | null = null

  constructor({ sql, log, files, crypto, site, self, control }: AcksOptions) {
    this.#sql = sql
    this.#log = log
    this.#files = files
    this.#crypto = crypto
    this.#site = site
    this.#self = self
    this.#control = control
    const kept = readMeta<Bytes>(sql, 'authority-cursor')
    if (kept) this.#authority = this.#read(kept)
  }

  /**
   * A head that is not here yet may lie on another branch: it counts once it has come and is told again. Where the peer
   * named all that it holds, what it once had acknowledged and holds no more is forgotten: it was set back.
   */
  acknowledge(peer: ActorId, heads: readonly Head[], areAll = false): void {
    const by = this.#log.actors.numberOf(peer)
    const raise = this.#sql.prepare(
      `INSERT INTO ack (peer, line, seq) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
    )
    const { upTo, ahead } = coverageOf(this.#log, heads)
    for (const [line, seq] of upTo) raise.run(by, line.no, seq)
    if (!areAll || heads.length >= LIMITS.heads) return
    const lower = this.#sql.prepare('UPDATE ack SET seq = ? WHERE peer = ? AND line = ? AND seq > ?')
    for (const line of this.#log.lines.all())
      if (!ahead.has(line.actor)) lower.run(heldOf({ upTo }, line), by, line.no, heldOf({ upTo }, line))
  }

  /** Other devices, not cut, that are known to hold the op; its author among them. */
  holders(op: NamedOp): ActorId[] {
    const holders = new Set<ActorId>()
    if (op.actor !== this.#self && this.#counts(op.actor)) holders.add(op.actor)
    for (const { peer, seq } of this.#acksOf(this.#log.lineOf(op))) if (seq >= op.seq) holders.add(peer)
    const { authority } = this.#control()
    if (authority && authority !== this.#self && this.#atAuthority(op)) holders.add(authority)
    return [...holders]
  }

  /** Of those, the ones that hold the bytes of what it attached too: a photo is where its bytes are. */
  wholeHolders(op: NamedOp): ActorId[] {
    const files = this.#filesOf(op).map((file) => this.#files.holders(file))
    return this.holders(op).filter((actor) => files.every((holders) => holders.includes(actor)))
  }

  whereabouts(op: NamedOp): Whereabouts {
    const { authority } = this.#control()
    const holders = this.wholeHolders(op)
    const isHere = authority === this.#self && this.#filesOf(op).every((file) => this.#files.keeps(file))
    // Its own acknowledgement over a link is not its signature.
    const isThere = authority !== null && holders.includes(authority) && this.#atAuthority(op)
    if (isHere || isThere) return { at: 'authority' }
    return holders.length === 0 ? { at: 'device' } : { at: 'shared', devices: holders.length }
  }

  #filesOf(op: NamedOp): readonly string[] {
    const no = this.#log.numberAt(op)
    return no === null ? [] : this.#files.madeBy(no)
  }

  /** Own ops that are shared themselves, while the bytes of what they attached are not: by number. */
  sharedWithoutBytes(): number[] {
    const shared = this.sharedSeq()
    return this.#files.unshared().filter((no) => this.#log.rowByNumber(no).seq <= shared)
  }

  /** The highest own seq that is shared: with an edge, a desk or the authority, or with any two devices. */
  sharedSeq(): number {
    const control = this.#control()
    // What the authority itself wrote is at the authority.
    if (control.authority === this.#self) return this.#log.head(this.#self)?.seq ?? 0
    const own = this.#log.lineOf({ actor: this.#self, seq: 1 })
    const acks = this.#acksOf(own)
    const alone = acks.filter(({ peer }) => {
      const member = control.member(peer)
      return member !== null && member.cut === null && member.role !== 'technician'
    })
    const byTwo = acks.map(({ seq }) => seq).sort((a, b) => b - a)[1] ?? 0
    return Math.max(byTwo, (own && this.#authorityHolds().get(own)) ?? 0, ...alone.map(({ seq }) => seq))
  }

  /** Wall time of the authority's newest word that reached this device; null: never. */
  authorityHeard(): number | null {
    return this.#word()?.wall ?? null
  }

  authorityCursor(): Bytes | null {
    return this.#word()?.bytes ?? null
  }

  /** By the authority itself: states under its signature what it holds at `wall`. */
  sign(signer: Signer, wall: number): void {
    const heads = foremost(this.#log.heads(), LIMITS.actors)
    const items = heads.map((head) => [idBytes(head.actor), head.seq, head.hash])
    const body = encodeCbor([idBytes(this.#site), wall, items])
    const signature = signer.sign(concatBytes(CURSOR_TAG, body))
    this.#keep({ by: this.#self, wall, heads, bytes: encodeCbor([body, signature]) })
  }

  /** False for what is no cursor of this site's authority; an older one is taken note of by doing nothing. */
  receive(bytes: Bytes): boolean {
    // Every peer passes on the same one.
    const known = this.#word()
    if (known && equalBytes(bytes, known.bytes)) return true
    const cursor = this.#read(bytes)
    if (!cursor) return false
    if (this.#authority?.by !== cursor.by || isNewer(cursor, this.#authority)) this.#keep(cursor)
    return true
  }

  #keep(cursor: Cursor): void {
    this.#authority = cursor
    this.#covered = null
    writeMeta(this.#sql, 'authority-cursor', cursor.bytes)
  }

  #read(bytes: Bytes): Cursor | null {
    const { authority } = this.#control()
    const key = authority && this.#control().member(authority)?.opKey
    const whole = decodeCanonical(bytes, MAX_BYTES)
    if (!authority || !key || !whole.ok) return null
    try {
      const outer = Reader.of(whole.value)
      const body = outer.bytes()
      const signature = outer.bytes(64)
      outer.end()
      if (!this.#crypto.verify(key, concatBytes(CURSOR_TAG, body), signature)) return null
      return this.#readBody(authority, body, bytes)
    } catch (problem) {
      if (problem instanceof Malformed) return null
      throw problem
    }
  }

  #readBody(by: ActorId, body: Bytes, bytes: Bytes): Cursor | null {
    const decoded = decodeCbor(body, MAX_BYTES)
    if (!decoded.ok) return null
    const read = Reader.of(decoded.value)
    if (toHex(read.bytes(32)) !== this.#site) return null
    const wall = read.count()
    const heads = read.list(LIMITS.actors, (item) => ({
      actor: toHex(item.bytes(32)) as ActorId,
      seq: item.positive(),
      hash: item.bytes(CAUSE_HASH_BYTES),
    }))
    return { by, wall, heads, bytes }
  }

  #atAuthority(op: NamedOp): boolean {
    if (op.actor === this.#control().authority) return true
    const line = this.#log.lineOf(op)
    return line !== null && (this.#authorityHolds().get(line) ?? 0) >= op.seq
  }

  /** What the authority's cursor says of every line; it may name heads that come only later. */
  #authorityHolds(): ReadonlyMap<Line, number> {
    const ops = this.#log.lastNumber
    const word = this.#word()
    if (this.#covered?.ops !== ops || this.#covered.word !== word)
      this.#covered = { ops, word, upTo: coverageOf(this.#log, word?.heads ?? []).upTo }
    return this.#covered.upTo
  }

  /** The cursor of who is the authority now: what another one once held says nothing of it. */
  #word(): Cursor | null {
    return this.#authority?.by === this.#control().authority ? this.#authority : null
  }

  #counts(peer: ActorId): boolean {
    return this.#control().member(peer)?.cut === null
  }

  #acksOf(line: Line | null): { readonly peer: ActorId; readonly seq: number }[] {
    if (line === null) return []
    return this.#sql
      .prepare('SELECT peer, seq FROM ack WHERE line = ?')
      .all<{ peer: number; seq: number }>(line.no)
      .map((row) => ({ peer: this.#log.actors.idOf(row.peer), seq: row.seq }))
      .filter(({ peer }) => peer !== this.#self && this.#counts(peer))
  }
}
