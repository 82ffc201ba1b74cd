/**
 * The desk's one connection and its state, and `Live`: a watched query as reactive state. Controllers make a
 * `Live` while their component initialises; it ends with the component.
 */
import type { QueryAnswer, QueryInput, QueryName } from '../../shared/api/queries.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { CONTROL_PATH, type DeskApi } from '../../shared/api/desk-api.ts'
import type { Link } from './link.ts'
import { NodeFiles, type FileStore } from './files.ts'
import { DeskSocket } from './socket.ts'
import { takeToken } from './token.ts'

const token = takeToken()

class Connection {
  link: Link = $state.raw({ state: 'connecting', since: Date.now() })
  /** False: the page was opened without a token, so nothing can be asked. */
  readonly hasToken = token !== null
}

export const connection = new Connection()

export const desk: DeskApi = new DeskSocket({
  url: `ws://${location.host}${CONTROL_PATH}`,
  token: token ?? '',
  onLink: (link) => (connection.link = link),
  nodeRuns: () =>
    fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
      (response) => response.ok,
      () => false,
    ),
})

export const files: FileStore = new NodeFiles(token ?? '')

export class Live<Q extends QueryName> {
  /** The newest answer; null until the first. It stays while the line is down: see `connection.link`. */
  answer: QueryAnswer<Q> | null = $state.raw(null)
  error: ErrorBody | null = $state.raw(null)

  /** `input` is read reactively; null watches nothing and forgets the answer. */
  constructor(query: Q, input: () => QueryInput<Q> | null) {
    $effect(() => {
      const asked = input()
      if (asked === null) {
        this.answer = null
        this.error = null
        return
      }
      return desk.watch(query, asked, (outcome) => {
        this.error = outcome.ok ? null : outcome.error
        if (outcome.ok) this.answer = outcome.value
      })
    })
  }
}
