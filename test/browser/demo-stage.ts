/**
 * The demo warehouse for the browser tests, by both ways that lead to it: the first screen of a desk, and the command
 * `tallydesk demo`, which opens it at once. Either way five real nodes run, of which four in processes of their own.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ownTallydesk } from '../../main/demo/command.ts'
import { Warehouse } from '../../main/demo/warehouse.ts'
import { deskNodeOptions } from '../../main/desktop/desk-node.ts'
import { openControlClient } from '../../main/node/control-client.ts'
import { startNode } from '../../main/node/node.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { CLI, scratchFolder } from '../support/node-process.ts'

export type Stage = {
  /** What a person opens in the browser. */
  readonly url: string
  /** The same desk, for what a page does not tell: whose ops are here, and which op did what. */
  readonly desk: DeskApi
  close(): Promise<void>
}

/** A desk on an empty folder: its first screen offers the demo. */
export async function deskWithoutSite(): Promise<Stage> {
  const scratch = scratchFolder()
  const pages = join(import.meta.dirname, '..', '..', 'out', 'renderer')
  const demo = new Warehouse(ownTallydesk())
  const node = await startNode({ ...deskNodeOptions({ data: scratch.path, pages, demo }), network: null })
  return {
    url: `http://${node.control?.address}/#token=${node.control?.token}`,
    desk: node.api,
    close: async () => {
      await node.close()
      scratch.remove()
    },
  }
}

/** The command answers once its desk has joined the warehouse and holds the work orders. */
export async function demoByCommand(): Promise<Stage> {
  const child = spawn(process.execPath, [CLI, 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await deskAddress(child)
  const client = await openControlClient({
    address: url.host,
    token: url.hash.replace('#token=', ''),
    pid: child.pid ?? 0,
  })
  return {
    url: url.href,
    desk: client,
    close: async () => {
      client.close()
      await ended(child)
    },
  }
}

/** Of its ready line. */
function deskAddress(child: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)))
    if (!child.stdout) return
    createInterface({ input: child.stdout }).once('line', (line) => {
      const said: unknown = JSON.parse(line)
      if (typeof said === 'object' && said !== null && 'desk' in said) resolve(new URL(String(said.desk)))
      else reject(new Error(`the demo did not start: ${line}`))
    })
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
