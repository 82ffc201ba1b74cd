/** Keeps count of what happened in histories, so that laws are not held over emptiness. */
import { expect } from 'vitest'
import type { Replica } from '../../shared/replica/contract.ts'
import { must, REACH } from '../support/replicas.ts'

export class Tale {
  readonly #seen = new Map<string, number>()

  hear(replica: Replica): void {
    const status = replica.status()
    if (status.conflicts > 0) this.#count('conflict')
    for (const { judgement, reason } of must(replica.query('feed', { limit: 1000 }, REACH)).rows)
      this.#count(reason === null ? judgement : `${judgement} ${reason.code}`)
    for (const { state } of must(replica.query('requests', {}, REACH)).requests)
      this.#count(`request ${state}`)
  }

  #count(what: string): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + 1)
  }

  expectRich(): void {
    const seen = Object.fromEntries(this.#seen)
    for (const what of RICH) expect(seen, `no history with: ${what}`).toHaveProperty([what])
  }
}

const RICH = [
  'conflict', 'accepted', 'late frozen', 'held newer-version',
  'rejected cut', 'rejected not-permitted', 'rejected rests-on', 'rejected unseen-dot', 'rejected unknown-record',
  'rejected mixed-control', 'rejected bad-value', 'rejected bad-text',
  'request waiting', 'request accepted', 'request rejected', 'request withdrawn',
] as const // prettier-ignore
