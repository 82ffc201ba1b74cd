/** tallydesk doctor: checks every chain and rebuilds folds and views beside the live ones; changes nothing. */
import type { Command } from 'commander'
import type { CommandResult } from '../../../shared/api/commands.ts'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { err, ok } from '../../../shared/base/result.ts'
import { type Context, withDesk } from '../context.ts'
import { printJson, printLines } from '../output.ts'
import type { Words } from '../words.ts'

type Options = { readonly data: string; readonly json?: boolean }

export function addDoctor(program: Command, { words, finish }: Context): void {
  program
    .command('doctor')
    .description(words.say('doctor'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--json', words.say('json'))
    .action(({ data, json }: Options) =>
      finish(json ? 'json' : 'people', () =>
        withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const done = await api.do('node.doctor', {})
          if (!done.ok) return done
          const { findings } = done.value
          if (json) printJson(done.value)
          else printLines(linesOf(done.value, words))
          return findings.length === 0 ? ok(undefined) : err(damaged(findings.length))
        }),
      ),
    )
}

const linesOf = (found: CommandResult<'node.doctor'>, words: Words): string[] => [
  words.say('doctorDone', { ops: found.ops, records: found.records, findings: found.findings.length }),
  ...found.findings.map(({ what, detail }) => `  ${what}: ${detail}`),
]

const damaged = (findings: number): ReturnType<TallydeskError['toBody']> =>
  new TallydeskError('database-damaged', { reason: `the doctor found ${findings} differences` }).toBody()
