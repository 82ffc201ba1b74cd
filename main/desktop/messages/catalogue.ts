/** The shell's words in the language of the system, or in English where the product does not speak it. */
import { fill, LANGUAGES, type Language, type MessageParams } from '../../../shared/api/messages/catalogue.ts'
import { en, type Word } from './en.ts'
import { es } from './es.ts'

const catalogues: Readonly<Record<Language, Readonly<Record<Word, string>>>> = { en, es }

export type Speak = (word: Word, params?: MessageParams) => string

/** `locale` as the system names it, such as `es-MX`. */
export function languageOf(locale: string): Language {
  const short = locale.toLowerCase().split(/[-_]/)[0]
  return LANGUAGES.find((language) => language === short) ?? 'en'
}

export function speaker(language: Language): Speak {
  return (word, params = {}) => fill(catalogues[language][word], params)
}
