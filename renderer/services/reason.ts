/** The words of a reason in the person's language. */
import type { Reason } from '../../shared/api/rows.ts'
import { reasonText as wordsOf } from '../../shared/api/messages/reasons.ts'
import { language } from './language.svelte.ts'

/** A reason as a sentence: by its code where this desk knows it, else as the node put it. */
export function reasonText({ code, params, text }: Reason): string {
  const words = wordsOf(language.current, code, params)
  return words === code ? text : words
}
