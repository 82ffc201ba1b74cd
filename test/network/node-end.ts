/**
 * Stands in a network namespace: a node without a console, in this very process, that does what comes in as lines and
 * answers as lines. For tests with many nodes: one process each, where a console would take two more.
 */
import { createInterface } from 'node:readline'
import { startNode } from '../../main/node/node.ts'
import type { NodeNetworkOptions } from '../../main/node/options.ts'
import type { Asked } from './remote-desk.ts'

type Given = { readonly data: string } & Pick<NodeNetworkOptions, 'hq' | 'listen'>

const { data, hq, listen } = JSON.parse(process.argv[2] ?? '') as Given
const node = await startNode({
  data,
  console: null,
  network: { listen, mdns: {}, peers: [], hq },
  decide: 'policy',
  demo: null,
  joinWait: 240_000,
})
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => void pass(JSON.parse(line) as Asked))
lines.once('close', () => void node.close())

async function pass({ id, verb, name, input }: Asked): Promise<void> {
  const answer = verb === 'do' ? await node.api.do(name, input) : await node.api.query(name, input)
  process.stdout.write(`${JSON.stringify({ id, answer })}\n`)
}
