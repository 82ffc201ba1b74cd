/**
 * A warehouse for a year: fifty people at work, each with a device that syncs with headquarters at times of its own, and
 * one whose tablet left after the first day. Nothing but headquarters keeps a replica, so that a million ops take
 * minutes; all that it receives is signed and judged as in earnest. One seed tells one year.
 */
import type { RecordId } from '../../shared/model/ids.ts'
import { stockRight } from '../../shared/model/rights.ts'
import type { Effect } from '../../shared/op/effect.ts'
import { seededDice } from '../../main/demo/dice.ts'
import { must, REACH, signerFrom } from '../support/replicas.ts'
import { Away } from './months/away.ts'
import { Author } from './months/author.ts'
import { Floor } from './months/floor.ts'
import { Headquarters, type Month } from './months/headquarters.ts'
import { Stretch, type Setting } from './months/labour.ts'
import { disagreement, textOf } from './months/seen.ts'
import { planDay, type Outing } from './months/days.ts'

export type Year = {
  readonly seed: number
  /** How many, in all, the authority's own excepted. */
  readonly ops: number
  readonly authors: number
  readonly jobsADay: number
  /** A folder for the database. */
  readonly folder: string
  /** How many days what is final is kept. */
  readonly history: number
  /** Fewer than 365 end it earlier; a twelfth of them is a month. */
  readonly days: number
}

const DAY = 86_400_000
const FIRST_DAY = Date.UTC(2026, 0, 5)
const MONTHS = 12
/** How many days a job is open. */
const JOB_DAYS = 10
/** Who sits at a desk and brings jobs to their end; and who, beside them, opens jobs. */
const SUPERVISORS = 5
const OPENERS = 12
/** Of a hundred closed jobs so many are opened again, and of a hundred late ops that could be adopted then so many are. */
const REOPENED = 3
const ADOPTED = 50
const ITEMS = ['Seal 40 mm', 'Belt B7', 'Bulb'] as const

const dutiesOf = (i: number): ConstructorParameters<typeof Author>[2] => ({
  place: i % 5 === 0 ? 'desk' : i % 10 === 7 ? 'roaming' : 'tablet',
  supervises: i < SUPERVISORS,
  opens: i < OPENERS,
})

export class Warehouse {
  readonly headquarters: Headquarters
  readonly away: Away
  readonly floor = new Floor()
  readonly authors: readonly Author[]
  readonly months: Month[] = []
  readonly #year: Year
  readonly #dice: () => number
  readonly #setting: Setting
  readonly #out: Outing[] = []
  readonly #again: Parameters<Floor['forget']>[0][] = []
  #written = 0
  #closedState = 0

  constructor(year: Year) {
    this.#year = year
    this.#dice = seededDice(year.seed)
    const seed = `year ${year.seed}`
    this.headquarters = new Headquarters(year.folder, seed, { now: FIRST_DAY, history: year.history * DAY })
    const { site, actor } = this.headquarters.replica
    this.authors = Array.from(
      { length: year.authors },
      (_, i) => new Author(site, signerFrom(`${seed}/${i}`), dutiesOf(i)),
    )
    this.away = new Away(signerFrom(`${seed}/away`), site)
    const items = this.#found()
    const people = this.authors.map((_, i) => `Person ${i}`)
    this.#setting = { site, authority: actor, floor: this.floor, dice: this.#dice, people, items }
    this.#listen()
  }

  #found(): Setting['items'] {
    const { headquarters: hq } = this
    this.authors.forEach(({ signer, supervises }, i) => {
      hq.admit(signer, `Person ${i}`, supervises ? 'supervisor' : 'technician')
    })
    hq.admit(this.away.signer, 'Away', 'technician')
    const records = ITEMS.map(
      (name) => must(hq.replica.execute('stock.create', { name, quantity: 1_000_000 })).record,
    )
    for (const { actor } of this.authors.filter(({ opens }) => opens))
      must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 50, to: actor }))
    return records as RecordId[]
  }

  /** Lives through all days; answers what each month cost, and tells `tell` of each as it ends. */
  live(tell: (month: Month) => void = () => undefined): readonly Month[] {
    const { days } = this.#year
    for (let day = 0; day < days; day += 1) {
      this.day(day)
      if (day === 0) this.away.meet(this.headquarters.replica)
      if (day === 1) this.away.workAlone()
      const month = Math.floor(((day + 1) * MONTHS) / days)
      if (month > this.months.length) tell(this.#endMonth(month))
    }
    return this.months
  }

  day(day: number): void {
    const { ops, days, jobsADay } = this.#year
    const free = this.authors.filter((author) => !this.#out.some((outing) => outing.author === author))
    const owed = (ops * (day + 1)) / days - this.#written
    const begins = FIRST_DAY + day * DAY
    const jobs = day === 0 ? jobsADay * 3 + 5 : jobsADay
    const today = planDay(free, { begins, ops: Math.max(0, owed), jobs }, this.#dice)
    for (const outing of today) {
      this.#endUntil(outing.begins)
      this.#begin(outing)
      this.#out.push(outing)
    }
    this.#endUntil(begins + DAY)
    this.headquarters.now = begins + DAY
    this.#review()
    if (new Date(begins).getUTCDate() === 1 || day === 0) this.#handOutStock()
    this.headquarters.rest()
    this.headquarters.writeDown()
    this.headquarters.rest()
    this.#listen()
  }

  /** Everybody who is out and back by then brings what was done. */
  #endUntil(moment: number): void {
    this.#out.sort((a, b) => a.ends - b.ends)
    while (this.#out[0] && this.#out[0].ends <= moment) {
      const outing = this.#out.shift()
      if (outing) this.#end(outing)
    }
  }

  #begin({ author, begins, ends, ops, opens }: Outing): void {
    const { headquarters: hq } = this
    hq.now = begins
    hq.acknowledged(author)
    author.hear(hq.tips)
    let wall = begins
    const step = (ends - begins) / (ops + opens + 2)
    const stretch = new Stretch(this.#setting, author, () => Math.floor((wall += step)))
    for (let i = 0; i < opens; i += 1) stretch.open()
    if (author.supervises) this.#bringToEnd(stretch, author)
    stretch.work(this.#takenUp(), ops)
    this.#written += stretch.ops
  }

  /** Each supervisor has jobs of its own; now and then one looks after those of another. */
  #bringToEnd(stretch: Stretch, author: Author): void {
    const again = this.#again.shift()
    if (again) stretch.reopen(again)
    const most = JOB_DAYS * this.#year.jobsADay
    const over = this.floor.open.length - most
    const own = this.authors.indexOf(author)
    const due = this.floor.open
      .slice(0, Math.max(0, over))
      .filter((job) => !job.asked)
      .filter(({ record }) => parseInt(record.slice(0, 4), 16) % SUPERVISORS === own || this.#dice() < 0.01)
    for (const job of due.slice(0, 1 + Math.ceil(this.#year.jobsADay / 8))) stretch.finish(job)
  }

  /** Some open jobs, seldom one of those that come to their end. */
  #takenUp(): Floor['open'] {
    const { open } = this.floor
    const oldest = this.#dice() < 0.05 ? 0 : Math.floor(open.length * 0.2)
    return Array.from({ length: 1 + Math.floor(this.#dice() * 4) }, () => {
      const at = oldest + Math.floor(this.#dice() * (open.length - oldest))
      return open[at]
    }).filter((job) => job !== undefined)
  }

  #end({ author, ends }: Outing): void {
    const { headquarters: hq } = this
    hq.now = Math.max(hq.now, ends)
    for (const written of hq.receive(author)) this.floor.deliver(written)
    hq.rest()
    this.#listen()
  }

  /** What the authority said meanwhile. */
  #listen(): void {
    for (const op of this.headquarters.words()) for (const effect of op.effects) this.#hear(effect, op.seq)
  }

  #hear(effect: Effect, seq: number): void {
    if (effect.type === 'mint' || effect.type === 'transfer')
      this.authors.find(({ actor }) => actor === effect.to)?.given(effect.right, effect.share)
    if (effect.type !== 'decide') return
    const job = this.floor.decide(effect.request, effect.accept, seq)
    if (!job?.closed) return
    const isFinal = this.#dice() * 100 >= REOPENED
    if (isFinal) this.#closedState += textOf(job).length
    this.floor.leaveNotes(job)
    if (isFinal) this.floor.forget(job)
    else this.#again.push(job)
  }

  #review(): void {
    const { replica } = this.headquarters
    const asked = must(replica.query('review', {}, REACH)).items
    for (const { op, state, judgement, adoptable } of asked) {
      if (state !== 'open') continue
      if (judgement !== 'late') throw new Error(`what authors write is sound: ${op} is ${judgement}`)
      const adopts = adoptable && this.#dice() * 100 < ADOPTED
      if (adopts) must(replica.execute('review.adopt', { op }))
      else must(replica.execute('review.dismiss', { op, reason: 'It was closed' }))
      this.floor.review(op, adopts)
    }
  }

  #handOutStock(): void {
    for (const item of this.#setting.items)
      for (const { actor } of this.authors)
        must(
          this.headquarters.replica.execute('right.transfer', {
            right: stockRight(item),
            amount: 40,
            to: actor,
          }),
        )
  }

  #endMonth(month: number): Month {
    for (const job of this.floor.open) {
      const differs = disagreement(this.headquarters.replica, job)
      if (differs) throw new Error(`${job.record}: ${differs}`)
    }
    const open = this.floor.open.reduce((sum, job) => sum + textOf(job).length, 0)
    const figures = this.headquarters.month(month, { late: this.floor.late, state: this.#closedState + open })
    this.months.push(figures)
    return figures
  }

  close(): void {
    this.headquarters.close()
    this.away.close()
  }
}
