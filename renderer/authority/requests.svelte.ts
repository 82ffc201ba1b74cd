/**
 * The state of the authority's place: the requests of the site, what waits and what is answered, and the verbs on
 * them. A verb changes nothing here: the node's next answer does.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { RequestRow } from '../../shared/api/rows.ts'

/** What a person is asked about before it is done. */
export type Question = { readonly about: 'withdraw' | 'reject'; readonly request: RequestRow }

export class Requests {
  all = $state.raw<readonly RequestRow[] | null>(null)
  failure = $state.raw<ErrorBody | null>(null)
  /** The requests whose verb is under way. */
  busy = $state.raw<ReadonlySet<string>>(new Set())
  question = $state.raw<Question | null>(null)

  /** Whoever waits longest stands first. */
  readonly waiting = $derived(
    (this.all ?? []).filter(({ state }) => state === 'waiting').sort((a, b) => a.since - b.since),
  )
  /** The latest answer stands first. */
  readonly decided = $derived(
    (this.all ?? [])
      .filter(({ state }) => state !== 'waiting')
      .sort((a, b) => (b.decided ?? b.since) - (a.decided ?? a.since)),
  )

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  open(): () => void {
    return this.#api.watch('requests', {}, (answer) => {
      if (answer.ok) this.all = answer.value.requests
      this.failure = answer.ok ? null : answer.error
    })
  }

  ask(about: Question['about'], request: RequestRow): void {
    this.question = { about, request }
  }

  withdraw(request: string): Promise<boolean> {
    return this.#run(request, () => this.#api.do('request.withdraw', { request }))
  }

  accept(request: string): Promise<boolean> {
    return this.#run(request, () => this.#api.do('decide', { request, accept: true }))
  }

  reject(request: string, reason: string): Promise<boolean> {
    return this.#run(request, () => this.#api.do('decide', { request, accept: false, reason }))
  }

  async #run(
    request: string,
    verb: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: ErrorBody }>,
  ): Promise<boolean> {
    if (this.busy.has(request)) return false
    this.question = null
    this.busy = new Set([...this.busy, request])
    const answer = await verb()
    this.busy = new Set([...this.busy].filter((other) => other !== request))
    this.failure = answer.ok ? null : answer.error
    return answer.ok
  }
}
