/**
 * What stands in the warehouse by all that was delivered: of every open job its live dots, its tasks and its notes. An
 * author reads it when it syncs, in place of a replica of its own; the replica under test is held to it. Of a closed
 * job nothing is kept but its name.
 */
import * as Y from 'yjs'
import { fieldByCode } from '../../../shared/model/fields.ts'
import {
  formatDot,
  formatOpId,
  type ActorId,
  type ChildId,
  type DotRef,
  type OpRef,
  type RecordId,
} from '../../../shared/model/ids.ts'
import { compareDots, type Entry } from '../../../shared/merge/dots.ts'
import { isPresent, removeSeen, touch, type Presences } from '../../../shared/merge/map.ts'
import { emptyText } from '../../../shared/merge/text/document.ts'
import type { Address, DataEffect, KnownEffect, Seen } from '../../../shared/op/effect.ts'
import { childAt, recordAt } from '../../../shared/op/identity.ts'
import { isData } from '../../../shared/op/op.ts'
import type { Reading } from '../../../shared/intent/reading.ts'
import { sha256, type Written } from './author.ts'

export const TASKS = 10
export const NOTES = 20

type Child = { readonly record: RecordId; readonly field: number; readonly id: ChildId }

export type Job = {
  readonly record: RecordId
  readonly cells: Map<string, readonly Entry[]>
  /** Dots that something superseded before they counted themselves: what was late and is adopted may be one. */
  readonly gone: Set<string>
  readonly children: Map<ChildId, { readonly field: number; presences: Presences }>
  readonly texts: Map<ChildId, Y.Doc>
  /** The request for its closing or reopening that waits. */
  asked: OpRef | null
  closed: boolean
  /** The seq of the authority's last op that closed it; 0: it never was. */
  closedAt: number
  /** Closed for good: nothing is kept of it but this. */
  forgotten: boolean
}

const cellKey = ({ field, child, sub }: Address): string => `${field}/${child ?? ''}/${sub}`

export class Floor {
  readonly #jobs = new Map<RecordId, Job>()
  readonly #open: Job[] = []
  readonly #asked = new Map<string, Job>()
  /** Ops that could not count, since the job that they were about had been closed, until they are reviewed. */
  readonly #late = new Map<string, Written>()
  /** How many those were in all. */
  late = 0

  get open(): readonly Job[] {
    return this.#open
  }

  job(record: RecordId): Job | undefined {
    return this.#jobs.get(record)
  }

  /** As one who knows all this reads it. */
  readBy(actor: ActorId): Reading {
    return {
      actor,
      kindOf: (record) => (this.#jobs.has(record) ? 'job' : null),
      isClosed: (record) => this.job(record)?.closed ?? false,
      live: (at) => this.job(at.record)?.cells.get(cellKey(at)) ?? [],
      hasChild: (record, _field, child) => isPresent(this.#presences(record, child).values()),
      seenIn: (record, _field, child) => seenIn(this.#presences(record, child)),
      effectsOf: () => [],
      waiting: (record) => this.job(record)?.asked ?? null,
    }
  }

  #presences(record: RecordId, child: ChildId): Presences {
    return this.job(record)?.children.get(child)?.presences ?? new Map()
  }

  /** Takes in what an author wrote. */
  deliver(written: Written): void {
    if (this.#isLate(written)) {
      this.late += 1
      this.#late.set(formatOpId(written.ref), written)
      return
    }
    this.#take(written)
  }

  /** What came too late is adopted, and counts, or dismissed. */
  review(op: string, adopted: boolean): void {
    const written = this.#late.get(op)
    this.#late.delete(op)
    if (adopted && written) this.#take(written)
  }

  #take(written: Written): void {
    written.effects.forEach((effect, index) => {
      const dot = { ...written.ref, index }
      if (effect.type === 'request') this.#ask(effect, written.ref)
      else if (effect.type === 'create') this.#create(recordAt(sha256, dot, effect.kind))
      else if (isData(effect)) this.#change(effect, dot, written.lamport)
    })
  }

  #isLate({ effects, heard }: Written): boolean {
    return effects.some((effect) => {
      const place = placeOf(effect)
      const job = place && this.job(place.record)
      return job ? heard < job.closedAt && fieldByCode('job', place.field)?.frozen === true : false
    })
  }

  #ask(effect: Extract<KnownEffect, { type: 'request' }>, ref: OpRef): void {
    const job = 'record' in effect ? this.job(effect.record) : undefined
    // Two may ask at once; the first that came is answered, and the other is told that it is closed.
    if (!job || job.asked || job.closed === (effect.action === 'close')) return
    job.asked = ref
    this.#asked.set(formatOpId(ref), job)
  }

  #create(record: RecordId): void {
    const job: Job = {
      record,
      cells: new Map(),
      gone: new Set(),
      children: new Map(),
      texts: new Map(),
      asked: null,
      closed: false,
      closedAt: 0,
      forgotten: false,
    }
    this.#jobs.set(record, job)
    this.#open.push(job)
  }

  #change(effect: DataEffect, dot: DotRef, lamport: number): void {
    if (effect.type === 'create' || effect.type === 'import') return
    const record = 'at' in effect ? effect.at.record : effect.record
    const job = this.job(record)
    if (!job || job.forgotten) return
    if (effect.type === 'child')
      this.#touch(job, { record, field: effect.field, id: childAt(sha256, dot) }, dot)
    else if (effect.type === 'drop') this.#drop(job, effect.child, effect.seen)
    else this.#changeAt(job, effect, dot, lamport)
  }

  #touch(job: Job, { field, id }: Child, { actor, seq }: OpRef): void {
    const child = job.children.get(id) ?? { field, presences: new Map() }
    child.presences = touch(child.presences, actor, seq)
    job.children.set(id, child)
  }

  #drop(job: Job, id: ChildId, seen: Seen): void {
    const child = job.children.get(id)
    if (child) child.presences = removeSeen(child.presences, seen)
  }

  #changeAt(job: Job, effect: Extract<DataEffect, { at: Address }>, dot: DotRef, lamport: number): void {
    const { record, field, child } = effect.at
    if (child) this.#touch(job, { record, field, id: child }, dot)
    const key = cellKey(effect.at)
    const before = job.cells.get(key) ?? []
    const add = (value: Entry['value'], stays: readonly Entry[]): void => {
      const own = job.gone.has(formatDot(dot)) ? [] : [{ dot, value, lamport }]
      job.cells.set(key, [...stays, ...own])
    }
    for (const superseded of effect.type === 'assign'
      ? effect.over
      : effect.type === 'remove'
        ? effect.dots
        : [])
      job.gone.add(formatDot(superseded))
    switch (effect.type) {
      case 'assign':
        return add(effect.value, without(before, effect.over))
      case 'draft':
        if (before.every((entry) => isBefore(entry, { dot, lamport }))) add(effect.value, [])
        return
      case 'insert':
        return add(effect.key, before)
      case 'remove':
        return void job.cells.set(key, without(before, effect.dots))
      case 'count':
        // One entry for the sum: nothing here asks who counted.
        return void job.cells.set(key, [
          { dot, value: Number(before[0]?.value ?? 0) + effect.amount, lamport },
        ])
      case 'text':
        return child ? this.#type(job, child, effect.update) : undefined
      case 'session':
        return
    }
  }

  #type(job: Job, note: ChildId, update: Uint8Array): void {
    if (job.closed) return
    const text = job.texts.get(note) ?? emptyText()
    job.texts.set(note, text)
    Y.applyUpdate(text, update)
  }

  /** The authority's answer: an accepted one closes the job, or opens it again. */
  decide(request: OpRef, accept: boolean, seq: number): Job | null {
    const name = formatOpId(request)
    const job = this.#asked.get(name)
    if (!job) return null
    this.#asked.delete(name)
    job.asked = null
    if (!accept) return null
    job.closed = !job.closed
    if (job.closed) this.#close(job, seq)
    else this.#open.push(job)
    return job
  }

  #close(job: Job, seq: number): void {
    job.closedAt = seq
    this.#open.splice(this.#open.indexOf(job), 1)
  }

  /** Nobody writes on in the notes of a closed job: who opens it again begins another. */
  leaveNotes(job: Job): void {
    for (const text of job.texts.values()) text.destroy()
    job.texts.clear()
  }

  /** Nothing of it is looked at again. */
  forget(job: Job): void {
    job.forgotten = true
    job.cells.clear()
    job.gone.clear()
    job.children.clear()
  }
}

function placeOf(effect: KnownEffect): { readonly record: RecordId; readonly field: number } | null {
  if ('at' in effect) return effect.at
  return effect.type === 'child' || effect.type === 'drop' ? effect : null
}

const without = (entries: readonly Entry[], dots: readonly DotRef[]): Entry[] => {
  const gone = new Set(dots.map(formatDot))
  return entries.filter((entry) => !gone.has(formatDot(entry.dot)))
}

const isBefore = (a: Pick<Entry, 'dot' | 'lamport'>, b: Pick<Entry, 'dot' | 'lamport'>): boolean =>
  a.lamport - b.lamport < 0 || (a.lamport === b.lamport && compareDots(a.dot, b.dot) < 0)

const seenIn = (presences: Presences): Seen =>
  [...presences]
    .filter(([, { touched, removed }]) => touched > removed)
    .map(([actor, { touched }]) => ({ actor, seq: touched }))
