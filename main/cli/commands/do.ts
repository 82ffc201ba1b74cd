/** tallydesk do: any command by name. */
import type { Command } from 'commander'
import { type Context, withDesk } from '../context.ts'
import { readJson } from '../read-input.ts'
import { answerJson, parsedCommand } from './asking.ts'

export function addDo(program: Command, { words, finish }: Context): void {
  program
    .command('do')
    .description(words.say('do'))
    .argument('<command>', words.say('doCommand'))
    .argument('<json>', words.say('doInput'))
    .requiredOption('--data <dir>', words.say('data'))
    .action((name: string, json: string, { data }: { readonly data: string }) =>
      finish('json', async () => {
        const { command, input } = parsedCommand(name, await readJson(json))
        return withDesk(data, { inProcess: 'existing' }, async ({ api }) =>
          answerJson(await api.do(command, input)),
        )
      }),
    )
}
