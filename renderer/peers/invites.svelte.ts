/**
 * Inviting devices: the one-time codes of this node and their state. A code's secret is known only to the answer
 * that made it, so it lives here for as long as its dialog and is never asked for again.
 */
import type { DeskApi } from '../../shared/api/desk-api.ts'
import type { CommandResult } from '../../shared/api/commands.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'

export const INVITED_ROLES = ['technician', 'supervisor', 'edge'] as const
export type InvitedRole = (typeof INVITED_ROLES)[number]

export type Invite = QueryAnswer<'invites'>['invites'][number]
export type MadeCode = CommandResult<'invite.create'> & {
  readonly name: string
  readonly person: string
  readonly role: InvitedRole
}

export class Invites {
  all = $state.raw<readonly Invite[]>([])
  made = $state.raw<MadeCode | null>(null)
  failure = $state.raw<ErrorBody | null>(null)
  isMaking = $state(false)

  readonly open = $derived(this.all.filter(({ state }) => state === 'open'))
  /** What became of the code on the screen. */
  readonly madeState = $derived(this.all.find(({ invite }) => invite === this.made?.invite)?.state ?? 'open')

  readonly #api: DeskApi

  constructor(api: DeskApi) {
    this.#api = api
  }

  watch(): () => void {
    return this.#api.watch('invites', {}, (answer) => {
      if (answer.ok) this.all = answer.value.invites
      else this.failure = answer.error
    })
  }

  /** An empty `person` says that the device's name is theirs. */
  async make(role: InvitedRole, name: string, person: string): Promise<void> {
    this.isMaking = true
    this.failure = null
    const answer = await this.#api.do('invite.create', {
      role,
      name,
      ...(person === '' ? {} : { person }),
    })
    this.isMaking = false
    if (answer.ok) this.made = { ...answer.value, role, name, person }
    else this.failure = answer.error
  }

  async revoke(invite: string): Promise<boolean> {
    const answer = await this.#api.do('invite.revoke', { invite })
    if (!answer.ok) this.failure = answer.error
    else if (this.made?.invite === invite) this.made = null
    return answer.ok
  }

  forget(): void {
    this.made = null
    this.failure = null
  }
}
