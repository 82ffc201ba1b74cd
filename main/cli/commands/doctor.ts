/**
 * tallydesk doctor: checks the file, the log and all that follows from it, attachments and witness, and changes
 * nothing. With --repair, while no node runs, what is damaged is made anew from what is whole.
 */
import type { Command } from 'commander'
import type { CommandResult } from '../../../shared/api/commands.ts'
import { TallydeskError } from '../../../shared/api/errors.ts'
import { err, ok } from '../../../shared/base/result.ts'
import type { Repaired } from '../../node/keeping/repairing.ts'
import { type Context, withDesk } from '../context.ts'
import type { CliMessage } from '../messages/en.ts'
import { printJson, printLines } from '../output.ts'
import type { Words } from '../words.ts'

type Options = { readonly data: string; readonly json?: boolean; readonly repair?: boolean }
type Examined = CommandResult<'node.doctor'>

const ABOUT: Readonly<Record<Examined['findings'][number]['what'], CliMessage>> = {
  file: 'foundFile',
  chain: 'foundChain',
  bytes: 'foundBytes',
  signature: 'foundSignature',
  context: 'foundContext',
  base: 'foundBase',
  hash: 'foundHash',
  table: 'foundTable',
  judgement: 'foundJudgement',
  control: 'foundControl',
  checkpoint: 'foundCheckpoint',
  attachment: 'foundAttachment',
  witness: 'foundWitness',
}

export function addDoctor(program: Command, context: Context): void {
  const { words, finish } = context
  program
    .command('doctor')
    .description(words.say('doctor'))
    .requiredOption('--data <dir>', words.say('data'))
    .option('--repair', words.say('doctorRepair'))
    .option('--json', words.say('json'))
    .action((options: Options) =>
      finish(options.json ? 'json' : 'people', () =>
        options.repair ? repair(options, words) : examine(options, words),
      ),
    )
}

const examine = ({ data, json }: Options, words: Words) =>
  withDesk(data, { inProcess: 'existing' }, async ({ api }) => {
    const done = await api.do('node.doctor', {})
    if (!done.ok) return done
    const { findings } = done.value
    if (json) printJson(done.value)
    else printLines(linesOf(done.value, words))
    return findings.length === 0 ? ok(undefined) : err(damaged(findings.length))
  })

async function repair({ data, json }: Options, words: Words) {
  const { repair: repairing } = await import('../../node/keeping/repairing.ts')
  const done = await repairing(data, Date.now())
  if (json) printJson(done)
  else printLines(repairLines(done, words))
  return ok(undefined)
}

const linesOf = (found: Examined, words: Words): string[] => [
  words.say('doctorDone', {
    ops: found.ops,
    records: found.records,
    attachments: found.attachments,
    findings: found.findings.length,
  }),
  ...found.findings.map(({ what, detail }) => `  ${words.say(ABOUT[what], { detail })}`),
]

const REPAIRED: Readonly<Record<Repaired['repaired'], CliMessage>> = {
  nothing: 'repairedNothing',
  views: 'repairedViews',
  database: 'repairedDatabase',
}

function repairLines(done: Repaired, words: Words): string[] {
  const { repaired, ops, lost, own_missing: missing, rejoin, aside, attachments } = done
  return [
    words.say(REPAIRED[repaired], { ops, lost }),
    ...(aside === null ? [] : [words.say('repairedAside', { aside })]),
    ...(attachments === 0 ? [] : [words.say('repairedAttachments', { attachments })]),
    ...(rejoin ? [words.say('repairedRejoin')] : []),
    ...(missing > 0 && !rejoin ? [words.say('repairedMissing', { missing })] : []),
  ]
}

const damaged = (findings: number): ReturnType<TallydeskError['toBody']> =>
  new TallydeskError('database-damaged', { reason: `the doctor found ${findings} differences` }).toBody()
