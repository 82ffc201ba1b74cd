/** `npm run dev`: the screens from their source, with live reload, in front of a node that runs here. */
import { join } from 'node:path'
import { createServer } from 'vite'
import { deskNodeOptions } from '../main/desktop/desk-node.ts'
import { startNode } from '../main/node/node.ts'
import { invariant } from '../shared/base/invariant.ts'
import { ROOT } from './built.ts'

const node = await startNode(
  deskNodeOptions({ data: join(ROOT, '.data', 'dev'), pages: join(ROOT, 'out', 'renderer'), demo: null }),
)
invariant(node.control !== null, 'a desk has a console')
const { address, token } = node.control
process.env.TALLYDESK_CONTROL = address
const server = await createServer({ configFile: join(ROOT, 'vite.config.ts') })
await server.listen()
console.log(`The desk is at ${server.resolvedUrls?.local[0] ?? ''}#token=${encodeURIComponent(token)}`)

const stop = (): void => {
  void Promise.all([node.close(), server.close()]).then(() => process.exit(0))
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
