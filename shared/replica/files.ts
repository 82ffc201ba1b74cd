/**
 * The files that attachments name, and which devices are known to hold their bytes. The bytes themselves are no
 * business of the replica. A peer's word counts as far as a record names the file; the author of an attachment is taken
 * to hold it, since its bytes were durable before the op, but only what was acknowledged makes a photo shared.
 */
import type { Bytes } from '../base/bytes.ts'
import { fieldByName, subByName } from '../model/fields.ts'
import type { ActorId, ChildId, RecordId } from '../model/ids.ts'
import { isPresent, type Presence } from '../merge/map.ts'
import { shownValue } from '../merge/register.ts'
import type { ControlState } from '../judge/control.ts'
import type { Snapshot } from '../judge/membership.ts'
import type { Records } from './interner.ts'
import type { Log } from './log.ts'
import type { Sql } from './ports.ts'
import type { RecordStates } from './record-state.ts'

/** An attachment that stands, as its record shows it. */
export type NamedFile = {
  readonly attachment: ChildId
  /** 64 hex digits. */
  readonly sha256: string
  /** Bytes, as declared. */
  readonly size: number
}

type Naming = { record: number; child: Bytes; actor: number }

/** Records looked at for one file: more than that name the same picture only by mistake. */
const NAMINGS = 256

export type FilesOptions = {
  readonly sql: Sql
  readonly log: Log
  readonly records: Records
  readonly states: RecordStates
  readonly self: ActorId
  readonly control: () => ControlState
  readonly keeps: (sha256: string) => boolean
}

/** The same in every kind that has attachments; they stand in the partial indexes of the schema. */
const MAP = fieldByName('job', 'attachments')
const FILE = { field: MAP?.code ?? 0, sub: (MAP && subByName(MAP, 'sha256')?.code) ?? 0 }
const NAMES = `field = ${FILE.field} AND sub = ${FILE.sub}`

export const isFileName = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

export class Files {
  readonly #sql: Sql
  readonly #log: Log
  readonly #records: Records
  readonly #states: RecordStates
  readonly #self: ActorId
  readonly #control: () => ControlState
  readonly #keeps: (sha256: string) => boolean
  /** Own ops with files up to the op `#looked`, as far as they were not shared when last looked at. */
  readonly #own = new Set<number>()
  #looked = 0

  constructor({ sql, log, records, states, self, control, keeps }: FilesOptions) {
    this.#sql = sql
    this.#log = log
    this.#records = records
    this.#states = states
    this.#self = self
    this.#control = control
    this.#keeps = keeps
  }

  /** Are its bytes on this device? */
  keeps(sha256: string): boolean {
    return this.#keeps(sha256)
  }

  /** The attachments that a record shows; none for a record that is not here. */
  of(record: RecordId): NamedFile[] {
    const row = this.#records.find(record)
    if (!row || !this.#hasAny(row.no)) return []
    return this.#states
      .of(row.no)
      .children('attachments')
      .flatMap((child) => {
        const sha256 = String(shownValue(child.live('sha256')) ?? '')
        const size = Number(shownValue(child.live('size')) ?? 0)
        return isFileName(sha256) ? [{ attachment: child.id, sha256, size }] : []
      })
  }

  #hasAny(record: number): boolean {
    const text = 'SELECT 1 AS here FROM child WHERE record = ? AND field = ? LIMIT 1'
    return this.#sql.prepare(text).get(record, FILE.field) !== undefined
  }

  /** Does an attachment that stands name it, or is it the snapshot to begin from? */
  named(sha256: string): boolean {
    return this.#snapshot()?.file === sha256 || this.#naming(sha256).some((row) => this.#stands(row))
  }

  /** The next files in the order of their names, with the records that name them; `last` is null at the end. */
  after(name: string, most: number): { readonly records: readonly RecordId[]; readonly last: string | null } {
    const rows = this.#sql
      .prepare(
        `SELECT DISTINCT value, record FROM value INDEXED BY value_file
         WHERE ${NAMES} AND value > ? ORDER BY value, record LIMIT ?`,
      )
      .all<{ value: string; record: number }>(name, most)
    // Of a file whose records did not all fit, the rest come with the next ones, or not at all in this pass.
    const last = rows.length < most ? null : (rows.at(-1)?.value ?? null)
    return { records: [...new Set(rows.map((row) => this.#records.byNumber(row.record).id))], last }
  }

  /** Devices, not cut, that acknowledged that they durably hold it. */
  acknowledgedBy(sha256: string): ActorId[] {
    return this.#said(sha256)
      .filter(({ held }) => held === 1)
      .map(({ peer }) => this.#log.actors.idOf(peer))
      .filter((actor) => this.#isMember(actor))
  }

  /** Those, and the authors of the attachments that name it, unless they said that it is gone. */
  holders(sha256: string): ActorId[] {
    const gone = new Set(
      this.#said(sha256)
        .filter(({ held }) => held === 0)
        .map(({ peer }) => this.#log.actors.idOf(peer)),
    )
    const authors = this.#authors(sha256).filter((actor) => !gone.has(actor) && this.#isMember(actor))
    return [...new Set([...this.acknowledgedBy(sha256), ...authors])].filter((actor) => actor !== this.#self)
  }

  /** Is it with an edge, a desk or the authority, or with any two devices besides this one? */
  isShared(sha256: string): boolean {
    const holders = this.acknowledgedBy(sha256).filter((actor) => actor !== this.#self)
    return holders.length > 1 || holders.some((actor) => this.keepsAll(actor))
  }

  /** Is it one of those that fetch everything: a desk, an edge or the authority? */
  keepsAll(actor: ActorId): boolean {
    const member = this.#control().member(actor)
    return member !== null && member.cut === null && member.role !== 'technician'
  }

  /** To be called in a transaction. Answers whether anything is new. */
  heard(peer: ActorId, held: readonly string[], gone: readonly string[]): boolean {
    const no = this.#log.actors.numberOf(peer)
    let changes = 0
    const isKnown = (file: string): boolean =>
      this.#snapshot()?.file === file || this.#naming(file).length > 0
    for (const file of held) if (isKnown(file)) changes += this.#keep(file, no, 1)
    for (const file of gone) {
      if (this.#authors(file).includes(peer)) changes += this.#keep(file, no, 0)
      else changes += this.#drop(file, no)
    }
    return changes > 0
  }

  /** Files that are named and of which the peer did not say that it holds them, in the order of their names. */
  unknownOf(peer: ActorId, after: string, most: number): readonly string[] {
    return this.#sql
      .prepare(
        `SELECT DISTINCT value FROM value INDEXED BY value_file
         WHERE ${NAMES} AND value > ?
           AND NOT EXISTS (SELECT 1 FROM holding WHERE file = value.value AND peer = ? AND held = 1)
         ORDER BY value LIMIT ?`,
      )
      .all<{ value: string }>(after, this.#log.actors.find(peer) ?? 0, most)
      .map(({ value }) => value)
  }

  /** The files that an op attached, as far as they stand. */
  madeBy(op: number): string[] {
    return this.#sql
      .prepare(`SELECT value FROM value INDEXED BY value_file_by_op WHERE ${NAMES} AND op = ?`)
      .all<{ value: string }>(op)
      .map(({ value }) => value)
  }

  /** Own ops, by number, that attached what is not shared yet. */
  unshared(): number[] {
    const own = this.#log.actors.find(this.#self) ?? 0
    const rows = this.#sql
      .prepare(
        `SELECT DISTINCT value.op FROM value INDEXED BY value_file_by_op JOIN op ON op.no = value.op
         WHERE ${NAMES} AND value.op > ? AND op.actor = ? ORDER BY value.op`,
      )
      .all<{ op: number }>(this.#looked, own)
    for (const { op } of rows) this.#own.add(op)
    this.#looked = this.#log.lastNumber
    for (const op of this.#own) if (this.madeBy(op).every((file) => this.isShared(file))) this.#own.delete(op)
    return [...this.#own]
  }

  #keep(file: string, peer: number, held: 0 | 1): number {
    return this.#sql
      .prepare(
        `INSERT INTO holding (file, peer, held) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET held = excluded.held WHERE held <> excluded.held`,
      )
      .run(file, peer, held).changes
  }

  #drop(file: string, peer: number): number {
    return this.#sql.prepare('DELETE FROM holding WHERE file = ? AND peer = ?').run(file, peer).changes
  }

  #said(sha256: string): { peer: number; held: number }[] {
    return this.#sql
      .prepare('SELECT peer, held FROM holding WHERE file = ?')
      .all<{ peer: number; held: number }>(sha256)
  }

  #isMember(actor: ActorId): boolean {
    return this.#control().member(actor)?.cut === null
  }

  #snapshot(): Snapshot | null {
    return this.#control().membership.snapshots.at(-1) ?? null
  }

  /** Who made a snapshot has it, as who attached a file. */
  #authors(sha256: string): ActorId[] {
    const snapshot = this.#snapshot()
    if (snapshot?.file === sha256) return [snapshot.op.actor]
    return this.#naming(sha256).map(({ actor }) => this.#log.actors.idOf(actor))
  }

  #naming(sha256: string): Naming[] {
    return this.#sql
      .prepare(
        `SELECT value.record, value.child, op.actor
         FROM value INDEXED BY value_file JOIN op ON op.no = value.op
         WHERE ${NAMES} AND value.value = ? LIMIT ${NAMINGS}`,
      )
      .all<Naming>(sha256)
  }

  /** Its making counts, and nobody who saw all of it has removed it. */
  #stands({ record, child }: Naming): boolean {
    const made = this.#sql
      .prepare(
        `SELECT 1 AS made FROM child JOIN op ON op.no = child.op AND op.judgement = 0
         WHERE child.record = ? AND child.field = ? AND child.id = ? LIMIT 1`,
      )
      .get(record, FILE.field, child)
    const presences = this.#sql
      .prepare('SELECT touched, removed FROM presence WHERE record = ? AND field = ? AND child = ?')
      .all<Presence>(record, FILE.field, child)
    return made !== undefined && isPresent(presences)
  }
}
