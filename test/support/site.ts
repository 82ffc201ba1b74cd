/** A small warehouse for tests of rules: headquarters, a desk, an edge and two tablets that all hold the same. */
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { copyOf, foundSite, joinSite, must, pull, REACH, type Device } from './replicas.ts'

export type Site = {
  readonly hq: Device
  readonly desk: Device
  readonly edge: Device
  readonly tablet: Device
  readonly other: Device
}

const founded = ((): Site => {
  const hq = foundSite('a small warehouse')
  const site = {
    hq,
    desk: joinSite(hq, 'Desk', 'supervisor'),
    edge: joinSite(hq, 'Edge', 'edge'),
    tablet: joinSite(hq, 'Tablet 1', 'technician'),
    other: joinSite(hq, 'Tablet 2', 'technician'),
  }
  shareWith(site, hq)
  return site
})()

export function aSite(): Site {
  return {
    hq: copyOf(founded.hq),
    desk: copyOf(founded.desk),
    edge: copyOf(founded.edge),
    tablet: copyOf(founded.tablet),
    other: copyOf(founded.other),
  }
}

/** Gives everyone what one device holds. */
export function shareWith(site: Site, from: Device): void {
  for (const to of Object.values(site)) if (to !== from) pull(to, from)
}

/** Everyone gets everything. */
export function settle(site: Site): void {
  for (const from of Object.values(site)) pull(site.edge, from)
  shareWith(site, site.edge)
}

export function newJob(device: Device, tasks: string[] = [], title = 'Pump'): string {
  return must(device.replica.execute('job.create', { title, tasks })).record
}

export const page = ({ replica }: Device, record: string): QueryAnswer<'record'> =>
  must(replica.query('record', { record }, REACH))

export const titles = (device: Device, record: string): (string | number | null)[] =>
  (page(device, record).fields.title?.values ?? []).map((one) => one.value)

export const setTitle = ({ replica }: Device, record: string, value: string): string =>
  must(replica.execute('field.set', { record, field: 'title', value })).op

export const judged = ({ replica }: Device, op: string): string => {
  const { judgement, reason } = must(replica.query('op', { op }, REACH))
  return reason === null ? judgement : `${judgement} ${reason.code}`
}

export const requestsAt = ({ replica }: Device): QueryAnswer<'requests'>['requests'] =>
  must(replica.query('requests', {}, REACH)).requests

/** The name of a device's last op. */
export const lastOp = ({ replica }: Device): string => {
  const seq = Math.max(
    0,
    ...replica
      .heads()
      .filter(({ actor }) => actor === replica.actor)
      .map((head) => head.seq),
  )
  return `${replica.actor}:${seq}`
}

/** Why a command was refused; null when it was not. */
export const refusal = (
  result: { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } },
): string | null => (result.ok ? null : result.error.code)
