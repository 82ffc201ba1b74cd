/**
 * The one contract between a screen, the command line or a test, and a node. Frames are JSON texts:
 * one request, one answer with the same id; a watch answers once and then whenever its answer changed.
 */
import type { Result } from '../base/result.ts'
import type { CommandInput, CommandName, CommandResult } from './commands.ts'
import type { ErrorBody } from './errors.ts'
import type { QueryAnswer, QueryInput, QueryName } from './queries.ts'

export interface DeskApi {
  /** Answers after the commit, or with a refusal; never hangs: a closed channel is an error. */
  do<C extends CommandName>(command: C, input: CommandInput<C>): Promise<Result<CommandResult<C>, ErrorBody>>
  query<Q extends QueryName>(query: Q, input: QueryInput<Q>): Promise<Result<QueryAnswer<Q>, ErrorBody>>
  /** Calls `listener` with the first answer and every changed one, until the returned function is called. */
  watch<Q extends QueryName>(
    query: Q,
    input: QueryInput<Q>,
    listener: (answer: Result<QueryAnswer<Q>, ErrorBody>) => void,
  ): () => void
}

export type ClientFrame =
  | { readonly type: 'do'; readonly id: number; readonly command: string; readonly input: unknown }
  | { readonly type: 'query'; readonly id: number; readonly query: string; readonly input: unknown }
  | { readonly type: 'watch'; readonly id: number; readonly query: string; readonly input: unknown }
  | { readonly type: 'unwatch'; readonly id: number }

export type ServerFrame =
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorBody }

/** An answer to a frame whose id could not be read. Clients number theirs from 1. */
export const UNREADABLE_FRAME = 0

/** The WebSocket lives at this path; the token travels in the second subprotocol. */
export const CONTROL_PATH = '/api'
export const CONTROL_PROTOCOL = 'tallydesk.v1'
export const tokenProtocol = (token: string): string => `token.${token}`
