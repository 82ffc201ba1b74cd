/** Why a row of an import could not be read, in each language. */
import { fill, type Language, type MessageParams } from './catalogue.ts'

const en = {
  'duplicate-key': 'The work order {key} stands in line {first} already.',
  'empty-cell': 'The column {column} is empty.',
  'quote-in-field': 'A quote stands inside a field that does not begin with one.',
  'quote-not-closed': 'A quote is opened and never closed.',
  'ragged-row': 'It has {found} fields, not {expected}.',
  'text-after-quote': 'Text follows a closing quote.',
  'too-long': 'It is longer than 64 KiB.',
  'unknown-priority': 'The priority "{found}" is none of low, normal, high, urgent.',
} as const

export type ImportFault = { readonly code: keyof typeof en; readonly params: MessageParams }

const es: Readonly<Record<ImportFault['code'], string>> = {
  'duplicate-key': 'La orden {key} ya está en la línea {first}.',
  'empty-cell': 'La columna {column} está vacía.',
  'quote-in-field': 'Hay comillas dentro de un campo que no empieza con ellas.',
  'quote-not-closed': 'Se abren unas comillas que no se cierran.',
  'ragged-row': 'Tiene {found} campos, no {expected}.',
  'text-after-quote': 'Hay texto después de las comillas de cierre.',
  'too-long': 'Es más larga que 64 KiB.',
  'unknown-priority': 'La prioridad "{found}" no es low, normal, high ni urgent.',
}

const tables: Readonly<Record<Language, Readonly<Record<ImportFault['code'], string>>>> = { en, es }

export const importFault = (language: Language, { code, params }: ImportFault): string =>
  fill(tables[language][code], params)
