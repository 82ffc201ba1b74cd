/**
 * The desk's one door into the node: unknown names and inputs in, answers or refusals out. Whatever goes wrong inside
 * becomes an answer too, and what should never happen stands in the log.
 */
import type { CommandInput, NodeCommandName, SiteCommandName } from '../../shared/api/commands.ts'
import { NODE_COMMANDS } from '../../shared/api/commands.ts'
import { type ErrorBody, TallydeskError } from '../../shared/api/errors.ts'
import { type ParsedCommand, type ParsedQuery, parseCommand, parseQuery } from '../../shared/api/parse.ts'
import type { QueryAnswer, QueryName } from '../../shared/api/queries.ts'
import { err, ok, type Result } from '../../shared/base/result.ts'
import type { DeskPort, Outcome } from '../console/port.ts'
import type { Preferences } from '../store/preferences.ts'
import type { DemoSwitches } from './demo-switches.ts'
import type { Life } from './life.ts'
import type { NodeCommands } from './node-commands.ts'
import { VERSION } from './version.ts'

export type DeskOptions = {
  readonly life: Life
  readonly commands: NodeCommands
  readonly preferences: Preferences
  readonly demo: DemoSwitches | null
}

type NodeCommand = Extract<ParsedCommand, { readonly command: NodeCommandName }>
type SiteCommand = Extract<ParsedCommand, { readonly command: SiteCommandName }>

export class Desk implements DeskPort {
  readonly #options: DeskOptions

  constructor(options: DeskOptions) {
    this.#options = options
  }

  async do(command: string, input: unknown): Promise<Outcome> {
    const parsed = parseCommand(command, input)
    if (!parsed.ok) return bodied(parsed)
    try {
      const { life } = this.#options
      while (life.isChanging) await life.changed()
      return bodied(await this.#carryOut(parsed.value))
    } catch (error) {
      return err(this.#failure(error, command))
    }
  }

  absence(): Promise<void> | null {
    const { life } = this.#options
    return life.isChanging ? life.changed() : null
  }

  isSettled(): boolean {
    const { site, isChanging } = this.#options.life
    return site.ok ? site.value.isToBeRead() : !isChanging
  }

  query(query: string, input: unknown): Outcome {
    const parsed = parseQuery(query, input)
    if (!parsed.ok) return bodied(parsed)
    try {
      return bodied(this.#answer(parsed.value))
    } catch (error) {
      return err(this.#failure(error, query))
    }
  }

  #carryOut(
    asked: ParsedCommand,
  ): Result<unknown, TallydeskError> | Promise<Result<unknown, TallydeskError>> {
    if (isNodeCommand(asked)) return carryOut(this.#options.commands, asked.command, asked.input)
    return this.#execute(asked.command, asked.input)
  }

  /** Nothing is written before others were asked of this device, nor by one that may not write any more. */
  async #execute<C extends SiteCommandName>(
    command: C,
    input: CommandInput<C>,
  ): Promise<Result<unknown, TallydeskError>> {
    const { life } = this.#options
    const { site } = life
    if (!site.ok) return site
    const may = await site.value.mayWrite()
    if (!may.ok) return may
    // It may run on another database by now, or be on its way to it.
    while (life.isChanging) await life.changed()
    return life.site.ok ? life.site.value.replica.execute(command, input) : life.site
  }

  #answer(asked: ParsedQuery): Result<QueryAnswer<QueryName>, TallydeskError> {
    const { life, preferences } = this.#options
    if (asked.query === 'node') return ok(this.#node())
    if (asked.query === 'preferences') return ok({ preferences: preferences.all() })
    return life.site.ok ? life.site.value.query(asked) : life.site
  }

  #node(): QueryAnswer<'node'> {
    const { life, demo } = this.#options
    return {
      version: VERSION,
      phase: life.phase(),
      data: life.machine.paths.root,
      demo: demo?.view() ?? null,
    }
  }

  /** A refusal of the disk speaks for itself; anything else is a fault of ours. */
  #failure(error: unknown, asked: string): ErrorBody {
    const { log } = this.#options.life.machine
    log.error({ err: error, asked }, 'a command or query failed')
    if (error instanceof TallydeskError) return error.toBody()
    const reason = error instanceof Error ? error.message : 'unknown'
    return new TallydeskError('internal', { reason: reason.slice(0, 300) }).toBody()
  }
}

const isNodeCommand = (asked: NodeCommand | SiteCommand): asked is NodeCommand =>
  Object.hasOwn(NODE_COMMANDS, asked.command)

function carryOut<C extends NodeCommandName>(
  commands: NodeCommands,
  command: C,
  input: CommandInput<C>,
): Result<unknown, TallydeskError> | Promise<Result<unknown, TallydeskError>> {
  return commands[command](input)
}

const bodied = (result: Result<unknown, TallydeskError>): Outcome =>
  result.ok ? result : err(result.error.toBody())
