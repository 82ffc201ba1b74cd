/** What the items of a parcel do, in the field's own terms, also to records and parts that are only in the parcel. */
import type { Change } from '../../api/rows.ts'
import { declared, fieldByCode, placeOf } from '../../model/fields.ts'
import type { KindName } from '../../model/kinds.ts'
import { shownValue } from '../../merge/register.ts'
import { wordsOf } from '../../merge/text/handed-in.ts'
import type { DotRef, RecordId } from '../../model/ids.ts'
import type { Address, DataEffect } from '../../op/effect.ts'
import { childAt } from '../../op/identity.ts'
import { changedRecord, isData, type Op } from '../../op/op.ts'
import type { Reading } from '../../intent/reading.ts'
import type { Core } from '../core.ts'
import { cellOf } from '../fold.ts'
import type { StoredParcel } from '../parcel-log.ts'
import { ParcelNames } from '../parcel-names.ts'
import type { Parcel } from '../parcel.ts'
import { shownOf } from '../views.ts'

const EXCERPT = 120
/** The text of a task, by which a person knows it. */
const TASK_TEXT = 1

export class ParcelChanges {
  readonly #core: Core
  readonly #names: ParcelNames
  readonly #reading: Reading
  readonly #kinds = new Map<RecordId, KindName>()
  readonly #titles = new Map<RecordId, string>()

  constructor(core: Core, stored: StoredParcel, parcel: Parcel, reading: Reading) {
    this.#core = core
    this.#reading = reading
    this.#names = new ParcelNames(core, stored, parcel, (op) => reading.effectsOf(op))
    for (const op of parcel.ops) this.#survey(op)
  }

  #survey({ actor, seq, effects }: Op): void {
    for (const [index, effect] of effects.entries()) {
      if (effect.type === 'create') {
        const made = this.#names.made(effect.kind, { actor, seq, index })
        this.#kinds.set(this.#names.idOf(made), effect.kind)
      } else if (effect.type === 'import') this.#kinds.set(this.#names.idOf(effect), effect.kind)
      else if (effect.type === 'assign') this.#entitle(effect)
    }
  }

  #entitle({ at, value }: Extract<DataEffect, { type: 'assign' }>): void {
    const record = this.#names.record(at.record)
    const kind = this.#kinds.get(record)
    if (kind && at.child === null && fieldByCode(kind, at.field)?.name === declared(kind).title)
      this.#titles.set(record, String(value ?? ''))
  }

  titleOf(op: Op): string | null {
    for (const [index, effect] of op.effects.entries()) {
      if (!isData(effect)) continue
      const changed = changedRecord(effect)
      if (changed !== null) return this.#titleOfRecord(this.#names.record(changed))
      if (effect.type === 'import') return this.#titleOfRecord(this.#names.idOf(effect))
      if (effect.type !== 'create') continue
      const made = this.#names.made(effect.kind, { actor: op.actor, seq: op.seq, index })
      return this.#titleOfRecord(this.#names.idOf(made))
    }
    return null
  }

  #titleOfRecord(record: RecordId): string | null {
    const row = this.#core.records.find(record)
    if (!row || this.#reading.kindOf(record) === null) return this.#titles.get(record) ?? null
    const state = this.#core.states.of(row.no)
    return String(shownOf(state, declared(row.kind).title) ?? '')
  }

  changesOf({ actor, seq, effects }: Op): Change[] {
    return effects.flatMap((effect, index) => {
      if (!isData(effect)) return []
      const change = this.#changeOf(effect, { actor, seq, index })
      return change ? [change] : []
    })
  }

  #changeOf(effect: DataEffect, dot: DotRef): Change | null {
    switch (effect.type) {
      case 'create':
        return { what: 'created', kind: effect.kind, imported: null }
      case 'import':
        return { what: 'created', kind: effect.kind, imported: `${effect.source}: ${effect.key}` }
      case 'session':
        return null
      case 'child':
        return {
          what: 'child-added',
          field: this.#fieldName(effect.record, effect.field, 0),
          child: childAt(this.#core.sha256, dot),
        }
      case 'drop':
        return {
          what: 'child-removed',
          field: this.#fieldName(effect.record, effect.field, 0),
          child: effect.child,
        }
      default:
        return this.#addressed(effect)
    }
  }

  #addressed(effect: Extract<DataEffect, { readonly at: Address }>): Change | null {
    const { record, child, field: code, sub } = effect.at
    const field = this.#fieldName(record, code, sub)
    switch (effect.type) {
      case 'assign':
        return {
          what: 'set',
          field,
          child,
          value: effect.value,
          settles: Math.max(0, effect.over.length - 1),
        }
      case 'draft':
        return { what: 'set', field, child, value: effect.value, settles: 0 }
      case 'insert':
        return child === null
          ? { what: 'added', field, key: effect.key }
          : { what: 'ticked', child, text: this.#taskText(effect.at) }
      case 'remove':
        return child === null
          ? { what: 'removed', field, key: '' }
          : { what: 'unticked', child, text: this.#taskText(effect.at) }
      case 'count':
        return { what: 'counted', field, amount: effect.amount }
      case 'text':
        return child && { what: 'text', child, excerpt: wordsOf(effect.update).slice(0, EXCERPT) }
      case 'session':
        return null
    }
  }

  #taskText(at: Address): string {
    const here = this.#names.address(at)
    const row = this.#core.records.find(here.record)
    const live = row ? this.#core.fold.live(cellOf(row.no, { ...here, sub: TASK_TEXT })) : []
    return String(shownValue(live) ?? '')
  }

  #fieldName(record: RecordId, code: number, sub: number): string {
    const id = this.#names.record(record)
    const kind = this.#reading.kindOf(id) ?? this.#kinds.get(id) ?? null
    const place = kind && placeOf(kind, code, sub)
    if (!place) return String(code)
    return place.of === 'child' ? place.sub.name : place.field.name
  }
}
