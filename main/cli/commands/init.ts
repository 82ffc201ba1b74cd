/** tallydesk init: a new site with this device as its authority. */
import type { Command } from 'commander'
import { type Context, withDesk } from '../context.ts'
import { answerJson, parsedCommand } from './asking.ts'

type Options = { readonly data: string; readonly site: string; readonly name: string }

export function addInit(program: Command, { words, finish }: Context): void {
  program
    .command('init')
    .description(words.say('init'))
    .requiredOption('--data <dir>', words.say('data'))
    .requiredOption('--site <name>', words.say('site'))
    .requiredOption('--name <device>', words.say('name'))
    .action(({ data, site, name }: Options) =>
      finish('json', () => {
        const { command, input } = parsedCommand('setup.init', { site, name })
        return withDesk(data, { inProcess: 'fresh' }, async ({ api }) =>
          answerJson(await api.do(command, input)),
        )
      }),
    )
}
