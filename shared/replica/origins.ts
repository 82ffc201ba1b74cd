/** Which op created a record or a child, known from the log alone, whatever became of that op. */
import type { Bytes } from '../base/bytes.ts'
import { remember } from '../base/remember.ts'
import type { ChildId, OpRef, RecordId, SiteId } from '../model/ids.ts'
import { changedRecord, isData, type Op } from '../op/op.ts'
import { childAt, importedRecord, recordAt } from '../op/identity.ts'
import type { NamedOp } from './chains.ts'
import { idBytes, type RecordRow, type Records } from './interner.ts'
import type { Log } from './log.ts'
import type { Crypto, Sql } from './ports.ts'

/** A creating op, by name and by whether it counts now; held: whether it does is not known yet. */
export type Origin = OpRef & { readonly no: number; readonly accepted: boolean; readonly held: boolean }

type OriginRow = {
  readonly no: number
  readonly actor: number
  readonly seq: number
  readonly judgement: number
}

/** Records, and children, whose origins are kept in memory. */
const CACHED = 4096

/** As judgements are numbered in the log. */
const HELD = 3

export class Origins {
  readonly #sql: Sql
  readonly #log: Log
  readonly #records: Records
  readonly #sha256: (bytes: Bytes) => Bytes
  /** Asked many times for one op; emptied whenever the judgement of an op changes. */
  readonly #ofRecord = new Map<number, readonly Origin[]>()
  readonly #ofChild = new Map<string, readonly Origin[]>()

  constructor(sql: Sql, log: Log, records: Records, crypto: Crypto) {
    this.#sql = sql
    this.#log = log
    this.#records = records
    this.#sha256 = (bytes) => crypto.sha256(bytes)
  }

  /**
   * Files what an op creates, and answers the records that it creates or names. One that is here but that its
   * author cannot have seen is not among them: whether it is here already differs from replica to replica.
   */
  file(op: Op, no: number, site: SiteId): Map<RecordId, RecordRow> {
    const touched = new Map<RecordId, RecordRow>()
    op.effects.forEach((effect, index) => {
      const dot = { actor: op.actor, seq: op.seq, index }
      if (effect.type === 'create')
        this.#create(recordAt(this.#sha256, dot, effect.kind), effect.kind, no, touched)
      else if (effect.type === 'import') {
        const id = importedRecord(this.#sha256, site, effect.kind, effect.source, effect.key)
        this.#create(id, effect.kind, no, touched)
      } else if (effect.type === 'child')
        this.#createChild({ ...dot, no }, effect, childAt(this.#sha256, dot), no, index)
      const named = isData(effect) ? changedRecord(effect) : null
      const row = named && this.recordKnown({ ...dot, no }, named) ? this.#records.find(named) : null
      if (row) touched.set(row.id, row)
    })
    return touched
  }

  ofRecord(record: number): readonly Origin[] {
    const known = this.#ofRecord.get(record)
    if (known) return known
    const origins = this.#sql
      .prepare(
        'SELECT op.no, op.actor, op.seq, op.judgement FROM creation JOIN op ON op.no = creation.op WHERE record = ?',
      )
      .all<OriginRow>(record)
      .map((row) => this.#origin(row))
    return remember(this.#ofRecord, CACHED, record, origins)
  }

  /** Does the record stand: does one of its creations count? */
  stands(record: number): boolean {
    return this.ofRecord(record).some((origin) => origin.accepted)
  }

  /** To be called when the judgement of an op was written. */
  judgementChanged(): void {
    this.#ofRecord.clear()
    this.#ofChild.clear()
  }

  /** One op as a rule; where its author's chain forks, each branch may make a child of the same id. */
  ofChild(record: number, field: number, child: ChildId): readonly Origin[] {
    const key = `${record}/${field}/${child}`
    const known = this.#ofChild.get(key)
    if (known) return known
    const origins = this.#sql
      .prepare(
        `SELECT op.no, op.actor, op.seq, op.judgement FROM child JOIN op ON op.no = child.op
         WHERE child.record = ? AND child.field = ? AND child.id = ?`,
      )
      .all<OriginRow>(record, field, idBytes(child))
      .map((row) => this.#origin(row))
    return remember(this.#ofChild, CACHED, key, origins)
  }

  /** The ops and effects that made a child. */
  creationsOfChild(record: number, field: number, child: ChildId): { op: number; index: number }[] {
    return this.#sql
      .prepare('SELECT op, idx AS "index" FROM child WHERE record = ? AND field = ? AND id = ?')
      .all<{ op: number; index: number }>(record, field, idBytes(child))
  }

  /** Was the record created in the causal past of the op, or by it? */
  recordKnown(op: NamedOp, id: RecordId): boolean {
    const row = this.#records.find(id)
    return row !== null && this.ofRecord(row.no).some((origin) => this.#log.knows(op, origin))
  }

  /** Was the child made in the causal past of the op, or by it? */
  childKnown(op: NamedOp, record: number, field: number, child: ChildId): boolean {
    return this.ofChild(record, field, child).some((origin) => this.#log.knows(op, origin))
  }

  #origin({ no, actor, seq, judgement }: OriginRow): Origin {
    return {
      no,
      actor: this.#log.actors.idOf(actor),
      seq,
      accepted: judgement === 0,
      held: judgement === HELD,
    }
  }

  #create(id: RecordId, kind: RecordRow['kind'], no: number, touched: Map<RecordId, RecordRow>): void {
    const row = this.#records.create(id, kind)
    this.#ofRecord.delete(row.no)
    this.#sql.prepare('INSERT OR IGNORE INTO creation (record, op) VALUES (?, ?)').run(row.no, no)
    touched.set(id, row)
  }

  #createChild(
    op: NamedOp,
    { record, field }: { readonly record: RecordId; readonly field: number },
    child: ChildId,
    no: number,
    index: number,
  ): void {
    const row = this.recordKnown(op, record) ? this.#records.find(record) : null
    if (!row) return
    this.#sql
      .prepare('INSERT OR IGNORE INTO child (record, field, id, op, idx) VALUES (?, ?, ?, ?, ?)')
      .run(row.no, field, idBytes(child), no, index)
    this.#ofChild.delete(`${row.no}/${field}/${child}`)
  }
}
