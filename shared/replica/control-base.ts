/**
 * The control state as it is at a checkpoint, kept as data (decision 20): what is said of the site in one row, each
 * checkpoint and snapshot, of which there are ever more, in another, and what is said of requests, records and refused
 * ops in rows of their own, which are read when they are asked for. It is derived: without it, or where it does not
 * fit, all acts of control are folded anew from the log.
 */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { remember } from '../base/remember.ts'
import type { ControlState } from '../judge/control.ts'
import type { KeptControl, KeptSite } from '../judge/kept.ts'
import type { Checkpoint, KeptMembership, Snapshot } from '../judge/membership.ts'
import type { Placed } from '../judge/past.ts'
import type { Shelf, ShelfKind } from '../judge/shelf.ts'
import type { ActorId } from '../model/ids.ts'
import { nameOf, type Vocabulary } from '../op/vocabulary.ts'
import type { Log } from './log.ts'
import type { Admitted } from './log-past.ts'
import type { Sql } from './ports.ts'

/** Raised when what is kept takes another form: what another form says is left unread. */
const FORM = 2
/** Pieces kept in memory, of those that were asked for. */
const CACHED = 4096

export type Base = KeptControl & {
  /** The checkpoint: what it knows, and itself, is folded here. */
  readonly at: Placed
  readonly admissions: readonly Admitted[]
}

/** What is kept of the site, with what tells whether it may be read. */
type Head = {
  readonly form: number
  readonly vocabulary: string
  readonly at: Placed
  readonly hash: Bytes
  readonly site: Omit<KeptSite, 'membership'> & {
    readonly membership: Omit<KeptMembership, 'checkpoints' | 'snapshots'>
  }
  readonly admissions: readonly Admitted[]
}

type Needed = { readonly sql: Sql; readonly log: Log; readonly vocabulary: Vocabulary }

export class ControlBase {
  readonly #needed: Needed
  readonly #checkpoints: Growing<Checkpoint>
  readonly #snapshots: Growing<Snapshot>

  constructor(needed: Needed) {
    this.#needed = needed
    this.#checkpoints = new Growing(needed, 'checkpoint')
    this.#snapshots = new Growing(needed, 'snapshot')
  }

  /** Null where none is kept that this build may read, or its checkpoint is not here. */
  read(): Base | null {
    const { sql, log, vocabulary } = this.#needed
    const row = sql.prepare("SELECT value FROM control_base WHERE kind = 'site' AND name = ''").get<Valued>()
    const head = row ? (unpack(row.value, log) as Head) : null
    if (head?.form !== FORM || head.vocabulary !== nameOf(vocabulary)) return null
    const found = log.find({ actor: head.at.actor, seq: head.at.seq, hash: head.hash })
    if (found?.op !== head.at.no) return null
    const [checkpoints, snapshots] = [this.#checkpoints.read(), this.#snapshots.read()]
    const site = { ...head.site, membership: { ...head.site.membership, checkpoints, snapshots } }
    return { at: head.at, site, admissions: head.admissions, shelf: new SqlShelf(sql, log) }
  }

  /** Puts this state in its place; `isNew`: it went on from none that was kept. */
  write(state: ControlState, at: Placed, admissions: readonly Admitted[], isNew: boolean): void {
    const { sql, log, vocabulary } = this.#needed
    if (isNew) this.forget()
    const put = sql.prepare(PUT)
    for (const { kind, changed } of state.layers)
      for (const [name, value] of changed) put.run(kind, name, rankOf(value), pack(value, log))
    const hash = log.hashOf(at.no)
    const { membership, ...others } = state.keptSite()
    const { checkpoints, snapshots, ...rest } = membership
    this.#checkpoints.write(checkpoints)
    this.#snapshots.write(snapshots)
    const site = { ...others, membership: rest }
    const head: Head = { form: FORM, vocabulary: nameOf(vocabulary), at, hash, site, admissions }
    put.run('site', '', at.no, pack(head, log))
  }

  forget(): void {
    this.#needed.sql.exec('DELETE FROM control_base')
    this.#checkpoints.forget()
    this.#snapshots.forget()
  }
}

const PUT = `INSERT INTO control_base (kind, name, rank, value) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET rank = excluded.rank, value = excluded.value`

type Valued = { readonly value: string }

/** What is said of one sort by ever more ops: a row each, which is read once and written once. */
class Growing<T extends { readonly op: Placed }> {
  readonly #needed: Pick<Needed, 'sql' | 'log'>
  readonly #kind: string
  #known: readonly T[] | null = null

  constructor(needed: Pick<Needed, 'sql' | 'log'>, kind: string) {
    this.#needed = needed
    this.#kind = kind
  }

  /** In the order of their ops. */
  read(): readonly T[] {
    const { sql, log } = this.#needed
    this.#known ??= sql
      .prepare('SELECT value FROM control_base WHERE kind = ? ORDER BY rank')
      .all<Valued>(this.#kind)
      .map(({ value }) => unpack(value, log) as T)
    return this.#known
  }

  write(all: readonly T[]): void {
    const { sql, log } = this.#needed
    let known = this.read()
    if (known.some(({ op }, i) => all[i]?.op.no !== op.no)) {
      sql.prepare('DELETE FROM control_base WHERE kind = ?').run(this.#kind)
      known = []
    }
    for (const said of all.slice(known.length))
      sql.prepare(PUT).run(this.#kind, `${said.op.no}`, said.op.no, pack(said, log))
    this.#known = [...all]
  }

  forget(): void {
    this.#known = null
  }
}

class SqlShelf implements Shelf {
  readonly #sql: Sql
  readonly #log: Log
  readonly #read = new Map<string, unknown>()

  constructor(sql: Sql, log: Log) {
    this.#sql = sql
    this.#log = log
  }

  read(kind: ShelfKind, name: string): unknown {
    const key = `${kind} ${name}`
    if (this.#read.has(key)) return this.#read.get(key)
    const row = this.#sql
      .prepare('SELECT value FROM control_base WHERE kind = ? AND name = ?')
      .get<Valued>(kind, name)
    return remember(this.#read, CACHED, key, row && unpack(row.value, this.#log))
  }

  keys(kind: ShelfKind): readonly string[] {
    return this.#sql
      .prepare('SELECT name FROM control_base WHERE kind = ?')
      .all<{ name: string }>(kind)
      .map(({ name }) => name)
  }

  newest(most: number): readonly unknown[] {
    return this.#sql
      .prepare("SELECT value FROM control_base WHERE kind = 'request' ORDER BY rank DESC LIMIT ?")
      .all<Valued>(most)
      .map(({ value }) => unpack(value, this.#log))
  }
}

/** By which pieces of one kind are told in order. */
const rankOf = (value: unknown): number => {
  const { lamport } = value as { readonly lamport?: number }
  return lamport ?? 0
}

/** As JSON: bytes in hex, and an op by the number of its actor, its seq and its own number. */
function pack(value: unknown, log: Log): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, part: unknown) {
    // A kind of bytes that tells its own JSON has told it here already.
    const given = this[key]
    if (given instanceof Uint8Array) return { bytes: toHex(given) }
    return isPlaced(part) ? { op: [log.actors.numberOf(part.actor), part.seq, part.no] } : part
  })
}

const isPlaced = (part: unknown): part is Placed =>
  typeof part === 'object' && part !== null && 'actor' in part && 'seq' in part && 'no' in part

function unpack(text: string, log: Log): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part
    const { bytes, op } = part as { readonly bytes?: unknown; readonly op?: unknown }
    if (typeof bytes === 'string') return fromHex(bytes)
    return Array.isArray(op) ? placedFrom(op, log) : part
  })
}

function placedFrom([actor, seq, no]: readonly unknown[], log: Log): Placed {
  invariant(typeof actor === 'number' && typeof seq === 'number' && typeof no === 'number', 'an op is named')
  return { actor: log.actors.idOf(actor) satisfies ActorId, seq, no }
}
