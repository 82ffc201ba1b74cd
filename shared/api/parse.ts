/**
 * Unknown input becomes a typed command or query, or a refusal that says where it is wrong. Everything that
 * reaches a node from outside passes here once: frames of the control socket, and the command line in process.
 */
import * as v from 'valibot'
import { err, ok, type Result } from '../base/result.ts'
import { COMMANDS, type CommandInput, type CommandName } from './commands.ts'
import { TallydeskError } from './errors.ts'
import { QUERIES, type QueryInput, type QueryName } from './queries.ts'

export type ParsedCommand = {
  readonly [C in CommandName]: { readonly command: C; readonly input: CommandInput<C> }
}[CommandName]

export type ParsedQuery = {
  readonly [Q in QueryName]: { readonly query: Q; readonly input: QueryInput<Q> }
}[QueryName]

/** A reason quotes what it refuses, which may be megabytes. */
const MOST_REASON = 200

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name)
const isQuery = (name: string): name is QueryName => Object.hasOwn(QUERIES, name)

export function parseCommand(name: string, input: unknown): Result<ParsedCommand, TallydeskError> {
  if (!isCommand(name)) return err(new TallydeskError('unknown-command', { name: shorten(name) }))
  const parsed = v.safeParse(COMMANDS[name], input)
  if (!parsed.success) return err(badInput(name, parsed.issues[0]))
  // The schema of this very name accepted the input; the compiler does not follow the name that far.
  return ok({ command: name, input: parsed.output } as ParsedCommand)
}

export function parseQuery(name: string, input: unknown): Result<ParsedQuery, TallydeskError> {
  if (!isQuery(name)) return err(new TallydeskError('unknown-query', { name: shorten(name) }))
  const parsed = v.safeParse(QUERIES[name], input)
  if (!parsed.success) return err(badInput(name, parsed.issues[0]))
  return ok({ query: name, input: parsed.output } as ParsedQuery)
}

function badInput(command: string, issue: v.BaseIssue<unknown>): TallydeskError {
  const path = v.getDotPath(issue) ?? '(the whole)'
  return new TallydeskError('bad-input', { command, path: shorten(path), reason: shorten(reasonOf(issue)) })
}

/** The schema's own words, but for the two that a person writing JSON meets most. */
function reasonOf({ type, expected, received, message }: v.BaseIssue<unknown>): string {
  if (type === 'strict_object' && expected === 'never') return 'there is no such field'
  if (type === 'strict_object' && received === 'undefined') return 'it is missing'
  return message
}

function shorten(text: string): string {
  return text.length <= MOST_REASON ? text : `${text.slice(0, MOST_REASON)}…`
}
