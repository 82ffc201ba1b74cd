/** Short notices of what just happened; an error stays until it is dismissed, the rest leave by themselves. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import { errorWords } from '../services/language.svelte.ts'
import type { Tone } from './tone.ts'

export type ToastAction = { readonly label: string; readonly run: () => void }
export type Toast = {
  readonly id: number
  readonly tone: Tone
  readonly text: string
  readonly hint?: string
  readonly action?: ToastAction
}

const STAY_MS = 6_000

class Toasts {
  shown: readonly Toast[] = $state.raw([])
  #id = 0

  /** Its id, for those who must take it away early. */
  say(text: string, tone: Tone = 'plain', action?: ToastAction): number {
    const id = this.#add({ tone, text, ...(action ? { action } : {}) })
    setTimeout(() => this.dismiss(id), STAY_MS)
    return id
  }

  /** Something to be thought about: it stays until it is answered or dismissed. */
  ask(text: string, action: ToastAction): void {
    this.#add({ tone: 'warn', text, action })
  }

  fail(error: ErrorBody): void {
    const { message, hint } = errorWords(error)
    this.#add({ tone: 'bad', text: message, hint })
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }

  #add(toast: Omit<Toast, 'id'>): number {
    const id = ++this.#id
    this.shown = [...this.shown.slice(-2), { id, ...toast }]
    return id
  }
}

export const toasts = new Toasts()
