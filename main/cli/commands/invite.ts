/** tallydesk invite: a one-time pairing code of the running node. */
import { type Command, Option } from 'commander'
import { type Context, withDesk } from '../context.ts'
import { answerJson, parsedCommand } from './asking.ts'

type Options = { readonly data: string; readonly role: string; readonly name: string }

export function addInvite(program: Command, { words, finish }: Context): void {
  program
    .command('invite')
    .description(words.say('invite'))
    .requiredOption('--data <dir>', words.say('data'))
    .addOption(
      new Option('--role <role>', words.say('role'))
        .choices(['technician', 'supervisor', 'edge'])
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', words.say('inviteName'))
    .action(({ data, role, name }: Options) =>
      finish('json', () => {
        const { command, input } = parsedCommand('invite.create', { role, name })
        return withDesk(data, { inProcess: 'never' }, async ({ api }) =>
          answerJson(await api.do(command, input)),
        )
      }),
    )
}
