/**
 * What can still be read of a damaged log: row by row where pages are lost, and as runs that a signature vouches for,
 * so that nothing is taken over that did not happen. It only reads.
 */
import { TallydeskError } from '../../../shared/api/errors.ts'
import { toHex, type Bytes } from '../../../shared/base/bytes.ts'
import type { SiteId } from '../../../shared/model/ids.ts'
import { LIMITS } from '../../../shared/op/limits.ts'
import { parseOp, type Op } from '../../../shared/op/op.ts'
import type { Run } from '../../../shared/op/run.ts'
import type { Crypto, SqlRow } from '../../../shared/replica/ports.ts'
import type { SqlDatabase } from '../../store/database.ts'
import { startIn, type NamedStart } from '../snapshots/beginning.ts'

type Row = { no: number; bytes: Bytes; signature: Bytes | null }
type Found = {
  readonly op: Op
  readonly bytes: Bytes
  readonly hash: Bytes
  readonly signature: Bytes | null
}

/** Rows read in one go while nothing is wrong. */
const READ = 256
/** No row of a log is shorter than its hash and an op of some hundred bytes. */
const LEAST_ROW = 100

export class Salvage {
  readonly #sql: SqlDatabase
  readonly #crypto: Crypto
  /** Places where rows could not be read, or hold no op any more. */
  lost = 0

  constructor(sql: SqlDatabase, crypto: Crypto) {
    this.#sql = sql
    this.#crypto = crypto
  }

  /** In order of arrival, so that causes mostly come first; then what waited for its causes. */
  *#ops(): Generator<Found> {
    this.lost = 0
    for (const table of ['op', 'inbox']) for (const row of this.#rows(table)) yield* this.#read(row)
  }

  /**
   * Gives every run to `take`, which answers whether its signature, that of its last op, vouches for it; where it does
   * not, a later one may. Ops that none vouches for are in no run.
   */
  eachRun(take: (run: Run) => boolean): void {
    /** By the hash of their last op: chains that wait for a signature. */
    const open = new Map<string, Found[]>()
    for (const found of this.#ops()) {
      const before = open.get(toHex(found.op.prev)) ?? []
      open.delete(toHex(found.op.prev))
      const chain = fits(before, found) ? [...before, found] : [found]
      const isTaken = found.signature !== null && take(runOf(chain, found.signature))
      if (!isTaken) open.set(toHex(found.hash), chain)
    }
  }

  /** Was history dropped, as far as can be read? What rests on it is then of no use without the state that it gave. */
  hasDropped(): boolean {
    const rows = this.rows<{ here: number }>('SELECT 1 AS here FROM imprint LIMIT 1')
    return rows === null || rows.length > 0
  }

  /** The snapshots that ops name, the last one first; whose word that is, is not looked at. */
  starts(): NamedStart[] {
    const found: NamedStart[] = []
    this.eachRun((run) => {
      for (const i of run.ops.keys()) {
        const start = startIn({ ...run, first: run.first + i, ops: run.ops.slice(i) })
        if (start) found.push(start)
      }
      return true
    })
    return found.sort((a, b) => b.run.first - a.run.first)
  }

  /** The site of the ops; null where none can be read. */
  site(): SiteId | null {
    for (const { op } of this.#ops()) if (op.site !== null) return op.site
    return null
  }

  /** Null where even that cannot be read. */
  rows<Read extends SqlRow>(text: string): Read[] | null {
    try {
      return this.#sql.prepare(text).all<Read>()
    } catch (error) {
      return unlessDamaged(error, null)
    }
  }

  *#read({ bytes, signature }: Row): Generator<Found> {
    const parsed = bytes instanceof Uint8Array ? parseOp(bytes) : null
    if (parsed?.ok) yield { op: parsed.value, bytes, hash: this.#crypto.sha256(bytes), signature }
    else this.lost += 1
  }

  *#rows(table: string): Generator<Row> {
    let from = 0
    const last = this.#last(table)
    while (from < last) {
      const to = Math.min(last, from + READ)
      yield* this.#between(table, from, to)
      from = to
    }
  }

  /** Rows of a stretch; where it cannot be read, of its halves, down to the one row that is lost. */
  *#between(table: string, from: number, to: number): Generator<Row> {
    const text = `SELECT no, bytes, signature FROM ${table} WHERE no > ${from} AND no <= ${to} ORDER BY no`
    const rows = this.rows<Row>(text)
    if (rows !== null) yield* rows
    else if (to - from <= 1) this.lost += 1
    else {
      const middle = (from + to) >> 1
      yield* this.#between(table, from, middle)
      yield* this.#between(table, middle, to)
    }
  }

  /** The highest number there can be, where the last page cannot say. */
  #last(table: string): number {
    const [told] = this.rows<{ last: number | null }>(`SELECT max(no) AS last FROM ${table}`) ?? []
    if (told) return told.last ?? 0
    const [pages] = this.rows<{ page_count: number }>('PRAGMA page_count') ?? []
    const [size] = this.rows<{ page_size: number }>('PRAGMA page_size') ?? []
    return Math.ceil(((pages?.page_count ?? 0) * (size?.page_size ?? 0)) / LEAST_ROW)
  }
}

/** Does it go on with that chain, within what one run may hold? */
function fits(chain: readonly Found[], next: Found): boolean {
  const last = chain.at(-1)
  if (!last || chain.length >= LIMITS.runOps || last.op.actor !== next.op.actor) return false
  const size = chain.reduce((sum, { bytes }) => sum + bytes.length, next.bytes.length)
  return size <= LIMITS.runBytes && last.op.seq + 1 === next.op.seq
}

function runOf(chain: readonly Found[], signature: Bytes): Run {
  const first = chain[0]?.op
  if (!first) throw new TallydeskError('internal', { reason: 'a run has ops' })
  return { actor: first.actor, first: first.seq, ops: chain.map(({ bytes }) => bytes), signature }
}

function unlessDamaged<T>(error: unknown, otherwise: T): T {
  const known = error instanceof TallydeskError ? error.code : ''
  if (known === 'database-damaged' || known === 'storage-failed') return otherwise
  // A text of SQL that the damaged schema does not know any more.
  if (error instanceof Error && 'code' in error && error.code === 'SQLITE_ERROR') return otherwise
  throw error
}
