/** Replaces actor and record ids by the small numbers that stand in the tables. Caches what it has seen. */
import { fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { invariant } from '../base/invariant.ts'
import { remember } from '../base/remember.ts'
import type { ActorId, RecordId } from '../model/ids.ts'
import type { KindName } from '../model/kinds.ts'
import type { Sql } from './ports.ts'

export const idBytes = (id: string): Bytes => {
  const bytes = fromHex(id)
  invariant(bytes, 'an id is hex')
  return bytes
}

export class Actors {
  readonly #sql: Sql
  readonly #numbers = new Map<ActorId, number>()
  readonly #ids: ActorId[] = []

  constructor(sql: Sql) {
    this.#sql = sql
    for (const row of sql.prepare('SELECT no, id FROM actor').all<{ no: number; id: Bytes }>()) {
      this.#remember(row.no, toHex(row.id) as ActorId)
    }
  }

  /** The number of an actor that has been seen, else null. */
  find(id: ActorId): number | null {
    return this.#numbers.get(id) ?? null
  }

  numberOf(id: ActorId): number {
    const known = this.#numbers.get(id)
    if (known !== undefined) return known
    const no = this.#numbers.size + 1
    this.#sql.prepare('INSERT INTO actor (no, id) VALUES (?, ?)').run(no, idBytes(id))
    this.#remember(no, id)
    return no
  }

  idOf(no: number): ActorId {
    const id = this.#ids[no]
    invariant(id, 'an actor number in a table stands for an actor')
    return id
  }

  #remember(no: number, id: ActorId): void {
    this.#numbers.set(id, no)
    this.#ids[no] = id
  }
}

export type RecordRow = { readonly no: number; readonly id: RecordId; readonly kind: KindName }

/** Bounded: a site may hold more records than memory should. */
const CACHED_RECORDS = 20_000

export class Records {
  readonly #sql: Sql
  readonly #byId = new Map<RecordId, RecordRow>()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  find(id: RecordId): RecordRow | null {
    const cached = this.#byId.get(id)
    if (cached) return cached
    const row = this.#sql
      .prepare('SELECT no, kind FROM record WHERE id = ?')
      .get<{ no: number; kind: KindName }>(idBytes(id))
    return row ? this.#remember({ no: row.no, id, kind: row.kind }) : null
  }

  byNumber(no: number): RecordRow {
    const row = this.#sql
      .prepare('SELECT id, kind FROM record WHERE no = ?')
      .get<{ id: Bytes; kind: KindName }>(no)
    invariant(row, 'a record number in a table stands for a record')
    return { no, id: toHex(row.id) as RecordId, kind: row.kind }
  }

  create(id: RecordId, kind: KindName): RecordRow {
    const known = this.find(id)
    if (known) return known
    this.#sql.prepare('INSERT INTO record (id, kind) VALUES (?, ?)').run(idBytes(id), kind)
    const row = this.#sql.prepare('SELECT no FROM record WHERE id = ?').get<{ no: number }>(idBytes(id))
    invariant(row, 'a record just inserted is there')
    return this.#remember({ no: row.no, id, kind })
  }

  #remember(row: RecordRow): RecordRow {
    return remember(this.#byId, CACHED_RECORDS, row.id, row)
  }
}
