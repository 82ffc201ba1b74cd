/**
 * The file that holds the state at a checkpoint (design 12): a preamble, then frames of a length (four bytes, the
 * highest first) and that many bytes of deterministic CBOR: `['head', site, actor, seq, hash]` of the checkpoint's op,
 * then rows of each table in the one order of tables, `[table, row, row, …]`, and last `['end', rows]`.
 * Outside bytes: the file's hash was signed by the authority, and every frame is still read wholly, within bounds,
 * before anything is done with it.
 */
import { concatBytes, fromHex, toHex, type Bytes } from '../base/bytes.ts'
import { decodeCbor, encodeCbor, type CborValue } from '../base/cbor.ts'
import { invariant } from '../base/invariant.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ActorId, SiteId } from '../model/ids.ts'
import { Malformed, Reader } from '../op/reader.ts'
import type { Sql, SqlRow, SqlValue } from './ports.ts'
import { misfitIn, SNAPSHOT_TABLES, type Table } from './snapshot-tables.ts'

export const SNAPSHOT_PREAMBLE: Bytes = Uint8Array.from('tallydesk snapshot 1\n', (letter) =>
  letter.charCodeAt(0),
)

/** A frame's bytes at most: the words of the longest note are one row. Rows are read, and written, so many at a time. */
export const SNAPSHOT_LIMITS = { frame: 32 * 1024 * 1024, rows: 500, bytes: 256 * 1024 } as const

/** Of which checkpoint a snapshot is. */
export type SnapshotHead = {
  readonly site: SiteId
  readonly actor: ActorId
  readonly seq: number
  readonly hash: Bytes
}

export type SnapshotFrame =
  | ({ readonly kind: 'head' } & SnapshotHead)
  | { readonly kind: 'rows'; readonly table: Table; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly kind: 'end'; readonly rows: number }

/** The parts of the file, in their order, of a log that holds exactly what is under the checkpoint, sealed. */
export function* snapshotParts(sql: Sql, head: SnapshotHead): Generator<Bytes> {
  yield SNAPSHOT_PREAMBLE
  yield framed(['head', idBytes(head.site), idBytes(head.actor), head.seq, head.hash])
  let total = 0
  for (const table of SNAPSHOT_TABLES)
    for (const rows of rowsOf(sql, table)) {
      total += rows.length
      yield framed([table.name, ...rows])
    }
  yield framed(['end', total])
}

/** By position in the order of the primary key, so that a page costs what it holds. */
function* rowsOf(sql: Sql, { name, columns }: Table): Generator<CborValue[]> {
  const names = Object.keys(columns)
  const key = keyOf(sql, name)
  const places = key.map((column) => names.indexOf(column))
  const selected = `SELECT ${names.join(', ')} FROM ${name}`
  const order = `ORDER BY ${key.join(', ')} LIMIT ${SNAPSHOT_LIMITS.rows}`
  const first = sql.prepare(`${selected} ${order}`)
  const next = sql.prepare(
    `${selected} WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')}) ${order}`,
  )
  let last: readonly SqlValue[] | null = null
  for (;;) {
    const found: SqlRow[] = last ? next.all(...last) : first.all()
    const rows = found.map((row) => names.map((column) => row[column] ?? null))
    yield* batches(rows)
    const end = rows.at(-1)
    if (!end || rows.length < SNAPSHOT_LIMITS.rows) return
    last = places.map((place) => end[place] ?? null)
  }
}

function* batches(rows: readonly SqlValue[][]): Generator<CborValue[]> {
  let batch: SqlValue[][] = []
  let bytes = 0
  for (const row of rows) {
    const size = row.reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (batch.length > 0 && bytes + size > SNAPSHOT_LIMITS.bytes) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(row)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

const sizeOf = (value: SqlValue): number =>
  value instanceof Uint8Array || typeof value === 'string' ? value.length : 8

function keyOf(sql: Sql, table: string): string[] {
  return sql
    .prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .all<{ name: string }>(table)
    .map(({ name }) => name)
}

function framed(value: CborValue): Bytes {
  const body = encodeCbor(value)
  invariant(body.length <= SNAPSHOT_LIMITS.frame, 'a frame of a snapshot is bounded')
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, body.length)
  return concatBytes(length, body)
}

/** Of a frame: its rows with all their columns, and some to spare. */
const MOST_ITEMS = (SNAPSHOT_LIMITS.rows + 2) * 16

/** Read by their heads alone, before any of them takes up memory; what is malformed the decoder finds. */
function hasFewItems(body: Bytes): boolean {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let items = 0
  for (let at = 0; at < body.length; items += 1) {
    if (items > MOST_ITEMS) return false
    const head = view.getUint8(at)
    const [kind, info] = [head >> 5, head & 31]
    const wide = info >= 24 && info <= 27 ? 2 ** (info - 24) : 0
    at += 1
    if (at + wide > body.length) return true
    if (kind === 2 || kind === 3) at += wide === 0 ? info : lengthAt(view, at, wide)
    at += wide
  }
  return true
}

function lengthAt(view: DataView, at: number, wide: number): number {
  if (wide === 1) return view.getUint8(at)
  if (wide === 2) return view.getUint16(at)
  return wide === 4 ? view.getUint32(at) : Number(view.getBigUint64(at))
}

/** One frame, without its length. */
export function readSnapshotFrame(body: Bytes): Result<SnapshotFrame, string> {
  if (!hasFewItems(body)) return err('a frame of too many items')
  const decoded = decodeCbor(body, SNAPSHOT_LIMITS.frame)
  if (!decoded.ok) return decoded
  try {
    return ok(frameIn(Reader.of(decoded.value)))
  } catch (problem) {
    if (problem instanceof Malformed) return err(problem.message)
    throw problem
  }
}

function frameIn(read: Reader): SnapshotFrame {
  const frame = contentIn(read.text(20), read)
  read.end()
  return frame
}

function contentIn(kind: string, read: Reader): SnapshotFrame {
  if (kind === 'end') return { kind, rows: read.count() }
  if (kind === 'head')
    return {
      kind,
      site: toHex(read.bytes(32)) as SiteId,
      actor: toHex(read.bytes(32)) as ActorId,
      seq: read.positive(),
      hash: read.bytes(32),
    }
  const table = SNAPSHOT_TABLES.find(({ name }) => name === kind)
  if (!table) throw new Malformed('rows of a table that this version does not know')
  const rows = read.rest(SNAPSHOT_LIMITS.rows, (items) => items.inside((row) => rowIn(row, table)))
  return { kind: 'rows', table, rows }
}

function rowIn(read: Reader, { columns }: Table): SqlValue[] {
  return Object.values(columns).map((column) => {
    const value = read.next()
    const misfit = misfitIn(column, value)
    if (misfit) throw new Malformed(misfit)
    return value as SqlValue
  })
}

function idBytes(id: string): Bytes {
  const bytes = fromHex(id)
  invariant(bytes, 'an id is hex')
  return bytes
}
