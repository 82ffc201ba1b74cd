/**
 * Phrases and how they are made: a template whose holes are filled. What came from people is a part of its own,
 * so that the screen can set it apart and never takes it for words of the product.
 */
import type { Language } from '../../shared/api/messages/catalogue.ts'

/** `said` is what a person wrote or a number that was given; `plain` is ours. */
export type Part = { readonly kind: 'plain' | 'said'; readonly text: string }
export type Phrase = readonly Part[]

export type Bilingual = Readonly<Record<Language, string>>
export type Filling = {
  readonly said?: Readonly<Record<string, string>>
  readonly plain?: Readonly<Record<string, string>>
  readonly phrases?: Readonly<Record<string, Phrase>>
}

export const plainText = (phrase: Phrase): string => phrase.map((part) => part.text).join('')

/** Splits the template at its holes; a hole without a filling shows its own name, so that it is noticed. */
export function compose(language: Language, words: Bilingual, filling: Filling = {}): Phrase {
  return words[language].split(/(\{\w+\})/).flatMap((piece): Phrase => {
    if (piece === '') return []
    const hole = /^\{(\w+)\}$/.exec(piece)?.[1]
    if (hole === undefined) return [{ kind: 'plain', text: piece }]
    const inner = filling.phrases?.[hole]
    if (inner) return inner
    const said = filling.said?.[hole]
    if (said !== undefined) return [{ kind: 'said', text: said }]
    return [{ kind: 'plain', text: filling.plain?.[hole] ?? piece }]
  })
}

export const quoted = (language: Language, text: string): string =>
  language === 'en' ? `“${text}”` : `«${text}»`

/** Own keys only: a field may be called anything. */
export function lookUp(table: Readonly<Record<string, Bilingual>>, key: string): Bilingual | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}
