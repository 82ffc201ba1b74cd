/** tallydesk export: a whole site as one archive, or with --csv its jobs and audit numbers as a table for people. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ok } from '../../../shared/base/result.ts'
import { type Context, withDesk } from '../context.ts'
import { writeJobs } from '../jobs-csv.ts'
import { printJson, printLines } from '../output.ts'

type Options = { readonly data: string; readonly csv?: boolean; readonly json?: boolean }

export function addExport(program: Command, { words, finish }: Context): void {
  program
    .command('export')
    .description(words.say('export'))
    .argument('<file>', words.say('exportFile'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--csv', words.say('exportCsv'))
    .option('--json', words.say('json'))
    .action((name: string, { data, csv, json }: Options) =>
      finish(json ? 'json' : 'people', () =>
        withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const file = resolve(name)
          if (csv) {
            const jobs = await writeJobs(api, file)
            if (json) printJson({ file, jobs })
            else printLines([words.say('exportCsvDone', { file, jobs })])
            return ok(undefined)
          }
          const done = await api.do('node.export', { file })
          if (!done.ok) return done
          const { damaged } = done.value
          if (json) printJson(done.value)
          else {
            printLines([words.say('exportDone', done.value)])
            if (damaged > 0) printLines([words.say('backupDamaged', { damaged })])
          }
          return ok(undefined)
        }),
      ),
    )
}
