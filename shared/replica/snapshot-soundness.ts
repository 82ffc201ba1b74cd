/**
 * Looks at the rows of a snapshot one by one before they are taken over: that each is what it says, and stands for
 * something that is there. The authority's signature vouches for what they tell; that the engine can work on them is
 * seen here, since it holds a log that does not fit together to be a fault of its own, and fails.
 */
import { equalBytes, toHex, type Bytes } from '../base/bytes.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { KINDS } from '../model/kinds.ts'
import { CAUSE_HASH_BYTES, parseOp, type Op } from '../op/op.ts'
import { THIS_BUILD } from '../op/vocabulary.ts'
import { readSaid } from './imprint-said.ts'
import { classOf } from './classes.ts'
import { JUDGEMENTS } from './judging.ts'
import type { SqlValue, World } from './ports.ts'
import { STEP_BYTES, stepsIn } from './text-reach.ts'

type Row = Readonly<Record<string, SqlValue>>
type SoundLine = {
  readonly actor: number
  readonly first: number
  /** The last op that is here, and how many of its ops are here or left their name. */
  tip: number
  /** Its hash. */
  hash: Bytes | null
  ops: number
  /** Which of its ops are here. */
  readonly here: Set<number>
  /** The last that left its name. */
  dropped: number
}

/** What remains of a hash: all of it, or what an earlier version left. */
const IMPRINT_BYTES: readonly number[] = [32, CAUSE_HASH_BYTES]
/** So many lines, and seqs of each, have numbers of their own once they were dropped. */
const MOST_LINES = 2 ** 20
const SEQS = 2 ** 32

export class SnapshotSoundness {
  readonly #world: World
  readonly #site: SiteId
  readonly #actors = new Map<number, ActorId>()
  readonly #lines = new Map<number, SoundLine>()
  /** What is there to be referred to, by number. Rows refer to it many times: asked of the database it took as long as all else. */
  readonly #ops = new Set<number>()
  readonly #records = new Set<number>()

  constructor(world: World, site: SiteId) {
    this.#world = world
    this.#site = site
  }

  /** What is wrong with a row; null for a sound one. */
  problemOf(table: string, row: Row): string | null {
    return this.#isSound(table, row) ? null : `a row of ${table} that does not fit`
  }

  /** What is wrong with all of them together; to be asked once the last is there. */
  gap(): string | null {
    for (const { first, tip, ops } of this.#lines.values())
      if (tip < first || tip - first + 1 !== ops) return 'a chain with a gap'
    return null
  }

  #isSound(table: string, row: Row): boolean {
    switch (table) {
      case 'actor':
        return this.#isActor(row)
      case 'line':
        return this.#isLine(row)
      case 'op':
        return this.#isOp(row)
      case 'imprint':
        return this.#isImprint(row)
      case 'context':
        return this.#isContext(row)
      case 'record':
        return this.#isRecord(row)
      default:
        return this.#isOfRecord(table, row)
    }
  }

  #isRecord({ no, id, kind }: Row): boolean {
    this.#records.add(count(no))
    return count(no) > 0 && lengthOf(id) === 16 && Object.hasOwn(KINDS, String(kind))
  }

  #isActor({ no, id }: Row): boolean {
    if (!(id instanceof Uint8Array) || id.length !== 32) return false
    this.#actors.set(count(no), toHex(id) as ActorId)
    return count(no) > 0
  }

  #isLine({ no, actor, base, first }: Row): boolean {
    const before = base === null ? null : this.#lines.get(count(base))
    const begins = before
      ? before.actor === actor && before.first < count(first)
      : base === null && first === 1
    const isNew = count(no) > 0 && count(no) < MOST_LINES && !this.#lines.has(count(no))
    const empty = { tip: 0, hash: null, ops: 0, here: new Set<number>(), dropped: 0 }
    this.#lines.set(count(no), { actor: count(actor), first: count(first), ...empty })
    return begins && isNew && this.#actors.has(count(actor)) && count(base) < count(no)
  }

  /** What is kept whole says itself what it is. */
  #isOp(row: Row): boolean {
    const { hash, bytes } = row
    const line = this.#lines.get(count(row.line))
    if (!line || !(bytes instanceof Uint8Array) || !(hash instanceof Uint8Array)) return false
    const { crypto, vocabulary = THIS_BUILD } = this.#world
    const parsed = parseOp(bytes, vocabulary)
    if (!parsed.ok || !equalBytes(crypto.sha256(bytes), hash)) return false
    const isNext = parsed.value.seq >= line.first && parsed.value.seq > line.tip && parsed.value.seq < SEQS
    const follows = followsOn(line, parsed.value)
    line.tip = parsed.value.seq
    line.hash = hash
    line.ops += 1
    line.here.add(line.tip)
    this.#ops.add(count(row.no))
    return isNext && follows && line.actor === row.actor && this.#saysSo(parsed.value, row, hash)
  }

  #saysSo(op: Op, row: Row, hash: Bytes): boolean {
    const isOfSite = op.site === null ? toHex(hash) === this.#site : op.site === this.#site
    const isKnown = op.effects.every(({ type }) => type !== 'unknown')
    return (
      isOfSite &&
      op.actor === this.#actors.get(count(row.actor)) &&
      op.seq === row.seq &&
      op.lamport === row.lamport &&
      op.wall === row.wall &&
      (!isKnown || classOf(op.effects) === row.control) &&
      count(row.judgement) < JUDGEMENTS.length &&
      (row.judgement === 0 || row.reason !== null) &&
      isReason(row.flaw) &&
      isReason(row.reason)
    )
  }

  #isImprint(row: Row): boolean {
    const line = this.#lines.get(count(row.line))
    const seq = count(row.seq)
    if (!line || seq < line.first || seq >= line.tip || seq <= line.dropped) return false
    line.dropped = seq
    line.ops += 1
    return IMPRINT_BYTES.includes(lengthOf(row.hash)) && !line.here.has(seq) && this.#isSaid(row.said)
  }

  #isSaid(text: SqlValue | undefined): boolean {
    const said = typeof text === 'string' ? readSaid(text) : null
    if (!said) return false
    const [about, revocable] = said
    const records = [...about, ...revocable.map(([, record]) => record)]
    return records.every((record) => this.#records.has(record))
  }

  #isContext(row: Row): boolean {
    return (
      row.line !== row.on_line && this.#isPlace(row.line, row.seq) && this.#isPlace(row.on_line, row.on_seq)
    )
  }

  #isPlace(line: SqlValue | undefined, seq: SqlValue | undefined): boolean {
    const found = this.#lines.get(count(line))
    return found !== undefined && count(seq) >= found.first && count(seq) <= found.tip
  }

  #isOfRecord(table: string, row: Row): boolean {
    if (!this.#records.has(count(row.record))) return false
    switch (table) {
      case 'base_presence':
        return this.#actors.has(count(row.actor))
      case 'text_reach':
        return this.#isReach(row)
      case 'text_session':
        return this.#actors.has(count(row.actor)) && this.#isHereOrWas(Number(row.op))
      case 'base_gone':
      case 'base_text':
        return true
      default:
        return this.#ops.has(count(row.op))
    }
  }

  #isHereOrWas(op: number): boolean {
    if (op > 0) return this.#ops.has(op)
    return this.#isPlace(Math.floor(-op / SEQS), -op % SEQS)
  }

  #isReach({ line, steps }: Row): boolean {
    if (!(steps instanceof Uint8Array) || steps.length % STEP_BYTES !== 0) return false
    return stepsIn(steps).every(
      ({ seq, to }) => this.#isPlace(line, seq) && Number.isSafeInteger(to) && to >= 0,
    )
  }
}

/** Where the op before it is here too, it names that one's hash. */
const followsOn = ({ tip, hash }: SoundLine, { seq, prev }: Op): boolean =>
  hash === null || tip !== seq - 1 || equalBytes(hash, prev)

/** Columns of counts were read as such. */
const count = (value: SqlValue | undefined): number => (typeof value === 'number' ? value : -1)

const lengthOf = (value: SqlValue | undefined): number => (value instanceof Uint8Array ? value.length : -1)

function isReason(text: SqlValue | undefined): boolean {
  if (text === null) return true
  if (typeof text !== 'string') return false
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null && 'code' in said && typeof said.code === 'string'
  } catch {
    return false
  }
}
