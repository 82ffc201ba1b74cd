/**
 * The first screen's state: which of the three ways was taken, and how far it is. The node changes its phase as soon
 * as it has a site; the recovery key is shown once, so the desk waits until the person says that it is kept.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'

export type Step =
  | { readonly at: 'choose' }
  | { readonly at: 'new' }
  | { readonly at: 'join' }
  | { readonly at: 'demo'; readonly since: number }
  | { readonly at: 'recovery'; readonly site: string; readonly key: string }

export type SetupField = 'site' | 'name' | 'code'

class Setup {
  step = $state.raw<Step>({ at: 'choose' })
  isBusy = $state(false)
  failure = $state.raw<ErrorBody | null>(null)

  /** True while the first screen has something to say although the node has its site. */
  readonly isHeld = $derived(this.step.at === 'recovery' || (this.step.at === 'new' && this.isBusy))

  choose(at: 'choose' | 'new' | 'join'): void {
    this.failure = null
    this.step = { at }
  }

  async create(api: DeskApi, site: string, name: string): Promise<void> {
    await this.#run(async () => {
      const answer = await api.do('setup.init', { site, name })
      if (answer.ok) this.step = { at: 'recovery', site, key: answer.value.recovery }
      return answer.ok ? null : answer.error
    })
  }

  async join(api: DeskApi, code: string, name: string): Promise<void> {
    await this.#run(async () => {
      const answer = await api.do('setup.join', { code, name })
      return answer.ok ? null : answer.error
    })
  }

  async startDemo(api: DeskApi, now: number): Promise<void> {
    this.step = { at: 'demo', since: now }
    await this.#run(async () => {
      const answer = await api.do('setup.demo', {})
      return answer.ok ? null : answer.error
    })
  }

  /** The recovery key is kept: the desk may open. */
  finish(): void {
    this.step = { at: 'choose' }
  }

  async #run(verb: () => Promise<ErrorBody | null>): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.failure = null
    this.failure = await verb()
    this.isBusy = false
  }
}

export const setup = new Setup()

/** Which field of the form an error is about; null when it is about none. */
export function fieldOf(error: ErrorBody | null): SetupField | null {
  if (!error) return null
  if (error.code === 'bad-pairing-code' || error.code.startsWith('pairing-')) return 'code'
  const path = error.code === 'bad-input' ? error.params.path : undefined
  return path === 'site' || path === 'name' || path === 'code' ? path : null
}
