/** What the console asks of the node. Names and inputs come as they came: the node parses them. */
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { Result } from '../../shared/base/result.ts'

export type Outcome = Result<unknown, ErrorBody>

export interface DeskPort {
  /** Answers after the commit, or with a refusal; never throws. */
  do(command: string, input: unknown): Promise<Outcome>
  /** Will a query be answered at once, or is work under way that it would have to finish first? */
  isSettled(): boolean
  /** Never throws. */
  query(query: string, input: unknown): Outcome
}

/** A watched answer with its JSON text, which is made once for all who watch the same. */
export type Watched = { readonly outcome: Outcome; readonly json: string }
