/** tallydesk join: this device becomes a member of the site that a pairing code names. */
import type { Command } from 'commander'
import { type Context, withDesk } from '../context.ts'
import { answerJson, parsedCommand } from './asking.ts'

type Options = { readonly data: string; readonly name: string }

/** Until this device's own admission has arrived it listens for nobody but the one that it called. */
const NETWORK = { listen: { host: '127.0.0.1', port: 0 }, mdns: null, peers: [], hq: null }

export function addJoin(program: Command, { words, finish }: Context): void {
  program
    .command('join')
    .description(words.say('join'))
    .argument('<code>', words.say('code'))
    .requiredOption('--data <dir>', words.say('data'))
    .requiredOption('--name <device>', words.say('name'))
    .action((code: string, { data, name }: Options) =>
      finish('json', () => {
        const { command, input } = parsedCommand('setup.join', { code, name })
        return withDesk(data, { inProcess: 'fresh', network: NETWORK }, async ({ api }) =>
          answerJson(await api.do(command, input)),
        )
      }),
    )
}
