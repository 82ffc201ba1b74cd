/** Where the bytes of an attachment are, and in words. */
import type { AttachmentRow } from '../../shared/api/rows.ts'
import { clock } from '../services/clock.svelte.ts'
import { formatMoment, formatShare } from '../services/format.ts'
import { photoWords } from './messages.ts'

export type Place =
  /** `devices`: this one among them. */
  | { readonly at: 'here'; readonly devices: number }
  /** From 0 to 1. */
  | { readonly at: 'coming'; readonly share: number }
  /** On another device; null: it was not heard since this one started. */
  | { readonly at: 'elsewhere'; readonly name: string; readonly heard: number | null }
  | { readonly at: 'nowhere' }

/** Heard so lately, a device is in reach, ms. */
const IN_REACH_MS = 60_000

export function placeOf({ where, holders, coming, size }: AttachmentRow): Place {
  if (where.length > holders.length) return { at: 'here', devices: where.length }
  if (coming) return { at: 'coming', share: size === 0 ? 1 : Math.min(1, coming.done / size) }
  const [last] = [...holders].sort((a, b) => (b.last_heard ?? 0) - (a.last_heard ?? 0))
  return last ? { at: 'elsewhere', name: last.name, heard: last.last_heard } : { at: 'nowhere' }
}

export function placeWords(place: Place): string {
  const words = photoWords().place
  switch (place.at) {
    case 'here':
      return place.devices === 1 ? words.only : words.devices(place.devices)
    case 'coming':
      return words.coming(formatShare(place.share))
    case 'elsewhere':
      return `${words.notHere}: ${elsewhere(place.name, place.heard)}`
    case 'nowhere':
      return words.nowhere
  }
}

function elsewhere(name: string, heard: number | null): string {
  const words = photoWords().place
  if (heard === null) return words.silent(name)
  return clock.now - heard < IN_REACH_MS ? words.on(name) : words.heard(name, formatMoment(heard))
}
