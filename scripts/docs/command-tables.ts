/** The tables of docs/commands.md. */
import { COMMANDS } from '../../shared/api/commands.ts'
import { en } from '../../shared/api/messages/en.ts'
import { QUERIES } from '../../shared/api/queries.ts'
import { type Field, KINDS, type KindName, type ValueType } from '../../shared/model/kinds.ts'
import { cell, code, table } from './markdown.ts'

export function errorTable(): string {
  const rows = Object.entries(en).map(([name, { message, hint }]) => [code(name), cell(message), cell(hint)])
  return table(['code', 'message', 'hint'], rows)
}

function fieldTable(kind: KindName): string {
  const fields: Readonly<Record<string, Field>> = KINDS[kind].fields
  const rows = Object.entries(fields).map(([name, field]) => [
    code(name),
    field.merge,
    field.value === undefined ? '' : `${valueText(field.value)}${field.nullable === true ? ' or null' : ''}`,
    field.frozen ? 'yes' : '',
  ])
  return table(['field', 'merge', 'value', 'frozen when closed'], rows)
}

function valueText(value: ValueType): string {
  switch (value.type) {
    case 'string':
      return `text, at most ${value.max}`
    case 'enum':
      return value.of.map(code).join(', ')
    case 'integer':
      return `whole number, ${value.min} to ${value.max}`
    case 'date':
      return 'date, YYYY-MM-DD'
    case 'actor':
      return 'the author'
  }
}

export const commandNames = (): string[] => Object.keys(COMMANDS)
export const queryNames = (): string[] => Object.keys(QUERIES)

const kindNames = Object.keys(KINDS) as KindName[]

export const allFieldTables = (): string =>
  kindNames.map((kind) => `### ${kind}\n\n${fieldTable(kind)}`).join('\n\n')
