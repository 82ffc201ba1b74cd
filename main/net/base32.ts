/** Crockford's base32: digits and capitals that are read aloud and typed without mistakes (no I, L, O, U). */
import type { Bytes } from '../../shared/base/bytes.ts'

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export function toBase32(bytes: Bytes): string {
  let text = ''
  let word = 0
  let bits = 0
  for (const byte of bytes) {
    word = ((word << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += DIGITS.charAt((word >> bits) & 31)
    }
  }
  return bits > 0 ? text + DIGITS.charAt((word << (5 - bits)) & 31) : text
}

/** Takes small letters, and the letters that look like digits; null for any other sign or a length that no bytes have. */
export function fromBase32(text: string): Bytes | null {
  const digits = text.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
  const bytes = new Uint8Array(Math.floor((digits.length * 5) / 8))
  let word = 0
  let bits = 0
  let length = 0
  for (const digit of digits) {
    const value = DIGITS.indexOf(digit)
    if (value < 0) return null
    word = ((word << 5) | value) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[length] = (word >> bits) & 255
    length += 1
  }
  return toBase32(bytes) === digits ? bytes : null
}
