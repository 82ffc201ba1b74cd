/**
 * An open record of any kind: what is live of it and what a person can do with it. Every change is a command that is answered
 * after its commit; a refusal is told, and the screen keeps showing what is true.
 */
import type { CommandInput, CommandName, CommandResult } from '../../shared/api/commands.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { FieldValue, Value } from '../../shared/api/rows.ts'
import { Live, desk } from '../services/desk.svelte.ts'
import { valueText } from '../activity/sentence.ts'
import { language } from '../services/language.svelte.ts'
import { toasts } from '../ui/toasts.svelte.ts'
import { jobWords } from './messages.ts'

export type JobRecord = QueryAnswer<'record'>

export class JobController {
  readonly id: string
  readonly live: Live<'record'>
  /** Ticks that were sent and not yet answered, shown at once. */
  #ticking: ReadonlyMap<string, boolean> = $state.raw(new Map())

  /** What was set last from here, by field: it is nobody else's. */
  readonly #own = new Map<string, Value>()

  constructor(id: string) {
    this.id = id
    this.live = new Live('record', () => ({ record: id }))
  }

  get record(): JobRecord | null {
    return this.live.answer
  }

  get isClosed(): boolean {
    return this.record?.status === 'closed'
  }

  /** Which field names it. */
  get titleField(): 'title' | 'name' {
    return this.record?.kind === 'stock' ? 'name' : 'title'
  }

  valuesOf(field: string): readonly FieldValue[] {
    return this.record?.fields[field]?.values ?? []
  }

  /** The first of a field's values, which lists show; null when it has none. */
  valueOf(field: string): Value {
    return this.valuesOf(field)[0]?.value ?? null
  }

  setField(field: string, value: Value): Promise<boolean> {
    return this.#done('field.set', { record: this.id, field, value })
  }

  /** Sets what somebody began to change when `seen` stood there: what others set meanwhile is told, and can be brought back. */
  async changeField(field: string, value: Value, seen: readonly FieldValue[]): Promise<boolean> {
    const own = this.#own.get(field)
    const isNews = (one: FieldValue): boolean =>
      !seen.some(({ dot }) => dot === one.dot) && one.value !== value && one.value !== own
    const newer = this.valuesOf(field).find(isNews)
    if (!(await this.setField(field, value))) return false
    this.#own.set(field, value)
    if (newer) {
      const { meanwhile, bringBack } = jobWords().conflict
      toasts.ask(meanwhile(newer.name, valueText(language.current, newer.value)), {
        label: bringBack,
        run: () => void this.setField(field, newer.value),
      })
    }
    return true
  }

  /** Settles a conflict by one of its values; one op that supersedes all that were seen. */
  pick(field: string, dot: string, child?: string): Promise<boolean> {
    const at = { record: this.id, field, ...(child === undefined ? {} : { child }) }
    return this.#done('conflict.resolve', { choices: [{ ...at, pick: dot }] })
  }

  settle(field: string, value: Value, child?: string): Promise<boolean> {
    const at = { record: this.id, field, ...(child === undefined ? {} : { child }) }
    return this.#done('conflict.resolve', { choices: [{ ...at, value }] })
  }

  addTag(key: string): Promise<boolean> {
    return this.#done('set.add', { record: this.id, field: 'tags', key })
  }

  removeTag(key: string): Promise<boolean> {
    return this.#done('set.remove', { record: this.id, field: 'tags', key })
  }

  isTicked(task: string, done: boolean): boolean {
    return this.#ticking.get(task) ?? done
  }

  async tick(task: string, done: boolean): Promise<void> {
    this.#ticking = new Map(this.#ticking).set(task, done)
    if (await this.#done(done ? 'task.tick' : 'task.untick', { record: this.id, task })) await this.#refresh()
    const rest = new Map(this.#ticking)
    rest.delete(task)
    this.#ticking = rest
  }

  /** The watch may answer a moment after the command did: until then the box would show what was before. */
  async #refresh(): Promise<void> {
    const outcome = await desk.query('record', { record: this.id })
    if (outcome.ok) this.live.answer = outcome.value
  }

  addTask(text: string): Promise<boolean> {
    return this.#done('task.add', { record: this.id, text })
  }

  removeTask(task: string): Promise<boolean> {
    return this.#done('task.remove', { record: this.id, task })
  }

  /** Begins an empty note; its id, or null when it was refused. */
  async addNote(): Promise<string | null> {
    const result = await this.#send('note.add', { record: this.id, text: '' })
    return result?.note ?? null
  }

  removeNote(note: string): Promise<boolean> {
    return this.#done('note.remove', { record: this.id, note })
  }

  addMinutes(amount: number): Promise<boolean> {
    return this.#done('tally.add', { record: this.id, field: 'labour', amount })
  }

  /** The next of this device's own block becomes the job's number. */
  takeNumber(): Promise<boolean> {
    return this.#done('right.spend', { right: 'job-number', amount: 1, record: this.id })
  }

  request(): Promise<boolean> {
    return this.#done(this.isClosed ? 'request.reopen' : 'request.close', { record: this.id })
  }

  withdraw(request: string): Promise<boolean> {
    return this.#done('request.withdraw', { request })
  }

  async #done<C extends CommandName>(command: C, input: CommandInput<C>): Promise<boolean> {
    return (await this.#send(command, input)) !== null
  }

  async #send<C extends CommandName>(command: C, input: CommandInput<C>): Promise<CommandResult<C> | null> {
    const outcome = await desk.do(command, input)
    if (outcome.ok) return outcome.value
    toasts.fail(outcome.error)
    return null
  }
}
