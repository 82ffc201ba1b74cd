/** The words for reasons: why an op does not count, why a request was refused. One table, by code and language. */
import { fill, type Language, type MessageParams } from './catalogue.ts'

const en = {
  'unknown-record': 'It names a record that its author cannot have seen.',
  'unknown-child': 'It names a part of a record that its author cannot have seen.',
  'bad-field': 'It changes a field in a way that the field does not allow.',
  'bad-value': 'It sets a value that the field does not take.',
  'unseen-dot': 'It supersedes a value that its author cannot have seen.',
  'mixed-control': 'It mixes an act of control with other changes.',
  'bad-text': 'Its text edit does not fit the text that its author had seen ({detail}).',
  'not-member': 'Its author was not a member of the site.',
  cut: 'Its author had been removed from the site: {why}',
  'not-permitted': 'The role {role} may not do this.',
  'not-authority': 'Only the authority may decide this.',
  'authority-itself': 'The authority cannot be removed or demoted.',
  'one-authority': 'A site has one authority; its role is handed over, not given.',
  'already-member': 'This device was admitted before.',
  'unknown-request': 'It answers a request that does not stand.',
  'already-decided': 'The request has its answer already.',
  withdrawn: 'The request was withdrawn before.',
  'already-closed': 'The record was closed already.',
  'already-open': 'The record was open already.',
  'number-used': 'The audit number was used before.',
  'not-author': 'Only who made the request may withdraw it.',
  frozen: 'The record was closed as {number} before this was known there.',
  'rests-on': 'It rests on something that does not count.',
  'newer-version': 'It was written by a newer version; it waits for an upgrade.',
  'open-tasks': 'Not every task is ticked.',
  'open-conflicts': 'A field is still in conflict.',
} as const

type ReasonText = keyof typeof en

const es: Readonly<Record<ReasonText, string>> = {
  'unknown-record': 'Nombra un registro que su autor no puede haber visto.',
  'unknown-child': 'Nombra una parte de un registro que su autor no puede haber visto.',
  'bad-field': 'Cambia un campo de un modo que el campo no permite.',
  'bad-value': 'Pone un valor que el campo no admite.',
  'unseen-dot': 'Reemplaza un valor que su autor no puede haber visto.',
  'mixed-control': 'Mezcla un acto de control con otros cambios.',
  'bad-text': 'Su edición de texto no encaja con el texto que su autor había visto ({detail}).',
  'not-member': 'Su autor no era miembro del sitio.',
  cut: 'Su autor había sido excluido del sitio: {why}',
  'not-permitted': 'El rol {role} no puede hacer esto.',
  'not-authority': 'Solo la autoridad puede decidir esto.',
  'one-authority': 'Un sitio tiene una sola autoridad; su papel se traspasa, no se concede.',
  'authority-itself': 'La autoridad no puede ser excluida ni cambiada de rol.',
  'already-member': 'Este dispositivo ya fue admitido.',
  'unknown-request': 'Responde a una solicitud que no está vigente.',
  'already-decided': 'La solicitud ya tiene respuesta.',
  withdrawn: 'La solicitud se retiró antes.',
  'already-closed': 'El registro ya estaba cerrado.',
  'already-open': 'El registro ya estaba abierto.',
  'number-used': 'El número de auditoría ya se había usado.',
  'not-author': 'Solo quien hizo la solicitud puede retirarla.',
  frozen: 'El registro se cerró como {number} antes de que allí se supiera esto.',
  'rests-on': 'Se apoya en algo que no cuenta.',
  'newer-version': 'Lo escribió una versión más nueva; espera una actualización.',
  'open-tasks': 'No todas las tareas están marcadas.',
  'open-conflicts': 'Un campo sigue en conflicto.',
}

const tables: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, es }

/** An authority's own words are their own text. */
export const reasonText = (language: Language, code: string, params: MessageParams): string =>
  Object.hasOwn(tables[language], code) ? fill(tables[language][code] ?? code, params) : code
