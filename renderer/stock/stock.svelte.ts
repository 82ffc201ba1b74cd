/** The stock of the site as a live list, and which item the keyboard is on. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { StockRow } from '../../shared/api/rows.ts'
import { Live } from '../services/desk.svelte.ts'
import { language } from '../services/language.svelte.ts'
import { listed } from './figures.ts'

export class StockController {
  readonly #items: Live<'stock'>
  readonly #text: () => string | null
  /** The row that the keyboard is on; `pull`: the keyboard moved here, so the focus follows. */
  cursor: { readonly index: number; readonly pull: boolean } | null = $state.raw(null)

  /** `text` narrows the list and is read reactively; null: nobody looks, and nothing is asked. */
  constructor(text: () => string | null) {
    this.#text = text
    this.#items = new Live('stock', () => (text() === null ? null : {}))
  }

  readonly rows: readonly StockRow[] = $derived.by(() =>
    listed(this.#items.answer?.items ?? [], this.#text() ?? '', language.current),
  )

  get error(): ErrorBody | null {
    return this.#items.error
  }

  get total(): number | null {
    return this.#items.answer ? this.rows.length : null
  }

  get current(): StockRow | null {
    return this.cursor ? (this.rows[this.cursor.index] ?? null) : null
  }

  enter(index: number): void {
    this.cursor = { index, pull: false }
  }

  pulls(index: number): boolean {
    return this.cursor?.pull === true && this.cursor.index === index
  }

  /** The first press lands on the first row. */
  step(by: number): void {
    if (this.rows.length === 0) return
    const index = this.cursor ? this.cursor.index + by : 0
    this.cursor = { index: Math.min(this.rows.length - 1, Math.max(0, index)), pull: true }
  }
}
