/**
 * What an op says must be possible: fields exist and take such values, and it only names what its author had
 * seen. This depends on the op and its causal past alone, so it is found once, when the op arrives.
 */
import type { ActorId, ChildId, DotRef, RecordId } from '../model/ids.ts'
import { fieldByCode, misfit, placeOf, type Place } from '../model/fields.ts'
import type { MergeType, KindName } from '../model/kinds.ts'
import type { Address, Effect } from '../op/effect.ts'
import { isControl, isData, isReview } from '../op/op.ts'
import { reason, type ReasonOf } from './reason.ts'

/** The causal past of the op that is checked, the op's own creations included. */
export interface StructurePast {
  readonly author: ActorId
  kindOf(record: RecordId): KindName | null
  /** Nobody else can have created it: an imported record may stand elsewhere already, and be closed. */
  madeHere(record: RecordId): boolean
  hasChild(record: RecordId, field: number, child: ChildId): boolean
  knowsDot(dot: DotRef): boolean
  /** Does this build know the field of the kind, and of its children (`sub` 0: of the record)? */
  knowsField(kind: KindName, field: number, sub: number): boolean
  /** Is there an op in it that this build cannot read wholly? What it does not find may be made there. */
  hasUnread(): boolean
}

/** No flaw of the op: this build is too old for it, and it is held. */
export const UNREAD: ReasonOf = reason('newer-version')
export const isUnread = (flaw: ReasonOf | null): boolean => flaw?.code === UNREAD.code

/** What may be missing only because what makes it cannot be read. */
const MAY_BE_UNREAD: ReadonlySet<ReasonOf['code']> = new Set(['unknown-record', 'unknown-child', 'bad-text'])

/** A flaw as it stands, or that the op cannot be read as long as what it goes back to cannot. */
export const flawOrUnread = (
  flaw: ReasonOf | null,
  past: Pick<StructurePast, 'hasUnread'>,
): ReasonOf | null => (flaw && MAY_BE_UNREAD.has(flaw.code) && past.hasUnread() ? UNREAD : flaw)

/** The first thing that is wrong with an op's effects, or null. */
export function flawOf(effects: readonly Effect[], past: StructurePast): ReasonOf | null {
  const unknown = effects.filter((effect) => effect.type === 'unknown')
  if (unknown.some(({ misfit }) => misfit)) return reason('bad-value')
  if (unknown.length > 0) return UNREAD
  const control = effects.filter(isControl)
  if (!mayGoTogether(effects)) return reason('mixed-control')
  for (const effect of effects) {
    const flaw = flawOfEffect(effect, past, control.length > 0)
    if (flaw) return flaw
  }
  return null
}

/** What the authority says of members is judged ahead of everything else, so nothing else may hang on it. */
const WORDS: ReadonlySet<Effect['type']> = new Set([
  'genesis',
  'admit',
  'setRole',
  'cut',
  'handover',
  'policy',
  'reclaim',
  'checkpoint',
  'snapshot',
  'ruleVersion',
])

/** Does the op say nothing but what the authority's chain says of members and of the site? */
export const isWords = (effects: readonly Effect[]): boolean => effects.every(({ type }) => WORDS.has(type))
/** Several of a kind in one op are several questions; only rights are moved in parts. */
const REPEATED: ReadonlySet<Effect['type']> = new Set(['mint', 'transfer', 'spend', 'reclaim'])

function mayGoTogether(effects: readonly Effect[]): boolean {
  const control = effects.filter(isControl)
  const review = effects.filter(isReview)
  if (review.length > 0) return review.length === effects.length
  // It speaks of all that its op knows: what stood beside it would be under it and not under it.
  if (effects.length > 1 && control.some(({ type }) => type === 'checkpoint')) return false
  const once = control.filter(({ type }) => !REPEATED.has(type))
  if (new Set(once.map(({ type }) => type)).size < once.length) return false
  const words = control.filter(({ type }) => WORDS.has(type))
  return words.length === 0 || words.length === effects.length
}

function flawOfEffect(effect: Effect, past: StructurePast, besideControl: boolean): ReasonOf | null {
  if (!isData(effect) || effect.type === 'create') return null
  if (effect.type === 'import') return effect.source && effect.key ? null : reason('bad-value')
  const record = 'at' in effect ? effect.at.record : effect.record
  const kind = past.kindOf(record)
  if (!kind) return reason('unknown-record')
  if (besideControl && !past.madeHere(record)) return reason('mixed-control')
  const [field, sub] = 'at' in effect ? [effect.at.field, effect.at.sub] : [effect.field, 0]
  if (!past.knowsField(kind, field, sub)) return UNREAD
  if (effect.type === 'child')
    return fieldByCode(kind, effect.field)?.merge === 'map' ? null : reason('bad-field')
  if (effect.type === 'drop') return dropFlaw(effect, kind, past)
  return addressedFlaw(effect, kind, past)
}

function dropFlaw(
  effect: Extract<Effect, { type: 'drop' }>,
  kind: KindName,
  past: StructurePast,
): ReasonOf | null {
  if (fieldByCode(kind, effect.field)?.merge !== 'map') return reason('bad-field')
  if (!past.hasChild(effect.record, effect.field, effect.child)) return reason('unknown-child')
  const unseen = effect.seen.some((ref) => !past.knowsDot({ ...ref, index: 0 }))
  return unseen ? reason('unseen-dot') : null
}

type Addressed = Extract<Effect, { readonly at: Address }>

const MERGE_OF: Readonly<Record<Addressed['type'], MergeType>> = {
  assign: 'register',
  draft: 'draft',
  insert: 'set',
  remove: 'set',
  session: 'text',
  text: 'text',
  count: 'tally',
}

function addressedFlaw(effect: Addressed, kind: KindName, past: StructurePast): ReasonOf | null {
  const place = placeOf(kind, effect.at.field, effect.at.sub)
  if (!place || mergeAt(place) !== MERGE_OF[effect.type]) return reason('bad-field')
  if (place.of === 'child') {
    const { record, field, child } = effect.at
    if (child === null || !past.hasChild(record, field, child)) return reason('unknown-child')
  }
  if (effect.type === 'assign' && !effect.over.every((dot) => past.knowsDot(dot))) return reason('unseen-dot')
  if (effect.type === 'remove' && !effect.dots.every((dot) => past.knowsDot(dot))) return reason('unseen-dot')
  return valueFlaw(effect, place, past.author)
}

function valueFlaw(effect: Addressed, place: Place, author: ActorId): ReasonOf | null {
  const { value, nullable = false } = place.of === 'child' ? place.sub : place.field
  const given =
    effect.type === 'assign' || effect.type === 'draft'
      ? effect.value
      : effect.type === 'insert'
        ? effect.key
        : effect.type === 'count'
          ? effect.amount
          : undefined
  if (given === undefined) return null
  const fits = misfit(given, value, nullable) === null && (value?.type !== 'actor' || given === author)
  return fits ? null : reason('bad-value')
}

export const mergeAt = (place: Place): MergeType =>
  place.of === 'child' ? place.sub.merge : place.field.merge

/** Does the effect touch a field that a closing freezes? Creations and control do not. */
export function touchesFrozen(effect: Effect, kind: KindName): boolean {
  if (effect.type === 'child' || effect.type === 'drop')
    return fieldByCode(kind, effect.field)?.frozen ?? false
  return 'at' in effect ? (fieldByCode(kind, effect.at.field)?.frozen ?? false) : false
}
