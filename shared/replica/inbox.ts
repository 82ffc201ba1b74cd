/** Received ops whose causes are still missing: verified, durable, and tried again whenever the log has grown. */
import { toHex, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import type { ActorId } from '../model/ids.ts'
import { LIMITS } from '../op/limits.ts'
import { parseOp } from '../op/op.ts'
import { idBytes } from './interner.ts'
import type { Arrival, Log } from './log.ts'
import type { Sql } from './ports.ts'

type Row = { hash: Bytes; bytes: Bytes; signature: Bytes | null }

const NONE: ReadonlyMap<string, Arrival> = new Map()

export class Inbox {
  readonly #sql: Sql
  readonly #log: Log
  /** By actor, by seq, by hash: several ops under one seq are branches of a fork. */
  readonly #waiting = new Map<ActorId, Map<number, Map<string, Arrival>>>()
  #bytes = 0
  #count = 0

  constructor(sql: Sql, log: Log) {
    this.#sql = sql
    this.#log = log
    for (const row of sql.prepare('SELECT hash, bytes, signature FROM inbox ORDER BY no').all<Row>()) {
      const parsed = parseOp(row.bytes)
      invariant(parsed.ok, 'an op in the inbox parses')
      this.#file({ op: parsed.value, ...row })
    }
  }

  get count(): number {
    return this.#count
  }

  holds(actor: ActorId, seq: number, hash: Bytes): boolean {
    return this.#waiting.get(actor)?.get(seq)?.has(toHex(hash)) ?? false
  }

  /** A run is let in whole or not at all: its last op carries the signature for all of it. */
  hasRoom(arrivals: readonly Arrival[]): boolean {
    const bytes = arrivals.reduce((sum, arrival) => sum + arrival.bytes.length, 0)
    return this.#count + arrivals.length <= LIMITS.inboxOps && this.#bytes + bytes <= LIMITS.inboxBytes
  }

  add(arrival: Arrival, sender: ActorId): void {
    const { op, bytes, hash, signature } = arrival
    this.#sql
      .prepare(
        'INSERT OR IGNORE INTO inbox (actor, seq, hash, bytes, signature, sender) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(idBytes(op.actor), op.seq, hash, bytes, signature, idBytes(sender))
    this.#file(arrival)
  }

  /** Takes out every op whose causes are here now, giving each to `admit`, until none is left that could go. */
  drain(admit: (arrival: Arrival) => void): void {
    let moved = this.#count > 0
    while (moved) {
      moved = false
      for (const actor of [...this.#waiting.keys()]) {
        this.#dropKnown(actor)
        while (this.#drainOne(actor, admit)) moved = true
      }
    }
  }

  #drainOne(actor: ActorId, admit: (arrival: Arrival) => void): boolean {
    const next = (this.#log.head(actor)?.seq ?? 0) + 1
    const branches = this.#waiting.get(actor)?.get(next) ?? NONE
    const ready = [...branches.values()].find((one) => this.#log.missingCause(one.op) === null)
    if (!ready) return false
    this.#remove(ready)
    admit(ready)
    return true
  }

  /** What came by another way meanwhile waits for nothing. */
  #dropKnown(actor: ActorId): void {
    const head = this.#log.head(actor)
    for (const [seq, branches] of this.#waiting.get(actor) ?? [])
      if (head && seq <= head.seq) for (const arrival of [...branches.values()]) this.#remove(arrival)
  }

  #file(arrival: Arrival): void {
    const { actor, seq } = arrival.op
    const bySeq = this.#waiting.get(actor) ?? new Map<number, Map<string, Arrival>>()
    const branches = bySeq.get(seq) ?? new Map<string, Arrival>()
    this.#waiting.set(actor, bySeq.set(seq, branches.set(toHex(arrival.hash), arrival)))
    this.#count += 1
    this.#bytes += arrival.bytes.length
  }

  #remove(arrival: Arrival): void {
    const { actor, seq } = arrival.op
    this.#sql
      .prepare('DELETE FROM inbox WHERE actor = ? AND seq = ? AND hash = ?')
      .run(idBytes(actor), seq, arrival.hash)
    const bySeq = this.#waiting.get(actor)
    const branches = bySeq?.get(seq)
    branches?.delete(toHex(arrival.hash))
    if (branches?.size === 0) bySeq?.delete(seq)
    if (bySeq?.size === 0) this.#waiting.delete(actor)
    this.#count -= 1
    this.#bytes -= arrival.bytes.length
  }
}
