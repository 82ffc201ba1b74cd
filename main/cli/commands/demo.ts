/** tallydesk demo: a whole warehouse on this machine, around a desk that shows it, until it is stopped. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { err, ok } from '../../../shared/base/result.ts'
import { ownTallydesk } from '../../demo/command.ts'
import { TABLETS, Warehouse } from '../../demo/warehouse.ts'
import type { Context } from '../context.ts'
import { pagesFolder, untilStopped } from './run.ts'

type Options = { readonly tablets: number }

export function addDemo(program: Command, { words, finish }: Context): void {
  const count = (text: string): number => {
    const tablets = Number(text)
    if (Number.isInteger(tablets) && tablets >= TABLETS.least && tablets <= TABLETS.most) return tablets
    throw new InvalidArgumentError(`${TABLETS.least}-${TABLETS.most}`)
  }
  program
    .command('demo')
    .description(words.say('demo'))
    .option('--tablets <n>', words.say('demoTablets'), count, TABLETS.least)
    .action(({ tablets }: Options) => finish('json', () => showDemo(tablets)))
}

async function showDemo(tablets: number): ReturnType<Parameters<Context['finish']>[1]> {
  const data = mkdtempSync(join(tmpdir(), 'tallydesk-demo-desk-'))
  const { startNode } = await import('../../node/node.ts')
  const node = await startNode({
    data,
    console: { listen: { host: '127.0.0.1', port: 0 }, pages: pagesFolder() },
    network: null,
    decide: 'policy',
    demo: new Warehouse(ownTallydesk(), tablets),
  })
  try {
    const started = await node.api.do('setup.demo', {})
    if (!started.ok) return err(started.error)
    await untilStopped(node)
    return ok(undefined)
  } finally {
    await node.close()
    rmSync(data, { recursive: true, force: true })
  }
}
