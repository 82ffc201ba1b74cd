/**
 * The texts of a site: every update that passed its check is kept, whatever became of its op, so that later
 * words always find their place; the document folded from them shows only what counts. Documents are built when
 * they are read and kept for a while.
 */
import type { Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { reason, type ReasonOf } from '../judge/reason.ts'
import type * as Y from 'yjs'
import { appendText, foldText, sealText } from '../merge/text/fold.ts'
import type { ClockRange } from '../merge/text/struct.ts'
import { checkUpdate } from '../merge/text/check.ts'
import { clientIdOf } from '../merge/text/client-id.ts'
import { plainText } from '../merge/text/plain.ts'
import type { TextRefusal } from '../merge/text/refusal.ts'
import type { ControlState } from '../judge/control.ts'
import type { Placed } from '../judge/past.ts'
import type { ActorId } from '../model/ids.ts'
import type { Address, Effect } from '../op/effect.ts'
import { cellOf, type Cell } from './fold.ts'
import type { Records } from './interner.ts'
import type { Log } from './log.ts'
import type { Crypto, Sql } from './ports.ts'
import { TextForks } from './text-forks.ts'
import { TextPlaces } from './text-places.ts'
import { TextReach } from './text-reach.ts'
import { keyOf, textKey, TextStore, WHERE, type Checked, type OpUpdate } from './text-store.ts'

/** Documents kept in memory; a note is some kilobytes. */
const CACHED_DOCS = 256

type Cached = { readonly doc: Y.Doc; readonly hidden: readonly ClockRange[]; plain: string | null }

/** The name of a text within its site: what its sessions' client ids are derived from. */
export const textName = (at: Address): string => `${at.record}/${at.field}/${at.child ?? ''}/${at.sub}`

export class Texts {
  readonly #sql: Sql
  readonly #log: Log
  readonly #records: Records
  readonly #crypto: Crypto
  readonly #forks: TextForks
  readonly #reach: TextReach
  readonly #store: TextStore
  readonly #places: TextPlaces
  readonly #docs = new Map<string, Cached>()
  readonly #generations = new Map<number, number>()
  /** The texts of the op last filed, until it is settled. */
  #filed: readonly Checked[] = []

  constructor(
    sql: Sql,
    log: Log,
    records: Records,
    crypto: Crypto,
    control: () => Pick<ControlState, 'stands'>,
  ) {
    this.#sql = sql
    this.#log = log
    this.#records = records
    this.#crypto = crypto
    this.#reach = new TextReach(sql, log)
    this.#store = new TextStore(sql)
    this.#forks = new TextForks(sql, log, this.#reach, control)
    this.#places = new TextPlaces(sql, log, this.#store, this.#forks)
  }

  /** Have the words of this op no place, since they or what they point to stand on a branch that fell? */
  fell(no: number): boolean {
    return this.#forks.fell(no)
  }

  clientOf(actor: ActorId, at: Address, n: number): number {
    return clientIdOf((bytes) => this.#crypto.sha256(bytes), actor, textName(at), n)
  }

  /** Checks all text of an op, then files it; all of it or, where one update is unfit, none, with the reason. */
  file(op: Placed, effects: readonly Effect[]): ReasonOf | null {
    const checked: Checked[] = []
    this.#filed = []
    for (const [index, effect] of effects.entries()) {
      if (effect.type === 'session') this.#declare(op, effect.at, effect.n)
      if (effect.type !== 'text') continue
      const result = this.#check(op, effect.at, effect.n, effect.update, checked)
      if (typeof result === 'string') {
        for (const { cell } of checked) this.#places.forget(cell)
        return reason('bad-text', { detail: result })
      }
      if (result) checked.push({ ...result, index })
    }
    for (const update of checked) this.#store.add(op.no, update)
    this.#filed = checked
    return null
  }

  /** Brings the documents in memory on by the op last filed: quickly where it counts, else by building them anew. */
  settle(accepted: boolean): void {
    for (const { cell, update, bytes } of this.#filed) {
      const key = textKey(cell)
      const cached = this.#docs.get(key)
      if (!cached) continue
      if (accepted && !this.#forks.any && appendText(cached.doc, { ...update, bytes }, cached.hidden))
        cached.plain = null
      else this.#docs.delete(key)
    }
    this.#filed = []
  }

  /** After judgements of a record's ops changed: words may have come back, which a document cannot undo. */
  forget(record: number): void {
    this.#generations.set(record, this.generation(record) + 1)
    for (const key of this.#docs.keys()) if (key.startsWith(`${record}/`)) this.#docs.delete(key)
  }

  generation(record: number): number {
    return this.#generations.get(record) ?? 0
  }

  doc(cell: Cell): Y.Doc {
    return this.#cached(cell).doc
  }

  plain(cell: Cell): string {
    const cached = this.#cached(cell)
    cached.plain ??= plainText(cached.doc)
    return cached.plain
  }

  /** The next n for an editing session of this device; durable before it is handed out. */
  allotSession(at: Address): number {
    const text = textName(at)
    this.#sql
      .prepare('INSERT INTO text_counter (text, n) VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1')
      .run(text)
    const row = this.#sql.prepare('SELECT n FROM text_counter WHERE text = ?').get<{ n: number }>(text)
    invariant(row, 'a counter just raised is there')
    return row.n
  }

  /** The n under which this device was allotted a client id; 0 is the node's own, for plain edits. */
  sessionOf(actor: ActorId, at: Address, client: number): number | null {
    const row = this.#sql
      .prepare('SELECT n FROM text_counter WHERE text = ?')
      .get<{ n: number }>(textName(at))
    for (let n = row?.n ?? 0; n >= 0; n -= 1) if (this.clientOf(actor, at, n) === client) return n
    return null
  }

  isDeclared(cell: Cell, client: number): boolean {
    return (
      this.#sql
        .prepare(`SELECT 1 AS here FROM text_session WHERE ${WHERE} AND client = ?`)
        .get<{ here: number }>(...keyOf(cell), client) !== undefined
    )
  }

  /** Is the session declared as far as the op knows? A branch does not know what another one declared. */
  #knowsSession(op: Placed, cell: Cell, client: number): boolean {
    return this.#sql
      .prepare(`SELECT op FROM text_session WHERE ${WHERE} AND client = ?`)
      .all<{ op: number }>(...keyOf(cell), client)
      .some((row) => this.#log.knowsNo(op.no, row.op))
  }

  #declare({ actor, no }: Placed, at: Address, n: number): void {
    const row = this.#records.find(at.record)
    if (!row) return
    const client = this.clientOf(actor, at, n)
    this.#sql
      .prepare(
        'INSERT OR IGNORE INTO text_session (record, field, child, sub, client, op, actor, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(...keyOf(cellOf(row.no, at)), client, no, this.#log.actors.numberOf(actor), n)
  }

  #check(
    op: Placed,
    at: Address,
    n: number,
    update: Bytes,
    before: readonly Checked[],
  ): Omit<Checked, 'index'> | TextRefusal | 'text-no-session' | null {
    const row = this.#records.find(at.record)
    if (!row) return null
    const cell = cellOf(row.no, at)
    const client = this.clientOf(op.actor, at, n)
    if (!this.#knowsSession(op, cell, client)) return 'text-no-session'
    const earlier = before.filter((other) => textKey(other.cell) === textKey(cell))
    const last = earlier.findLast((other) => other.update.client === client)
    const result = checkUpdate(update, {
      client,
      next: last?.update.to ?? this.#seenOf(op, cell, client),
      covers: this.#coverageOf(op, cell),
    })
    if (!result.ok) return result.error
    const words = { cell, bytes: update, update: result.value }
    const refusal = this.#places.take(op, words, earlier)
    if (refusal) this.#places.forget(cell)
    return refusal ?? words
  }

  /** Clocks of a client are contiguous along its actor's chain: who had seen the last had seen all. */
  #coverageOf(op: Placed, cell: Cell): (client: number, from: number, to: number) => boolean {
    const reach = new Map<number, number>()
    return (client, from, to) => {
      if (to <= from) return true
      const seen = reach.get(client) ?? this.#seenOf(op, cell, client)
      reach.set(client, seen)
      return to <= seen
    }
  }

  /** The end of the last words of a client that an op knows: mostly the last of all. */
  #seenOf(op: Placed, cell: Cell, client: number): number {
    const last = this.#sql.prepare(
      `SELECT to_clock, op FROM text_update WHERE ${WHERE} AND client = ? ORDER BY to_clock DESC LIMIT ?`,
    )
    const known = (most: number) =>
      last
        .all<{ to_clock: number; op: number }>(...keyOf(cell), client, most)
        .find((row) => this.#log.knowsNo(op.no, row.op))
    const loose = (known(1) ?? known(-1))?.to_clock ?? 0
    const sealed = this.#reach.of(cell, client).findLast((step) => this.#log.knowsNo(op.no, step.op))?.to ?? 0
    return Math.max(loose, sealed)
  }

  /**
   * Puts what counts of the updates of these ops into the texts' bases, for good. What does not count of them stays
   * as it is, beside its structs in the base; of which op each session's words were is kept.
   */
  seal(record: number, isUnder: (op: number) => boolean): void {
    const cells = this.#sql
      .prepare(
        'SELECT record, field, child, sub FROM text_update WHERE record = ? UNION SELECT record, field, child, sub FROM text_session WHERE record = ?',
      )
      .all<Cell>(record, record)
    for (const cell of cells) this.#sealCell(cell, isUnder)
  }

  #sealCell(cell: Cell, isUnder: (op: number) => boolean): void {
    const updates = this.#updates(cell).filter(({ op }) => isUnder(op))
    const counting = updates.filter(({ counts }) => counts)
    this.#reach.declareByPlace(cell, isUnder)
    if (counting.length === 0) return
    this.#store.seal(cell, sealText(updates, this.#store.base(cell)), new Set(counting.map(({ op }) => op)))
    this.#reach.add(cell, counting)
  }

  #cached(cell: Cell): Cached {
    const key = textKey(cell)
    const found = this.#docs.get(key)
    if (found) {
      this.#docs.delete(key)
      this.#docs.set(key, found)
      return found
    }
    const updates = this.#updates(cell)
    const made: Cached = {
      doc: foldText(updates, this.#store.base(cell)),
      hidden: updates.filter((update) => !update.counts),
      plain: null,
    }
    this.#docs.set(key, made)
    const oldest = this.#docs.keys().next().value
    if (this.#docs.size > CACHED_DOCS && oldest !== undefined) this.#docs.delete(oldest)
    return made
  }

  #updates(cell: Cell): OpUpdate[] {
    return this.#store.updates(cell).filter(({ op }) => !this.#forks.fell(op))
  }
}
