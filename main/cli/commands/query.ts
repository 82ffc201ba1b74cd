/** tallydesk query: any query by name. */
import type { Command } from 'commander'
import { type Context, withDesk } from '../context.ts'
import { readJson } from '../read-input.ts'
import { answerJson, parsedQuery } from './asking.ts'

export function addQuery(program: Command, { words, finish }: Context): void {
  program
    .command('query')
    .description(words.say('query'))
    .argument('<query>', words.say('queryName'))
    .argument('[json]', words.say('doInput'), '{}')
    .requiredOption('--data <dir>', words.say('data'))
    .action((name: string, json: string, { data }: { readonly data: string }) =>
      finish('json', async () => {
        const { query, input } = parsedQuery(name, await readJson(json))
        return withDesk(data, { inProcess: 'existing' }, async ({ api }) =>
          answerJson(await api.query(query, input)),
        )
      }),
    )
}
