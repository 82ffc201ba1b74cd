/**
 * Which addresses to call, and when. Addresses are hints from four sources; each waits longer after every failure,
 * with jitter, and starts again at once when it is seen on the network or its link ends.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import type { CloseReason } from '../../shared/sync/close.ts'
import type { Timing } from './contract.ts'
import { LIMITS } from '../../shared/op/limits.ts'

type Source = 'hq' | 'typed' | 'remembered' | 'seen'

export type Target = {
  readonly address: string
  readonly source: Source
  /** Who answered there last. */
  actor: ActorId | null
  attempts: number
  /** ms of the monotonic clock. */
  next: number
  calling: boolean
  /** Why the last call led to no link; null after one that did, and before the first. */
  why: string | null
}

type PlanOptions = {
  readonly timing: Pick<Timing, 'backoffLeast' | 'backoffMost' | 'backoffMostOther'>
  readonly random: () => number
}

/** What will not be otherwise in a few seconds. */
const LASTING: ReadonlySet<string> = new Set<CloseReason>([
  'cut',
  'wrong-site',
  'peer-newer',
  'peer-older',
  'not-member',
  'refused',
  'full',
  'fault',
])
const RANK: Readonly<Record<Source, number>> = { hq: 3, typed: 2, remembered: 1, seen: 0 }

export class DialPlan {
  readonly #options: PlanOptions
  readonly #targets = new Map<string, Target>()
  /** Addresses at which this very device answers. */
  readonly #own = new Set<string>()

  constructor(options: PlanOptions) {
    this.#options = options
  }

  /** A known address is due at once; the weightier source of two stays. */
  add(address: string, source: Source, now: number, actor: ActorId | null = null): void {
    if (this.#own.has(address)) return
    const known = this.#targets.get(address)
    if (known !== undefined && RANK[known.source] >= RANK[source]) {
      this.#hurry(known, now)
      return
    }
    this.#targets.set(address, {
      address,
      source,
      actor: actor ?? known?.actor ?? null,
      attempts: 0,
      next: now,
      calling: known?.calling ?? false,
      why: null,
    })
    this.#forgetOldest()
  }

  #hurry(target: Target, now: number): void {
    if (target.why === null || !LASTING.has(target.why))
      target.next = Math.min(target.next, now + this.#jitter(500))
  }

  #forgetOldest(): void {
    const seen = this.all().filter((target) => target.source === 'seen' && !target.calling)
    const [oldest] = seen
    if (seen.length > LIMITS.seenAddresses && oldest !== undefined) this.#targets.delete(oldest.address)
  }

  all(): readonly Target[] {
    return [...this.#targets.values()]
  }

  /** Those whose time has come, but for whom `isNeeded` denies it. */
  due(now: number, isNeeded: (target: Target) => boolean): readonly Target[] {
    const calls = this.all().filter((target) => target.calling).length
    const waiting = this.all().filter((target) => !target.calling && target.next <= now && isNeeded(target))
    return waiting.slice(0, Math.max(0, LIMITS.calls - calls))
  }

  failed(target: Target, why: string, now: number): void {
    target.calling = false
    target.why = why
    target.attempts += 1
    target.next = now + this.#wait(target, why)
    // A device that is still there will be seen again; it may have moved to another address or port.
    if (target.source === 'seen' && target.attempts >= LIMITS.seenFailures)
      this.#targets.delete(target.address)
  }

  /** Doubles from the least to the most, at once the most where waiting is the only cure; half of it is jitter. */
  #wait(target: Target, why: string): number {
    const { backoffLeast, backoffMost, backoffMostOther } = this.#options.timing
    const most = target.source === 'hq' || target.source === 'typed' ? backoffMost : backoffMostOther
    const step = LASTING.has(why) ? most : Math.min(most, backoffLeast * 2 ** Math.min(target.attempts, 20))
    return step / 2 + this.#jitter(step / 2)
  }

  #jitter(most: number): number {
    return this.#options.random() * most
  }

  linked(target: Target, actor: ActorId): void {
    target.calling = false
    target.actor = actor
    target.attempts = 0
    target.why = null
  }

  /** The call was given up without a verdict on the address. */
  dropped(target: Target, now: number): void {
    target.calling = false
    target.next = now + this.#jitter(this.#options.timing.backoffLeast)
  }

  isOwn(address: string): void {
    this.#own.add(address)
    this.#targets.delete(address)
  }

  /** Everything may have changed (a switch, an interface): all are due now. */
  hurryAll(now: number): void {
    for (const target of this.all()) {
      target.attempts = 0
      target.next = now
    }
  }
}
