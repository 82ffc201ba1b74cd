/**
 * Deciding a job's closing on this device, where it may: the authority, or the desk that holds the zone's token. The
 * question and its answer are two ops, so a job that could not be decided stays visibly waiting.
 */
import type { CommandInput, CommandName } from '../../shared/api/commands.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { missingSignatures } from '../authority/signatures.ts'
import { desk } from '../services/desk.svelte.ts'
import { toasts } from '../ui/toasts.svelte.ts'
import type { JobRecord } from './job.svelte.ts'
import { signedBy } from './sign-offs.ts'
import { stateWords } from './state-messages.ts'

/** What a person should know before a job is closed as it is. */
export type Unfinished = { readonly tasks: number; readonly conflicts: number }

function unfinishedOf(record: JobRecord): Unfinished {
  const fields = Object.values(record.fields).filter(({ values }) => values.length > 1)
  const texts = record.tasks.filter(({ values }) => values.length > 1)
  return {
    tasks: record.tasks.filter(({ done }) => !done).length,
    conflicts: fields.length + texts.length,
  }
}

/** Whether this device may close or reopen it here and now; an incident's closing only with its sign-offs. */
export function mayDecideNow(record: JobRecord): boolean {
  if (!record.may_decide || record.kind === 'stock') return false
  const action = record.status === 'open' ? 'close' : 'reopen'
  return missingSignatures({ kind: record.kind, action, signed: signedBy(record) }) === 0
}

export class Closing {
  busy: boolean = $state(false)

  /**
   * What is unfinished of an open job; null where nothing is. Asked anew, for a tick of a moment ago may not be on
   * the screen yet, and the node answers in order.
   */
  async unfinished({ record, status }: JobRecord): Promise<Unfinished | null> {
    if (status !== 'open') return null
    this.busy = true
    const outcome = await desk.query('record', { record })
    this.busy = false
    const left = outcome.ok ? unfinishedOf(outcome.value) : null
    return left && left.tasks + left.conflicts > 0 ? left : null
  }

  /** Asks, unless it was asked, and answers at once. Closed it is when the record says so. */
  async decideNow(record: JobRecord): Promise<void> {
    this.busy = true
    const request = record.request?.request ?? (await this.#ask(record))
    if (request !== null) await this.answer(request, true)
    this.busy = false
  }

  async answer(request: string, accept: boolean, reason?: string): Promise<void> {
    const outcome = await desk.do('decide', { request, accept, ...(reason === undefined ? {} : { reason }) })
    if (!outcome.ok) this.#fail(outcome.error)
    else if (outcome.value.audit_number !== null)
      toasts.say(stateWords().now.closed(outcome.value.audit_number), 'good')
  }

  async sign(record: string): Promise<void> {
    this.busy = true
    await this.#done('incident.sign', { record })
    this.busy = false
  }

  async #ask({ record, status }: JobRecord): Promise<string | null> {
    const outcome = await desk.do(status === 'open' ? 'request.close' : 'request.reopen', { record })
    if (!outcome.ok) this.#fail(outcome.error)
    return outcome.ok ? outcome.value.request : null
  }

  async #done<C extends CommandName>(command: C, input: CommandInput<C>): Promise<void> {
    const outcome = await desk.do(command, input)
    if (!outcome.ok) this.#fail(outcome.error)
  }

  /** A request that has its answer already, by the policy or by somebody else, is no failure: the record shows it. */
  #fail(error: ErrorBody): void {
    if (error.code !== 'request-settled') toasts.fail(error)
  }
}
