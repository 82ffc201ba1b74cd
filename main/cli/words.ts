/** The language of the terminal, as its environment says, and the command line's words in it. */
import { fill, type Language, type MessageParams } from '../../shared/api/messages/catalogue.ts'
import { type CliMessage, en } from './messages/en.ts'
import { es } from './messages/es.ts'

export type Words = {
  readonly language: Language
  say(message: CliMessage, params?: MessageParams): string
  /** A wall time in the terminal's own time zone. */
  time(wall: number): string
}

/** The first of LC_ALL, LC_MESSAGES and LANG that is set counts, as everywhere on the system. */
export function wordsFor(environment: Readonly<Record<string, string | undefined>>): Words {
  const { LC_ALL, LC_MESSAGES, LANG } = environment
  const language: Language = (LC_ALL || LC_MESSAGES || LANG || '').startsWith('es') ? 'es' : 'en'
  const catalogue = language === 'es' ? es : en
  return {
    language,
    say: (message, params = {}) => fill(catalogue[message], params),
    time: (wall) => new Date(wall).toLocaleString(language),
  }
}
