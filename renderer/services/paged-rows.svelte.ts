/**
 * A paged answer as one live list of any length. Pages are watched while they are in or near sight and let go
 * beyond; each page begins where the one before it ends, so when that end moves, the next page begins anew.
 * A row that moved between two pages while they were read shows once.
 */
import { untrack } from 'svelte'
import type { QueryAnswer, QueryInput } from '../../shared/api/queries.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { desk } from './desk.svelte.ts'

type Query = 'board' | 'feed'
type Input<Q extends Query> = QueryInput<Q> & { readonly limit: number }
type Row<Q extends Query> = QueryAnswer<Q>['rows'][number]
type Page<Q extends Query> = {
  readonly after: string | null
  readonly answer: QueryAnswer<Q> | null
  readonly stop: (() => void) | null
}

/** Pages beyond the ones in sight that stay live. */
const MARGIN = 2

export class PagedRows<Q extends Query> {
  #pages: readonly Page<Q>[] = $state.raw([])
  #first: QueryAnswer<Q> | null = $state.raw(null)
  error: ErrorBody | null = $state.raw(null)
  /** Every loaded row in order. */
  readonly rows: readonly Row<Q>[] = $derived.by(() => this.#join())
  readonly #query: Q
  readonly #input: () => Input<Q> | null
  readonly #key: (row: Row<Q>) => string
  #asked: Input<Q> | null = null

  /**
   * `input` is read reactively; a change starts again from the first page, showing the old rows until it is here.
   * Null watches nothing.
   */
  constructor(query: Q, key: (row: Row<Q>) => string, input: () => Input<Q> | null) {
    this.#query = query
    this.#key = key
    this.#input = input
    $effect(() => {
      this.#asked = this.#input()
      const stop = untrack(() => this.#watch(0, null))
      return () => {
        stop()
        this.#letGo(1)
      }
    })
  }

  /** The first page's answer: what it says besides its rows (counts, facets) holds for the whole list. */
  get head(): QueryAnswer<Q> | null {
    return this.#first
  }

  get isWhole(): boolean {
    const last = this.#pages[this.#pages.length - 1]
    return last?.answer?.next === null
  }

  /** Loads the next page, unless it is on its way. */
  more(): void {
    const last = this.#pages[this.#pages.length - 1]
    const after = last?.answer?.next
    if (after === null || after === undefined) return
    this.#open(this.#pages.length, after)
  }

  /** Tells which rows are in sight, so that their pages are live and far ones are let go. */
  see(from: number, to: number): void {
    const size = this.#asked?.limit ?? 1
    const first = Math.max(1, Math.floor(from / size) - MARGIN)
    const last = Math.floor(to / size) + MARGIN
    this.#pages.forEach((page, index) => {
      const near = index >= first && index <= last
      if (index > 0 && near && page.stop === null && page.after !== null) this.#open(index, page.after)
      if (index > 0 && !near && page.stop !== null) this.#release(index, page)
    })
  }

  #open(index: number, after: string): void {
    const known = this.#pages[index]
    this.#put(index, { after, answer: known?.after === after ? known.answer : null, stop: null })
    const stop = this.#watch(index, after)
    const page = this.#pages[index]
    if (page?.after === after) this.#put(index, { ...page, stop })
    else stop()
  }

  #release(index: number, page: Page<Q>): void {
    page.stop?.()
    this.#put(index, { ...page, stop: null })
  }

  #watch(index: number, after: string | null): () => void {
    if (this.#asked === null) return () => undefined
    const input = after === null ? this.#asked : { ...this.#asked, after }
    return desk.watch(this.#query, input, (outcome) => {
      this.error = outcome.ok ? null : outcome.error
      if (outcome.ok) this.#take(index, after, outcome.value)
    })
  }

  #take(index: number, after: string | null, answer: QueryAnswer<Q>): void {
    if (index === 0) this.#first = answer
    const page = this.#pages[index]
    this.#put(index, { after, answer, stop: page?.after === after ? page.stop : null })
    this.#follow(index, answer.next)
  }

  /** The page after this one must begin at its end. */
  #follow(index: number, next: string | null): void {
    const following = this.#pages[index + 1]
    if (!following || following.after === next) return
    if (next === null) {
      this.#letGo(index + 1)
      return
    }
    following.stop?.()
    this.#open(index + 1, next)
  }

  #letGo(from: number): void {
    for (const page of this.#pages.slice(from)) page.stop?.()
    this.#pages = this.#pages.slice(0, from)
  }

  #put(index: number, page: Page<Q>): void {
    this.#pages = [...this.#pages.slice(0, index), page, ...this.#pages.slice(index + 1)]
  }

  #join(): readonly Row<Q>[] {
    const seen = new Map<string, Row<Q>>()
    for (const page of this.#pages) {
      for (const row of page.answer?.rows ?? []) {
        const key = this.#key(row)
        if (!seen.has(key)) seen.set(key, row)
      }
    }
    return [...seen.values()]
  }
}
