/**
 * What is done at desks beside the work on the floor: rights given, used and taken back, requests of every kind and
 * their answers, sign-offs, review. As in the workload a duty names two numbers, and does nothing where it does not fit.
 */
import type { CommandInput, SiteCommandName } from '../../shared/api/commands.ts'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { REACH, type Device } from './replicas.ts'
import type { Shelf } from './workload.ts'

export const DUTIES = [
  'incident', 'stock', 'zoned', 'sign', 'give', 'pass', 'draw', 'number', 'takeback', 'ask', 'answer', 'adopt', 'dismiss',
  'revoke', 'expel', 'refill', 'unlock',
] as const // prettier-ignore
export type Duty = (typeof DUTIES)[number]

/** Rights that move in these stories, with how many at once; an item of stock comes last. */
const MOVED = [
  ['decide:close:North', 1],
  ['audit-number', 3],
  ['decide:close:South', 1],
  ['job-number', 3],
  ['enrol', 1],
] as const

const ZONES = ['North', 'South'] as const
const ROLES = ['technician', 'supervisor', 'edge'] as const

const pick = <T>(list: readonly T[], at: number): T | undefined =>
  list.length === 0 ? undefined : list[at % list.length]

export type Task = { readonly duty: Duty; readonly a: number; readonly b: number }

/** Answers whether anything was written. */
export function attend(device: Device, task: Task, shelf: Shelf): boolean {
  return new Clerk(device, task, shelf).act()
}

class Clerk {
  readonly #device: Device
  readonly #shelf: Shelf
  readonly #task: Task

  constructor(device: Device, task: Task, shelf: Shelf) {
    this.#device = device
    this.#task = task
    this.#shelf = shelf
  }

  act(): boolean {
    const { duty } = this.#task
    switch (duty) {
      case 'incident':
      case 'stock':
      case 'zoned':
        return this.#create(duty)
      case 'give':
      case 'pass':
      case 'takeback':
        return this.#move(duty)
      case 'draw':
      case 'number':
      case 'sign':
        return this.#onRecord(duty)
      case 'ask':
        return this.#ask()
      case 'answer':
        return this.#answer()
      case 'unlock':
        return this.#do('request.reopen', { record: this.#onBoard((row) => row.status === 'closed') ?? '' })
      case 'refill':
        return this.#device.replica.replenish()
      case 'expel':
        return this.#do('member.cut', { actor: this.#member() ?? '', reason: 'lost' })
      default:
        return this.#review(duty)
    }
  }

  #do<C extends SiteCommandName>(command: C, input: CommandInput<C>): boolean {
    return this.#device.replica.execute(command, input).ok
  }

  #create(duty: 'incident' | 'stock' | 'zoned'): boolean {
    const { a, b } = this.#task
    const { replica } = this.#device
    if (duty === 'stock') {
      const made = replica.execute('stock.create', { name: 'Seals', quantity: 5 + b })
      if (made.ok) this.#shelf.items.push(made.value.record)
      return made.ok
    }
    const made =
      duty === 'incident'
        ? replica.execute('incident.create', { title: 'Slip', tags: [] })
        : replica.execute('job.create', {
            title: 'Belt',
            zone: ZONES[a % 2 === 0 ? 0 : 1],
            tags: [],
            tasks: [],
          })
    if (made.ok) this.#shelf.records.push(made.value.record)
    return made.ok
  }

  #right(): readonly [string, number] {
    const { b } = this.#task
    const item = pick(this.#shelf.items, this.#task.a)
    return MOVED[b] ?? [`stock:${item ?? this.#shelf.records[0] ?? ''}`, 2]
  }

  #member(): string | undefined {
    const answer = this.#device.replica.query('members', {}, REACH)
    const members = answer.ok ? answer.value.members.map(({ actor }) => actor) : []
    return pick(members.sort(), this.#task.a)
  }

  #move(duty: 'give' | 'pass' | 'takeback'): boolean {
    const actor = this.#member() ?? ''
    if (duty === 'give') {
      const [right, amount] = this.#right()
      return this.#do('right.transfer', { right, amount, to: actor })
    }
    const rights = this.#device.replica.query('rights', {}, REACH)
    const held = rights.ok
      ? rights.value.rights.filter(({ left, self }) => left > 0 && self === (duty === 'pass'))
      : []
    const row = pick(held, this.#task.b)
    if (!row) return false
    if (duty === 'takeback') return this.#do('right.reclaim', { right: row.right, actor: row.holder })
    return this.#do('right.transfer', { right: row.right, amount: 1, to: actor })
  }

  #onRecord(duty: 'draw' | 'number' | 'sign'): boolean {
    const { a, b } = this.#task
    const record = pick(this.#shelf.records, a) ?? ''
    if (duty === 'sign')
      return this.#do('incident.sign', { record: this.#onBoard((row) => row.kind === 'incident') ?? record })
    if (duty === 'draw')
      return this.#do('right.spend', {
        right: `stock:${pick(this.#shelf.items, a) ?? ''}`,
        amount: 1 + b,
        ...(b % 2 === 0 ? {} : { record }),
      })
    if (b === 0) return this.#do('right.spend', { right: 'audit-number', amount: 1 })
    return this.#do('right.spend', { right: 'job-number', amount: 1, record })
  }

  #onBoard(which: (row: QueryAnswer<'board'>['rows'][number]) => boolean): string | undefined {
    const board = this.#device.replica.query('board', {}, REACH)
    const rows = board.ok ? board.value.rows.filter(which) : []
    return pick(rows.map(({ record }) => record).sort(), this.#task.b)
  }

  #ask(): boolean {
    const { a, b } = this.#task
    const [right, amount] = this.#right()
    const actor = this.#member() ?? ''
    if (b === 4) return this.#do('request.cut', { actor, reason: 'gone' })
    if (b === 3) return this.#do('request.role', { actor, role: pick(ROLES, a) ?? 'edge' })
    if (b === 5) return this.#do('request.stock', { item: pick(this.#shelf.items, a) ?? '', amount: 3 })
    return this.#do('request.numbers', { right, amount })
  }

  #answer(): boolean {
    const { a, b } = this.#task
    const asked = this.#device.replica.query('requests', {}, REACH)
    const waiting = asked.ok ? asked.value.requests.filter(({ state }) => state === 'waiting') : []
    const request = pick(waiting, a)?.request
    if (request === undefined) return false
    return this.#do('decide', b === 0 ? { request, accept: false, reason: 'No' } : { request, accept: true })
  }

  #review(duty: 'adopt' | 'dismiss' | 'revoke'): boolean {
    const { a } = this.#task
    if (duty === 'revoke') {
      const dot = this.#dot()
      return dot !== undefined && this.#do('fact.revoke', { dot, reason: 'Against policy' })
    }
    const found = this.#device.replica.query('review', {}, REACH)
    const open = found.ok ? found.value.items.filter(({ state }) => state === 'open') : []
    const op = pick(open, a)?.op
    if (op === undefined) return false
    return duty === 'adopt'
      ? this.#do('review.adopt', { op })
      : this.#do('review.dismiss', { op, reason: 'No' })
  }

  /** A value of some record or of a part of it, as it stands, or whatever was said in an op about it. */
  #dot(): string | undefined {
    const { a, b } = this.#task
    const record = pick(this.#shelf.records, a) ?? ''
    const page: { ok: true; value: QueryAnswer<'record'> } | { ok: false } = this.#device.replica.query(
      'record',
      { record },
      REACH,
    )
    if (!page.ok) return undefined
    const { fields, tasks, attachments } = page.value
    const standing = [...Object.values(fields), ...tasks].flatMap(({ values }) =>
      values.map(({ dot }) => dot),
    )
    const told = this.#device.replica.query('feed', { record, limit: 12 }, REACH)
    const said = told.ok ? told.value.rows.map(({ op }, i) => `${op}.${i % 3}`) : []
    const dots = [...standing, ...attachments.map(({ dot }) => dot), ...said].sort()
    return pick(dots, a * 6 + b)
  }
}
