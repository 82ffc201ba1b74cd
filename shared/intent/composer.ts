/** Puts an op's effects together; knows the ids that its creations will have, since they are made from its dots. */
import type { Bytes } from '../base/bytes.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { ChildId, OpRef, RecordId, SiteId } from '../model/ids.ts'
import { fieldByName, misfit, subByName, type NamedField } from '../model/fields.ts'
import type { KindName } from '../model/kinds.ts'
import type { Address, DataEffect, Scalar } from '../op/effect.ts'
import { childAt, importedRecord, recordAt, type Sha256 } from '../op/identity.ts'
import { refuse, type Refusal } from './refusal.ts'

export class Composer {
  readonly effects: DataEffect[] = []
  /** The op that is being written. */
  readonly ref: OpRef
  readonly #sha256: Sha256

  constructor(ref: OpRef, sha256: Sha256) {
    this.ref = ref
    this.#sha256 = sha256
  }

  create(kind: KindName): RecordId {
    return recordAt(this.#sha256, this.#push({ type: 'create', kind }), kind)
  }

  import(site: SiteId, kind: KindName, source: string, key: string): RecordId {
    this.#push({ type: 'import', kind, source, key })
    return importedRecord(this.#sha256, site, kind, source, key)
  }

  child(record: RecordId, field: number): ChildId {
    return childAt(this.#sha256, this.#push({ type: 'child', record, field }))
  }

  add(effect: DataEffect): void {
    this.#push(effect)
  }

  text(at: Address, n: number, declare: boolean, update: Bytes): void {
    if (declare) this.#push({ type: 'session', at, n })
    this.#push({ type: 'text', at, n, update })
  }

  /** A first value for a field of a record that this op creates. */
  first(kind: KindName, record: RecordId, name: string, value: Scalar): Result<void, Refusal> {
    const field = fieldByName(kind, name)
    if (!field) return err(refuse('bad-field', { kind, field: name }))
    const problem = misfit(value, field.value, field.nullable ?? false)
    if (problem) return err(refuse('bad-value', { field: name, reason: problem }))
    const at = addressOf(record, field)
    if (field.merge === 'draft') this.#push({ type: 'draft', at, value })
    else if (field.merge === 'set') this.#push({ type: 'insert', at, key: String(value) })
    else this.#push({ type: 'assign', at, value, over: [] })
    return ok(undefined)
  }

  #push(effect: DataEffect): OpRef & { readonly index: number } {
    this.effects.push(effect)
    return { ...this.ref, index: this.effects.length - 1 }
  }
}

export const addressOf = (record: RecordId, field: NamedField): Address => ({
  record,
  field: field.code,
  child: null,
  sub: 0,
})

/** The address of a field of a child, or null where the declaration has none of that name. */
export function childAddress(
  record: RecordId,
  field: NamedField,
  child: ChildId,
  name: string,
): Address | null {
  const sub = subByName(field, name)
  return sub && { record, field: field.code, child, sub: sub.code }
}
