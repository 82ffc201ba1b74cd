/** Runs the node of a desk here and opens its pages in the person's browser. */
import { join } from 'node:path'
import { ownTallydesk } from '../main/demo/command.ts'
import { Warehouse } from '../main/demo/warehouse.ts'
import { deskNodeOptions } from '../main/desktop/desk-node.ts'
import { type RunningNode, startNode } from '../main/node/node.ts'
import { invariant } from '../shared/base/invariant.ts'
import { ROOT } from './built.ts'
import { openInBrowser } from './open-in-browser.ts'

export type BrowserDesk = { readonly data: string; readonly demo: boolean }

/** Resolves once the desk is open; the node runs until the person ends it. Throws what `startNode` throws. */
export async function deskInBrowser({ data, demo }: BrowserDesk): Promise<void> {
  const pages = join(ROOT, 'out', 'renderer')
  const node = await startNode(deskNodeOptions({ data, pages, demo: new Warehouse(ownTallydesk()) }))
  invariant(node.control !== null, 'a desk has a console')
  const { address, token } = node.control
  const page = `http://${address}/#token=${encodeURIComponent(token)}`
  console.log(`The desk is at ${page}`)
  console.log('Press Ctrl+C to stop it.')
  const stop = (): void => {
    void node.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  openInBrowser(page)
  if (demo) await startDemo(node)
}

async function startDemo(node: RunningNode): Promise<void> {
  const started = await node.api.do('setup.demo', {})
  if (!started.ok) console.error(`${started.error.message} ${started.error.hint}`)
}
