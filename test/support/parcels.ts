/** Unsent work of one device as a parcel, and what a desk does with it. */
import { expect } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { packed, type ParcelContent } from '../../shared/replica/parcel.ts'
import { must, REACH, type Device } from './replicas.ts'
import type { Site } from './site.ts'

export const contentOf = ({ replica, name }: Device, change: Partial<ParcelContent> = {}): ParcelContent => ({
  site: replica.site,
  actor: replica.actor,
  name,
  cause: 'restored',
  ops: replica.unsent(),
  ...change,
})

/** What only this device has, as one parcel. */
export function parcelOf(device: Device): Uint8Array {
  const [content, ...more] = packed(contentOf(device))
  expect(more).toEqual([])
  if (!content) throw new Error('there is nothing to hand in')
  return content
}

export const parcelsAt = ({ replica }: Device): QueryAnswer<'parcels'>['parcels'] =>
  must(replica.query('parcels', {}, REACH)).parcels

/** The tablet's unsent work, handed in at the desk; the tablet itself is heard of no more. */
export function handedIn({ desk, tablet }: Site): string {
  return must(desk.replica.handIn(parcelOf(tablet))).parcel
}

export const take = ({ replica }: Device, parcel: string, items: readonly number[]) =>
  replica.execute('parcel.take', { parcel, items: [...items] })

export const rowsAt = ({ replica }: Device): QueryAnswer<'board'>['rows'] =>
  must(replica.query('board', {}, REACH)).rows

export const obstacles = (device: Device): (string | null)[] =>
  parcelsAt(device).flatMap(({ items }) => items.map(({ obstacle }) => obstacle?.code ?? null))
