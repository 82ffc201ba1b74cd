/** Who is at work on a day, when each of them leaves a sync behind and comes to the next, and how much is done between. */
import type { Author } from './author.ts'

/** Between two syncs. */
export type Outing = {
  readonly author: Author
  readonly begins: number
  readonly ends: number
  readonly ops: number
  /** How many jobs are opened besides. */
  readonly opens: number
}

type Slot = Pick<Outing, 'author' | 'begins' | 'ends'>

/** What a day has: its beginning, ms; ops to be written, and jobs to be opened besides. */
type Load = { readonly begins: number; readonly ops: number; readonly jobs: number }

const HOUR = 3_600_000
const DAY = 24 * HOUR
const OPENS_AT = 6 * HOUR
const OPEN_FOR = 14 * HOUR
/** So many ops at least are done between two syncs, on an average. */
const FEWEST = 20
/** Of a week's days, Monday first: which part of the people is in. */
const ATTENDANCE = [0.8, 0.8, 0.8, 0.8, 0.8, 0.2, 0] as const
/** How often a device syncs on a day, from and to. */
const SYNCS: Readonly<Record<Author['place'], readonly [number, number]>> = {
  desk: [6, 9],
  tablet: [2, 4],
  roaming: [1, 1],
}
/** A walk through halls without a network, now and then for days. */
const LONG_WALK = 0.15

export function planDay(free: readonly Author[], { begins, ops, jobs }: Load, dice: () => number): Outing[] {
  const weekday = (new Date(begins).getUTCDay() + 6) % 7
  const attendance = ATTENDANCE[weekday] ?? 0
  const slots = free.filter(() => dice() < attendance).flatMap((author) => slotsOf(author, begins, dice))
  const taken = shuffled(slots, dice).slice(0, Math.max(1, Math.ceil(ops / FEWEST)))
  const weights = taken.map(() => -Math.log(1 - dice()))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const openers = taken.filter(({ author }) => author.opens)
  const opened = tally(openers, Math.round(jobs * attendance * 1.7), dice)
  return taken
    .map((slot, i) => ({
      ...slot,
      ops: Math.round((ops * (weights[i] ?? 0)) / sum),
      opens: opened.get(slot) ?? 0,
    }))
    .sort((a, b) => a.begins - b.begins)
}

function slotsOf(author: Author, begins: number, dice: () => number): Slot[] {
  const [fewest, most] = SYNCS[author.place]
  const slots = fewest + Math.floor(dice() * (most - fewest + 1))
  const length = OPEN_FOR / slots
  return Array.from({ length: slots }, (_, i) => {
    const from = begins + OPENS_AT + (i + 0.3 * dice()) * length
    const away = author.place === 'roaming' && dice() < LONG_WALK ? (1 + Math.floor(3 * dice())) * DAY : 0
    return { author, begins: Math.floor(from), ends: Math.floor(from + (0.3 + 0.4 * dice()) * length) + away }
  })
}

/** So many of a thing given to these, each to one of them. */
function tally<T>(to: readonly T[], many: number, dice: () => number): Map<T, number> {
  const given = new Map<T, number>()
  for (let i = 0; i < many; i += 1) {
    const one = to[Math.floor(dice() * to.length)]
    if (one !== undefined) given.set(one, (given.get(one) ?? 0) + 1)
  }
  return given
}

function shuffled<T>(list: readonly T[], dice: () => number): T[] {
  return list
    .map((item) => ({ item, at: dice() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
