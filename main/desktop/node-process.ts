/**
 * The program of the node's process: starts the node, tells the shell where it answers or why it cannot, and leaves
 * when the shell asks it to, or is gone.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TallydeskError } from '../../shared/api/errors.ts'
import { ownTallydesk } from '../demo/command.ts'
import { Warehouse } from '../demo/warehouse.ts'
import { type RunningNode, startNode } from '../node/node.ts'
import { deskNodeOptions } from './desk-node.ts'
import { parseShellMessage, type NodeMessage } from './node-messages.ts'

const PAGES = join(import.meta.dirname, '..', 'renderer')

/** The packed program refuses to run as plain Node, so it cannot be the demo's other devices too. */
function warehouse(): Warehouse | null {
  return import.meta.dirname.includes('app.asar') ? null : new Warehouse(ownTallydesk())
}

function tell(message: NodeMessage): void {
  process.parentPort.postMessage(message)
}

/** A failure that no code names is left to end the process: the supervisor tries again. */
function refuse(error: unknown): void {
  if (!(error instanceof TallydeskError)) throw error
  tell({ type: 'refused', code: error.code, params: error.params })
}

async function leave(starting: Promise<RunningNode | null>): Promise<void> {
  const node = await starting
  await node?.close()
  process.exit()
}

async function run(data: string, demo: boolean): Promise<RunningNode | null> {
  try {
    const node = await startNode(deskNodeOptions({ data, pages: PAGES, demo: warehouse() }))
    if (node.control !== null) tell({ type: 'ready', control: node.control })
    if (demo) void node.api.do('setup.demo', {})
    return node
  } catch (error) {
    refuse(error)
    return null
  }
}

const { values } = parseArgs({
  options: { data: { type: 'string' }, demo: { type: 'boolean', default: false } },
})
if (values.data === undefined) throw new Error('The shell names the data folder.')
const starting = run(values.data, values.demo)
process.parentPort.on('message', (event) => {
  if (parseShellMessage(event.data) !== null) void leave(starting)
})
