/** Looks up the person's words for a code, in one of the languages the product speaks. */
import { en, type ErrorCode } from './en.ts'
import { es } from './es.ts'

export const LANGUAGES = ['en', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

export type MessageParams = Readonly<Record<string, string | number>>

/** What went wrong, and what the person can do about it. */
export type Sentence = { readonly message: string; readonly hint: string }

const catalogues: Readonly<Record<Language, Readonly<Record<ErrorCode, Sentence>>>> = { en, es }

/** Fills `{name}` in a text from `params`; a missing parameter shows its own name, so that it is noticed. */
export function fill(text: string, params: MessageParams): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole))
}

export function sentence(language: Language, code: ErrorCode, params: MessageParams): Sentence {
  const { message, hint } = catalogues[language][code]
  return { message: fill(message, params), hint: fill(hint, params) }
}
