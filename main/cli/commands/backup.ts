/** tallydesk backup: a whole copy of the database, made by the one process that has it open. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ok } from '../../../shared/base/result.ts'
import { type Context, withDesk } from '../context.ts'
import { printJson, printLines } from '../output.ts'

type Options = { readonly data: string; readonly json?: boolean }

export function addBackup(program: Command, { words, finish }: Context): void {
  program
    .command('backup')
    .description(words.say('backup'))
    .argument('<file>', words.say('backupFile'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--json', words.say('json'))
    .action((file: string, { data, json }: Options) =>
      finish(json ? 'json' : 'people', () =>
        withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const done = await api.do('node.backup', { file: resolve(file) })
          if (!done.ok) return done
          if (json) printJson(done.value)
          else printLines([words.say('backupDone', done.value)])
          return ok(undefined)
        }),
      ),
    )
}
