/**
 * The person's language and typed catalogues. A place's `messages.ts` says
 * `export const words = catalogue({ en, es })`; a component reads `words().title`, which follows the language.
 * A text with parameters is a function, so that the compiler checks both the keys and what goes into them.
 */
import { LANGUAGES, sentence, type Language } from '../../shared/api/messages/catalogue.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'

export { LANGUAGES, type Language }

function ofBrowser(): Language {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2))
  return LANGUAGES.find((language) => language === spoken.find((tag) => tag === 'en' || tag === 'es')) ?? 'en'
}

class LanguageState {
  current: Language = $state(ofBrowser())
}

export const language = new LanguageState()

/** The same keys with the same parameters, in whatever words. */
type Widened<C> = {
  readonly [K in keyof C]: C[K] extends string
    ? string
    : C[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Widened<C[K]>
}

export function catalogue<C>(languages: { readonly en: C; readonly es: Widened<C> }): () => Widened<C> {
  return () => (language.current === 'en' ? (languages.en as Widened<C>) : languages.es)
}

const rules: Readonly<Record<Language, Intl.PluralRules>> = {
  en: new Intl.PluralRules('en'),
  es: new Intl.PluralRules('es'),
}

/** `{n}` in the chosen form is replaced by the number, grouped as the language does. */
export function plural(
  of: Language,
  n: number,
  forms: { readonly one: string; readonly other: string },
): string {
  const form = rules[of].select(n) === 'one' ? forms.one : forms.other
  return form.replace('{n}', new Intl.NumberFormat(of).format(n))
}

/** An error's own words in the person's language; a code newer than this desk keeps the node's English. */
export function errorWords(error: ErrorBody): { readonly message: string; readonly hint: string } {
  try {
    return sentence(language.current, error.code, error.params)
  } catch {
    return { message: error.message, hint: error.hint }
  }
}
