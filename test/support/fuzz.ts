/**
 * Hostile input for decoders, cheap enough for a hundred thousand cases in a usual run: sound bytes that were flipped, cut,
 * spliced or lied about, sound CBOR with other items, and now and then mere noise. The same seed draws the same cases.
 */
import { decodeCbor, encodeCbor, type CborValue } from '../../shared/base/cbor.ts'
import { SEED } from './seed.ts'

export const CASES = 100_000

/** A case that takes longer than this hangs, on any machine. ms. */
const HANG = 10_000

/** Mulberry32: small, fast, and the same everywhere. */
export class Dice {
  #state: number

  constructor(salt: string) {
    this.#state = [...salt].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, SEED)
  }

  /** From 0 up to, not including, `sides`. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, sides)
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.roll(list.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }
}

/** Heads of CBOR items, the ends of ranges, and letters that mean something somewhere. */
const EDGES = [
  0, 1, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1f, 0x20, 0x3b, 0x40, 0x58, 0x5b, 0x5f, 0x60, 0x78, 0x7b, 0x7f, 0x80, 0x98,
  0x9b, 0x9f, 0xa0, 0xbf, 0xc0, 0xd8, 0xe0, 0xf4, 0xf6, 0xf7, 0xf9, 0xfb, 0xff, 0x0a, 0x0d, 0x22, 0x2c, 0x2d, 0x5c,
] as const // prettier-ignore

type Blow = (bytes: number[], dice: Dice, other: Uint8Array) => void

const BLOWS: readonly Blow[] = [
  (bytes, dice) => {
    const at = dice.roll(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.roll(8))
  },
  (bytes, dice) => void (bytes[dice.roll(bytes.length)] = dice.pick(EDGES)),
  (bytes, dice) => void (bytes[dice.roll(bytes.length)] = dice.roll(256)),
  // A length that lies by one, or by much.
  (bytes, dice) => {
    const at = dice.roll(bytes.length)
    bytes[at] = ((bytes[at] ?? 0) + dice.pick([1, 255, 2, 16, 240])) & 255
  },
  // An item of another type.
  (bytes, dice) => {
    const at = dice.roll(bytes.length)
    bytes[at] = ((bytes[at] ?? 0) & 0x1f) | (dice.roll(8) << 5)
  },
  (bytes, dice) => void (bytes.length = dice.roll(bytes.length)),
  (bytes, dice) => void bytes.splice(dice.roll(bytes.length), 1 + dice.roll(8)),
  (bytes, dice) => void bytes.splice(dice.roll(bytes.length + 1), 0, dice.pick(EDGES), dice.roll(256)),
  (bytes, dice) => {
    const from = dice.roll(bytes.length)
    bytes.splice(dice.roll(bytes.length), 0, ...bytes.slice(from, from + 1 + dice.roll(40)))
  },
  (bytes, dice, other) => {
    const from = dice.roll(other.length)
    bytes.splice(dice.roll(bytes.length), dice.roll(40), ...other.subarray(from, from + 1 + dice.roll(60)))
  },
]

/** Bytes of the corpus after one to four blows; one in twenty is noise. */
export function mutated(dice: Dice, corpus: readonly Uint8Array[]): Uint8Array {
  if (dice.roll(20) === 0) return Uint8Array.from({ length: dice.roll(80) }, () => dice.roll(256))
  const bytes = [...dice.pick(corpus)]
  for (let blows = 1 + dice.roll(4); blows > 0; blows -= 1)
    if (bytes.length > 0) dice.pick(BLOWS)(bytes, dice, dice.pick(corpus))
  return Uint8Array.from(bytes)
}

const STRANGE: readonly CborValue[] = [
  0, 1, -1, 23, 255, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, '', 'x', '__proto__', 'é', null,
  true, false, [], [[]], [0], new Uint8Array(0), new Uint8Array(16), new Uint8Array(31), new Uint8Array(32), new Uint8Array(64),
] // prettier-ignore

const isList = (value: CborValue): value is readonly CborValue[] => Array.isArray(value)

/** The value with one item, wherever, left out, doubled, moved, or of another kind. */
export function bent(dice: Dice, value: CborValue): CborValue {
  if (!isList(value) || value.length === 0 || dice.roll(8) === 0) return dice.pick(STRANGE)
  const items = [...value]
  const at = dice.roll(items.length)
  const deed = dice.roll(10)
  if (deed === 0) items.splice(at, 1)
  else if (deed === 1) items.splice(at, 0, items[dice.roll(items.length)] ?? null)
  else if (deed === 2) items.splice(at, 0, dice.pick(STRANGE))
  else items[at] = bent(dice, items[at] ?? null)
  return items
}

const STRANGE_JSON: readonly unknown[] = [
  0, -1, 1.5, 1e21, '', 'x', '\ud800', '__proto__', 'x'.repeat(600), null, true, [], {}, [[]], { constructor: 1 },
] // prettier-ignore

/** The same of JSON: what stands somewhere in it left out, renamed, or of another kind. */
export function bentJson(dice: Dice, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || dice.roll(8) === 0) return dice.pick(STRANGE_JSON)
  if (Array.isArray(value)) {
    const items: unknown[] = [...(value as unknown[])]
    const at = dice.roll(items.length)
    if (items.length > 0) items[at] = bentJson(dice, items[at])
    return dice.roll(4) === 0 ? [...items, ...items] : items
  }
  const entries: [string, unknown][] = Object.entries(value)
  const at = dice.roll(entries.length)
  const [name, item] = entries[at] ?? ['a', 1]
  const deed = dice.roll(8)
  if (deed === 0) entries.splice(at, 1)
  else if (deed === 1) entries[at] = [dice.pick(['__proto__', 'toString', `${name}s`]), item]
  else entries[at] = [name, bentJson(dice, item)]
  return Object.fromEntries(entries)
}

/** Half of the cases are broken bytes, half are sound CBOR that says something else. */
export function hostileCbor(dice: Dice, corpus: readonly Uint8Array[]): Uint8Array {
  if (dice.roll(2) === 0) return mutated(dice, corpus)
  const decoded = decodeCbor(dice.pick(corpus), 1 << 24)
  if (!decoded.ok) throw new Error('the corpus is sound')
  return encodeCbor(bent(dice, decoded.value))
}

/** What became of the cases: how many of each sort. */
export type Outcomes = ReadonlyMap<string, number>

/**
 * Draws cases and gives each to `take`, which answers in a word what became of it. What `take` throws is a crash, and a
 * case that does not end is a hang: both fail with the case, to be kept.
 */
export function fuzz<T>(
  salt: string,
  draw: (dice: Dice) => T,
  take: (hostile: T, dice: Dice) => string,
  cases = CASES,
): Outcomes {
  const dice = new Dice(salt)
  const outcomes = new Map<string, number>()
  for (let i = 0; i < cases; i += 1) {
    const hostile = draw(dice)
    const since = performance.now()
    let outcome
    try {
      outcome = take(hostile, dice)
    } catch (problem) {
      throw new Error(`case ${i}: ${shown(hostile)}`, { cause: problem })
    }
    if (performance.now() - since > HANG) throw new Error(`case ${i} hangs: ${shown(hostile)}`)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  return outcomes
}

const shown = (hostile: unknown): string =>
  hostile instanceof Uint8Array ? Buffer.from(hostile).toString('base64') : JSON.stringify(hostile)
