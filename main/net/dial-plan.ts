/**
 * Which addresses to call, and when. Addresses are hints from five sources; each waits longer after every failure,
 * with jitter, and starts again at once when it is seen on the network or its link ends.
 */
import type { ActorId } from '../../shared/model/ids.ts'
import type { CloseReason } from '../../shared/sync/close.ts'
import type { Timing } from './contract.ts'
import { LIMITS } from '../../shared/op/limits.ts'

type Source = 'hq' | 'typed' | 'remembered' | 'seen' | 'told'

export type Target = {
  readonly address: string
  readonly source: Source
  /** Who answered there last. */
  actor: ActorId | null
  attempts: number
  /** ms of the monotonic clock. */
  next: number
  calling: boolean
  /** When somebody was last known to be there, by the monotonic clock; null for what is only remembered or typed. */
  lately: number | null
  /** Why the last call led to no link; null after one that did, and before the first. */
  why: string | null
}

type PlanOptions = {
  readonly timing: Pick<Timing, 'backoffLeast' | 'backoffMost' | 'backoffMostOther'>
  readonly random: () => number
}

/** ms. A told address that does not answer waits up to so long: whoever tells it may tell it for ever. */
const MOST_WAIT_TOLD = 120_000
/** ms. Who was known to be there within this is taken to be there still, as long as no call fails. */
const LATELY = 150_000

/** What will not be otherwise in a few seconds. */
const LASTING: ReadonlySet<string> = new Set<CloseReason | 'enough'>([
  'cut',
  'wrong-site',
  'peer-newer',
  'peer-older',
  'not-member',
  'refused',
  'full',
  'enough',
  'fault',
])
const RANK: Readonly<Record<Source, number>> = { hq: 4, typed: 3, remembered: 2, seen: 1, told: 0 }

const isHint = (source: Source): source is 'seen' | 'told' => source === 'seen' || source === 'told'

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
    const lately = source === 'seen' ? now : null
    const known = this.#targets.get(address)
    if (known !== undefined && RANK[known.source] >= RANK[source]) {
      learn(known, actor, lately)
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
      lately: lately ?? known?.lately ?? null,
      why: null,
    })
    if (isHint(source)) this.#forgetOldest(source, actor)
  }

  /** A peer says that a member was there at this moment; it is called once for that, however often it is told. */
  told(address: string, actor: ActorId, lately: number, now: number): void {
    const known = this.#targets.get(address)
    if (known === undefined) {
      this.add(address, 'told', now, actor)
      const added = this.#targets.get(address)
      if (added !== undefined) added.lately = lately
    } else learn(known, actor, lately)
  }

  #hurry(target: Target, now: number): void {
    if (target.why === null || !LASTING.has(target.why))
      target.next = Math.min(target.next, now + this.#jitter(500))
  }

  /** Of one member's first, then of nobody's that is known, then whichever came first. */
  #forgetOldest(source: 'seen' | 'told', actor: ActorId | null): void {
    const hints = this.all().filter((target) => target.source === source && !target.calling)
    const ofOne = actor === null ? [] : hints.filter((target) => target.actor === actor)
    const [oldest] = ofOne
    if (ofOne.length > LIMITS.addressesPerMember && oldest !== undefined) this.#targets.delete(oldest.address)
    else if (hints.length > LIMITS[source === 'seen' ? 'seenAddresses' : 'toldAddresses']) {
      const least = hints.find((target) => target.actor === null) ?? hints[0]
      if (least !== undefined) this.#targets.delete(least.address)
    }
  }

  /** Members that are there for all that is known: heard of lately at an address where no call has failed since. */
  there(now: number): readonly ActorId[] {
    return this.all().flatMap(({ actor, lately, why }) =>
      actor !== null && lately !== null && now - lately < LATELY && (why === null || why === 'enough')
        ? [actor]
        : [],
    )
  }

  all(): readonly Target[] {
    return [...this.#targets.values()]
  }

  /** Those whose time has come, but for whom `isNeeded` denies it. */
  due(now: number, isNeeded: (target: Target) => boolean): readonly Target[] {
    const calls = this.all().filter((target) => target.calling).length
    const waiting = this.all().filter((target) => !target.calling && target.next <= now && isNeeded(target))
    // Who has waited longest goes first: many dead addresses must not keep a live one from its turn.
    return waiting.sort((a, b) => a.next - b.next).slice(0, Math.max(0, LIMITS.calls - calls))
  }

  failed(target: Target, why: string, now: number): void {
    target.calling = false
    target.why = why
    target.attempts += 1
    target.next = now + this.#wait(target, why)
    // A device that is still there will be seen again; it may have moved to another address or port.
    const isOver =
      (target.source === 'seen' && target.attempts >= LIMITS.seenFailures) ||
      (target.source === 'told' && now - (target.lately ?? -Infinity) > LATELY)
    if (isOver) this.#targets.delete(target.address)
  }

  /** Doubles from the least to the most, at once the most where waiting is the only cure; half of it is jitter. */
  #wait(target: Target, why: string): number {
    const { backoffLeast, backoffMost, backoffMostOther } = this.#options.timing
    const isAsked = target.source === 'hq' || target.source === 'typed'
    const isTold = target.source === 'told' && !LASTING.has(why)
    const most = isAsked ? backoffMost : isTold ? MOST_WAIT_TOLD : backoffMostOther
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

/** Who is told to be at an address that leads to somebody already is no better known than that one. */
function learn(target: Target, actor: ActorId | null, lately: number | null): void {
  if (target.actor === null || target.why !== null) target.actor = actor ?? target.actor
  target.lately = Math.max(target.lately ?? -Infinity, lately ?? -Infinity)
  if (target.lately === -Infinity) target.lately = null
}
