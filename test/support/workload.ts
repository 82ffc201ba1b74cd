/**
 * What people do in a warehouse, as small steps that a test draws: each names who, what, and two numbers that pick
 * a record, a part of it and a value. A step that does not fit (nothing there, closed, not permitted) does nothing.
 */
import type { CommandInput, SiteCommandName } from '../../shared/api/commands.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { REACH, type Device } from './replicas.ts'

export const DEEDS = [
  'job', 'case', 'import', 'title', 'zone', 'label', 'tag', 'untag', 'task', 'rename', 'tick', 'untick', 'untask',
  'note', 'rewrite', 'unnote', 'minutes', 'settle', 'restore', 'close', 'reopen', 'withdraw', 'decide', 'reject',
] as const // prettier-ignore
export type Deed = (typeof DEEDS)[number]

export type Step = { readonly deed: Deed; readonly a: number; readonly b: number }

/** What all hands know by name: the records made so far, in the order in which they were made. */
export type Shelf = { readonly records: string[]; readonly items: string[]; settled: string | null }

export const emptyShelf = (): Shelf => ({ records: [], items: [], settled: null })

const TITLES = ['Dock 3', 'Dock 4', 'Rack loose', 'Leak'] as const
const ZONES = ['North', 'South', null] as const
const WORDS = ['seal', 'valve', 'belt'] as const

const pick = <T>(list: readonly T[], at: number): T | undefined =>
  list.length === 0 ? undefined : list[at % list.length]

const word = (at: number): string => pick(WORDS, at) ?? ''

/** Answers whether anything was written. */
export function perform(device: Device, step: Step, shelf: Shelf): boolean {
  return new Hand(device, step, shelf).act()
}

class Hand {
  readonly #device: Device
  readonly #shelf: Shelf
  readonly #step: Step
  readonly #record: string

  constructor(device: Device, step: Step, shelf: Shelf) {
    this.#device = device
    this.#step = step
    this.#shelf = shelf
    this.#record = pick(shelf.records, step.a) ?? ''
  }

  act(): boolean {
    const { deed } = this.#step
    if (deed === 'job' || deed === 'case') return this.#create(deed)
    if (deed === 'import') return this.#import()
    if (deed === 'decide') return this.#device.replica.decideWaiting(2) > 0
    if (this.#record === '') return false
    return this.#edit(deed)
  }

  #do<C extends SiteCommandName>(command: C, input: CommandInput<C>): boolean {
    return this.#device.replica.execute(command, input).ok
  }

  #create(kind: 'job' | 'case'): boolean {
    const { a, b } = this.#step
    const title = pick(TITLES, a) ?? ''
    const made =
      kind === 'job'
        ? this.#device.replica.execute('job.create', { title, tags: [word(b)], tasks: [word(a)] })
        : this.#device.replica.execute('case.create', { title, tags: [word(b)] })
    if (made.ok) this.#shelf.records.push(made.value.record)
    return made.ok
  }

  /** Two devices that import the same key apart make one record. */
  #import(): boolean {
    const { a, b } = this.#step
    const row = { line: 2, key: `W-${a % 3}`, title: pick(TITLES, b) ?? '', tags: [word(b)], text: '' }
    const report = this.#device.replica.importRows('orders', [row])
    for (const { record } of this.#rows())
      if (!this.#shelf.records.includes(record)) this.#shelf.records.push(record)
    return report.ok && report.value.imported > 0
  }

  #rows(): QueryAnswer<'board'>['rows'] {
    const answer = this.#device.replica.query('board', {}, REACH)
    return answer.ok ? answer.value.rows : []
  }

  #page(): QueryAnswer<'record'> | null {
    const answer = this.#device.replica.query('record', { record: this.#record }, REACH)
    return answer.ok ? answer.value : null
  }

  #edit(deed: Exclude<Deed, 'job' | 'case' | 'import' | 'decide'>): boolean {
    const record = this.#record
    const { b } = this.#step
    switch (deed) {
      case 'title':
        return this.#do('field.set', { record, field: 'title', value: pick(TITLES, b) ?? '' })
      case 'zone':
        return this.#do('field.set', { record, field: 'zone', value: pick(ZONES, b) ?? null })
      case 'label':
        return this.#do('field.set', { record, field: 'label', value: word(b) })
      case 'tag':
        return this.#do('set.add', { record, field: 'tags', key: word(b) })
      case 'untag':
        return this.#do('set.remove', { record, field: 'tags', key: word(b) })
      case 'minutes':
        return this.#do('tally.add', { record, field: 'labour', amount: b - 2 })
      case 'close':
        return this.#do('request.close', { record })
      case 'reopen':
        return this.#do('request.reopen', { record })
      case 'withdraw':
      case 'reject':
        return this.#answer(deed)
      case 'settle':
        return this.#settle()
      case 'restore':
        return this.#restore()
      case 'task':
        return this.#do('task.add', { record, text: word(b) })
      case 'note':
        return this.#do('note.add', { record, text: word(b) })
      default:
        return this.#editChild(deed)
    }
  }

  #editChild(deed: 'rename' | 'tick' | 'untick' | 'untask' | 'rewrite' | 'unnote'): boolean {
    const record = this.#record
    const { b } = this.#step
    const page = this.#page()
    if (deed === 'rewrite' || deed === 'unnote') {
      const note = pick(page?.notes ?? [], b)
      if (!note) return false
      if (deed === 'unnote') return this.#do('note.remove', { record, note: note.note })
      return this.#do('note.edit', { record, note: note.note, text: rewritten(note.text, b) })
    }
    const task = pick(page?.tasks ?? [], b)?.task
    if (task === undefined) return false
    if (deed === 'rename')
      return this.#do('field.set', { record, child: task, field: 'text', value: word(b + 1) })
    const command = { tick: 'task.tick', untick: 'task.untick', untask: 'task.remove' } as const
    return this.#do(command[deed], { record, task })
  }

  #answer(deed: 'withdraw' | 'reject'): boolean {
    const asked = this.#device.replica.query('requests', {}, REACH)
    const waiting = asked.ok ? asked.value.requests.filter((request) => request.state === 'waiting') : []
    const request = pick(waiting, this.#step.b)?.request
    if (request === undefined) return false
    if (deed === 'withdraw') return this.#do('request.withdraw', { request })
    return this.#do('decide', { request, accept: false, reason: 'Not today' })
  }

  /** Settles up to three conflicts in one op. */
  #settle(): boolean {
    const found = this.#device.replica.query('conflicts', {}, REACH)
    const choices = (found.ok ? found.value.conflicts : []).slice(0, 3).map((conflict) => ({
      record: conflict.record,
      ...(conflict.child === null ? {} : { child: conflict.child }),
      field: conflict.field,
      pick: pick(conflict.values, this.#step.b)?.dot ?? '',
    }))
    if (choices.length === 0) return false
    const settled = this.#device.replica.execute('conflict.resolve', { choices })
    if (settled.ok) this.#shelf.settled = settled.value.op
    return settled.ok
  }

  #restore(): boolean {
    return this.#shelf.settled !== null && this.#do('conflict.restore', { op: this.#shelf.settled })
  }
}

/** Something taken away in the middle, something put in, so that texts of two hands have to merge. */
function rewritten(text: string, at: number): string {
  const cut = Math.min(text.length, at)
  return `${text.slice(0, cut)}${word(at)}\n${text.slice(cut + 1)}`
}
