/** tallydesk import: work orders as jobs, with a report of every row that did not become one. */
import type { Command } from 'commander'
import type { ImportReport } from '../../../shared/api/commands.ts'
import { importFault } from '../../../shared/api/messages/import-faults.ts'
import { ok } from '../../../shared/base/result.ts'
import { type Context, withDesk } from '../context.ts'
import { printJson, printLines } from '../output.ts'
import { readText } from '../read-input.ts'
import type { Words } from '../words.ts'

type Options = { readonly data: string; readonly source: string; readonly json?: boolean }

export function addImport(program: Command, { words, finish }: Context): void {
  program
    .command('import')
    .description(words.say('import'))
    .argument('<file>', words.say('importFile'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--source <name>', words.say('source'), 'work-orders')
    .option('--json', words.say('json'))
    .action((file: string, { data, source, json }: Options) =>
      finish(json ? 'json' : 'people', async () => {
        const content = await readText(file)
        return withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
          const report = await api.do('import.csv', { source, content })
          if (!report.ok) return report
          if (json) printJson(report.value)
          else printLines(reportLines(report.value, words))
          return ok(undefined)
        })
      }),
    )
}

function reportLines({ imported, known, changed, failed }: ImportReport, words: Words): string[] {
  const reasonOf = ({ fault, reason }: ImportReport['failed'][number]) =>
    fault === undefined ? reason : importFault(words.language, fault)
  return [
    ...failed.map((row) =>
      words.say('importFailed', { line: row.line, reason: reasonOf(row), text: oneLine(row.text) }),
    ),
    ...changed.map(({ line, key, fields }) =>
      words.say('importChanged', { line, key, fields: fields.join(', ') }),
    ),
    words.say('importDone', { imported, known, changed: changed.length, failed: failed.length }),
  ]
}

/** Control characters of a broken file must not reach the terminal. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ⏎ ')
