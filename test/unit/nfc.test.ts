/** Normal form C, asked and made at a cost that a hostile text cannot raise. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNfc, toNfc } from '../../shared/base/nfc.ts'
import { decodeCbor, encodeCbor } from '../../shared/base/cbor.ts'
import { LIMITS } from '../../shared/op/limits.ts'

const unit = fc.constantFrom(
  'a',
  'e',
  'é',
  '가',
  'ᄀ',
  'ᅡ',
  'ᆨ',
  '\u0301',
  '\u0316',
  '\u0308',
  '\u0344',
  '𝅘𝅥',
  '\u{1D165}',
  ' ',
  '😀',
)
const rows = fc
  .array(fc.tuple(unit, fc.integer({ min: 1, max: 90 })), { maxLength: 5 })
  .map((parts) => parts.map(([text, times]) => text.repeat(times)).join(''))

test('LIM-2 a text is found to be in normal form C or not, as Unicode says', () => {
  fc.assert(
    fc.property(rows, (text) => {
      expect(isNfc(text)).toBe(text.normalize('NFC') === text)
      expect(isNfc(text.normalize('NFC'))).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('LIM-2 a text of ordinary writing becomes its normal form C, and of any other nothing is lost', () => {
  fc.assert(
    fc.property(rows, (text) => {
      const made = toNfc(text)
      if (!/\p{M}{65,}/u.test(text)) expect(made).toBe(text.normalize('NFC'))
      expect(made.normalize('NFC')).toBe(text.normalize('NFC'))
    }),
    { numRuns: 3000 },
  )
})

/** With the platform's own ordering this one frame would take more than a minute. */
test('LIM-2 a frame full of marks out of order is refused as soon as it is read', () => {
  const marks = 'a' + '\u0301'.repeat(250_000) + '\u0316'.repeat(250_000)
  expect(decodeCbor(encodeCbor([99, marks]), LIMITS.frameBytes).ok).toBe(false)
  expect(toNfc(marks)).toHaveLength(marks.length - 1)
})
