/**
 * What the command says. Results go to standard output: one JSON line, or lines for people. A refusal is one JSON line
 * in the same place, or two lines for people on standard error. Exit codes: 0 done, 1 refused, 2 wrong usage.
 */
import { type ErrorBody, TallydeskError } from '../../shared/api/errors.ts'
import { type Language, sentence } from '../../shared/api/messages/catalogue.ts'

export type Style = 'json' | 'people'

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** Answers the exit code. */
export function printRefusal(error: ErrorBody, style: Style, language: Language): 1 | 2 {
  const words = sentence(language, error.code, error.params)
  if (style === 'json') printJson({ error: { ...error, ...words } })
  else process.stderr.write(`${words.message}\n${words.hint}\n`)
  return error.code === 'usage' ? 2 : 1
}

/** A fault of ours has no code of its own; its trace goes to standard error for the report. */
export function asBody(error: unknown): ErrorBody {
  if (error instanceof TallydeskError) return error.toBody()
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return new TallydeskError('internal', {
    reason: error instanceof Error ? error.message : 'unknown',
  }).toBody()
}
