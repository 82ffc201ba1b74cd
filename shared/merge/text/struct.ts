/**
 * The parts of a Yjs update (v1 encoding) as values: what `read-update` reads, the check judges, and
 * `write-update` writes. Clocks count UTF-16 units of text and one for everything else.
 */
import type { Plain } from './schema.ts'

export type StructId = { readonly client: number; readonly clock: number }

/** Clocks `from` up to, not including, `to`. */
export type ClockRange = { readonly client: number; readonly from: number; readonly to: number }

/** What a mark is set to: null ends it. */
export type MarkValue = true | null | Readonly<Record<string, Plain>>

export type Content =
  /** Forgotten, with its place, by an editor that collects garbage. */
  | { readonly kind: 'collected'; readonly length: number }
  | { readonly kind: 'deleted'; readonly length: number }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'format'; readonly mark: string; readonly value: MarkValue }
  | { readonly kind: 'element'; readonly name: string }
  | { readonly kind: 'text' }
  | { readonly kind: 'value'; readonly value: Plain }

export type Struct = {
  readonly clock: number
  readonly length: number
  readonly origin: StructId | null
  readonly rightOrigin: StructId | null
  /** Told only where there is neither origin: another struct, or the name of a top-level type. */
  readonly parent: StructId | string | null
  /** Told along with the parent, of an attribute; with an origin it is that one's. */
  readonly attribute: string | null
  readonly content: Content
}

export type Update = {
  /** The client of all its structs; null where the update only deletes. */
  readonly client: number | null
  /** In the order of their clocks, without gaps. */
  readonly structs: readonly Struct[]
  readonly deletes: readonly ClockRange[]
}

export const isSameId = (a: StructId | null | undefined, b: StructId): boolean =>
  a?.client === b.client && a.clock === b.clock

export const endOf = (struct: Struct): number => struct.clock + struct.length

/** The struct of an update that holds a clock. */
export function structAt(structs: readonly Struct[], clock: number): Struct | null {
  let low = 0
  let high = structs.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const struct = structs[middle]
    if (!struct) return null
    if (clock < struct.clock) high = middle - 1
    else if (clock >= endOf(struct)) low = middle + 1
    else return struct
  }
  return null
}

/** The numbers of the v1 encoding. */
export const WIRE = {
  hasOrigin: 0x80,
  hasRightOrigin: 0x40,
  isAttribute: 0x20,
  kind: 0x1f,
  collected: 0,
  deleted: 1,
  string: 4,
  format: 6,
  type: 7,
  any: 8,
  skip: 10,
  xmlElement: 3,
  xmlText: 6,
} as const
