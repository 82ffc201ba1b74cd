/**
 * Received ops whose causes are still missing: verified, durable, and each filed under one op that it waits for, so
 * that the arrival of an op wakes only those that waited for it. In memory stand their names alone, since an op that is
 * read takes many times its bytes. What is awake is looked at a few a turn: one op may wake thousands.
 */
import { toHex, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { CAUSE_HASH_BYTES, storedOp, type Cause } from '../op/op.ts'
import type { Vocabulary } from '../op/vocabulary.ts'
import { idBytes } from './interner.ts'
import type { Arrival, Log } from './log.ts'
import type { Sql } from './ports.ts'

/** What is kept in memory of an op that waits; `no` is its row. */
type Waiting = {
  readonly no: number
  readonly hash: string
  /** Of the op before it in its chain; empty for a first one. */
  readonly prev: string
  readonly size: number
  readonly signed: boolean
  readonly sender: string
}
type Row = Omit<Waiting, 'hash' | 'prev' | 'sender' | 'signed'> & {
  hash: Bytes
  prev: Bytes
  sender: Bytes
  signed: number
}
type Usage = { ops: number; bytes: number }

/** An op behind another in its chain, as it is sent. */
export type Follower = { readonly bytes: Bytes; readonly signature: Bytes | null }

const NONE: readonly never[] = []
const NOTHING: Usage = { ops: 0, bytes: 0 }

const keyOf = ({ actor, seq, hash }: Cause): string =>
  `${actor}:${seq}:${toHex(hash.subarray(0, CAUSE_HASH_BYTES))}`
const nameOf = ({ op, hash }: Arrival): Cause => ({ actor: op.actor, seq: op.seq, hash })

export class Inbox {
  readonly #sql: Sql
  readonly #log: Log
  readonly #vocabulary: Vocabulary
  readonly #hashes = new Set<string>()
  /** By the op that is missing. */
  readonly #waiting = new Map<string, Waiting[]>()
  /** By the hash of the op before it in its chain. */
  readonly #followers = new Map<string, Set<Waiting>>()
  /** Those that may wait for nothing any more, in the order in which they are looked at. */
  readonly #awake = new Set<Waiting>()
  readonly #bySender = new Map<string, Usage>()
  #bytes = 0

  constructor(sql: Sql, log: Log, vocabulary: Vocabulary) {
    this.#sql = sql
    this.#log = log
    this.#vocabulary = vocabulary
    const rows = sql
      .prepare(
        'SELECT no, hash, prev, length(bytes) AS size, signature IS NOT NULL AS signed, sender FROM inbox ORDER BY no',
      )
      .all<Row>()
    for (const { no, hash, prev, size, signed, sender } of rows) {
      const [name, before, by] = [toHex(hash), toHex(prev), toHex(sender)]
      const waiting = { no, hash: name, prev: before, size, signed: signed === 1, sender: by }
      this.#count(waiting)
      // What it waits for is found out when it is looked at.
      this.#awake.add(waiting)
    }
  }

  get count(): number {
    return this.#hashes.size
  }

  /** Is there something that `release` would look at? */
  get isAwake(): boolean {
    return this.#awake.size > 0
  }

  holds(hash: Bytes): boolean {
    return this.#hashes.has(toHex(hash))
  }

  /**
   * What waits behind an op in its chain, up to the first whose signature is known, which vouches for all before it.
   * Empty where there is none.
   */
  tail(hash: Bytes): readonly Follower[] {
    const paths: (readonly Waiting[])[] = [...this.#behind(toHex(hash))].map((one) => [one])
    for (let path = paths.pop(); path; path = paths.pop()) {
      const last = path.at(-1)
      if (!last || last.signed) return path.map((one) => this.#load(one))
      if (path.length < LIMITS.runOps) for (const next of this.#behind(last.hash)) paths.push([...path, next])
    }
    return NONE
  }

  /** All that waits, in order of arrival, as stretches of chains that each end at the first known signature. */
  *tails(): Generator<readonly Arrival[]> {
    const numbers = this.#sql.prepare('SELECT no FROM inbox ORDER BY no').all<{ no: number }>()
    /** By the hash of their last op: stretches without a signature yet. */
    const open = new Map<string, readonly Arrival[]>()
    for (const { no } of numbers) {
      const next = this.#read(no)
      // It has found its causes since.
      if (next === null) continue
      const before = open.get(toHex(next.op.prev)) ?? NONE
      open.delete(toHex(next.op.prev))
      const stretch = [...before, next]
      if (next.signature !== null) yield stretch
      else open.set(toHex(next.hash), stretch)
    }
  }

  #behind(hash: string): Iterable<Waiting> {
    return this.#followers.get(hash) ?? NONE
  }

  /**
   * A run is let in whole or not at all: its last op carries the signature for all of it. One peer cannot fill the
   * whole, and one that has nothing waiting has room for a run whatever others did.
   */
  hasRoom(arrivals: readonly Arrival[], sender: ActorId): boolean {
    const used = this.#bySender.get(sender) ?? NOTHING
    const ops = used.ops + arrivals.length
    const more = arrivals.reduce((sum, arrival) => sum + arrival.bytes.length, 0)
    const bytes = used.bytes + more
    if (ops <= LIMITS.runOps && bytes <= LIMITS.runBytes) return true
    if (ops > LIMITS.inboxPeerOps || bytes > LIMITS.inboxPeerBytes) return false
    return this.count + arrivals.length <= LIMITS.inboxOps && this.#bytes + more <= LIMITS.inboxBytes
  }

  /** Takes in an op that waits for `missing`, and perhaps for more. */
  add(arrival: Arrival, missing: Cause, sender: ActorId): void {
    const { op, bytes, hash, signature } = arrival
    if (this.holds(hash)) return
    this.#sql
      .prepare(
        'INSERT INTO inbox (actor, seq, hash, prev, bytes, signature, sender) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(idBytes(op.actor), op.seq, hash, op.prev, bytes, signature, idBytes(sender))
    const row = this.#sql
      .prepare('SELECT no FROM inbox WHERE actor = ? AND seq = ? AND hash = ?')
      .get<{ no: number }>(idBytes(op.actor), op.seq, hash)
    invariant(row, 'what was put into the inbox is there')
    const [name, prev] = [toHex(hash), toHex(op.prev)]
    const waiting = { no: row.no, hash: name, prev, size: bytes.length, signed: signature !== null, sender }
    this.#count(waiting)
    this.#file(waiting, missing)
  }

  /**
   * Gives to `admit` ops that waited for one of `came` and for nothing else, then what waited for those, and then what
   * is awake from before; at most `most` are looked at, and the rest stays awake for another call.
   */
  release(came: readonly Arrival[], most: number, admit: (arrival: Arrival) => void): void {
    const woken = came.flatMap((arrival) => this.#waitersOf(nameOf(arrival)))
    let left = most
    for (const next of woken) {
      if (left > 0) woken.push(...this.#look(next, admit))
      else this.#awake.add(next)
      left -= 1
    }
    for (; left > 0 && this.#awake.size > 0; left -= 1) {
      const [next] = this.#awake
      if (!next) break
      this.#awake.delete(next)
      for (const one of this.#look(next, admit)) this.#awake.add(one)
    }
  }

  /** Admits the op, or files it under what it still waits for. Answers what waited for it. */
  #look(waiting: Waiting, admit: (arrival: Arrival) => void): readonly Waiting[] {
    const arrival = this.#load(waiting)
    const missing = this.#log.missingCause(arrival.op)
    if (missing) {
      this.#file(waiting, missing)
      return NONE
    }
    this.#remove(waiting)
    if (this.#log.find(nameOf(arrival))) return NONE
    admit(arrival)
    return this.#waitersOf(nameOf(arrival))
  }

  #file(waiting: Waiting, missing: Cause): void {
    const key = keyOf(missing)
    const waiters = this.#waiting.get(key)
    if (waiters) waiters.push(waiting)
    else this.#waiting.set(key, [waiting])
  }

  #waitersOf(name: Cause): readonly Waiting[] {
    const key = keyOf(name)
    const waiters = this.#waiting.get(key) ?? NONE
    this.#waiting.delete(key)
    return waiters
  }

  #load({ no, hash }: Waiting): Arrival {
    const found = this.#read(no)
    invariant(found && toHex(found.hash) === hash, 'what waits has its row')
    return found
  }

  #read(no: number): Arrival | null {
    const row = this.#sql
      .prepare('SELECT hash, bytes, signature FROM inbox WHERE no = ?')
      .get<{ hash: Bytes; bytes: Bytes; signature: Bytes | null }>(no)
    return row ? { op: storedOp(row.bytes, this.#vocabulary), ...row } : null
  }

  #count(waiting: Waiting): void {
    this.#hashes.add(waiting.hash)
    this.#use(waiting, 1)
    const followers = this.#followers.get(waiting.prev) ?? new Set()
    this.#followers.set(waiting.prev, followers.add(waiting))
  }

  #remove(waiting: Waiting): void {
    this.#sql.prepare('DELETE FROM inbox WHERE no = ?').run(waiting.no)
    this.#hashes.delete(waiting.hash)
    this.#use(waiting, -1)
    const followers = this.#followers.get(waiting.prev)
    followers?.delete(waiting)
    if (followers?.size === 0) this.#followers.delete(waiting.prev)
  }

  #use({ sender, size }: Waiting, sign: 1 | -1): void {
    const { ops, bytes } = this.#bySender.get(sender) ?? NOTHING
    this.#bytes += sign * size
    if (ops + sign === 0) this.#bySender.delete(sender)
    else this.#bySender.set(sender, { ops: ops + sign, bytes: bytes + sign * size })
  }
}
