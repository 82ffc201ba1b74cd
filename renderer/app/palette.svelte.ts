/** What the command palette offers for what is typed: matching commands, and jobs that the node finds. */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { desk } from '../services/desk.svelte.ts'
import { keys } from './keys.svelte.ts'
import { navigation } from './navigation.svelte.ts'
import { appWords } from './messages.ts'

export type Entry = {
  readonly key: string
  readonly group: string
  readonly label: string
  readonly about: string
  readonly keys: string
  readonly run: () => void
}

const TYPING_MS = 120
const MOST = 12

export class Palette {
  text: string = $state('')
  at: number = $state(0)
  #hits: QueryAnswer<'search'>['hits'] = $state.raw([])
  readonly entries: readonly Entry[] = $derived([...this.#jobs(), ...this.#commands()])

  /** `open` is read reactively: each opening starts empty. */
  constructor(open: () => boolean) {
    $effect(() => {
      if (!open()) return
      this.text = ''
      this.#hits = []
    })
    $effect(() => {
      const text = this.text.trim()
      this.at = 0
      if (text === '') {
        this.#hits = []
        return
      }
      const typing = setTimeout(() => void this.#search(text), TYPING_MS)
      return () => clearTimeout(typing)
    })
  }

  step(by: number): void {
    const count = this.entries.length
    if (count > 0) this.at = (this.at + by + count) % count
  }

  point(index: number): void {
    this.at = index
  }

  async #search(text: string): Promise<void> {
    const outcome = await desk.query('search', { text, limit: MOST })
    if (outcome.ok && this.text.trim() === text) this.#hits = outcome.value.hits
  }

  #jobs(): Entry[] {
    return this.#hits.map((hit) => ({
      key: hit.record,
      group: appWords().palette.jobs,
      label: hit.title,
      about: hit.reference ?? '',
      keys: '',
      run: () => navigation.open(hit.record),
    }))
  }

  #commands(): Entry[] {
    const wanted = this.text.trim().toLocaleLowerCase()
    return keys.all
      .filter((binding) => !binding.hidden && binding.label.toLocaleLowerCase().includes(wanted))
      .map((binding) => ({
        key: binding.keys,
        group: appWords().palette.commands,
        label: binding.label,
        about: binding.group,
        keys: binding.keys,
        run: binding.run,
      }))
  }
}
