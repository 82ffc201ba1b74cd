/** Stands in a network namespace: passes on what comes in as lines to the node there, and its answers as lines. */
import { createInterface } from 'node:readline'
import { openControlClient } from '../../main/node/control-client.ts'
import { readControlFile } from '../../main/node/control-file.ts'
import { folderPaths } from '../../main/store/folder.ts'
import type { Asked } from './remote-desk.ts'

const control = readControlFile(folderPaths(process.argv[2] ?? '').control)
if (!control) throw new Error('a ready node has a control file')
const client = await openControlClient(control)
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => void pass(JSON.parse(line) as Asked))
lines.once('close', () => client.close())

async function pass({ id, verb, name, input }: Asked): Promise<void> {
  const answer = verb === 'do' ? await client.do(name, input) : await client.query(name, input)
  process.stdout.write(`${JSON.stringify({ id, answer })}\n`)
}
