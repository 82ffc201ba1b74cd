/** The table of docs/permissions.md: which role may write which effect. */
import { permits } from '../../shared/judge/permissions.ts'
import { ROLES } from '../../shared/model/roles.ts'
import type { ControlEffect, DataEffect, KnownEffect, ReviewEffect } from '../../shared/op/effect.ts'
import { code, table } from './markdown.ts'

/** What each effect does. Of the compiler: none is left out. */
const DATA: Readonly<Record<DataEffect['type'], string>> = {
  create: 'makes a new record',
  import: 'makes a record from a row of another system; twice the same row is one record',
  assign: 'sets a field, in place of the values that its author had seen',
  draft: 'sets a field of which the last value alone is kept',
  insert: 'adds a word or a tick to a set',
  remove: 'takes out of a set what its author had seen there',
  child: 'adds a task, a note or an attachment',
  drop: 'removes a task, a note or an attachment, as far as its author had seen it',
  session: 'opens an editing session in a text',
  text: 'types into a text',
  count: 'adds to a sum, or takes from it',
}

const CONTROL: Readonly<Record<ControlEffect['type'], string>> = {
  genesis: 'founds the site; its first operation, and no other',
  admit:
    'admits a device, with its person and role; a supervisor admits technicians, as many as `enrol` holds',
  setRole: 'gives a device another role, from the next operation on',
  cut: 'removes a device; what it wrote beyond the named operation does not count',
  request: 'asks the authority for something',
  withdraw: 'takes back a request of one’s own',
  decide: 'answers a request; beside the authority only who holds the token for it',
  mint: 'makes a right and gives it to a device',
  transfer: 'passes on what the device holds of a right',
  spend: 'uses what the device holds of a right',
  reclaim: 'takes back what a device held of a right, as far as the authority has seen',
  sign: 'signs an incident off, as a person',
  handover: 'makes another device the authority; also by the recovery key',
  policy: 'says which attachments may stay',
  snapshot: 'writes down what is final, for devices to begin from',
  checkpoint: 'makes all that the authority holds final, and says which state that gives',
  ruleVersion: 'raises the version of the rules that the site is judged by',
}

const REVIEW: Readonly<Record<ReviewEffect['type'], string>> = {
  adopt: 'makes an operation count that was set aside',
  dismiss: 'lets an operation stay aside, with a reason',
  revoke: 'takes a value that counted out of every view, with a reason',
  parcel: 'hands in work of a device that cannot send it; settling its items is for who may `adopt`',
}

function part(words: Readonly<Partial<Record<KnownEffect['type'], string>>>): string {
  const rows = Object.entries(words).map(([type, sentence]) => [
    code(type),
    sentence,
    ...ROLES.map((role) => (permits(role, type as KnownEffect['type']) ? 'yes' : '')),
  ])
  return table(['effect', 'what it does', ...ROLES], rows)
}

export const permissionTables = (): string =>
  [
    `### Work on records\n\n${part(DATA)}`,
    `### Acts of control\n\n${part(CONTROL)}`,
    `### Acts of review\n\n${part(REVIEW)}`,
  ].join('\n\n')
