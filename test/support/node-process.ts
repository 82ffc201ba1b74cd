/** A real node in a process of its own, by the command line; ended only by who started it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'
import { openControlClient, type ControlClient } from '../../main/node/control-client.ts'

/** The answer of a node that must not refuse. */
export function answered<T>(result: Result<T, ErrorBody>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

export const CLI = fileURLToPath(new URL('../../main/cli/tallydesk.ts', import.meta.url))

export type NodeProcess = {
  readonly data: string
  readonly client: ControlClient
  readonly ready: Readonly<Record<string, unknown>>
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>
  /** SIGTERM: an orderly end. */
  stop(): Promise<void>
}

export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tallydesk-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** What stands around a node: arguments of Node itself, and more of the environment. */
export type Surroundings = {
  readonly node: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Starts `tallydesk run` on a data folder, without mDNS unless asked, and connects to its console. */
export async function runNode(
  data: string,
  args: readonly string[] = ['--no-mdns'],
  { node, env }: Surroundings = { node: [], env: {} },
): Promise<NodeProcess> {
  const all = [CLI, 'run', '--data', data, '--control', '127.0.0.1:0', '--listen', '127.0.0.1:0', ...args]
  const child = spawn(process.execPath, [...node, ...all], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const ready = await readyLine(child)
  const client = await openControlClient(controlOf(ready))
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    else return
    await gone
    client.close()
  }
  return { data, client, ready, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

/** Where it answers and its token, as the line says; a disk that fails may hold up the control file. */
function controlOf({ control, desk }: NodeProcess['ready']): {
  readonly address: string
  readonly token: string
} {
  return { address: String(control), token: String(desk).split('#token=')[1] ?? '' }
}

function readyLine(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    child.stderr?.on('data', (data) => (complaint += String(data)))
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}: ${complaint}`)))
    if (!child.stdout) {
      reject(new Error('no output'))
      return
    }
    createInterface({ input: child.stdout }).once('line', (line) => {
      const said = JSON.parse(line) as Readonly<Record<string, unknown>>
      if (said.ready === true) resolve(said)
      else reject(new Error(`the node is not ready: ${line}`))
    })
  })
}
