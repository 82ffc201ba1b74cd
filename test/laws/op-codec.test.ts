import { encode } from 'cborg'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../shared/base/bytes.ts'
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { encodeOp, parseOp, type Op, type OpToWrite } from '../../shared/op/op.ts'
import { anyOp } from './ops.ts'

const isKnown = (op: Op): op is OpToWrite => op.effects.every((effect) => effect.type !== 'unknown')

/** Bytes that are taken as an op of this version are just those that it would write: one op, one hash. */
function refusedOrCanonical(bytes: Uint8Array): boolean {
  const parsed = parseOp(bytes)
  if (parsed.ok && isKnown(parsed.value)) expect(toHex(encodeOp(parsed.value))).toBe(toHex(bytes))
  return parsed.ok
}

test('OP-1 an op read from its bytes is the op that was written', () => {
  fc.assert(
    fc.property(anyOp, (op) => {
      const parsed = parseOp(encodeOp(op))
      expect(parsed).toEqual({ ok: true, value: op })
    }),
    { numRuns: 1000 },
  )
})

test('OP-2 bytes at random are refused, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(refusedOrCanonical(bytes)).toBe(false)
    }),
    { numRuns: 10_000 },
  )
})

test('OP-2 an op with bytes changed, cut off, doubled or put in is refused or is another op, and nothing is thrown', () => {
  let refused = 0
  const blow = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) })
  fc.assert(
    fc.property(anyOp, fc.array(blow, { minLength: 1, maxLength: 3 }), (op, blows) => {
      let bytes = [...encodeOp(op)]
      for (const { at, remove, insert } of blows) {
        const i = at % bytes.length
        bytes = [...bytes.slice(0, i), ...insert, ...bytes.slice(i + remove)]
        if (bytes.length === 0) bytes = [0]
      }
      if (!refusedOrCanonical(Uint8Array.from(bytes))) refused += 1
    }),
    { numRuns: 10_000 },
  )
  expect(refused).toBeGreaterThan(1000)
})

/** Sound CBOR in place of one field, of one effect, or of one item of an effect. */
const strange: fc.Arbitrary<CborValue> = fc.oneof(
  fc.maxSafeInteger().map((n) => n + 0),
  fc.string({ maxLength: 5 }).map((text) => text.toWellFormed().normalize('NFC')),
  fc.constant(null),
  fc.boolean(),
  fc.uint8Array({ maxLength: 33 }).map((array) => new Uint8Array(array)),
  fc.constant([]),
  fc.constant([[], [[]]]),
)

const isList = (value: CborValue | undefined): value is readonly CborValue[] => Array.isArray(value)

/** The item that the path leads to, as far as it leads, replaced. */
function replaced(value: CborValue, path: readonly number[], by: CborValue): CborValue {
  const [step, ...rest] = path
  if (step === undefined || !isList(value) || value.length === 0) return by
  const i = step % value.length
  return value.map((item, k) => (k === i ? replaced(item, rest, by) : item))
}

test('OP-2 an op with an item of another type is refused or is another op, and nothing is thrown', () => {
  fc.assert(
    fc.property(anyOp, fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), strange, (op, path, by) => {
      const decoded = decodeCbor(encodeOp(op), LIMITS.opBytes)
      if (!decoded.ok) throw new Error(decoded.error)
      refusedOrCanonical(encodeCbor(replaced(decoded.value, path, by)))
    }),
    { numRuns: 10_000 },
  )
})

test('OP-2 deep nesting, floats, maps, tags and texts that are not NFC are refused', () => {
  const deep = Uint8Array.from({ length: LIMITS.opBytes }, () => 0x81)
  const others = [1.5, { a: 1 }, new Map([[1, 2]]), 'e\u0301', undefined, 2n ** 60n].map((value) =>
    encode([value]),
  )
  const tag = Uint8Array.of(0x81, 0xc1, 0x01)
  const indefinite = Uint8Array.of(0x9f, 0x01, 0xff)
  const longInteger = Uint8Array.of(0x81, 0x18, 0x01)
  for (const bytes of [deep, ...others, tag, indefinite, longInteger])
    expect(decodeCbor(bytes, LIMITS.opBytes).ok).toBe(false)
})
