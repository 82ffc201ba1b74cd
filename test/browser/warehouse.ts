/**
 * A small warehouse for the browser tests: headquarters, a desk and a tablet, each a real node in a process of its
 * own. Headquarters is reached over the "WAN" by the desk alone; the tablet is on the desk's local network.
 */
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { CommandInput } from '../../shared/api/commands.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'
import { runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

export type Warehouse = {
  readonly hq: NodeProcess
  readonly desk: NodeProcess
  readonly tablet: NodeProcess
  /** One more node, on a folder that holds no site. */
  fresh(): Promise<NodeProcess>
  close(): Promise<void>
}

export function must<T>(result: Result<T, ErrorBody>): T {
  if (result.ok) return result.value
  throw new Error(`${result.error.code}: ${result.error.message}`)
}

/** Asks until the answer fits; fails with the last answer. */
export async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const until = Date.now() + 30_000
  for (;;) {
    const answer = await ask()
    if (fits(answer)) return answer
    if (Date.now() > until) throw new Error(`it never came to that: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** `hqArgs`: more for the line that starts headquarters, as how it decides. */
export async function openWarehouse(hqArgs: readonly string[] = []): Promise<Warehouse> {
  const scratch = scratchFolder()
  const running: NodeProcess[] = []
  const start = async (...args: string[]): Promise<NodeProcess> => {
    const node = await runNode(join(scratch.path, String(running.length)), ['--no-mdns', ...args])
    running.push(node)
    return node
  }
  const [hqAddress, deskAddress] = [await freeAddress(), await freeAddress()]
  const hq = await start('--listen', hqAddress, ...hqArgs)
  must(await hq.client.do('setup.init', { site: 'Harbour warehouse', name: 'Headquarters' }))
  const desk = await start('--listen', deskAddress, '--hq', hqAddress)
  await admit(hq, desk, { role: 'supervisor', name: 'Desk 1' })
  // What it asks for by itself it has, so that nothing of its own comes between what a test does.
  await eventually(
    async () => must(await desk.client.query('rights', {})).rights,
    (rights) => rights.some(({ self }) => self),
  )
  const tablet = await start('--peer', deskAddress)
  await admit(hq, tablet, { role: 'technician', name: 'Tablet 1' })
  return {
    hq,
    desk,
    tablet,
    fresh: () => start(),
    close: async () => {
      await Promise.all(running.map((node) => node.stop()))
      scratch.remove()
    },
  }
}

async function admit(
  hq: NodeProcess,
  node: NodeProcess,
  invite: CommandInput<'invite.create'>,
): Promise<void> {
  const { code } = must(await hq.client.do('invite.create', invite))
  must(await node.client.do('setup.join', { code, name: invite.name }))
}

/** The next page shows the board as cards, as the one before ended. */
export async function keepsCards({ client }: NodeProcess): Promise<void> {
  await eventually(
    async () => must(await client.query('preferences', {})).preferences,
    (kept) => kept['board.view'] !== 'table',
  )
}

/** A loopback address that nobody listens on at the moment. */
export function freeAddress(): Promise<string> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(`127.0.0.1:${port}`))
    })
  })
}
