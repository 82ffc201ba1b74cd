/** What is being typed for a new job, and its sending. */
import type { CommandInput } from '../../shared/api/commands.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import { desk } from '../services/desk.svelte.ts'
import type { Priority } from './priorities.ts'

export class NewJob {
  title: string = $state('')
  zone: string = $state('')
  assignee: string = $state('')
  priority: Priority = $state('normal')
  due: string = $state('')
  tags: string = $state('')
  tasks: string[] = $state([''])
  busy: boolean = $state(false)
  error: ErrorBody | null = $state.raw(null)
  /** True after a try without a title. */
  missing: boolean = $state(false)

  /** Creates the job; its record id, or null when it was refused (the reason stays here). */
  async create(): Promise<string | null> {
    this.missing = this.title.trim() === ''
    if (this.missing) return null
    this.busy = true
    const outcome = await desk.do('job.create', this.#input())
    this.busy = false
    this.error = outcome.ok ? null : outcome.error
    return outcome.ok ? outcome.value.record : null
  }

  #input(): CommandInput<'job.create'> {
    const tags = cleaned(this.tags.split(','))
    const tasks = cleaned(this.tasks)
    return {
      title: this.title.trim(),
      priority: this.priority,
      ...(this.zone.trim() === '' ? {} : { zone: this.zone.trim() }),
      ...(this.assignee.trim() === '' ? {} : { assignee: this.assignee.trim() }),
      ...(this.due === '' ? {} : { due: this.due }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(tasks.length === 0 ? {} : { tasks }),
    }
  }
}

const cleaned = (texts: readonly string[]): string[] => [
  ...new Set(texts.map((text) => text.trim()).filter((text) => text !== '')),
]
