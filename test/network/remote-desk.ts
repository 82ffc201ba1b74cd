/** The desk of a node in another network namespace, whose console only that namespace can reach. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import { invariant } from '../../shared/base/invariant.ts'
import type { Result } from '../../shared/base/result.ts'

/** One line to the other end. Either side was compiled against the same contract. */
export type Asked = { readonly id: number } & (
  | { readonly verb: 'do'; readonly name: CommandName; readonly input: never }
  | { readonly verb: 'query'; readonly name: QueryName; readonly input: never }
)

type Waiting = { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }

export class RemoteDesk implements Pick<DeskApi, 'do' | 'query'> {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #id = 0

  constructor(child: ChildProcess) {
    const { stdout } = child
    invariant(stdout !== null, 'its output is piped')
    this.#child = child
    createInterface({ input: stdout }).on('line', (line) => {
      const { id, answer } = JSON.parse(line) as { readonly id: number; readonly answer: never }
      this.#waiting.get(id)?.resolve(answer)
      this.#waiting.delete(id)
    })
    child.once('close', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the desk went away with ${code}`))
    })
  }

  do<C extends CommandName>(name: C, input: CommandInput<C>): Promise<Result<CommandResult<C>, ErrorBody>> {
    return this.#ask({ verb: 'do', name, input })
  }

  query<Q extends QueryName>(name: Q, input: QueryInput<Q>): Promise<Result<QueryAnswer<Q>, ErrorBody>> {
    return this.#ask({ verb: 'query', name, input })
  }

  close(): void {
    this.#child.stdin?.end()
  }

  #ask(question: object): Promise<never> {
    const id = (this.#id += 1)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#child.stdin?.write(`${JSON.stringify({ id, ...question })}\n`)
    })
  }
}
