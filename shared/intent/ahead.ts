/**
 * A reading that is ahead of the replica by the effects that were just composed: what a second change of one command
 * reads is what the first has made.
 */
import type { Journal } from '../base/journal.ts'
import { formatDot, type ChildId, type DotRef, type OpRef, type RecordId, type SiteId } from '../model/ids.ts'
import type { KindName } from '../model/kinds.ts'
import type { Entry } from '../merge/dots.ts'
import type { Address, DataEffect, Seen } from '../op/effect.ts'
import { childAt, importedRecord, recordAt, type Sha256 } from '../op/identity.ts'
import type { Reading } from './reading.ts'

export class Ahead implements Reading {
  readonly actor: Reading['actor']
  readonly #base: Reading
  readonly #sha256: Sha256
  readonly #site: SiteId
  readonly #kinds = new Map<RecordId, KindName>()
  /** Children by what is ahead: the seq that last made or touched one; null for one that was removed. */
  readonly #children = new Map<string, number | null>()
  readonly #live = new Map<string, readonly Entry[]>()

  readonly #journal: Journal

  /** What is ahead is kept, or taken back, along with the journal. */
  constructor(base: Reading, sha256: Sha256, site: SiteId, journal: Journal) {
    this.actor = base.actor
    this.#base = base
    this.#journal = journal
    this.#sha256 = sha256
    this.#site = site
  }

  kindOf(record: RecordId): KindName | null {
    return this.#base.kindOf(record) ?? this.#kinds.get(record) ?? null
  }

  isClosed(record: RecordId): boolean {
    return this.#base.isClosed(record)
  }

  live(at: Address): readonly Entry[] {
    return this.#live.get(cellKey(at)) ?? this.#base.live(at)
  }

  hasChild(record: RecordId, field: number, child: ChildId): boolean {
    const own = this.#children.get(childKey(record, field, child))
    return own === undefined ? this.#base.hasChild(record, field, child) : own !== null
  }

  seenIn(record: RecordId, field: number, child: ChildId): Seen {
    const before = this.#base.seenIn(record, field, child)
    const own = this.#children.get(childKey(record, field, child))
    if (own === undefined || own === null) return before
    return [...before.filter(({ actor }) => actor !== this.actor), { actor: this.actor, seq: own }]
  }

  effectsOf(op: OpRef): ReturnType<Reading['effectsOf']> {
    return this.#base.effectsOf(op)
  }

  waiting(...asked: Parameters<Reading['waiting']>): ReturnType<Reading['waiting']> {
    return this.#base.waiting(...asked)
  }

  /** Takes note of an effect that stands at `dot` of an op that is being composed. */
  apply(effect: DataEffect, dot: DotRef): void {
    switch (effect.type) {
      case 'create':
        this.#journal.set(this.#kinds, recordAt(this.#sha256, dot, effect.kind), effect.kind)
        break
      case 'import': {
        const { kind, source, key } = effect
        this.#journal.set(this.#kinds, importedRecord(this.#sha256, this.#site, kind, source, key), kind)
        break
      }
      case 'child':
        this.#mark(effect.record, effect.field, childAt(this.#sha256, dot), dot.seq)
        break
      case 'drop':
        this.#mark(effect.record, effect.field, effect.child, null)
        break
      default:
        this.#touch(effect, dot)
    }
  }

  #mark(record: RecordId, field: number, child: ChildId, seq: number | null): void {
    this.#journal.set(this.#children, childKey(record, field, child), seq)
  }

  #touch(effect: Extract<DataEffect, { readonly at: Address }>, dot: DotRef): void {
    const { record, field, child } = effect.at
    if (child !== null && this.hasChild(record, field, child)) this.#mark(record, field, child, dot.seq)
    const gone = new Set(goneBy(effect).map(formatDot))
    const value = valueOf(effect)
    if (value === undefined && gone.size === 0) return
    const stays = this.live(effect.at).filter((entry) => !gone.has(formatDot(entry.dot)))
    const added = value === undefined ? [] : [{ dot, value, lamport: Number.MAX_SAFE_INTEGER }]
    this.#journal.set(this.#live, cellKey(effect.at), [...stays, ...added])
  }
}

function goneBy(effect: DataEffect): readonly DotRef[] {
  if (effect.type === 'assign') return effect.over
  return effect.type === 'remove' ? effect.dots : []
}

function valueOf(effect: DataEffect): Entry['value'] | undefined {
  if (effect.type === 'assign' || effect.type === 'draft') return effect.value
  return effect.type === 'insert' ? effect.key : undefined
}

const cellKey = ({ record, field, child, sub }: Address): string => `${record}/${field}/${child ?? ''}/${sub}`
const childKey = (record: RecordId, field: number, child: ChildId): string => `${record}/${field}/${child}`
