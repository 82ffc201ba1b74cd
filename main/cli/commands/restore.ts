/** tallydesk restore: a backup becomes a data folder again; the device that comes back joins anew before it writes. */
import type { Command } from 'commander'
import { ok } from '../../../shared/base/result.ts'
import type { Context } from '../context.ts'
import { printJson, printLines } from '../output.ts'

type Options = { readonly data: string; readonly onlyDevice?: boolean; readonly json?: boolean }

export function addRestore(program: Command, { words, finish }: Context): void {
  program
    .command('restore')
    .description(words.say('restore'))
    .argument('<backup>', words.say('restoreBackup'))
    .requiredOption('--data <dir>', words.say('restoreData'))
    .option('--only-device', words.say('onlyDevice'))
    .option('--json', words.say('json'))
    .action((backup: string, { data, onlyDevice = false, json }: Options) =>
      finish(json ? 'json' : 'people', async () => {
        const { restore } = await import('../../node/keeping/restoring.ts')
        const done = await restore({ backup, data, onlyDevice, now: Date.now() })
        if (json) printJson(done)
        else {
          const made = words.time(done.made)
          printLines([
            words.say('restoreDone', { ...done, writes: '', made }),
            words.say(done.writes ? 'restoreWrites' : 'restoreRejoin', { data }),
          ])
        }
        return ok(undefined)
      }),
    )
}
