/** Changes of one field: what stands there now is superseded by name, so that concurrent edits stay visible. */
import { err, ok, type Result } from '../base/result.ts'
import { parseChildId, type ChildId, type RecordId } from '../model/ids.ts'
import { fieldByName, fieldsOf, misfit, subByName, type NamedField } from '../model/fields.ts'
import type { KindName, MergeType, ValueType } from '../model/kinds.ts'
import type { Address, Scalar } from '../op/effect.ts'
import { addressOf, childAddress, type Composer } from './composer.ts'
import type { Reading } from './reading.ts'
import { refuse, type Refusal } from './refusal.ts'

/** A field that a command names, resolved to where it lives and what it takes. */
export type Target = {
  readonly kind: KindName
  readonly record: RecordId
  readonly name: string
  readonly at: Address
  readonly merge: MergeType
  readonly value: ValueType | undefined
  readonly nullable: boolean
}

/** Finds a field that may be edited: it exists, merges in one of these ways, and no closing freezes it. */
export function target(
  reading: Reading,
  record: RecordId,
  child: string | undefined,
  name: string,
  merges: readonly MergeType[],
): Result<Target, Refusal> {
  const kind = reading.kindOf(record)
  if (!kind) return err(refuse('not-found', { what: 'record', id: record }))
  const found =
    child === undefined ? ofRecord(kind, record, name) : ofChild(reading, kind, record, child, name)
  if (!found && child !== undefined && isChildField(kind, name))
    return err(refuse('not-found', { what: 'part', id: child }))
  if (!found || !merges.includes(found.merge)) return err(refuse('bad-field', { kind, field: name }))
  const frozen = freezes(reading, record, found.owner)
  return frozen ? err(frozen) : ok({ kind, record, name, ...found })
}

const isChildField = (kind: KindName, name: string): boolean =>
  fieldsOf(kind).some((field) => subByName(field, name) !== null)

type Found = Pick<Target, 'at' | 'merge' | 'value' | 'nullable'> & { readonly owner: NamedField }

function ofRecord(kind: KindName, record: RecordId, name: string): Found | null {
  const field = fieldByName(kind, name)
  if (!field) return null
  return {
    owner: field,
    at: addressOf(record, field),
    merge: field.merge,
    value: field.value,
    nullable: field.nullable ?? false,
  }
}

/** A child's id is unique in its record, so its map need not be named. */
function ofChild(
  reading: Reading,
  kind: KindName,
  record: RecordId,
  child: string,
  name: string,
): Found | null {
  const id = parseChildId(child)
  for (const field of fieldsOf(kind)) {
    const sub = subByName(field, name)
    const at = id && childAddress(record, field, id, name)
    if (!id || !sub || !at || !reading.hasChild(record, field.code, id)) continue
    return { owner: field, at, merge: sub.merge, value: sub.value, nullable: sub.nullable ?? false }
  }
  return null
}

export function freezes(reading: Reading, record: RecordId, field: NamedField): Refusal | null {
  return field.frozen && reading.isClosed(record) ? refuse('frozen', { field: field.name }) : null
}

export function setField(composer: Composer, reading: Reading, to: Target, value: Scalar): Refusal | null {
  const problem = misfit(value, to.value, to.nullable)
  if (problem) return refuse('bad-value', { field: to.name, reason: problem })
  if (to.merge === 'draft') composer.add({ type: 'draft', at: to.at, value })
  else composer.add({ type: 'assign', at: to.at, value, over: reading.live(to.at).map((entry) => entry.dot) })
  return null
}

export function addKey(composer: Composer, to: Target, key: string): Refusal | null {
  const problem = misfit(key, to.value, false)
  if (problem) return refuse('bad-value', { field: to.name, reason: problem })
  composer.add({ type: 'insert', at: to.at, key })
  return null
}

/** Removes the dots of a key that this device sees; one added elsewhere meanwhile stays. */
export function removeKey(
  composer: Composer,
  reading: Reading,
  to: Target,
  key: string | null,
): Refusal | null {
  const dots = reading
    .live(to.at)
    .filter((entry) => key === null || entry.value === key)
    .map((entry) => entry.dot)
  if (dots.length === 0) return refuse('not-found', { what: to.name, id: key ?? '' })
  composer.add({ type: 'remove', at: to.at, dots })
  return null
}

export function count(composer: Composer, to: Target, amount: number): Refusal | null {
  const problem = misfit(amount, to.value, false)
  if (problem) return refuse('bad-value', { field: to.name, reason: problem })
  composer.add({ type: 'count', at: to.at, amount })
  return null
}

/** Finds a child that shows, in a map of the record that no closing freezes. */
export function childTarget(
  reading: Reading,
  record: RecordId,
  map: string,
  child: string,
  what: string,
): Result<{ readonly field: NamedField; readonly child: ChildId }, Refusal> {
  const found = mapTarget(reading, record, map)
  if (!found.ok) return found
  const id = parseChildId(child)
  if (!id || !reading.hasChild(record, found.value.field.code, id))
    return err(refuse('not-found', { what, id: child }))
  return ok({ field: found.value.field, child: id })
}

export function mapTarget(
  reading: Reading,
  record: RecordId,
  map: string,
): Result<{ readonly kind: KindName; readonly field: NamedField }, Refusal> {
  const kind = reading.kindOf(record)
  if (!kind) return err(refuse('not-found', { what: 'record', id: record }))
  const field = fieldByName(kind, map)
  if (field?.merge !== 'map') return err(refuse('bad-field', { kind, field: map }))
  const frozen = freezes(reading, record, field)
  return frozen ? err(frozen) : ok({ kind, field })
}

export function removeChild(
  composer: Composer,
  reading: Reading,
  record: RecordId,
  field: NamedField,
  child: ChildId,
): void {
  const seen = reading.seenIn(record, field.code, child)
  composer.add({ type: 'drop', record, field: field.code, child, seen })
}
