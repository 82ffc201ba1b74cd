/**
 * The state hash: the sum modulo 2^256 of per-record hashes over accepted state in a canonical order, each with what
 * control says of its record, and of a hash of what control says of the site; so that it follows a change by one
 * subtraction and one addition. A text counts by content and state vector, never by its encoded bytes, which are not
 * canonical.
 */
import { isOfDisk } from '../api/errors.ts'
import { equalBytes, toHex, type Bytes } from '../base/bytes.ts'
import { encodeCbor, type CborValue } from '../base/cbor.ts'
import { KINDS } from '../model/kinds.ts'
import { fieldsOf, type NamedField } from '../model/fields.ts'
import { compareValues } from '../merge/dots.ts'
import { textFingerprint } from '../merge/text/fingerprint.ts'
import type { ControlState } from '../judge/control.ts'
import { cellOf } from './fold.ts'
import { MODULUS, type HashSum } from './hash-sum.ts'
import { idBytes, type Records } from './interner.ts'
import type { Origins } from './origins.ts'
import type { Crypto, Sql } from './ports.ts'
import type { ChildState, LiveEntry, RecordState, RecordStates } from './record-state.ts'
import type { Texts } from './texts.ts'

const NOTHING: Bytes = new Uint8Array(32)

export class StateHash {
  readonly #sql: Sql
  readonly #records: Records
  readonly #states: RecordStates
  readonly #origins: Origins
  readonly #texts: Texts
  readonly #crypto: Crypto
  readonly #control: () => ControlState
  readonly #sum: HashSum
  /** Costly to find, and the same until the next act of control. */
  #controlHash: { readonly of: ControlState; readonly version: number; readonly hash: bigint } | null = null

  constructor(parts: {
    readonly sql: Sql
    readonly records: Records
    readonly states: RecordStates
    readonly origins: Origins
    readonly texts: Texts
    readonly crypto: Crypto
    readonly control: () => ControlState
    readonly sum: HashSum
  }) {
    this.#sql = parts.sql
    this.#records = parts.records
    this.#states = parts.states
    this.#origins = parts.origins
    this.#texts = parts.texts
    this.#crypto = parts.crypto
    this.#control = parts.control
    this.#sum = parts.sum
  }

  /** 64 hex digits. Hashes only the records that changed since it was last asked. */
  value(): string {
    const unstored = this.#hashed()
    if (!this.#sum.isSummed) {
      const rows = this.#sql.prepare('SELECT hash FROM record WHERE hash IS NOT NULL').all<{ hash: Bytes }>()
      this.#sum.begin(rows.map(({ hash }) => hash))
    }
    const sum = (this.#sum.value() + this.#hashOfControl() + unstored) % MODULUS
    return sum.toString(16).padStart(64, '0')
  }

  #hashOfControl(): bigint {
    const control = this.#control()
    const { version } = control
    if (this.#controlHash?.of !== control || this.#controlHash.version !== version) {
      const hash = this.#crypto.sha256(encodeCbor(['control', control.fingerprint()]))
      this.#controlHash = { of: control, version, hash: BigInt(`0x${toHex(hash)}`) }
    }
    return this.#controlHash.hash
  }

  /** Hashes some of the records that changed, ahead of being asked; true when it hashed any. */
  prepare(most: number): boolean {
    return this.#hashChanged(most) > 0
  }

  /** Hashes what changed; answers the sum of what a full disk does not let be kept. */
  #hashed(): bigint {
    try {
      this.#hashChanged()
      return 0n
    } catch (problem) {
      if (!isOfDisk(problem)) throw problem
      const rows = this.#sql.prepare('SELECT no FROM record WHERE hash IS NULL').all<{ no: number }>()
      return rows.reduce((sum, { no }) => sum + BigInt(`0x${toHex(this.#recordHash(no))}`), 0n)
    }
  }

  /** Records whose kept hash is not the one that they have. */
  *wrong(): Generator<number> {
    this.#states.readAgain()
    const rows = this.#sql
      .prepare('SELECT no, hash FROM record WHERE hash IS NOT NULL')
      .all<{ no: number; hash: Bytes }>()
    for (const { no, hash } of rows) if (!equalBytes(hash, this.#recordHash(no))) yield no
  }

  #hashChanged(most = -1): number {
    const rows = this.#sql
      .prepare('SELECT no FROM record WHERE hash IS NULL LIMIT ?')
      .all<{ no: number }>(most)
    if (rows.length > 0) this.hash(rows.map(({ no }) => no))
    return rows.length
  }

  /** Hashes these records, none of which is hashed yet. */
  hash(records: readonly number[]): void {
    const write = this.#sql.prepare('UPDATE record SET hash = ? WHERE no = ?')
    const hashes = this.#sql.transaction(
      () =>
        records.map((no) => {
          const hash = this.#recordHash(no)
          write.run(hash, no)
          return hash
        }),
      'delayed',
    )
    for (const hash of hashes) this.#sum.add(hash)
  }

  #recordHash(no: number): Bytes {
    const row = this.#records.byNumber(no)
    const said = this.#control().fingerprintOf(row.id)
    const stands = this.#origins.stands(no)
    if (!stands && said === '') return NOTHING
    const fields = stands ? this.#fields(this.#states.of(no)) : []
    return this.#crypto.sha256(encodeCbor(['record', idBytes(row.id), KINDS[row.kind].code, fields, said]))
  }

  #fields(state: RecordState): CborValue[] {
    return fieldsOf(state.row.kind).map((field) => this.#field(state, field))
  }

  #field(state: RecordState, field: NamedField): CborValue {
    if (field.merge !== 'map') return [field.code, entries(state.live(field.name))]
    const children = state
      .children(field.name)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((child) => this.#child(state, field, child))
    return [field.code, children]
  }

  #child(state: RecordState, field: NamedField, child: ChildState): CborValue {
    const subs = Object.entries(field.children ?? {}).map(([name, sub]): CborValue => {
      if (sub.merge !== 'text') return [sub.code, entries(child.live(name))]
      const cell = cellOf(state.row.no, {
        record: state.row.id,
        field: field.code,
        child: child.id,
        sub: sub.code,
      })
      return [sub.code, textFingerprint(this.#texts.doc(cell))]
    })
    return [idBytes(child.id), subs]
  }
}

const entries = (live: readonly LiveEntry[]): CborValue =>
  [...live]
    .sort(compareValues)
    .map((entry) => [idBytes(entry.dot.actor), entry.dot.seq, entry.dot.index, entry.value])
