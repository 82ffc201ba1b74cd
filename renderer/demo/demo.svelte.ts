/** The demo bar's state: the switches as the node reports them, and what the newcomer has seen happen so far. */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { hintFor, type Hint } from './coach.ts'

type DemoState = NonNullable<QueryAnswer<'node'>['demo']>
type Status = QueryAnswer<'status'>

export class Demo {
  state = $state.raw<DemoState | null>(null)
  failure = $state.raw<ErrorBody | null>(null)
  /** The switches on their way, by name. */
  busy = $state.raw<ReadonlySet<string>>(new Set())

  #conflicts = $state(0)
  #isTitle = $state(false)
  #waiting = $state(0)
  #hasSettled = $state(false)
  /** Closings that were seen waiting while the WAN was out. */
  #waited = $state.raw<ReadonlySet<string>>(new Set())
  /** Tablets that the person took off the Wi-Fi; those that the shift walks out with need no hint. */
  #takenOff = $state.raw<ReadonlySet<string>>(new Set())
  #audit = $state<string | null>(null)

  readonly hint: Hint | null = $derived(this.state === null ? null : this.#hintFor(this.state))

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  open(): () => void {
    const ends = [
      this.#api.watch('node', {}, (answer) => {
        if (answer.ok) this.state = answer.value.demo
      }),
      this.#api.watch('status', {}, (answer) => {
        if (answer.ok) this.#hearStatus(answer.value)
      }),
      this.#api.watch('conflicts', {}, (answer) => {
        if (answer.ok) this.#isTitle = answer.value.conflicts.every(({ field }) => field === 'title')
      }),
      this.#api.watch('requests', {}, (answer) => {
        if (answer.ok) this.#hearRequests(answer.value.requests)
      }),
    ]
    return () => ends.forEach((end) => end())
  }

  setWan(up: boolean): Promise<void> {
    return this.#switch('wan', () => this.#api.do('demo.wan', { up }))
  }

  setTablet(actor: string, up: boolean): Promise<void> {
    this.#takenOff = new Set([...this.#takenOff].filter((other) => other !== actor))
    if (!up) this.#takenOff = new Set([...this.#takenOff, actor])
    return this.#switch(actor, () => this.#api.do('demo.tablet', { actor, up }))
  }

  #hintFor({ wan, tablets }: DemoState): Hint {
    return hintFor({
      wan,
      tabletsOff: tablets.filter(({ actor, up }) => !up && this.#takenOff.has(actor)).map(({ name }) => name),
      conflicts: this.#conflicts,
      isTitle: this.#isTitle,
      waiting: this.#waiting,
      hasSettled: this.#hasSettled,
      hasWaited: this.#waited.size > 0,
      audit: this.#audit,
    })
  }

  #hearStatus(status: Status): void {
    if (status.conflicts < this.#conflicts) this.#hasSettled = true
    this.#conflicts = status.conflicts
    this.#waiting = status.waiting
  }

  #hearRequests(requests: QueryAnswer<'requests'>['requests']): void {
    const isOut = this.state?.wan === false
    const waiting = requests.filter(({ state }) => state === 'waiting').map(({ request }) => request)
    if (isOut) this.#waited = new Set([...this.#waited, ...waiting])
    const answered = requests
      .filter(({ request, audit_number }) => this.#waited.has(request) && audit_number !== null)
      .sort((a, b) => (b.decided ?? 0) - (a.decided ?? 0))
    this.#audit = answered[0]?.audit_number ?? this.#audit
  }

  async #switch(
    name: string,
    verb: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: ErrorBody }>,
  ): Promise<void> {
    if (this.busy.has(name)) return
    this.busy = new Set([...this.busy, name])
    const answer = await verb()
    this.busy = new Set([...this.busy].filter((other) => other !== name))
    this.failure = answer.ok ? null : answer.error
  }
}
