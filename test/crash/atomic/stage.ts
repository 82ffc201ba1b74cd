/** What scenarios of a failing statement begin with: a small site in which something stands ready to be done. */
import type { CommandInput, SiteCommandName } from '../../../shared/api/commands.ts'
import type { ImportRow } from '../../../shared/replica/contract.ts'
import { handedIn } from '../../support/parcels.ts'
import { must, pull, type Device } from '../../support/replicas.ts'
import { aSite, newJob, page, setTitle, settle, type Site } from '../../support/site.ts'

export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: Error }

export type Scenario = {
  /** As it stands before; the carrying out is played on copies of it. */
  readonly device: Device
  readonly act: (device: Device) => Outcome
}

export const done = (): Outcome => ({ ok: true })

export const asked = <C extends SiteCommandName>(
  device: Device,
  command: C,
  input: CommandInput<C>,
): Scenario => ({
  device,
  act: ({ replica }) => replica.execute(command, input),
})

/** On a job with two tasks, one of them ticked, a tag, a note and labour, at the desk. */
export const onJob =
  (make: (job: Job, site: Site) => Scenario): (() => Scenario) =>
  () => {
    const site = aSite()
    return make(jobAt(site.desk), site)
  }

export type Job = {
  readonly desk: Device
  readonly record: string
  readonly task: string
  readonly ticked: string
  readonly note: string
}

export function jobAt(desk: Device): Job {
  const record = newJob(desk, ['Drain', 'Refill'])
  const [task, ticked] = page(desk, record).tasks.map((one) => one.task)
  must(desk.replica.execute('task.tick', { record, task: ticked ?? '' }))
  must(desk.replica.execute('set.add', { record, field: 'tags', key: 'urgent' }))
  const { note } = must(desk.replica.execute('note.add', { record, text: 'It drips.\nAt the flange.' }))
  return { desk, record, task: task ?? '', ticked: ticked ?? '', note }
}

/** A title set apart by the tablet and by the desk: a conflict, at the desk. */
export function conflicted(): { readonly site: Site; readonly record: string; readonly pick: string } {
  const site = aSite()
  const record = newJob(site.hq)
  settle(site)
  setTitle(site.tablet, record, 'Dock 3')
  setTitle(site.desk, record, 'Dock 4')
  settle(site)
  const pick = page(site.desk, record).fields.title?.values[0]?.dot ?? ''
  return { site, record, pick }
}

/** The desk asked headquarters to close a job. */
export function closing(): { readonly site: Site; readonly record: string; readonly request: string } {
  const site = aSite()
  const record = newJob(site.desk)
  const { request } = must(site.desk.replica.execute('request.close', { record }))
  pull(site.hq, site.desk)
  return { site, record, request }
}

/** The closing was accepted, and then the tablet's late title came in, at the desk. */
export function late(): { readonly site: Site; readonly record: string; readonly op: string } {
  const site = aSite()
  const record = newJob(site.desk)
  settle(site)
  const op = setTitle(site.tablet, record, 'Too late')
  must(site.desk.replica.execute('request.close', { record }))
  pull(site.hq, site.desk)
  site.hq.replica.decideWaiting(5)
  settle(site)
  return { site, record, op }
}

/** The late title may be adopted: the job is open again. */
export function adoptable(): Scenario {
  const { site, record, op } = late()
  must(site.desk.replica.execute('request.reopen', { record }))
  pull(site.hq, site.desk)
  site.hq.replica.decideWaiting(5)
  settle(site)
  return asked(site.desk, 'review.adopt', { op })
}

export const PHOTO = { name: 'flange.png', mime: 'image/png', size: 1000, sha256: 'ab'.repeat(32) }

export function parcelAtDesk(): { readonly site: Site; readonly parcel: string } {
  const site = aSite()
  const record = newJob(site.tablet, ['Drain'])
  setTitle(site.tablet, record, 'Big pump')
  must(site.tablet.replica.execute('note.add', { record, text: 'It drips.' }))
  return { site, parcel: handedIn(site) }
}

export const rowsOf = (count: number): ImportRow[] =>
  Array.from({ length: count }, (_, i) => ({
    line: i + 2,
    key: `W-${i}`,
    title: `Order ${i}`,
    tags: [],
    text: '',
  }))
