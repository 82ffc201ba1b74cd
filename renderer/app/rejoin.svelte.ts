/**
 * Joining the site again under a new key. In between the node has no site for a moment; the desk stays as it is
 * meanwhile, and is not taken for one that was never set up.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'

class Rejoin {
  isBusy = $state(false)
  failure = $state.raw<ErrorBody | null>(null)

  async join(api: DeskApi, code: string, name: string): Promise<boolean> {
    if (this.isBusy) return false
    this.isBusy = true
    this.failure = null
    const answer = await api.do('setup.join', { code, name })
    this.isBusy = false
    this.failure = answer.ok ? null : answer.error
    return answer.ok
  }

  forget(): void {
    this.failure = null
  }
}

export const rejoin = new Rejoin()
