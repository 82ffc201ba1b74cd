/**
 * The feed's state: its live top and the older pages that were asked for. The top is watched; a row that leaves
 * the watched page by being pushed down is kept, so that the list has no holes, and the newest form of a row wins,
 * for an edit's judgement and whereabouts change after it was read.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer, QueryInput } from '../../shared/api/queries.ts'
import type { FeedRow } from '../../shared/api/rows.ts'
import { NO_FILTER, fits, isFiltering, type FeedFilter } from './filter.ts'

const PAGE = 60
/** How many pages a filter may read on its own before it waits to be asked. */
const READ_AHEAD = 5

export class Feed {
  #top = $state.raw<readonly FeedRow[]>([])
  #older = $state.raw<readonly FeedRow[]>([])
  #topNext = $state.raw<string | null>(null)
  /** Where the next older page begins; undefined before any was read. */
  #olderNext = $state.raw<string | null | undefined>(undefined)
  /** Changes that are final and not kept here any more. */
  cleared = $state(0)
  isLoaded = $state(false)
  isReading = $state(false)
  failure = $state.raw<ErrorBody | null>(null)
  filter = $state.raw<FeedFilter>(NO_FILTER)

  readonly rows = $derived([...this.#top, ...this.#older])
  readonly shown = $derived(
    isFiltering(this.filter) ? this.rows.filter((row) => fits(this.filter, row)) : this.rows,
  )
  readonly hasMore = $derived((this.#olderNext === undefined ? this.#topNext : this.#olderNext) !== null)
  readonly authors = $derived(authorsOf(this.rows))

  readonly #api: DeskApi
  readonly #record: string | null

  /** `record` narrows the feed to one job. */
  constructor(api: DeskApi, record: string | null = null) {
    this.#api = api
    this.#record = record
  }

  open(): () => void {
    return this.#api.watch('feed', this.#input(), (answer) => {
      this.isLoaded = true
      if (!answer.ok) {
        this.failure = answer.error
        return
      }
      this.failure = null
      this.#receive(answer.value)
    })
  }

  async older(): Promise<void> {
    const after = this.#olderNext === undefined ? this.#topNext : this.#olderNext
    if (after === null || this.isReading) return
    this.isReading = true
    const answer = await this.#api.query('feed', { ...this.#input(), after })
    this.isReading = false
    if (!answer.ok) {
      this.failure = answer.error
      return
    }
    const known = new Set(this.rows.map((row) => row.op))
    this.#older = [...this.#older, ...answer.value.rows.filter((row) => !known.has(row.op))]
    this.#olderNext = answer.value.next
  }

  /** Sets the filter and reads on until a screen is full of what fits, within bounds. */
  async narrow(filter: FeedFilter): Promise<void> {
    this.filter = filter
    for (let page = 0; page < READ_AHEAD; page++) {
      if (!isFiltering(filter) || this.shown.length >= 30 || !this.hasMore || this.filter !== filter) return
      await this.older()
    }
  }

  #input(): QueryInput<'feed'> {
    return { limit: PAGE, ...(this.#record === null ? {} : { record: this.#record }) }
  }

  #receive({ rows, next, cleared }: QueryAnswer<'feed'>): void {
    const wasCleared = cleared !== this.cleared
    this.cleared = cleared
    const now = new Set(rows.map((row) => row.op))
    const touches = this.#top.length === 0 || this.#top.some((row) => now.has(row.op))
    if (touches && !wasCleared) {
      const pushed = this.#top.filter((row) => !now.has(row.op))
      this.#older = [...pushed, ...this.#older.filter((row) => !now.has(row.op))]
    } else {
      // More than a page came at once, so that what lies between was never read, or some of what was read is not kept any
      // more: the older pages begin anew.
      this.#older = []
      this.#olderNext = undefined
    }
    this.#top = rows
    this.#topNext = next
  }
}

function authorsOf(rows: readonly FeedRow[]): readonly { readonly actor: string; readonly name: string }[] {
  const names = new Map(rows.map((row) => [row.author, row.name]))
  return [...names].map(([actor, name]) => ({ actor, name })).sort((a, b) => a.name.localeCompare(b.name))
}
