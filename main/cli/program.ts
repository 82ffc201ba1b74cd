/** The command line as a whole: its commands, its help, and what it says to wrong usage. */
import { Command, CommanderError } from 'commander'
import { TallydeskError } from '../../shared/api/errors.ts'
import { VERSION } from '../node/version.ts'
import { addBackup } from './commands/backup.ts'
import { addAudit } from './commands/audit.ts'
import { addDemo } from './commands/demo.ts'
import { addDo } from './commands/do.ts'
import { addDoctor } from './commands/doctor.ts'
import { addExport } from './commands/export.ts'
import { addImport } from './commands/import.ts'
import { addInit } from './commands/init.ts'
import { addInvite } from './commands/invite.ts'
import { addJoin } from './commands/join.ts'
import { addQuery } from './commands/query.ts'
import { addRecover } from './commands/recover.ts'
import { addRestore } from './commands/restore.ts'
import { addRun } from './commands/run.ts'
import { addStatus } from './commands/status.ts'
import { createContext } from './context.ts'
import type { CliMessage } from './messages/en.ts'
import { printRefusal } from './output.ts'
import type { Words } from './words.ts'

const COMMANDS = [
  addInit,
  addInvite,
  addJoin,
  addRun,
  addDo,
  addQuery,
  addImport,
  addStatus,
  addDoctor,
  addBackup,
  addRestore,
  addExport,
  addAudit,
  addRecover,
  addDemo,
]

const TITLES: Readonly<Record<string, CliMessage>> = {
  'Usage:': 'usageTitle',
  'Arguments:': 'argumentsTitle',
  'Options:': 'optionsTitle',
  'Commands:': 'commandsTitle',
}

const USAGE: Readonly<Record<string, CliMessage>> = {
  'commander.missingArgument': 'missingArgument',
  'commander.missingMandatoryOptionValue': 'missingOption',
  'commander.optionMissingArgument': 'missingValue',
  'commander.unknownOption': 'unknownOption',
  'commander.unknownCommand': 'unknownCommand',
  'commander.excessArguments': 'excessArguments',
  'commander.invalidArgument': 'badValue',
}

/** Runs one command line (without the program's own name) and answers the exit code. */
export async function runCommandLine(line: readonly string[], words: Words): Promise<number> {
  let code = 0
  const context = createContext(words, (refused) => (code = refused))
  const program = createProgram(words)
  for (const add of COMMANDS) add(program, context)
  for (const command of [program, ...program.commands]) dress(command, words)
  try {
    await program.parseAsync(line, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, words)
    throw error
  }
}

function createProgram(words: Words): Command {
  return (
    new Command('tallydesk')
      .description(words.say('program'))
      .version(VERSION, '-V, --version', words.say('version'))
      .helpCommand('help [command]', words.say('helpCommand'))
      // What stands behind a command is for the command alone: a key may begin like an option of the program.
      .enablePositionalOptions()
  )
}

function dress(command: Command, words: Words): void {
  command
    .helpOption('-h, --help', words.say('help'))
    .configureHelp({ styleTitle: (title) => words.say(TITLES[title] ?? 'commandsTitle') })
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
}

function usage(error: CommanderError, words: Words): number {
  if (error.exitCode === 0) return 0
  const message = USAGE[error.code]
  const what = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  // Without a command there is nothing to say but the help, which has been shown.
  if (error.code === 'commander.help') return 2
  const reason = message === undefined ? error.message : words.say(message, { what })
  return printRefusal(new TallydeskError('usage', { reason }).toBody(), 'json', words.language)
}
