/**
 * What the desk remembers for the person, kept by the node since the origin's port changes from start to start.
 * A choice shows at once and is sent along; when the node answers differently, the node is right.
 */
import { desk } from './desk.svelte.ts'
import { LANGUAGES, language, type Language } from './language.svelte.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
export const SIZES = ['normal', 'large'] as const
export type Size = (typeof SIZES)[number]

class Preferences {
  #kept: Readonly<Record<string, string>> = $state.raw({})
  /** True once the node's answer is here; before that a screen would flash in the wrong theme. */
  ready: boolean = $state(false)

  start(): () => void {
    return desk.watch('preferences', {}, (outcome) => {
      if (outcome.ok) this.#kept = outcome.value.preferences
      this.ready = true
      this.#apply()
    })
  }

  get(key: string): string | null {
    return this.#kept[key] ?? null
  }

  set(key: string, value: string): void {
    this.#kept = { ...this.#kept, [key]: value }
    this.#apply()
    void desk.do('preference.set', { key, value })
  }

  get theme(): Theme {
    return THEMES.find((theme) => theme === this.get('theme')) ?? 'system'
  }

  get size(): Size {
    return SIZES.find((size) => size === this.get('size')) ?? 'normal'
  }

  get language(): Language {
    return LANGUAGES.find((one) => one === this.get('language')) ?? language.current
  }

  #apply(): void {
    const root = document.documentElement
    if (this.theme === 'system') delete root.dataset.theme
    else root.dataset.theme = this.theme
    root.dataset.size = this.size
    language.current = this.language
    root.lang = language.current
  }
}

export const preferences = new Preferences()
