/**
 * What the records and children of a parcel are called here. A record that it creates gets an id made from the parcel
 * and the item, so that two desks which take it over apart make one record; a child is called as its take made it.
 */
import { Journal } from '../base/journal.ts'
import type { KindName } from '../model/kinds.ts'
import type { ChildId, DotRef, OpRef, ParcelId, RecordId } from '../model/ids.ts'
import type { Address, Effect } from '../op/effect.ts'
import { childAt, importedRecord, recordAt } from '../op/identity.ts'
import type { Op } from '../op/op.ts'
import type { Core } from './core.ts'
import { stateOfItem, takesOf, type StoredParcel } from './parcel-log.ts'
import type { Parcel } from './parcel.ts'

/** The name of a creation, as an import has one: records of one name are one record. */
export type Making = { readonly kind: KindName; readonly source: string; readonly key: string }

export class ParcelNames {
  readonly #core: Core
  readonly #journal: Journal
  readonly #parcel: ParcelId
  /** Which item makes a record or a child, by the id that it had at its author's. */
  readonly #makers = new Map<string, number>()
  readonly #records = new Map<RecordId, RecordId>()
  readonly #children = new Map<ChildId, ChildId>()

  constructor(
    core: Core,
    stored: StoredParcel,
    { ops }: Parcel,
    effectsOf: (op: OpRef) => readonly Effect[],
    journal = new Journal(),
  ) {
    this.#core = core
    this.#journal = journal
    this.#parcel = stored.id
    for (const [item, op] of ops.entries()) {
      this.#survey(op, item)
      if (stateOfItem(stored, item) === 'taken') this.#recall(op, takesOf(stored, item), effectsOf)
    }
  }

  /** The item that makes it; null for what no item of the parcel makes. */
  makerOf(id: string): number | null {
    return this.#makers.get(id) ?? null
  }

  record(id: RecordId): RecordId {
    return this.#records.get(id) ?? id
  }

  address(at: Address): Address {
    const child = at.child && (this.#children.get(at.child) ?? at.child)
    return { ...at, record: this.record(at.record), child }
  }

  made(kind: KindName, { seq, index }: DotRef): Making {
    return { kind, source: `parcel ${this.#parcel}`, key: `${seq}.${index}` }
  }

  idOf({ kind, source, key }: Making): RecordId {
    return importedRecord(this.#core.sha256, this.#core.site, kind, source, key)
  }

  childMade(at: DotRef, here: ChildId): void {
    this.#journal.set(this.#children, childAt(this.#core.sha256, at), here)
  }

  #survey({ actor, seq, effects }: Op, item: number): void {
    for (const [index, effect] of effects.entries()) {
      const dot = { actor, seq, index }
      if (effect.type === 'import') this.#makers.set(this.idOf(effect), item)
      if (effect.type === 'child') this.#makers.set(childAt(this.#core.sha256, dot), item)
      if (effect.type !== 'create') continue
      const id = recordAt(this.#core.sha256, dot, effect.kind)
      this.#makers.set(id, item)
      this.#records.set(id, this.idOf(this.made(effect.kind, dot)))
    }
  }

  /** The children that a take made are, in their order, those that its item makes. */
  #recall(op: Op, takes: readonly OpRef[], effectsOf: (op: OpRef) => readonly Effect[]): void {
    const made = childrenOf(this.#core, op, op.effects)
    for (const take of takes) {
      const here = childrenOf(this.#core, take, effectsOf(take))
      if (here.length !== made.length) continue
      for (const [i, child] of made.entries()) this.#children.set(child, here[i] ?? child)
      return
    }
  }
}

const childrenOf = (core: Core, { actor, seq }: OpRef, effects: readonly Effect[]): ChildId[] =>
  effects.flatMap((effect, index) =>
    effect.type === 'child' ? [childAt(core.sha256, { actor, seq, index })] : [],
  )
