/**
 * The keyboard map. A component binds keys for as long as it is on the screen; the help lists what is bound.
 * Single letters are heard only where nobody is typing and no dialog is open, and can be switched off
 * altogether (WCAG 2.1.4). `g b` is a sequence: the second key within a second.
 */
import { preferences } from '../services/preferences.svelte.ts'

export type Binding = {
  /** One key ("n", "Escape", "mod+k") or a sequence of two ("g b"). `mod` is Ctrl, or Cmd on a Mac. */
  readonly keys: string
  readonly label: string
  readonly group: string
  readonly run: () => void
  /** Where it holds; elsewhere the key keeps its own meaning. */
  readonly when?: () => boolean
  /** Not listed in the help. */
  readonly hidden?: boolean
}

const SEQUENCE_MS = 1_000

class Keys {
  /** Beside what is told of it: while an effect ends, a state that changes with it reads as it was before. */
  readonly #bound = new Set<readonly Binding[]>()
  #told: readonly (readonly Binding[])[] = $state.raw([])
  #prefix = ''
  #prefixAt = 0

  /** Binds while the calling component lives. The latest binding of a key wins. */
  bind(bindings: () => readonly Binding[]): void {
    $effect(() => {
      const mine = bindings()
      this.#bound.add(mine)
      this.#told = [...this.#bound]
      return () => {
        this.#bound.delete(mine)
        this.#told = [...this.#bound]
      }
    })
  }

  get all(): readonly Binding[] {
    return this.#told.flat()
  }

  get singleKeys(): boolean {
    return preferences.get('single-keys') !== 'off'
  }

  /** Gives a key press to its binding; false when none took it. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing) return false
    const key = nameOf(event)
    const plain = !key.startsWith('mod+')
    if (plain && (isTyping(event.target) || isDialogOpen() || (key !== 'Escape' && !this.singleKeys)))
      return false
    const sequence =
      this.#prefix !== '' && Date.now() - this.#prefixAt < SEQUENCE_MS ? `${this.#prefix} ${key}` : ''
    const binding = this.#find(sequence) ?? this.#find(key)
    this.#prefix = key
    this.#prefixAt = Date.now()
    if (!binding) return false
    this.#prefix = ''
    event.preventDefault()
    binding.run()
    return true
  }

  #find(keys: string): Binding | undefined {
    return keys === ''
      ? undefined
      : this.all.findLast((binding) => binding.keys === keys && (binding.when?.() ?? true))
  }
}

export const keys = new Keys()

function nameOf(event: KeyboardEvent): string {
  const mod = event.ctrlKey || event.metaKey
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return mod ? `mod+${name}` : event.altKey ? `alt+${name}` : name
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)
}

function isDialogOpen(): boolean {
  return document.querySelector('.ui-dialog, .ui-menu') !== null
}

/** How a binding is written for people: "g b", "Ctrl K". */
export function shownKeys(binding: string): string {
  const mod = navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl '
  const named = binding.replace('mod+', mod).replace('Escape', 'Esc').replace('Enter', '↵')
  return named.replace(/(^|\s)([a-z])$/, (_, gap: string, letter: string) =>
    binding.startsWith('mod+') ? `${gap}${letter.toUpperCase()}` : `${gap}${letter}`,
  )
}
