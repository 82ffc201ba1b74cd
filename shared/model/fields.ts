/** Looks up declarations by the codes that stand in ops, and by the names that people use. */
import { KINDS, type Field, type FieldOfChild, type Kind, type KindName, type ValueType } from './kinds.ts'

export type NamedField = { readonly name: string } & Field
export type NamedChildField = { readonly name: string } & FieldOfChild

/** A field of a record, or a field of its children, as one address resolves to it. */
export type Place =
  | { readonly of: 'record'; readonly field: NamedField }
  | { readonly of: 'child'; readonly field: NamedField; readonly sub: NamedChildField }

const KIND_NAMES = Object.keys(KINDS) as KindName[]

const byCode = new Map<KindName, ReadonlyMap<number, NamedField>>(
  KIND_NAMES.map((kind) => [
    kind,
    new Map(
      Object.entries<Field>(declared(kind).fields).map(([name, field]) => [field.code, { name, ...field }]),
    ),
  ]),
)

export function declared(kind: KindName): Kind {
  return KINDS[kind]
}

export const fieldByCode = (kind: KindName, code: number): NamedField | null =>
  byCode.get(kind)?.get(code) ?? null

export function fieldByName(kind: KindName, name: string): NamedField | null {
  const field = Object.hasOwn(declared(kind).fields, name) ? declared(kind).fields[name] : undefined
  return field ? { name, ...field } : null
}

export function subByCode(field: NamedField, code: number): NamedChildField | null {
  for (const [name, sub] of Object.entries(field.children ?? {}))
    if (sub.code === code) return { name, ...sub }
  return null
}

export function subByName(field: NamedField, name: string): NamedChildField | null {
  const children = field.children ?? {}
  const sub = Object.hasOwn(children, name) ? children[name] : undefined
  return sub ? { name, ...sub } : null
}

export function placeOf(kind: KindName, fieldCode: number, subCode: number): Place | null {
  const field = fieldByCode(kind, fieldCode)
  if (!field) return null
  if (subCode === 0) return { of: 'record', field }
  const sub = subByCode(field, subCode)
  return sub ? { of: 'child', field, sub } : null
}

export const fieldsOf = (kind: KindName): readonly NamedField[] => [...(byCode.get(kind)?.values() ?? [])]

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/

/** Null when the value fits its declaration, else why not, in words for a person. */
export function misfit(
  value: string | number | null,
  type: ValueType | undefined,
  nullable: boolean,
): string | null {
  if (value === null) return nullable ? null : 'it must not be empty'
  if (!type) return 'it takes no value'
  switch (type.type) {
    case 'string':
      if (typeof value !== 'string' || value.length === 0) return 'it must be a text'
      return value.length <= type.max ? null : `it must be at most ${type.max} characters`
    case 'enum':
      return type.of.includes(String(value)) ? null : `it must be one of ${type.of.join(', ')}`
    case 'date':
      return typeof value === 'string' && DATE.test(value) ? null : 'it must be a date, YYYY-MM-DD'
    case 'integer':
      if (!Number.isSafeInteger(value)) return 'it must be a whole number'
      return Number(value) >= type.min && Number(value) <= type.max
        ? null
        : `it must be from ${type.min} to ${type.max}`
    case 'actor':
      return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? null : 'it must be a device'
  }
}
