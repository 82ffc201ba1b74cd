/**
 * What somebody does between one sync and the next: some jobs are taken up, and things are done about them that the
 * intents make of what the author has seen. What does not fit is left, as a screen would not offer it.
 */
import { Journal } from '../../../shared/base/journal.ts'
import type { Refusal } from '../../../shared/intent/refusal.ts'
import { Ahead } from '../../../shared/intent/ahead.ts'
import { childAddress, Composer } from '../../../shared/intent/composer.ts'
import { addTask, createRecord } from '../../../shared/intent/creating.ts'
import * as editing from '../../../shared/intent/editing.ts'
import { requestTurn } from '../../../shared/intent/requesting.ts'
import type { MergeType } from '../../../shared/model/kinds.ts'
import { fieldByName } from '../../../shared/model/fields.ts'
import type { ActorId, ChildId, RecordId, SiteId } from '../../../shared/model/ids.ts'
import { sizeOf, stockRight } from '../../../shared/model/rights.ts'
import type { Address, KnownEffect } from '../../../shared/op/effect.ts'
import { isData } from '../../../shared/op/op.ts'
import { sha256, type Author } from './author.ts'
import { NOTES, TASKS, type Floor, type Job } from './floor.ts'
import { firstWords, Typing } from './typing.ts'

/** What is done, with how often of a hundred; typing comes in bursts. */
const DEEDS = [
  ['tick', 26], ['untick', 10], ['priority', 9], ['assignee', 9], ['title', 6], ['due', 5], ['label', 5],
  ['tag', 6], ['untag', 4], ['minutes', 6], ['task', 3], ['rename', 2], ['untask', 1], ['note', 2], ['draw', 1], ['type', 5],
] as const // prettier-ignore
type Deed = (typeof DEEDS)[number][0]

const TITLES = [
  'Dock door jams',
  'Rack loose',
  'Pump leaks',
  'Conveyor stops',
  'Lamp out',
  'Forklift brakes',
] as const
const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const
const TAGS = ['seal', 'valve', 'belt', 'electric', 'safety', 'winter'] as const
const PARTS = ['Drain', 'Refill', 'Inspect', 'Grease', 'Replace', 'Test', 'Clean'] as const
const ZONES = ['North', 'South', 'Yard'] as const

/** Below this an author asks for the next block of job numbers. */
const LOW = 10
const BLOCK = 50

export type Setting = {
  readonly site: SiteId
  readonly authority: ActorId
  readonly floor: Floor
  readonly dice: () => number
  readonly people: readonly string[]
  readonly items: readonly RecordId[]
}

export class Stretch {
  readonly #setting: Setting
  readonly #author: Author
  readonly #reading: Ahead
  readonly #wall: () => number
  #ops = 0

  /** `wall` answers the moment of the next op, ms. */
  constructor(setting: Setting, author: Author, wall: () => number) {
    this.#setting = setting
    this.#author = author
    this.#wall = wall
    this.#reading = new Ahead(setting.floor.readBy(author.actor), sha256, setting.site, new Journal())
  }

  get ops(): number {
    return this.#ops
  }

  /** About these jobs, until so many ops are written or nothing fits any more. */
  work(jobs: readonly Job[], most: number): void {
    for (let tries = 0; this.#ops < most && tries < 4 * most && jobs.length > 0; tries += 1) {
      const job = this.#pick(jobs)
      if (job) this.#do(this.#deed(), job, most - this.#ops)
    }
  }

  /** Opens a job, with a number where its author holds one. */
  open(): void {
    const composer = new Composer(this.#author.next, sha256)
    const record = createRecord(composer, {
      kind: 'job',
      fields: {
        title: `${this.#pick(TITLES)} ${this.#number(900)}`,
        zone: this.#pick(ZONES),
        priority: this.#pick(PRIORITIES),
      },
      tags: [this.#pick(TAGS) ?? ''],
      tasks: PARTS.slice(0, 2 + this.#number(4)),
    })
    if (!record.ok) return
    const share = this.#author.take('job-number', 1)
    const number = share ? [{ type: 'spend', right: 'job-number', share, record: record.value } as const] : []
    this.#write([...composer.effects, ...number])
    if (sizeOf(this.#author.holds('job-number')) === LOW)
      this.#write([{ type: 'request', action: 'numbers', right: 'job-number', amount: BLOCK }])
  }

  /** Brings a job to its end: conflicts settled, every task ticked, its closing asked for. */
  finish(job: Job): void {
    const { record } = job
    for (const name of ['title', 'priority', 'assignee', 'due', 'zone'] as const)
      this.#edit(record, undefined, name, ['register'], (composer, to) => {
        const [first, second] = this.#reading.live(to.at)
        if (!first || !second) return null
        return editing.setField(composer, this.#reading, to, first.value)
      })
    for (const task of this.#shown(job, TASKS)) {
      this.#edit(record, task, 'text', ['register'], (composer, to) => {
        const [first, second] = this.#reading.live(to.at)
        return first && second ? editing.setField(composer, this.#reading, to, first.value) : null
      })
      if (!this.#isDone(record, task)) this.#tick(record, task)
    }
    this.#ask('close', record)
  }

  reopen({ record }: Job): void {
    this.#ask('reopen', record)
  }

  #ask(action: 'close' | 'reopen', record: RecordId): void {
    const request = requestTurn(this.#reading, action, record)
    if (request.ok) this.#write([request.value])
  }

  #do(deed: Deed, job: Job, most: number): void {
    const { record } = job
    const field = (name: string, value: string | null): void =>
      this.#edit(record, undefined, name, ['register', 'draft'], (composer, to) =>
        editing.setField(composer, this.#reading, to, value),
      )
    const task = this.#pick(this.#shown(job, TASKS))
    switch (deed) {
      case 'title':
        return field('title', `${this.#pick(TITLES)} ${this.#number(900)}`)
      case 'priority':
        return field('priority', this.#pick(PRIORITIES) ?? null)
      case 'assignee':
        return field('assignee', this.#pick(this.#setting.people) ?? null)
      case 'due':
        return field('due', new Date(this.#wall() + this.#number(14) * 86_400_000).toISOString().slice(0, 10))
      case 'label':
        return field('label', this.#pick(TAGS) ?? null)
      case 'tag':
        return this.#edit(record, undefined, 'tags', ['set'], (composer, to) =>
          editing.addKey(composer, to, this.#pick(TAGS) ?? ''),
        )
      case 'untag':
        return this.#edit(record, undefined, 'tags', ['set'], (composer, to) =>
          editing.removeKey(composer, this.#reading, to, this.#pick(TAGS) ?? ''),
        )
      case 'minutes':
        return this.#edit(record, undefined, 'labour', ['tally'], (composer, to) =>
          editing.count(composer, to, 5 * (1 + this.#number(6))),
        )
      case 'task':
        return this.#addTask(record)
      case 'note':
        return this.#addNote(record)
      case 'draw':
        return this.#draw(record)
      case 'type':
        return this.#type(job, Math.min(most, 4 + this.#number(30)))
      default:
        return task ? this.#doTask(deed, record, task) : undefined
    }
  }

  #doTask(deed: 'tick' | 'untick' | 'rename' | 'untask', record: RecordId, task: ChildId): void {
    switch (deed) {
      case 'tick':
        return this.#isDone(record, task) ? undefined : this.#tick(record, task)
      case 'untick':
        return this.#edit(record, task, 'done', ['set'], (composer, to) =>
          editing.removeKey(composer, this.#reading, to, null),
        )
      case 'rename':
        return this.#edit(record, task, 'text', ['register'], (composer, to) =>
          editing.setField(composer, this.#reading, to, `${this.#pick(PARTS)} ${this.#number(9)}`),
        )
      case 'untask': {
        const field = fieldByName('job', 'tasks')
        const composer = new Composer(this.#author.next, sha256)
        if (field) editing.removeChild(composer, this.#reading, record, field, task)
        this.#write(composer.effects)
      }
    }
  }

  #tick(record: RecordId, task: ChildId): void {
    this.#edit(record, task, 'done', ['set'], (composer, to) =>
      editing.addKey(composer, to, this.#author.actor),
    )
  }

  #addTask(record: RecordId): void {
    const composer = new Composer(this.#author.next, sha256)
    if (this.#reading.isClosed(record)) return
    addTask(composer, record, 'job', `${this.#pick(PARTS)} ${this.#number(9)}`)
    this.#write(composer.effects)
  }

  #addNote(record: RecordId): void {
    const composer = new Composer(this.#author.next, sha256)
    const note = composer.child(record, NOTES)
    const at = bodyOf(record, note)
    if (!at) return
    composer.text(at, 0, true, firstWords(this.#author.actor, at, this.#setting.dice))
    this.#write(composer.effects)
  }

  /** Types on in a note that was here at the last sync. */
  #type({ record, texts }: Job, updates: number): void {
    const [note, text] = this.#pick([...texts]) ?? []
    const at = note && bodyOf(record, note)
    if (!at) return this.#addNote(record)
    const n = this.#author.nextSession()
    const typing = new Typing(text, this.#author.actor, at, n, this.#setting.dice)
    for (let i = 0; i < updates; i += 1) {
      const update = typing.next()
      const declared = i === 0 ? [{ type: 'session', at, n } as const] : []
      if (update) this.#write([...declared, { type: 'text', at, n, update }])
      else if (i === 0) break
    }
    typing.end()
  }

  #draw(record: RecordId): void {
    const item = this.#pick(this.#setting.items)
    const right = item && stockRight(item)
    const share = right && this.#author.take(right, 1 + this.#number(2))
    if (share) this.#write([{ type: 'spend', right, share, record }])
  }

  #edit(
    record: RecordId,
    child: ChildId | undefined,
    name: string,
    merges: readonly MergeType[],
    change: (composer: Composer, to: editing.Target) => Refusal | null,
  ): void {
    const to = editing.target(this.#reading, record, child, name, merges)
    const composer = new Composer(this.#author.next, sha256)
    if (to.ok && change(composer, to.value) === null) this.#write(composer.effects)
  }

  #write(effects: readonly KnownEffect[]): void {
    if (effects.length === 0) return
    const ref = this.#author.next
    this.#author.write(effects, this.#wall(), this.#setting.authority)
    effects.forEach((effect, index) => {
      if (isData(effect)) this.#reading.apply(effect, { ...ref, index })
    })
    this.#ops += 1
  }

  #isDone(record: RecordId, task: ChildId): boolean {
    const field = fieldByName('job', 'tasks')
    const at = field && childAddress(record, field, task, 'done')
    return at !== null && this.#reading.live(at).length > 0
  }

  #shown({ record, children }: Job, field: number): ChildId[] {
    return [...children]
      .filter(([id, child]) => child.field === field && this.#reading.hasChild(record, field, id))
      .map(([id]) => id)
  }

  #deed(): Deed {
    let left = this.#setting.dice() * 100
    for (const [deed, weight] of DEEDS) {
      left -= weight
      if (left < 0) return deed
    }
    return 'tick'
  }

  #number(below: number): number {
    return Math.floor(this.#setting.dice() * below)
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#number(list.length)]
  }
}

function bodyOf(record: RecordId, note: ChildId): Address | null {
  const field = fieldByName('job', 'notes')
  return field && childAddress(record, field, note, 'body')
}
