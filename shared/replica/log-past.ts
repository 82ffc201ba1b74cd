/** The causal past of ops, as judgement asks for it, read from the log. */
import type { Bytes } from '../base/bytes.ts'
import type { ActorId, ChildId, OpRef, RecordId } from '../model/ids.ts'
import { fieldByName, fieldsOf } from '../model/fields.ts'
import type { KindName } from '../model/kinds.ts'
import type { ForkPast } from '../judge/forks.ts'
import type { Placed } from '../judge/past.ts'
import type { Effect } from '../op/effect.ts'
import type { Sha256 } from '../op/identity.ts'
import { storedOp } from '../op/op.ts'
import type { Vocabulary } from '../op/vocabulary.ts'
import type { Records } from './interner.ts'
import type { Log } from './log.ts'
import type { Origins } from './origins.ts'

/** An admission, by whomever and whatever became of it. */
export type Admitted = { readonly actor: ActorId; readonly op: Placed; readonly opKey: Bytes }

/** The number of an op that is not written yet, and will know everything that is here. */
const END = Number.MAX_SAFE_INTEGER

export class LogPast implements ForkPast {
  readonly sha256: Sha256
  /** Set by judgement, which alone can tell what of a record's past counts. */
  frozenEdits: ForkPast['frozenEdits'] = () => []
  /** The same: could the op count, by who wrote it and how it is made? */
  mayCount: (op: Placed) => boolean = () => true
  readonly #log: Log
  readonly #records: Records
  readonly #origins: Origins
  readonly #vocabulary: Vocabulary
  readonly #admissions = new Map<ActorId, Admitted[]>()
  readonly #zones = new Map<number, string | null>()

  constructor(log: Log, records: Records, origins: Origins, sha256: Sha256, vocabulary: Vocabulary) {
    this.#log = log
    this.#records = records
    this.#origins = origins
    this.sha256 = sha256
    this.#vocabulary = vocabulary
  }

  knows(op: Placed, target: Placed): boolean {
    return op.no === END || this.#log.knowsNo(op.no, target.no)
  }

  resolve(op: Placed, ref: OpRef): Placed | null {
    const no = op.no === END ? this.#log.numberAt(ref) : this.#log.resolve(op.no, ref)
    return no === null ? null : { actor: ref.actor, seq: ref.seq, no }
  }

  resolveHash(op: Placed, ref: OpRef, hash: Bytes): Placed | null {
    const found = this.branches(ref.actor, ref.seq).find((one) => this.#log.isHashOf(one.no, hash))
    return found && this.knows(op, found) ? found : null
  }

  admitted(op: Placed, actor: ActorId): boolean {
    return this.#admissions.get(actor)?.some((one) => this.knows(op, one.op)) ?? false
  }

  /** Whatever became of an admission, what its device signs can be checked: to be told of each. */
  heardAdmission(admitted: Admitted): void {
    const known = this.#admissions.get(admitted.actor) ?? []
    this.#admissions.set(admitted.actor, [...known, admitted])
  }

  /** All that were told. */
  admissions(): Admitted[] {
    return [...this.#admissions.values()].flat()
  }

  keyOf(actor: ActorId): Bytes | null {
    return this.#admissions.get(actor)?.[0]?.opKey ?? null
  }

  kindOf(op: Placed, record: RecordId): KindName | null {
    return this.#origins.recordKnown(op, record) ? (this.#records.find(record)?.kind ?? null) : null
  }

  hasChild(op: Placed, record: RecordId, child: ChildId): boolean {
    const row = this.#records.find(record)
    if (!row) return false
    return fieldsOf(row.kind).some((field) => {
      const made = field.merge === 'map' ? this.#origins.ofChild(row.no, field.code, child) : []
      return made.some((origin) => this.knows(op, origin))
    })
  }

  zonesOf(op: Placed, record: RecordId): readonly (string | null)[] {
    const row = this.#records.find(record)
    if (!row || !fieldByName(row.kind, 'zone')) return []
    return this.#zonesIn(
      this.#origins.ofRecord(row.no).filter((origin) => this.knows(op, origin)),
      record,
    )
  }

  /** The same of all that is here. */
  zonesHere(record: RecordId): readonly (string | null)[] {
    const row = this.#records.find(record)
    if (!row || !fieldByName(row.kind, 'zone')) return []
    return this.#zonesIn(this.#origins.ofRecord(row.no), record)
  }

  /** Of several that made the record, those who might not say nothing of it. */
  #zonesIn(origins: readonly Placed[], record: RecordId): readonly (string | null)[] {
    const counting = origins.length > 1 ? origins.filter((origin) => this.mayCount(origin)) : []
    return (counting.length > 0 ? counting : origins).map((origin) => this.#zoneIn(origin, record))
  }

  /** A place behind all that is here: what the next own op will know. */
  end(self: ActorId): Placed {
    return { actor: self, seq: (this.#log.head(self)?.seq ?? 0) + 1, no: END }
  }

  forksOf(actor: ActorId): readonly number[] {
    return this.#log.forksOf(actor)
  }

  branches(actor: ActorId, seq: number): readonly Placed[] {
    return this.#log.numbersAt({ actor, seq }).map((no) => ({ actor, seq, no }))
  }

  lastOf(actor: ActorId): Placed | null {
    const head = this.#log.head(actor)
    return head && this.#named(actor, head.seq, head.hash)
  }

  #named(actor: ActorId, seq: number, hash: Bytes): Placed | null {
    const found = this.#log.find({ actor, seq, hash })
    return found && { actor, seq, no: found.op }
  }

  #zoneIn(origin: Placed, record: RecordId): string | null {
    const known = this.#zones.get(origin.no)
    if (known !== undefined) return known
    const { effects } = storedOp(this.#log.rowByNumber(origin.no).bytes, this.#vocabulary)
    const zone = zoneGiven(effects, record)
    // An import makes one record an op, a creation may make several.
    if (createsOne(effects)) this.#zones.set(origin.no, zone)
    return zone
  }
}

const createsOne = (effects: readonly Effect[]): boolean =>
  effects.filter(({ type }) => type === 'create' || type === 'import').length === 1

function zoneGiven(effects: readonly Effect[], record: RecordId): string | null {
  const code = fieldByName('job', 'zone')?.code
  for (const effect of effects) {
    if (effect.type !== 'assign' || effect.at.record !== record || effect.at.field !== code) continue
    return typeof effect.value === 'string' ? effect.value : null
  }
  return null
}
