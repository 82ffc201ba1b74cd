/** Numbers, dates and spans in the person's language. Reads reactive state, so a template that uses these follows it. */
import { clock } from './clock.svelte.ts'
import { language } from './language.svelte.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const formatNumber = (n: number): string => new Intl.NumberFormat(language.current).format(n)

/** 14:02 today; the date stands before it on any other day. */
export function formatMoment(wall: number): string {
  const date = new Date(wall)
  const today = new Date(clock.now).toDateString() === date.toDateString()
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const options = today ? time : ({ day: 'numeric', month: 'short', ...time } as const)
  return new Intl.DateTimeFormat(language.current, options).format(date)
}

/** Everything there is to know of a moment, for a tooltip. */
export function formatFullMoment(wall: number): string {
  return new Intl.DateTimeFormat(language.current, { dateStyle: 'full', timeStyle: 'medium' }).format(wall)
}

/** "just now", "3 min ago", "2 days ago". */
export function formatAgo(wall: number): string {
  const gone = clock.now - wall
  const relative = new Intl.RelativeTimeFormat(language.current, { numeric: 'auto', style: 'short' })
  if (Math.abs(gone) < 45 * SECOND) return relative.format(0, 'second')
  if (Math.abs(gone) < 45 * MINUTE) return relative.format(-Math.round(gone / MINUTE), 'minute')
  if (Math.abs(gone) < 22 * HOUR) return relative.format(-Math.round(gone / HOUR), 'hour')
  return relative.format(-Math.round(gone / DAY), 'day')
}

/** A span in its two largest units at most: "2 h 5 min". */
export function formatSpan(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE))
  const unit = (n: number, of: 'hour' | 'minute' | 'day'): string =>
    new Intl.NumberFormat(language.current, { style: 'unit', unit: of, unitDisplay: 'short' }).format(n)
  if (minutes < 60) return unit(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return unit(Math.floor(hours / 24), 'day')
  return minutes % 60 === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`
}

/** A calendar day YYYY-MM-DD, without the year when it is this one. */
export function formatDay(day: string): string {
  const date = new Date(`${day}T00:00`)
  const sameYear = date.getFullYear() === new Date(clock.now).getFullYear()
  const year = sameYear ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(language.current, { day: 'numeric', month: 'short', ...year }).format(date)
}

/** Days from today to a calendar day; negative when it has passed. */
export function daysUntil(day: string): number {
  const today = new Date(clock.now)
  today.setHours(0, 0, 0, 0)
  return Math.round((new Date(`${day}T00:00`).getTime() - today.getTime()) / DAY)
}

export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(language.current, { style: 'long', type: 'conjunction' }).format(items)
}

/** A share from 0 to 1: "40 %". */
export const formatShare = (share: number): string =>
  new Intl.NumberFormat(language.current, { style: 'percent', maximumFractionDigits: 0 }).format(share)

/** A file's size in its largest unit: "312 kB", "4.2 MB". */
export function formatBytes(bytes: number): string {
  const [unit, size] =
    bytes < 1_000
      ? (['byte', bytes] as const)
      : bytes < 1_000_000
        ? (['kilobyte', bytes / 1_000] as const)
        : (['megabyte', bytes / 1_000_000] as const)
  const options = {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: size < 10 ? 1 : 0,
  } as const
  return new Intl.NumberFormat(language.current, options).format(size)
}
