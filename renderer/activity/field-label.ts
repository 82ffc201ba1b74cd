/** A field's name as a heading, in the person's language; a field that is not known here shows its own name. */
import type { Language } from '../../shared/api/messages/catalogue.ts'
import { FIELD_LABELS } from './change-words.ts'

type Labels = Readonly<Record<string, Readonly<Record<Language, string>>>>

export function fieldLabel(language: Language, field: string): string {
  const labels: Labels = FIELD_LABELS
  return Object.hasOwn(labels, field) ? (labels[field]?.[language] ?? field) : field
}
