/** The day headings of the feed. */
import { clock } from '../services/clock.svelte.ts'
import { language } from '../services/language.svelte.ts'
import { words } from './messages.ts'

const DAY = 86_400_000

export const isSameDay = (a: number, b: number): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString()

/** Today, yesterday, or the weekday with its date; the year only when it is another. */
export function formatDate(wall: number): string {
  if (isSameDay(wall, clock.now)) return words().today
  if (isSameDay(wall, clock.now - DAY)) return words().yesterday
  const date = new Date(wall)
  const sameYear = date.getFullYear() === new Date(clock.now).getFullYear()
  const year = sameYear ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(language.current, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...year,
  }).format(date)
}
