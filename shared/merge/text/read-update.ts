/**
 * Reads an update wholly before any document sees a byte of it. Yjs decodes it through `StrictDecoder`; what
 * came out is taken over as plain values, and written again must be as long as what came in, so that nothing
 * is hidden in it, left over, or told twice.
 */
import * as Y from 'yjs'
import type { Bytes } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { Refused, type TextRefusal } from './refusal.ts'
import { isAttribute, isPlain } from './schema.ts'
import { isMarkValue, StrictDecoder } from './strict-decoder.ts'
import type { ClockRange, Content, Struct, StructId, Update } from './struct.ts'
import { writeUpdate } from './write-update.ts'

export function readUpdate(bytes: Bytes): Result<Update, TextRefusal> {
  try {
    const decoded = Y.decodeUpdateV2(bytes, StrictDecoder)
    const update = {
      client: clientOf(decoded.structs),
      structs: decoded.structs.map(structOf),
      deletes: rangesOf(decoded.ds),
    }
    return writeUpdate(update).length === bytes.length ? ok(update) : err('text-malformed')
  } catch (problem) {
    return err(problem instanceof Refused ? problem.code : 'text-malformed')
  }
}

type AnyStruct = Y.Item | Y.GC | Y.Skip

function clientOf(structs: readonly AnyStruct[]): number | null {
  const [first] = structs
  if (!first) return null
  if (structs.some((struct) => struct.id.client !== first.id.client)) throw new Refused('text-foreign-client')
  return first.id.client
}

function structOf(struct: AnyStruct): Struct {
  const { clock } = idOf(struct.id)
  const { length } = struct
  if (length === 0 || !Number.isSafeInteger(clock + length)) throw new Refused('text-malformed')
  if (!(struct instanceof Y.Item))
    return { clock, length, ...NOWHERE, content: { kind: 'collected', length } }
  if (struct.parentSub !== null && !isAttribute(struct.parentSub)) throw new Refused('text-foreign-content')
  return {
    clock,
    length,
    origin: struct.origin && idOf(struct.origin),
    rightOrigin: struct.rightOrigin && idOf(struct.rightOrigin),
    parent: parentOf(struct.parent),
    attribute: struct.parentSub,
    content: contentOf(struct.content),
  }
}

const NOWHERE = { origin: null, rightOrigin: null, parent: null, attribute: null }

function idOf(id: Y.ID): StructId {
  if (!Number.isSafeInteger(id.client) || !Number.isSafeInteger(id.clock)) throw new Refused('text-malformed')
  return { client: id.client, clock: id.clock }
}

/** Before it is integrated, an item names its parent by id or, though Yjs's types do not say so, by name. */
function parentOf(parent: unknown): StructId | string | null {
  if (parent === null || typeof parent === 'string') return parent
  if (parent instanceof Y.ID) return idOf(parent)
  throw new Refused('text-malformed')
}

function contentOf(content: unknown): Content {
  if (content instanceof Y.ContentDeleted) return { kind: 'deleted', length: content.len }
  if (content instanceof Y.ContentString) return { kind: 'string', text: content.str }
  if (content instanceof Y.ContentFormat && isMarkValue(content.value))
    return { kind: 'format', mark: content.key, value: content.value }
  if (content instanceof Y.ContentType) return typeOf(content.type)
  if (content instanceof Y.ContentAny && content.arr.length === 1) {
    const value: unknown = content.arr[0]
    if (isPlain(value)) return { kind: 'value', value }
  }
  throw new Refused('text-foreign-content')
}

function typeOf(type: unknown): Content {
  if (type instanceof Y.XmlElement) return { kind: 'element', name: type.nodeName }
  return { kind: 'text' }
}

const rangesOf = (deletes: ReturnType<typeof Y.createDeleteSet>): ClockRange[] =>
  [...deletes.clients].flatMap(([client, items]) =>
    items.map((item) => rangeOf(client, item.clock, item.len)),
  )

function rangeOf(client: number, from: number, length: number): ClockRange {
  const to = from + length
  if (length === 0 || !Number.isSafeInteger(to) || !Number.isSafeInteger(client))
    throw new Refused('text-malformed')
  return { client, from, to }
}
