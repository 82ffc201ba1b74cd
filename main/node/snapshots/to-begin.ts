/**
 * What peers have said to begin from, and how far it is. A peer says so again and again for as long as it finds that this
 * device lacks what it has dropped; so what it said counts while the link to it is up, and not for long after.
 */
import type { QueryAnswer } from '../../../shared/api/queries.ts'
import type { ActorId } from '../../../shared/model/ids.ts'
import type { Run } from '../../../shared/op/run.ts'
import type { NamedStart } from './beginning.ts'
import type { Offers } from './offers.ts'

type BeginningState = QueryAnswer<'status'>['beginning']

/** Longer than the longest wait between two vectors to one peer, after each of which it says it again, ms. */
const SAID_MS = 90_000
/** Who may have a file is asked before it is said that nobody has it, ms. */
const ASKING_MS = 5_000
/** After something other than the snapshot kept it from being begun from, such as a full disk, before the next try, ms. */
const AGAIN_MS = 60_000
/** How often it is looked whether that has changed, ms. */
const LOOK_MS = 2_500

export type ToBeginOptions = {
  readonly offers: Offers
  readonly isHere: (file: string) => boolean
  readonly fetch: (start: NamedStart) => void
  /** What was fetched is of no use. */
  readonly forget: (file: string) => void
  /** How much of a file that is fetched is here, and whether a linked peer has it; null where it is not fetched. */
  readonly progress: (file: string) => { readonly done: number; readonly reachable: boolean } | null
  readonly isLinked: (peer: ActorId) => boolean
  /** It is here: answers whether it is being taken in now. */
  readonly begin: (start: NamedStart) => boolean
  /** ms of a clock that only goes forward. */
  readonly now: () => number
  readonly onChange: () => void
}

export class ToBegin {
  readonly #options: ToBeginOptions
  /** When each peer said it last. */
  readonly #said = new Map<ActorId, number>()
  #start: NamedStart | null = null
  /** A file that is here, or comes, for this alone. */
  #fetched: string | null = null
  #again: NodeJS.Timeout | undefined
  #isReading = false
  /** How much of what is read was taken in, from 0 to 1. */
  #share = 0
  /** Since when nobody who is linked has the file; null while somebody has. */
  #missedSince: number | null = null
  #looking: NodeJS.Timeout | undefined
  /** The state as it was last told. */
  #shown = 'null'

  constructor(options: ToBeginOptions) {
    this.#options = options
  }

  /** `run` names a snapshot; null: the peer has none. Answers the snapshot that is gone for. */
  told(peer: ActorId, run: Run | null): NamedStart | null {
    this.#said.set(peer, this.#options.now())
    const start = run && !this.#isReading ? this.#options.offers.take(peer, run) : null
    if (start && this.#again === undefined) this.#goFor(start)
    this.#look()
    return start
  }

  #goFor(start: NamedStart): void {
    const { isHere, fetch, now } = this.#options
    if (this.#start?.file !== start.file) this.#missedSince = now()
    if (this.#fetched !== start.file) this.#forget()
    this.#start = start
    if (isHere(start.file)) {
      this.#begin(start)
      return
    }
    this.#fetched = start.file
    fetch(start)
  }

  #forget(): void {
    if (this.#fetched !== null) this.#options.forget(this.#fetched)
    this.#fetched = null
  }

  #begin(start: NamedStart): void {
    this.#share = 0
    this.#isReading = this.#options.begin(start)
  }

  tookIn(start: NamedStart, share: number): void {
    if (this.#start?.file === start.file) this.#share = share
  }

  /** A file has come. */
  came(file: string): void {
    if (this.#start?.file !== file || this.#isReading || this.#again !== undefined) return
    this.#begin(this.#start)
    this.#look()
  }

  /** What cannot be begun from is not tried again before the next start. */
  refuse(start: NamedStart): void {
    this.#options.offers.refuse(start)
    this.#isReading = false
    if (this.#start?.file === start.file) {
      this.#start = null
      this.#forget()
    }
    this.#look()
  }

  /** It may well be begun from, but not now. */
  putOff(start: NamedStart): void {
    this.#isReading = false
    this.#start ??= start
    clearTimeout(this.#again)
    this.#again = setTimeout(() => {
      this.#again = undefined
      if (this.#start && !this.#isReading) this.#goFor(this.#start)
      this.#look()
    }, AGAIN_MS)
    this.#again.unref()
    this.#look()
  }

  /** For the status line; null: nothing is to be begun. */
  state(): BeginningState {
    const start = this.#start
    if (start && this.#isReading)
      return { state: 'reading', done: Math.floor(start.size * this.#share), size: start.size }
    if (!this.#isSaid()) return null
    if (start === null)
      return { state: this.#options.offers.anyRefused ? 'unusable' : 'nobody', done: 0, size: null }
    const { missing, done } = this.#standing(start)
    return { state: missing ? 'nobody' : 'coming', done, size: start.size }
  }

  stop(): void {
    clearInterval(this.#looking)
    clearTimeout(this.#again)
  }

  #standing({ file }: NamedStart): { readonly missing: boolean; readonly done: number } {
    const { progress, now } = this.#options
    const { done, reachable } = progress(file) ?? { done: 0, reachable: false }
    this.#missedSince = reachable ? null : (this.#missedSince ?? now())
    return { missing: this.#missedSince !== null && now() - this.#missedSince > ASKING_MS, done }
  }

  #isSaid(): boolean {
    const { now, isLinked } = this.#options
    return [...this.#said].some(([peer, at]) => isLinked(peer) && now() - at < SAID_MS)
  }

  /** Looks on for as long as there is something to say. */
  #look(): void {
    this.#showChange()
    this.#looking ??= setInterval(() => {
      if (this.#showChange() !== 'null') return
      clearInterval(this.#looking)
      this.#looking = undefined
    }, LOOK_MS)
  }

  #showChange(): string {
    const now = JSON.stringify(this.state())
    if (now !== this.#shown) this.#options.onChange()
    this.#shown = now
    return now
  }
}
