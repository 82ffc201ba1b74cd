/** The tallydesk command as a shell meets it: one real process, what it said and how it ended. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const PROGRAM = join(import.meta.dirname, '../../main/cli/tallydesk.ts')

type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

export function tallydesk(line: readonly string[], stdin = ''): Promise<Ended> {
  const { LC_ALL: _all, LC_MESSAGES: _messages, ...env } = process.env
  const child = spawn(process.execPath, [PROGRAM, ...line], { env: { ...env, LANG: 'en_GB.UTF-8' } })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  // A command that refuses early does not read its input to the end.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })))
}
