/**
 * The review's state: what is open, what is settled, which of it is selected, and the verbs over it. A batch goes out
 * as one command for all edits and one for each parcel; what a command refuses stays in the list with its reason.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { ParcelRow, RequestRow, ReviewItem } from '../../shared/api/rows.ts'
import type { Result } from '../../shared/base/result.ts'
import {
  batchOf,
  editEntry,
  fits,
  groupsOf,
  parcelEntries,
  type Entry,
  type EntryKey,
  type ReviewFilter,
} from './review.ts'
import { EMPTY_SELECTION, follow, selectAll, selectNone, type Selection } from './selection.ts'

/** One command takes at most this many. */
export const REVIEW_LIMIT = 250

export class Review {
  #items = $state.raw<readonly ReviewItem[] | null>(null)
  #parcels = $state.raw<readonly ParcelRow[] | null>(null)
  #requests = $state.raw<readonly RequestRow[]>([])
  filter = $state.raw<ReviewFilter>('open')
  selection = $state.raw<Selection>(EMPTY_SELECTION)
  isBusy = $state(false)
  failure = $state.raw<ErrorBody | null>(null)

  /** The edits alone decide: a node that knows no parcels still shows its review. */
  readonly isLoaded = $derived(this.#items !== null)
  readonly edits = $derived((this.#items ?? []).map(editEntry))
  readonly handedIn = $derived((this.#parcels ?? []).flatMap(parcelEntries))
  readonly all: readonly Entry[] = $derived([...this.edits, ...this.handedIn])
  readonly groups = $derived(
    groupsOf(
      this.edits.filter((entry) => fits(this.filter, entry)),
      this.handedIn.filter((entry) => fits(this.filter, entry)),
      this.filter === 'open' ? (this.#parcels ?? []).filter(({ complete }) => !complete) : [],
    ),
  )
  readonly shown: readonly Entry[] = $derived(this.groups.flatMap((group): readonly Entry[] => group.entries))
  readonly keys = $derived(this.shown.map(({ key }) => key))
  readonly byKey = $derived(new Map(this.shown.map((entry) => [entry.key, entry])))
  readonly counts: Readonly<Record<ReviewFilter, number>> = $derived({
    open: this.#count('open'),
    settled: this.#count('settled'),
    own: this.#count('own'),
  })
  /** What a verb is about: the selection, else the entry the keyboard stands on. */
  readonly scope = $derived(this.#scope())
  /** Records whose reopening is asked for and not answered. */
  readonly reopening = $derived(
    new Set(
      this.#requests.flatMap(({ action, state, record }) =>
        action === 'reopen' && state === 'waiting' && record !== null ? [record] : [],
      ),
    ),
  )

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  /** Follows the node until the returned function is called. */
  open(): () => void {
    const closes = [
      this.#api.watch('review', {}, (answer) => {
        if (answer.ok) this.#take(() => (this.#items = answer.value.items))
        else this.failure = answer.error
      }),
      this.#api.watch('parcels', {}, (answer) => {
        if (answer.ok) this.#take(() => (this.#parcels = answer.value.parcels))
      }),
      this.#api.watch('requests', {}, (answer) => {
        if (answer.ok) this.#requests = answer.value.requests
      }),
    ]
    return () => closes.forEach((close) => close())
  }

  show(filter: ReviewFilter): void {
    this.#take(() => (this.filter = filter))
    this.selection = selectNone(this.selection)
  }

  /** Moves cursor or selection by one of the pure functions of selection.ts. */
  select(change: (selection: Selection, keys: readonly EntryKey[]) => Selection): void {
    this.selection = change(this.selection, this.keys)
  }

  /** Selects all of some entries that are open, or, where all are selected already, none of them. */
  selectThese(entries: readonly Entry[]): void {
    const keys = entries.filter(({ state }) => state === 'open').map(({ key }) => key)
    const isWhole = keys.every((key) => this.selection.selected.has(key))
    const others = [...this.selection.selected].filter((key) => !keys.includes(key))
    this.selection = { ...this.selection, selected: new Set(isWhole ? others : [...others, ...keys]) }
  }

  selectNone(): void {
    this.selection = selectNone(this.selection)
  }

  /** Selects what can still be settled of what is shown. */
  selectAll(): void {
    const open = this.shown.filter(({ state }) => state === 'open').map(({ key }) => key)
    this.select((selection) => selectAll(selection, open))
  }

  /** How many count now; null after a refusal, of which some may already have gone through. */
  adopt(entries: readonly Entry[]): Promise<number | null> {
    const { ops, parcels } = batchOf(entries.slice(0, REVIEW_LIMIT))
    return this.#run([
      ...(ops.length === 0 ? [] : [() => this.#api.do('review.adopt', { ops: [...ops] })]),
      ...parcels.map(
        ({ parcel, items }) =>
          () =>
            this.#api.do('parcel.take', { parcel, items: [...items] }),
      ),
    ]).then((isDone) => (isDone ? Math.min(entries.length, REVIEW_LIMIT) : null))
  }

  dismiss(entries: readonly Entry[], reason: string): Promise<number | null> {
    const { ops, parcels } = batchOf(entries.slice(0, REVIEW_LIMIT))
    return this.#run([
      ...(ops.length === 0 ? [] : [() => this.#api.do('review.dismiss', { ops: [...ops], reason })]),
      ...parcels.map(
        ({ parcel, items }) =>
          () =>
            this.#api.do('parcel.dismiss', { parcel, items: [...items], reason }),
      ),
    ]).then((isDone) => (isDone ? Math.min(entries.length, REVIEW_LIMIT) : null))
  }

  reopen(record: string): Promise<boolean> {
    return this.#run([() => this.#api.do('request.reopen', { record })])
  }

  /** Runs commands one after the other and stops at the first that is refused. */
  async #run(commands: readonly (() => Promise<Result<unknown, ErrorBody>>)[]): Promise<boolean> {
    if (this.isBusy || commands.length === 0) return false
    this.isBusy = true
    this.failure = null
    for (const command of commands) {
      const answer = await command()
      if (!answer.ok) this.failure = answer.error
      if (this.failure) break
    }
    this.isBusy = false
    if (this.failure) return false
    this.selection = selectNone(this.selection)
    return true
  }

  /** Changes what is shown; cursor and selection follow their entries. */
  #take(change: () => void): void {
    const before = this.keys
    change()
    this.selection = follow(this.selection, before, this.keys)
  }

  #count(filter: ReviewFilter): number {
    return this.all.filter((entry) => fits(filter, entry)).length
  }

  #scope(): readonly Entry[] {
    const { selected, cursor } = this.selection
    if (selected.size > 0) return this.shown.filter(({ key }) => selected.has(key))
    return this.shown.filter(({ key }) => key === cursor)
  }
}
