/** Asking the desk by name: the input is checked before anything is opened, the answer is one JSON line. */
import { type ParsedCommand, parseCommand, parseQuery, type ParsedQuery } from '../../../shared/api/parse.ts'
import type { ErrorBody } from '../../../shared/api/errors.ts'
import { ok, type Result } from '../../../shared/base/result.ts'
import { printJson } from '../output.ts'

/** Throws `unknown-command`, `bad-input`. */
export function parsedCommand(name: string, input: unknown): ParsedCommand {
  const parsed = parseCommand(name, input)
  if (!parsed.ok) throw parsed.error
  return parsed.value
}

/** Throws `unknown-query`, `bad-input`. */
export function parsedQuery(name: string, input: unknown): ParsedQuery {
  const parsed = parseQuery(name, input)
  if (!parsed.ok) throw parsed.error
  return parsed.value
}

export function answerJson(answer: Result<unknown, ErrorBody>): Result<void, ErrorBody> {
  if (!answer.ok) return answer
  printJson(answer.value)
  return ok(undefined)
}
