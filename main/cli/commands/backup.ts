/** tallydesk backup: this device in a folder, made by the one process that has its data open. */
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
    .argument('<folder>', words.say('backupFolder'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--json', words.say('json'))
    .action((folder: string, { data, json }: Options) =>
      finish(json ? 'json' : 'people', () =>
        withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const done = await api.do('node.backup', { folder: resolve(folder) })
          if (!done.ok) return done
          const { damaged } = done.value
          if (json) printJson(done.value)
          else {
            printLines([words.say('backupDone', done.value), words.say('backupSecret')])
            if (damaged > 0) printLines([words.say('backupDamaged', { damaged })])
          }
          return ok(undefined)
        }),
      ),
    )
}
