/** Reads a decoded CBOR array from left to right, checking each item; the one way from outside bytes to typed values. */
import type { Bytes } from '../base/bytes.ts'
import type { CborValue } from '../base/cbor.ts'

/** Thrown inside a parser and turned into a refusal at its door. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
}

export class Reader {
  readonly #items: readonly CborValue[]
  #at = 0

  private constructor(items: readonly CborValue[]) {
    this.#items = items
  }

  static of(value: CborValue): Reader {
    if (!isList(value)) throw new Malformed('expected an array')
    return new Reader(value)
  }

  get left(): number {
    return this.#items.length - this.#at
  }

  next(): CborValue {
    const item = this.#items[this.#at]
    if (item === undefined) return this.fail('one more item')
    this.#at += 1
    return item
  }

  /** A safe integer of any sign. */
  integer(): number {
    const item = this.next()
    return typeof item === 'number' ? item : this.fail('an integer')
  }

  /** A safe integer from 0. */
  count(): number {
    const item = this.integer()
    return item >= 0 ? item : this.fail('a count')
  }

  /** A safe integer from 1. */
  positive(): number {
    const item = this.integer()
    return item >= 1 ? item : this.fail('a positive integer')
  }

  boolean(): boolean {
    const item = this.next()
    return typeof item === 'boolean' ? item : this.fail('a boolean')
  }

  text(max: number): string {
    const item = this.next()
    return typeof item === 'string' && item.length <= max ? item : this.fail(`a text of at most ${max}`)
  }

  nullableText(max: number): string | null {
    return this.nullable((read) => read.text(max))
  }

  bytes(length?: number): Bytes {
    const item = this.next()
    const fits = item instanceof Uint8Array && (length === undefined || item.length === length)
    return fits ? item : this.fail(`${length ?? 'some'} bytes`)
  }

  nested(): Reader {
    return Reader.of(this.next())
  }

  /** What the array that stands here says, and no more. */
  inside<T>(parse: (item: Reader) => T): T {
    const reader = this.nested()
    const value = parse(reader)
    reader.end()
    return value
  }

  list<T>(max: number, parse: (item: Reader) => T): T[] {
    const items = this.next()
    if (!isList(items) || items.length > max) return this.fail(`a list of at most ${max}`)
    return items.map((item) => {
      const reader = Reader.of(item)
      const value = parse(reader)
      reader.end()
      return value
    })
  }

  /** All items that are left, each read off this very reader. */
  rest<T>(max: number, parse: (read: this) => T): T[] {
    if (this.left > max) this.fail(`at most ${max} items`)
    const values: T[] = []
    while (this.left > 0) values.push(parse(this))
    return values
  }

  /** Reads what stands here with `parse`, or a null. */
  nullable<T>(parse: (read: this) => T): T | null {
    if (this.#items[this.#at] !== null) return parse(this)
    this.#at += 1
    return null
  }

  optional<T>(parse: (item: Reader) => T): T | null {
    const item = this.next()
    if (item === null) return null
    const reader = Reader.of(item)
    const value = parse(reader)
    reader.end()
    return value
  }

  end(): void {
    if (this.left > 0) this.fail('no further item')
  }

  fail(expected: string): never {
    throw new Malformed(`expected ${expected} at item ${this.#at}`)
  }
}

const isList = (value: CborValue): value is readonly CborValue[] => Array.isArray(value)
