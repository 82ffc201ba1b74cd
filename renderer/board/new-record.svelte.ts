/** What is being typed for a new record of any kind, and its sending. */
import type { CommandInput } from '../../shared/api/commands.ts'
import type { ErrorBody } from '../../shared/api/errors.ts'
import type { RecordKind } from '../../shared/api/rows.ts'
import { desk } from '../services/desk.svelte.ts'
import { readAmount } from '../stock/amount.ts'
import type { Priority } from './priorities.ts'

export class NewRecord {
  kind: RecordKind = $state('job')
  /** The title, or of a stock item the name: what was typed stays when the kind changes. */
  title: string = $state('')
  zone: string = $state('')
  assignee: string = $state('')
  owner: string = $state('')
  priority: Priority = $state('normal')
  due: string = $state('')
  tags: string = $state('')
  tasks: string[] = $state([''])
  location: string = $state('')
  unit: string = $state('')
  quantity: string = $state('')
  busy: boolean = $state(false)
  error: ErrorBody | null = $state.raw(null)
  /** True after a try; only then is it told what is missing. */
  tried: boolean = $state(false)

  constructor(kind: RecordKind) {
    this.kind = kind
  }

  get isNameless(): boolean {
    return this.title.trim() === ''
  }

  /** Something stands in the field of the quantity that is none. */
  get isMiscounted(): boolean {
    return this.kind === 'stock' && this.quantity.trim() !== '' && readAmount(this.quantity) === null
  }

  /** Creates the record; its id, or null when it was refused (the reason stays here). */
  async create(): Promise<string | null> {
    this.tried = true
    if (this.isNameless || this.isMiscounted) return null
    this.busy = true
    const outcome = await this.#send()
    this.busy = false
    this.error = outcome.ok ? null : outcome.error
    return outcome.ok ? outcome.value.record : null
  }

  #send() {
    switch (this.kind) {
      case 'job':
        return desk.do('job.create', this.#job())
      case 'case':
        return desk.do('case.create', this.#case())
      case 'incident':
        return desk.do('incident.create', this.#case())
      case 'stock':
        return desk.do('stock.create', this.#stock())
    }
  }

  #job(): CommandInput<'job.create'> {
    const tasks = cleaned(this.tasks)
    return {
      title: this.title.trim(),
      priority: this.priority,
      ...(this.zone.trim() === '' ? {} : { zone: this.zone.trim() }),
      ...(this.assignee.trim() === '' ? {} : { assignee: this.assignee.trim() }),
      ...(this.due === '' ? {} : { due: this.due }),
      ...this.#tags(),
      ...(tasks.length === 0 ? {} : { tasks }),
    }
  }

  #case(): CommandInput<'case.create'> {
    const owner = this.owner.trim()
    return { title: this.title.trim(), ...(owner === '' ? {} : { owner }), ...this.#tags() }
  }

  #stock(): CommandInput<'stock.create'> {
    const [location, unit] = [this.location.trim(), this.unit.trim()]
    const quantity = readAmount(this.quantity)
    return {
      name: this.title.trim(),
      ...(location === '' ? {} : { location }),
      ...(unit === '' ? {} : { unit }),
      ...(quantity === null ? {} : { quantity }),
    }
  }

  #tags(): { tags?: string[] } {
    const tags = cleaned(this.tags.split(','))
    return tags.length === 0 ? {} : { tags }
  }
}

const cleaned = (texts: readonly string[]): string[] => [
  ...new Set(texts.map((text) => text.trim()).filter((text) => text !== '')),
]
