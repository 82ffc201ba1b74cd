/**
 * Yjs's own decoder, made strict: Yjs reads an update by its own rules, so that nothing can be read in two
 * ways, while every value is checked here. It adds what the decoder leaves out: that values are flat and
 * bounded, and that only the schema's content and names are there.
 */
import { LIMITS } from '../../op/limits.ts'
import { UpdateDecoderV1 } from 'yjs'
import { Refused } from './refusal.ts'
import { isMark, isNode, isPlain, type Plain } from './schema.ts'
import { WIRE, type MarkValue } from './struct.ts'

const KINDS: ReadonlySet<number> = new Set([
  WIRE.collected,
  WIRE.deleted,
  WIRE.string,
  WIRE.format,
  WIRE.type,
  WIRE.any,
])
/**
 * lib0's tags of flat values: null, integer, floats, false, true, string. Nested ones would be read by
 * recursion.
 */
const FLAT_TAGS: ReadonlySet<number> = new Set([126, 125, 124, 123, 121, 120, 119])

export class StrictDecoder extends UpdateDecoderV1 {
  /** What the next key names: a node after a type, else a mark. */
  #nodeNext = false

  override readInfo(): number {
    const info = super.readInfo()
    const kind = info & WIRE.kind
    if (kind === WIRE.skip) throw new Refused('text-gap')
    if (!KINDS.has(kind)) throw new Refused('text-foreign-content')
    return info
  }

  override readParentInfo(): boolean {
    const tag = this.readLen()
    if (tag > 1) throw new Refused('text-malformed')
    return tag === 1
  }

  override readTypeRef(): number {
    const type = super.readTypeRef()
    if (type !== WIRE.xmlElement && type !== WIRE.xmlText) throw new Refused('text-foreign-content')
    this.#nodeNext = type === WIRE.xmlElement
    return type
  }

  override readKey(): string {
    const name = this.readString()
    if (!(this.#nodeNext ? isNode(name) : isMark(name))) throw new Refused('text-foreign-content')
    this.#nodeNext = false
    return name
  }

  override readLen(): number {
    const length = super.readLen()
    if (!Number.isSafeInteger(length)) throw new Refused('text-malformed')
    return length
  }

  override readJSON(): MarkValue {
    const json = this.readString()
    if (json.length > LIMITS.textValue) throw new Refused('text-too-large')
    const value: unknown = JSON.parse(json)
    if (!isMarkValue(value)) throw new Refused('text-foreign-content')
    return value
  }

  override readAny(): Plain {
    const { arr, pos } = this.restDecoder
    if (!FLAT_TAGS.has(arr[pos] ?? 0)) throw new Refused('text-foreign-content')
    const value: unknown = super.readAny()
    if (!isPlain(value)) throw new Refused('text-foreign-content')
    if (typeof value === 'string' && value.length > LIMITS.textValue) throw new Refused('text-too-large')
    return value
  }
}

export function isMarkValue(value: unknown): value is MarkValue {
  if (value === null || value === true) return true
  return typeof value === 'object' && !Array.isArray(value) && Object.values(value).every(isPlain)
}
