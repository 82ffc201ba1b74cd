/**
 * The way from a command to the data: through the running node where one runs, else in this process, under the same
 * lock. A node that is just starting or stopping is waited for a moment.
 */
import { existsSync } from 'node:fs'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { TallydeskError } from '../../shared/api/errors.ts'
import { openControlClient } from '../node/control-client.ts'
import { type ControlFile, readControlFile } from '../node/control-file.ts'
import { dataPaths } from '../node/data-paths.ts'
import type { NodeNetworkOptions } from '../node/options.ts'

const PATIENCE_MS = 15_000
const PAUSE_MS = 50

export type OpenDesk = { readonly api: DeskApi; close(): Promise<void> }

export type OpenOptions = {
  /** `never`: only a running node will do. `fresh`: a folder that is missing is made. */
  readonly inProcess: 'existing' | 'fresh' | 'never'
  readonly network?: NodeNetworkOptions
}

/** Throws what `startNode` throws, and `no-site`, `not-running`, `control-unreachable`. */
export async function openDesk(data: string, options: OpenOptions): Promise<OpenDesk> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await openOnce(data, options)
    } catch (error) {
      if (!isPassing(error) || Date.now() >= until) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

/** Another process may be between opening the folder and showing where it answers, or be done in a moment. */
const isPassing = (error: unknown): boolean =>
  error instanceof TallydeskError &&
  ['data-folder-in-use', 'control-unreachable', 'unauthorised'].includes(error.code)

async function openOnce(data: string, options: OpenOptions): Promise<OpenDesk> {
  const paths = dataPaths(data)
  const control = readControlFile(paths.control)
  if (control !== null) return openRunning(data, control, options)
  if (options.inProcess === 'never') throw new TallydeskError('not-running')
  if (options.inProcess === 'existing' && !existsSync(paths.database)) throw new TallydeskError('no-site')
  return openInProcess(data, options)
}

/** The file of a node that was killed names nobody: then the lock is free. */
async function openRunning(data: string, control: ControlFile, options: OpenOptions): Promise<OpenDesk> {
  try {
    const client = await openControlClient(control)
    const close = (): Promise<void> => {
      client.close()
      return Promise.resolve()
    }
    return { api: client, close }
  } catch (error) {
    if (!isGone(control.pid)) throw error
    if (options.inProcess === 'never') throw new TallydeskError('not-running', {}, { cause: error })
    return openInProcess(data, options)
  }
}

/** The node's own parts are loaded only where one is started: asking a running one takes half the time without. */
async function openInProcess(data: string, { network }: OpenOptions): Promise<OpenDesk> {
  const { startNode } = await import('../node/node.ts')
  const node = await startNode({
    data,
    console: null,
    network: network ?? null,
    decide: 'manual',
    demo: null,
  })
  return { api: node.api, close: () => node.close() }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
