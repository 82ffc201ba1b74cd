/** `DeskApi` within the process: the same door and the same live queries as over the control socket. */
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import type { Result } from '../../shared/base/result.ts'
import type { DeskPort } from '../console/port.ts'
import type { Watches } from '../console/watches.ts'

type Done<C extends CommandName> = Result<CommandResult<C>, ErrorBody>
type Answered<Q extends QueryName> = Result<QueryAnswer<Q>, ErrorBody>

export class LocalApi implements DeskApi {
  readonly #port: DeskPort
  readonly #watches: Watches

  constructor(port: DeskPort, watches: Watches) {
    this.#port = port
    this.#watches = watches
  }

  // The port answers each name by the contract that the name was checked against.

  do<C extends CommandName>(command: C, input: CommandInput<C>): Promise<Done<C>> {
    return this.#port.do(command, input) as Promise<Done<C>>
  }

  async query<Q extends QueryName>(query: Q, input: QueryInput<Q>): Promise<Answered<Q>> {
    for (let absence = this.#port.absence(); absence; absence = this.#port.absence()) await absence
    return this.#port.query(query, input) as Answered<Q>
  }

  watch<Q extends QueryName>(
    query: Q,
    input: QueryInput<Q>,
    listener: (answer: Answered<Q>) => void,
  ): () => void {
    return this.#watches.watch(query, input, ({ outcome }) => listener(outcome as Answered<Q>))
  }
}
