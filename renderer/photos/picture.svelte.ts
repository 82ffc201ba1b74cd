/**
 * The bytes of the photo that is looked at, as an address for an `img`. They are let go with the component, or when
 * another photo is looked at.
 */
import { files } from '../services/desk.svelte.ts'

export type Shown =
  | { readonly state: 'opening' }
  | { readonly state: 'shown'; readonly url: string }
  /** No kind of picture that is shown in a page. */
  | { readonly state: 'file' }
  | { readonly state: 'failed' }

export class Picture {
  shown: Shown = $state.raw({ state: 'opening' })

  /** `sha256` is read reactively; null opens nothing. */
  constructor(sha256: () => string | null) {
    $effect(() => {
      const asked = sha256()
      this.shown = { state: 'opening' }
      if (asked === null) return
      let isOver = false
      let url: string | null = null
      void files.read(asked).then((read) => {
        if (isOver) return
        if (!read.ok) this.shown = { state: 'failed' }
        else if (!read.value.type.startsWith('image/')) this.shown = { state: 'file' }
        else {
          url = URL.createObjectURL(read.value)
          this.shown = { state: 'shown', url }
        }
      })
      return () => {
        isOver = true
        if (url !== null) URL.revokeObjectURL(url)
      }
    })
  }

  /** The bytes are none of a picture, whatever they begin with. */
  break(): void {
    this.shown = { state: 'failed' }
  }
}
