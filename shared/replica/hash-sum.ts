/**
 * The sum modulo 2^256 of all record hashes, kept in memory: a hash that no longer holds is taken off, a new one is
 * added. It is summed whole once, when first asked for. A core that is made anew after a failed transaction begins anew.
 */
import { invariant } from '../base/invariant.ts'
import type { Bytes } from '../base/bytes.ts'

export const MODULUS = 2n ** 256n
const LIMB = 65536
/** 256 bits, 16 to a limb: a limb stays exact for 2^37 additions. */
const LIMBS = 16

export class HashSum {
  #limbs: Float64Array | null = null

  get isSummed(): boolean {
    return this.#limbs !== null
  }

  /** Sums the whole; from here on it follows each change. */
  begin(hashes: Iterable<Bytes>): void {
    this.#limbs = new Float64Array(LIMBS)
    for (const hash of hashes) this.add(hash)
  }

  add(hash: Bytes): void {
    this.#count(hash, 1)
  }

  takeOff(hash: Bytes): void {
    this.#count(hash, -1)
  }

  value(): bigint {
    invariant(this.#limbs, 'a sum was begun before it is asked for')
    let sum = 0n
    for (const limb of this.#limbs) sum = sum * BigInt(LIMB) + BigInt(limb)
    return ((sum % MODULUS) + MODULUS) % MODULUS
  }

  #count(hash: Bytes, sign: 1 | -1): void {
    if (!this.#limbs) return
    for (let i = 0; i < LIMBS; i += 1) {
      const limb = (hash[2 * i] ?? 0) * 256 + (hash[2 * i + 1] ?? 0)
      this.#limbs[i] = (this.#limbs[i] ?? 0) + sign * limb
    }
  }
}
