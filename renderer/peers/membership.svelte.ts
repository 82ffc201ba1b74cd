/**
 * What can be done about members: change a role, cut one off, hand the authority over. The authority does it at
 * once; any other device asks it to, and the question waits visibly until it is answered.
 */
import type { CommandInput } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { RequestRow, RightRow } from '../../shared/api/rows.ts'
import type { Result } from '../../shared/base/result.ts'

export type MemberVerb = 'role' | 'cut' | 'handover'
export type GivenRole = CommandInput<'member.setRole'>['role']

export class Membership {
  #rights = $state.raw<readonly RightRow[]>([])
  #requests = $state.raw<readonly RequestRow[]>([])
  isBusy = $state(false)
  failure = $state.raw<ErrorBody | null>(null)
  /** This device is the authority. */
  isHere = $state(false)

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  open(): () => void {
    const closes = [
      this.#api.watch('rights', {}, (answer) => {
        if (answer.ok) this.#rights = answer.value.rights
      }),
      this.#api.watch('requests', {}, (answer) => {
        if (answer.ok) this.#requests = answer.value.requests
      }),
      this.#api.watch('status', {}, (answer) => {
        if (answer.ok) this.isHere = answer.value.authority.actor === answer.value.actor
      }),
    ]
    return () => closes.forEach((close) => close())
  }

  /** What a device holds and would give back. */
  heldBy(actor: string): readonly RightRow[] {
    return this.#rights.filter(({ holder, left }) => holder === actor && left > 0)
  }

  /** What was asked about a device and is not answered. */
  waitingFor(actor: string): readonly RequestRow[] {
    return this.#requests.filter(
      ({ action, state, detail }) =>
        state === 'waiting' && detail.actor === actor && (action === 'role' || action === 'cut'),
    )
  }

  setRole(actor: string, role: GivenRole): Promise<boolean> {
    return this.#run(() => this.#api.do(this.isHere ? 'member.setRole' : 'request.role', { actor, role }))
  }

  cut(actor: string, reason: string): Promise<boolean> {
    return this.#run(() => this.#api.do(this.isHere ? 'member.cut' : 'request.cut', { actor, reason }))
  }

  handOver(actor: string): Promise<boolean> {
    return this.#run(() => this.#api.do('site.handover', { actor }))
  }

  forget(): void {
    this.failure = null
  }

  async #run(command: () => Promise<Result<unknown, ErrorBody>>): Promise<boolean> {
    if (this.isBusy) return false
    this.isBusy = true
    const answer = await command()
    this.isBusy = false
    this.failure = answer.ok ? null : answer.error
    return answer.ok
  }
}
