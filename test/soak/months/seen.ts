/** What the replica under test shows of a job, held against what the floor says of it. */
import { fieldByName } from '../../../shared/model/fields.ts'
import { formatDot, type ChildId } from '../../../shared/model/ids.ts'
import { isPresent } from '../../../shared/merge/map.ts'
import { plainText } from '../../../shared/merge/text/plain.ts'
import type { Scalar } from '../../../shared/op/effect.ts'
import type { QueryAnswer } from '../../../shared/api/queries.ts'
import type { Replica } from '../../../shared/replica/contract.ts'
import { must, REACH } from '../../support/replicas.ts'
import { NOTES, TASKS, type Job } from './floor.ts'

/** What differs; null where both say the same. */
export function disagreement(replica: Replica, job: Job): string | null {
  const page = must(replica.query('record', { record: job.record }, REACH))
  // Of a job that was opened again only the notes written since are known here.
  const notes = page.notes.filter(({ note }) => job.texts.has(note as ChildId))
  const [shown, known] = [asShown({ ...page, notes }), asKnown(job)]
  return shown === known ? null : `the replica shows ${shown}, and people left ${known}`
}

const REGISTERS = ['title', 'zone', 'priority', 'assignee', 'due', 'label'] as const

type Page = QueryAnswer<'record'>

function asShown(page: Page): string {
  return JSON.stringify({
    status: page.status,
    ...Object.fromEntries(REGISTERS.map((name) => [name, distinct(page.fields[name]?.values ?? [])])),
    tags: [...page.tags].sort(),
    labour: page.tallies.labour ?? 0,
    tasks: page.tasks.map(({ task, done }) => `${task} ${done}`).sort(),
    notes: page.notes.map(({ note, text }) => `${note} ${text}`).sort(),
  })
}

function asKnown(job: Job): string {
  return JSON.stringify({
    status: job.closed ? 'closed' : 'open',
    ...Object.fromEntries(REGISTERS.map((name) => [name, distinct(live(job, name))])),
    tags: distinct(live(job, 'tags')),
    labour: Number(live(job, 'labour')[0]?.value ?? 0),
    tasks: shown(job, TASKS)
      .map((task) => `${task} ${(job.cells.get(`${TASKS}/${task}/2`) ?? []).length > 0}`)
      .sort(),
    notes: shown(job, NOTES)
      .filter((note) => job.texts.has(note))
      .map((note) => `${note} ${textAt(job, note)}`)
      .sort(),
  })
}

/** Equal concurrent values are one value. */
const distinct = (values: readonly { readonly value: Scalar }[]): string[] =>
  [...new Set(values.map(({ value }) => String(value)))].sort()

const live = (job: Job, name: string): NonNullable<ReturnType<Job['cells']['get']>> =>
  job.cells.get(`${fieldByName('job', name)?.code ?? 0}//0`) ?? []

const shown = ({ children }: Job, field: number): ChildId[] =>
  [...children]
    .filter(([, child]) => child.field === field && isPresent(child.presences.values()))
    .map(([id]) => id)

function textAt({ texts }: Job, note: ChildId): string {
  const text = texts.get(note)
  return text ? plainText(text) : ''
}

/** All that people can see of a job, each value with its dot: how much there is to be kept. */
export const textOf = (job: Job): string => {
  const cells = [...job.cells].flatMap(([cell, entries]) =>
    entries.map(({ dot, value }) => `${cell} ${formatDot(dot)} ${value}`),
  )
  return [...cells, ...shown(job, NOTES).map((note) => textAt(job, note))].join('\n')
}
