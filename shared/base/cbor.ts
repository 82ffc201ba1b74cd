/**
 * Deterministic, bounded CBOR (RFC 8949, section 4.2) for everything that is hashed, signed or sent.
 * Only arrays, byte strings, texts, safe integers, booleans and null are used: what has more than one
 * encoding (floats, maps, tags) is refused on both sides.
 */
import { decode, encode } from 'cborg'
import { equalBytes, type Bytes } from './bytes.ts'
import { isNfc } from './nfc.ts'
import { err, ok, type Result } from './result.ts'

export type CborValue = number | string | boolean | null | Bytes | readonly CborValue[]

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
} as const

export const encodeCbor = (value: CborValue): Bytes => encode(value)

/** Refuses input above `limit` bytes before any work is done. */
export function decodeCbor(bytes: Bytes, limit: number): Result<CborValue, string> {
  if (bytes.length > limit) return err(`larger than ${limit} bytes`)
  try {
    const value: unknown = decode(bytes, STRICT)
    return isCborValue(value) ? ok(value) : err('holds a type that is not allowed')
  } catch (problem) {
    // A stack overflow by nesting arrives here too: as refused as any other malformed input.
    return err(problem instanceof Error ? problem.message : 'malformed')
  }
}

/**
 * As `decodeCbor`, and refuses what is not the one encoding of its value. The decoder is lenient with texts: it drops
 * a byte order mark and puts U+FFFD for what is no UTF-8, so that a signed text would not be the text that is read.
 */
export function decodeCanonical(bytes: Bytes, limit: number): Result<CborValue, string> {
  const decoded = decodeCbor(bytes, limit)
  if (!decoded.ok || equalBytes(encodeCbor(decoded.value), bytes)) return decoded
  return err('not the one encoding of its value')
}

function isCborValue(value: unknown): value is CborValue {
  if (typeof value === 'number') return Number.isSafeInteger(value)
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'string') return isWellFormed(value)
  if (value instanceof Uint8Array) return true
  return Array.isArray(value) && value.every(isCborValue)
}

/** One text, one byte string: NFC, and without halves of surrogate pairs. */
export const isWellFormed = (text: string): boolean => text.isWellFormed() && isNfc(text)
