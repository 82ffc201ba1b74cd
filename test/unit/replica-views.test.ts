import { expect, test } from 'vitest'
import type { QueryAnswer, QueryInput } from '../../shared/api/queries.ts'
import { must, openDevice, pull, REACH, signerFrom, type Device } from '../support/replicas.ts'
import { aSite, newJob, refusal, setTitle, settle } from '../support/site.ts'

const board = ({ replica }: Device, input: QueryInput<'board'> = {}): QueryAnswer<'board'> =>
  must(replica.query('board', input, REACH))

/** Jobs and edits of four people apart, so that many ops have the same lamport. */
function busySite(): { readonly one: Device; readonly two: Device; readonly desk: Device } {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  for (const device of [hq, desk, tablet, other]) for (let i = 0; i < 3; i += 1) newJob(device)
  const records = board(desk).rows.map((row) => row.record)
  settle(site)
  for (const device of [hq, desk, tablet, other])
    for (const record of records) setTitle(device, record, `${device.name} says so`)
  const readers = ['one', 'two'].map((name) => openDevice(name, signerFrom(name), hq.replica.site))
  const [one, two] = readers
  if (!one || !two) throw new Error('two readers')
  for (const from of [hq, desk, tablet, other]) pull(one, from)
  for (const from of [other, tablet, desk, hq]) pull(two, from)
  return { one, two, desk }
}

test('REP-19 board, feed, conflicts and a subject of many records stand in one order on every replica', () => {
  const { one, two } = busySite()
  expect(two.replica.digest()).toEqual(one.replica.digest())
  for (const query of ['conflicts', 'review', 'requests', 'members'] as const)
    expect(must(two.replica.query(query, {}, REACH))).toEqual(must(one.replica.query(query, {}, REACH)))
  expect(board(two)).toEqual(board(one))
  const feed = (device: Device): unknown => must(device.replica.query('feed', { limit: 500 }, REACH))
  expect(feed(two)).toEqual(feed(one))
})

test('REP-19 pages put together are the whole, nothing twice', () => {
  const { one } = busySite()
  const whole = must(one.replica.query('feed', { limit: 500 }, REACH)).rows.map((row) => row.op)
  const paged: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const page: QueryAnswer<'feed'> = must(
      one.replica.query('feed', { limit: 3, ...(after ? { after } : {}) }, REACH),
    )
    paged.push(...page.rows.map((row) => row.op))
    after = page.next
  }
  expect(paged).toEqual(whole)
  const rows = board(one).rows.map((row) => row.record)
  const pages: string[] = []
  for (let after: string | null | undefined; after !== null;) {
    const page = board(one, { limit: 5, ...(after ? { after } : {}) })
    pages.push(...page.rows.map((row) => row.record))
    after = page.next
  }
  expect(pages).toEqual(rows)
  expect(new Set(rows).size).toBe(12)
})

test('REP-20 the board narrows by kind, zone, assignee, tag, stage and text, and counts what stands there', () => {
  const { desk } = aSite()
  const make = (title: string, zone: string, tags: string[]): string =>
    must(desk.replica.execute('job.create', { title, zone, tags, assignee: 'Ana', tasks: ['inspect'] }))
      .record
  const pump = make('Pump', 'North', ['seal'])
  make('Belt', 'South', ['seal', 'urgent'])
  must(desk.replica.execute('case.create', { title: 'Leak', owner: 'Ben' }))
  must(desk.replica.execute('request.close', { record: pump }))
  const names = (input: QueryInput<'board'>): string[] =>
    board(desk, input)
      .rows.map((row) => row.title)
      .sort()
  expect(names({})).toEqual(['Belt', 'Leak', 'Pump'])
  expect(names({ kind: 'case' })).toEqual(['Leak'])
  expect(names({ zone: 'North' })).toEqual(['Pump'])
  expect(names({ assignee: 'Ana' })).toEqual(['Belt', 'Pump'])
  expect(names({ tag: 'urgent' })).toEqual(['Belt'])
  expect(names({ stage: 'waiting' })).toEqual(['Pump'])
  expect(names({ text: 'lea' })).toEqual(['Leak'])
  expect(names({ status: 'closed' })).toEqual([])
  expect(board(desk).counts).toEqual({ todo: 2, doing: 0, waiting: 1, closed: 0 })
  expect(board(desk).tags).toEqual([
    { value: 'seal', count: 2 },
    { value: 'urgent', count: 1 },
  ])
})

test('REP-20 the board lists urgent work first, then what is due first, then the newest', () => {
  const { desk } = aSite()
  const make = (title: string, rest: { priority?: 'urgent' | 'low'; due?: string }): string =>
    must(desk.replica.execute('job.create', { title, ...rest })).record
  make('old', {})
  make('new', {})
  make('low', { priority: 'low', due: '2026-01-01' })
  make('due', { due: '2026-02-01' })
  make('urgent', { priority: 'urgent' })
  expect(board(desk).rows.map((row) => row.title)).toEqual(['urgent', 'due', 'new', 'old', 'low'])
})

test('REP-21 a query or command on what is not here says so', () => {
  const { desk } = aSite()
  const record = 'ab'.repeat(16)
  const note = 'cd'.repeat(16)
  const here = newJob(desk)
  expect(refusal(desk.replica.query('record', { record }, REACH))).toBe('not-found')
  expect(refusal(desk.replica.query('text', { record: here, note }, REACH))).toBe('not-found')
  expect(refusal(desk.replica.query('op', { op: `${desk.replica.actor}:99` }, REACH))).toBe('not-found')
  expect(refusal(desk.replica.execute('field.set', { record, field: 'title', value: 'x' }))).toBe('not-found')
  expect(refusal(desk.replica.execute('field.set', { record: here, field: 'nonsense', value: 'x' }))).toBe(
    'bad-field',
  )
  expect(refusal(desk.replica.execute('field.set', { record: here, field: 'title', value: null }))).toBe(
    'bad-value',
  )
  expect(refusal(desk.replica.execute('note.edit', { record: here, note, text: 'x' }))).toBe('not-found')
  expect(refusal(desk.replica.execute('task.tick', { record: here, task: note }))).toBe('not-found')
  expect(refusal(desk.replica.execute('request.withdraw', { request: `${desk.replica.actor}:99` }))).toBe(
    'not-found',
  )
  expect(refusal(desk.replica.openText(here, note))).toBe('not-found')
})

test("REP-22 an editing session is allotted once, also after a restart, and its client id is the author's own", () => {
  const { desk, tablet } = aSite()
  const record = newJob(desk)
  const { note } = must(desk.replica.execute('note.add', { record, text: 'Filter' }))
  pull(tablet, desk)
  const clients = [desk, desk, tablet].map(({ replica }) => must(replica.openText(record, note)).client)
  expect(new Set(clients).size).toBe(3)
  const update = 'AAA'
  const foreign = { record, note, client: clients[2] ?? 0, update }
  expect(refusal(desk.replica.execute('text.edit', foreign))).toBe('not-found')
  expect(refusal(desk.replica.execute('text.edit', { ...foreign, client: clients[0] ?? 0 }))).toBe(
    'bad-value',
  )
})
