/** A number that a person types into a dialog: whole, at least `least`, and at most what there is. */
const MOST = 1_000_000

export type AmountFault = 'whole' | 'most'

export class Amount {
  text: string = $state('')
  /** Once it was sent, its fault is shown. */
  hasTried: boolean = $state(false)

  readonly #most: () => number
  readonly #least: number

  constructor(first: number, most: () => number = () => MOST, least = 1) {
    this.text = String(first)
    this.#most = most
    this.#least = least
  }

  get most(): number {
    return this.#most()
  }

  get fault(): AmountFault | null {
    const text = this.text.trim()
    if (!/^\d{1,7}$/.test(text) || Number(text) < this.#least) return 'whole'
    return Number(text) > this.most ? 'most' : null
  }

  /** The number, or null while it is not one; from then on its fault is shown. */
  take(): number | null {
    this.hasTried = true
    return this.fault === null ? Number(this.text.trim()) : null
  }
}
