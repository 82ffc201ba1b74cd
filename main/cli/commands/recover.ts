/** tallydesk recover: the worst day. With the site's recovery key, this device becomes the authority. */
import type { Command } from 'commander'
import { ok } from '../../../shared/base/result.ts'
import { type Context, withDesk } from '../context.ts'
import { printJson, printLines } from '../output.ts'
import { readText } from '../read-input.ts'

type Options = { readonly data: string; readonly key: string; readonly json?: boolean }

export function addRecover(program: Command, { words, finish }: Context): void {
  program
    .command('recover')
    .description(words.say('recover'))
    .requiredOption('--data <dir>', words.say('data'))
    .requiredOption('--key <key>', words.say('recoverKey'))
    .option('--json', words.say('json'))
    .action(({ data, key, json }: Options) =>
      finish(json ? 'json' : 'people', async () => {
        // On a command line others of this machine could read it.
        const secret = (key === '-' ? await readText(key) : key).trim()
        return withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const done = await api.do('site.recover', { key: secret })
          if (!done.ok) return done
          if (json) printJson(done.value)
          else printLines([words.say('recoverDone'), words.say('recoverRest'), words.say('recoverOld')])
          return ok(undefined)
        })
      }),
    )
}
