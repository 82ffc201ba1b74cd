/** tallydesk audit: opens an archive to look into it, having checked all of it, and answers one question. */
import type { Command } from 'commander'
import { ok } from '../../../shared/base/result.ts'
import type { Context } from '../context.ts'
import { printJson, printLines } from '../output.ts'
import { readJson } from '../read-input.ts'

type Options = { readonly query?: readonly string[]; readonly json?: boolean }

export function addAudit(program: Command, { words, finish }: Context): void {
  program
    .command('audit')
    .description(words.say('audit'))
    .argument('<file>', words.say('auditFile'))
    .option('--query <name...>', words.say('auditQuery'))
    .option('--json', words.say('json'))
    .action((file: string, { query, json }: Options) =>
      finish(json || query ? 'json' : 'people', async () => {
        const [name, input = '{}'] = query ?? []
        const asked = name === undefined ? null : { query: name, input: await readJson(input) }
        const { audit } = await import('../../node/keeping/auditing.ts')
        const { audited, answer } = await audit(file, asked)
        const { since, ...said } = audited
        if (asked) printJson(answer)
        else if (json) printJson(audited)
        else
          printLines([
            words.say('auditDone', { ...said, file, made: words.time(said.made) }),
            words.say('auditState', { hash: audited.state_hash }),
            ...(since === null ? [] : [words.say('auditSince', { since: words.time(since) })]),
          ])
        return ok(undefined)
      }),
    )
}
