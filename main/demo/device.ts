/** One device of the demo: a real node in a process of its own, started by the command line like anyone's. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { createInterface } from 'node:readline'
import { TallydeskError } from '../../shared/api/errors.ts'

/** The program and first arguments that start the `tallydesk` command here. */
export type Tallydesk = {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** How long a device may take to be ready; five start at once, perhaps on a slow machine. */
const READY_MS = 60_000
const STOP_MS = 3_000

export class DemoDevice {
  /** Once its console answers. Rejects where it ends before that, or takes too long. */
  readonly ready: Promise<void>
  readonly #child: ChildProcess

  /** Starts a node on a data folder, which may be empty. */
  constructor(tallydesk: Tallydesk, args: readonly string[]) {
    this.#child = start(tallydesk, ['run', ...args])
    this.ready = untilReady(this.#child)
  }

  /** Asks it to end, and makes it end. */
  async stop(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null)
      return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await ended
    clearTimeout(timer)
  }
}

/** The channel carries nothing: its end tells the node that the demo is over, also where the desk was killed. */
function start({ program, args, env }: Tallydesk, more: readonly string[]): ChildProcess {
  const stdio: StdioOptions = ['ignore', 'pipe', 'ignore', 'ipc']
  return spawn(program, [...args, ...more], { env, stdio, windowsHide: true })
}

async function untilReady(child: ChildProcess): Promise<void> {
  const timer = setTimeout(() => child.kill(), READY_MS)
  const line = await firstLine(child)
  clearTimeout(timer)
  if (line !== null && isReady(line)) return
  child.kill()
  throw failed(line ?? 'a device ended before it was ready')
}

/** Null where the process ends without a word. */
function firstLine(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(null))
    if (!child.stdout) {
      resolve(null)
      return
    }
    const lines = createInterface({ input: child.stdout })
    lines.once('line', resolve)
    lines.once('close', () => resolve(null))
  })
}

function isReady(line: string): boolean {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null && 'ready' in said
  } catch {
    return false
  }
}

export const failed = (reason: string): TallydeskError => new TallydeskError('demo-failed', { reason })
