/**
 * Received ops whose causes are still missing: verified, durable, and each filed under one op that it waits for, so
 * that the arrival of an op wakes only those that waited for it.
 */
import { toHex, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { CAUSE_HASH_BYTES, parseOp, type Cause } from '../op/op.ts'
import { idBytes } from './interner.ts'
import type { Arrival, Log } from './log.ts'
import type { Sql } from './ports.ts'

type Row = { hash: Bytes; bytes: Bytes; signature: Bytes | null }

const NONE: readonly Arrival[] = []

const keyOf = ({ actor, seq, hash }: Cause): string =>
  `${actor}:${seq}:${toHex(hash.subarray(0, CAUSE_HASH_BYTES))}`
const nameOf = ({ op, hash }: Arrival): Cause => ({ actor: op.actor, seq: op.seq, hash })

export class Inbox {
  readonly #sql: Sql
  readonly #log: Log
  readonly #hashes = new Set<string>()
  /** By the op that is missing. */
  readonly #waiting = new Map<string, Arrival[]>()
  /** By the hash of the op before it in its chain. */
  readonly #followers = new Map<string, Set<Arrival>>()
  #bytes = 0

  constructor(sql: Sql, log: Log) {
    this.#sql = sql
    this.#log = log
    for (const row of sql.prepare('SELECT hash, bytes, signature FROM inbox ORDER BY no').all<Row>()) {
      const parsed = parseOp(row.bytes)
      invariant(parsed.ok, 'an op in the inbox parses')
      this.#count({ op: parsed.value, ...row })
    }
  }

  get count(): number {
    return this.#hashes.size
  }

  holds(hash: Bytes): boolean {
    return this.#hashes.has(toHex(hash))
  }

  /**
   * What waits behind an op in its chain, up to the first whose signature is known, which vouches for all before it.
   * Empty where there is none.
   */
  tail(hash: Bytes): readonly Arrival[] {
    const paths: (readonly Arrival[])[] = [...this.#behind(hash)].map((arrival) => [arrival])
    for (let path = paths.pop(); path; path = paths.pop()) {
      const last = path.at(-1)
      if (!last || last.signature) return path
      if (path.length < LIMITS.runOps) for (const next of this.#behind(last.hash)) paths.push([...path, next])
    }
    return NONE
  }

  #behind(hash: Bytes): Iterable<Arrival> {
    return this.#followers.get(toHex(hash)) ?? NONE
  }

  /** A run is let in whole or not at all: its last op carries the signature for all of it. */
  hasRoom(arrivals: readonly Arrival[]): boolean {
    const bytes = arrivals.reduce((sum, arrival) => sum + arrival.bytes.length, 0)
    return this.count + arrivals.length <= LIMITS.inboxOps && this.#bytes + bytes <= LIMITS.inboxBytes
  }

  add(arrival: Arrival, sender: ActorId): void {
    const { op, bytes, hash, signature } = arrival
    this.#sql
      .prepare(
        'INSERT OR IGNORE INTO inbox (actor, seq, hash, bytes, signature, sender) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(idBytes(op.actor), op.seq, hash, bytes, signature, idBytes(sender))
    this.#count(arrival)
  }

  /** Gives to `admit` every op that waited for one of `came` and for nothing else, then what waited for those. */
  drain(came: readonly Arrival[], admit: (arrival: Arrival) => void): void {
    if (this.count === 0) return
    const arrived = [...came]
    for (let next = arrived.shift(); next; next = arrived.shift()) {
      for (const arrival of this.#take(keyOf(nameOf(next)))) {
        if (this.#refile(arrival)) continue
        this.#remove(arrival)
        if (this.#log.find(nameOf(arrival))) continue
        admit(arrival)
        arrived.push(arrival)
      }
    }
  }

  #take(key: string): readonly Arrival[] {
    const waiters = this.#waiting.get(key) ?? NONE
    this.#waiting.delete(key)
    return waiters
  }

  #count(arrival: Arrival): void {
    const key = toHex(arrival.hash)
    if (this.#hashes.has(key)) return
    this.#hashes.add(key)
    this.#bytes += arrival.bytes.length
    const before = toHex(arrival.op.prev)
    this.#followers.set(before, (this.#followers.get(before) ?? new Set()).add(arrival))
    this.#refile(arrival)
  }

  /** Files it under what it waits for; false when that is nothing any more. */
  #refile(arrival: Arrival): boolean {
    const missing = this.#log.missingCause(arrival.op)
    if (!missing) return false
    const key = keyOf(missing)
    const waiters = this.#waiting.get(key)
    if (waiters) waiters.push(arrival)
    else this.#waiting.set(key, [arrival])
    return true
  }

  #remove(arrival: Arrival): void {
    const { actor, seq } = arrival.op
    this.#sql
      .prepare('DELETE FROM inbox WHERE actor = ? AND seq = ? AND hash = ?')
      .run(idBytes(actor), seq, arrival.hash)
    this.#hashes.delete(toHex(arrival.hash))
    this.#bytes -= arrival.bytes.length
    const before = toHex(arrival.op.prev)
    const followers = this.#followers.get(before)
    followers?.delete(arrival)
    if (followers?.size === 0) this.#followers.delete(before)
  }
}
