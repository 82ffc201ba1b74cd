/**
 * Items of a parcel become new ops under the taker's own name, by the same intents as any other change: what stands
 * now is superseded, what is closed is not touched. Acts of control are never taken over.
 */
import { Journal } from '../base/journal.ts'
import { err, ok, type Result } from '../base/result.ts'
import { Ahead } from '../intent/ahead.ts'
import { Composer } from '../intent/composer.ts'
import * as editing from '../intent/editing.ts'
import type { Reading } from '../intent/reading.ts'
import type { Refusal } from '../intent/refusal.ts'
import { fieldByCode, placeOf, type NamedField } from '../model/fields.ts'
import type { Entry } from '../merge/dots.ts'
import { lastWrite } from '../merge/draft.ts'
import type { MergeType } from '../model/kinds.ts'
import { formatDot, type DotRef, type OpRef, type RecordId } from '../model/ids.ts'
import type { Address, DataEffect, Effect } from '../op/effect.ts'
import { childAt } from '../op/identity.ts'
import { encodeOp, isData, type Op, type OpToWrite } from '../op/op.ts'
import { isDropped } from './chains.ts'
import type { Core } from './core.ts'
import type { StoredParcel } from './parcel-log.ts'
import { ParcelNames, type Making } from './parcel-names.ts'
import type { Parcel } from './parcel.ts'
import { GUESSED, ParcelTexts, type Words } from './parcel-texts.ts'
import { bodyAddress } from './note-commands.ts'

/** Why an item cannot be taken over: a code of the table of reasons. */
export type Obstacle = {
  readonly code:
    | 'parcel-control'
    | 'parcel-frozen'
    | 'parcel-gone'
    | 'parcel-here'
    | 'parcel-needs'
    | 'parcel-same'
    | 'parcel-text'
    | 'parcel-unfit'
    | 'newer-version'
  readonly params: Readonly<Record<string, string | number>>
}

const obstacle = (code: Obstacle['code'], params: Obstacle['params'] = {}): Obstacle => ({ code, params })

/** What a refusal of an intent means for an item. */
function meaning({ code }: Refusal): Obstacle {
  if (code === 'frozen') return obstacle('parcel-frozen')
  return obstacle(code === 'not-found' ? 'parcel-gone' : 'parcel-unfit')
}

type Addressed = Extract<DataEffect, { readonly at: Address }>
type Merged = 'assign' | 'draft' | 'insert' | 'remove' | 'count'

const MERGE_OF: Readonly<Record<Merged, MergeType>> = {
  assign: 'register',
  draft: 'draft',
  insert: 'set',
  remove: 'set',
  count: 'tally',
}

const isWritable = (op: Op): op is OpToWrite => op.effects.every(({ type }) => type !== 'unknown')

/** Takes the items of one parcel over, one after the other; what a later one reads is what the earlier ones made. */
export class Takeover {
  readonly #core: Core
  readonly #parcel: Parcel
  readonly #journal = new Journal()
  readonly #reading: Ahead
  readonly #texts: Words
  readonly #names: ParcelNames
  #composer: Composer

  constructor(
    core: Core,
    reading: Reading,
    stored: StoredParcel,
    parcel: Parcel,
    next: OpRef,
    texts: 'placed' | 'guessed' = 'placed',
  ) {
    this.#core = core
    this.#parcel = parcel
    this.#reading = new Ahead(reading, core.sha256, core.site, this.#journal)
    this.#texts = texts === 'placed' ? new ParcelTexts(core, parcel.actor, this.#journal) : GUESSED
    this.#composer = new Composer(next, core.sha256)
    this.#names = new ParcelNames(core, stored, parcel, (op) => reading.effectsOf(op), this.#journal)
  }

  /** The effects of the next op, or why there is none; after a refusal the next item is tried in its place. */
  take(item: number): Result<readonly DataEffect[], Obstacle> {
    const op = this.#parcel.ops[item]
    const problem = op ? this.#compose(op, item) : obstacle('parcel-gone')
    const { effects, ref } = this.#composer
    if (problem) this.#journal.takeBack()
    else this.#journal.keep()
    const seq = problem ? ref.seq : ref.seq + 1
    this.#composer = new Composer({ actor: ref.actor, seq }, this.#core.sha256)
    return problem ? err(problem) : ok(effects)
  }

  #compose(op: Op, item: number): Obstacle | null {
    if (op.effects.some(({ type }) => type === 'unknown')) return obstacle('newer-version')
    if (!op.effects.some(isData)) return obstacle('parcel-control')
    if (this.#isHere(op)) return obstacle('parcel-here')
    for (const [index, effect] of op.effects.entries()) {
      const problem = isData(effect)
        ? this.#retell(effect, { actor: op.actor, seq: op.seq, index }, item)
        : null
      if (problem) return problem
    }
    return this.#composer.effects.length === 0 ? obstacle('parcel-same') : null
  }

  /** It came by another way after all, and counts. */
  #isHere(op: Op): boolean {
    const { log, judging, sha256 } = this.#core
    return log.numbersAt(op).some((no) => {
      if (isDropped(no)) return isWritable(op) && log.isHashOf(no, sha256(encodeOp(op)))
      const row = log.rowByNumber(no)
      return row.judgement === 0 && sameEffects(judging.fromRow(row).effects, op.effects)
    })
  }

  #retell(effect: DataEffect, dot: DotRef, item: number): Obstacle | null {
    switch (effect.type) {
      case 'create':
        return this.#make(this.#names.made(effect.kind, dot))
      case 'import':
        return this.#make(effect)
      case 'session':
        return null
      case 'child':
        return this.#makeChild(effect, dot)
      case 'drop':
        return this.#drop(effect)
      case 'text':
        return this.#tellText(effect)
      default:
        return this.#change(effect, item)
    }
  }

  #push(effect: DataEffect): void {
    this.#composer.add(effect)
    this.#note()
  }

  /** What was composed since is read by what follows. */
  #note(from = this.#composer.effects.length - 1): void {
    const { ref, effects } = this.#composer
    for (let index = from; index < effects.length; index += 1) {
      const effect = effects[index]
      if (effect) this.#reading.apply(effect, { ...ref, index })
    }
  }

  /** A record that stands here already is not made again; what the item says of it is. */
  #make({ kind, source, key }: Making): null {
    const stands = this.#reading.kindOf(this.#names.idOf({ kind, source, key })) !== null
    if (!stands) this.#push({ type: 'import', kind, source, key })
    return null
  }

  #makeChild(effect: Extract<DataEffect, { type: 'child' }>, dot: DotRef): Obstacle | null {
    const record = this.#names.record(effect.record)
    const kind = this.#reading.kindOf(record)
    const map = kind && fieldByCode(kind, effect.field)
    if (!map) return this.#missing(effect.record)
    const found = editing.mapTarget(this.#reading, record, map.name)
    if (!found.ok) return meaning(found.error)
    this.#push({ type: 'child', record, field: effect.field })
    const index = this.#composer.effects.length - 1
    this.#names.childMade(dot, childAt(this.#core.sha256, { ...this.#composer.ref, index }))
    return null
  }

  #drop(effect: Extract<DataEffect, { type: 'drop' }>): Obstacle | null {
    const at = this.#names.address({
      record: effect.record,
      field: effect.field,
      child: effect.child,
      sub: 0,
    })
    const kind = this.#reading.kindOf(at.record)
    const map = kind && fieldByCode(kind, effect.field)
    if (!map || at.child === null) return this.#missing(effect.record)
    const found = editing.childTarget(this.#reading, at.record, map.name, at.child, map.name)
    if (!found.ok) return this.#missing(effect.child, found.error)
    const before = this.#composer.effects.length
    editing.removeChild(this.#composer, this.#reading, at.record, map, at.child)
    this.#note(before)
    return null
  }

  #change(effect: Extract<Addressed, { type: Merged }>, item: number): Obstacle | null {
    const at = this.#names.address(effect.at)
    const kind = this.#reading.kindOf(at.record)
    const place = kind && placeOf(kind, at.field, at.sub)
    if (!place) return this.#missing(effect.at.record)
    const name = place.of === 'child' ? place.sub.name : place.field.name
    const to = editing.target(this.#reading, at.record, at.child ?? undefined, name, [MERGE_OF[effect.type]])
    if (!to.ok) return this.#missing(effect.at.child ?? effect.at.record, to.error)
    const before = this.#composer.effects.length
    const problem = this.#edit(effect, to.value, item)
    this.#note(before)
    return problem && meaning(problem)
  }

  #edit(effect: Extract<Addressed, { type: Merged }>, to: editing.Target, item: number): Refusal | null {
    const live = this.#reading.live(to.at)
    switch (effect.type) {
      case 'assign':
      case 'draft': {
        const last = effect.type === 'draft' ? lastWrite(live) : null
        const shown = last ? [last] : live
        const stands = shown.length > 0 && shown.every(({ value }) => value === effect.value)
        return stands ? null : editing.setField(this.#composer, this.#reading, to, effect.value)
      }
      case 'insert': {
        const key = to.value?.type === 'actor' ? this.#reading.actor : effect.key
        return live.some(({ value }) => value === key) ? null : editing.addKey(this.#composer, to, key)
      }
      case 'remove': {
        const dots = live.filter((entry) => this.#meant(effect.dots, entry, item)).map(({ dot }) => dot)
        if (dots.length > 0) this.#composer.add({ type: 'remove', at: to.at, dots })
        return null
      }
      case 'count':
        return editing.count(this.#composer, to, effect.amount)
    }
  }

  /** A value that the removal names, or one that was taken over from an item of the parcel that it names. */
  #meant(dots: readonly DotRef[], { dot, value }: Entry, item: number): boolean {
    if (dots.some((each) => formatDot(each) === formatDot(dot))) return true
    if (dot.actor !== this.#reading.actor) return false
    return dots.some((each) => {
      const from = this.#parcel.ops.findIndex((op) => op.actor === each.actor && op.seq === each.seq)
      const inserted = from >= 0 && from < item ? this.#parcel.ops[from]?.effects[each.index] : undefined
      if (inserted?.type !== 'insert') return false
      return inserted.key === value || inserted.key === this.#parcel.actor
    })
  }

  #tellText(effect: Extract<DataEffect, { type: 'text' }>): Obstacle | null {
    const at = this.#names.address(effect.at)
    const kind = this.#reading.kindOf(at.record)
    const notes = kind && fieldByCode(kind, at.field)
    if (!notes) return this.#missing(effect.at.record)
    const stands = at.child !== null && this.#reading.hasChild(at.record, at.field, at.child)
    const placed = stands ? this.#texts.place(effect, at) : null
    const composed = placed ?? this.#newNote(effect, at.record, notes)
    if (!composed) return obstacle('parcel-text')
    for (const each of composed) this.#push(each)
    return null
  }

  /** Words that find no place in the note that they were written for are kept as a note of their own. */
  #newNote(
    effect: Extract<DataEffect, { type: 'text' }>,
    record: RecordId,
    notes: NamedField,
  ): readonly DataEffect[] | null {
    const child = childAt(this.#core.sha256, { ...this.#composer.ref, index: this.#composer.effects.length })
    const composed = this.#texts.anew(effect, bodyAddress(record, notes, child))
    return composed && [{ type: 'child', record, field: notes.code }, ...composed]
  }

  /** What an item changes is not here: because the item that makes it is not taken over, or at all. */
  #missing(what: string, refusal: Refusal | null = null): Obstacle {
    if (refusal && refusal.code !== 'not-found') return meaning(refusal)
    const maker = this.#names.makerOf(what)
    return maker === null ? obstacle('parcel-gone') : obstacle('parcel-needs', { item: maker + 1 })
  }
}

const sameEffects = (a: readonly Effect[], b: readonly Effect[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b)
