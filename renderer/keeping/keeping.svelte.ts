/** Keeping this device safe: one thing at a time, and what came of the last of each. */
import type { CommandResult } from '../../shared/api/commands.ts'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'

export type Copying = 'backup' | 'export'
/** What was made, where. */
export type Made = {
  readonly place: string
  readonly made: number
  readonly bytes: number
  readonly damaged: number
}

export class Keeping {
  doing = $state.raw<'check' | Copying | null>(null)
  examined = $state.raw<CommandResult<'node.doctor'> | null>(null)
  made = $state.raw<Readonly<Partial<Record<Copying, Made>>>>({})
  failure = $state.raw<ErrorBody | null>(null)
  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  forget(): void {
    this.failure = null
  }

  async check(): Promise<void> {
    this.#begin('check')
    const answer = await this.#api.do('node.doctor', {})
    this.#end(answer.ok ? null : answer.error)
    if (answer.ok) this.examined = answer.value
  }

  /** `place`: a folder for a backup, a file for an archive. Answers whether it was made. */
  async copy(what: Copying, place: string): Promise<boolean> {
    this.#begin(what)
    const answer =
      what === 'backup'
        ? await this.#api.do('node.backup', { folder: place })
        : await this.#api.do('node.export', { file: place })
    this.#end(answer.ok ? null : answer.error)
    if (answer.ok) this.made = { ...this.made, [what]: { place, ...answer.value } }
    return answer.ok
  }

  #begin(what: 'check' | Copying): void {
    this.doing = what
    this.failure = null
  }

  #end(failure: ErrorBody | null): void {
    this.doing = null
    this.failure = failure
  }
}
