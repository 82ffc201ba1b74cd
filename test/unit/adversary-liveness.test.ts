import { expect, test } from 'vitest'
import type { Span } from '../../shared/model/rights.ts'
import { craft } from '../support/crafting.ts'
import { openReplica } from '../../shared/replica/replica.ts'
import type { Statement } from '../../shared/replica/ports.ts'
import { copyOf, must, pull, type Device } from '../support/replicas.ts'
import { aSite, judged, newJob, page, requestsAt } from '../support/site.ts'

const close = (device: Device, record: string): string =>
  must(device.replica.execute('request.close', { record })).request

const spending = (right: string, spans: readonly Span[]) =>
  ({ type: 'spend', right, share: { units: 0, spans }, record: null }) as const

test('JDG-50 a lying member cannot burn all numbers with spans that run backwards', () => {
  const site = aSite()
  const { hq, tablet } = site
  const most = Number.MAX_SAFE_INTEGER
  for (const [right, year] of [
    ['audit-number', 2026],
    ['job-number', 0],
  ] as const)
    craft(tablet, [
      spending(right, [
        { year, from: 1, to: most - 1 },
        { year, from: most, to: 2 },
      ]),
    ])
  const record = newJob(tablet)
  const request = close(tablet, record)
  pull(hq, tablet)
  expect(hq.replica.decideWaiting(5)).toBe(1)
  expect(page(hq, record).audit_number).toBe('A-2026-0001')
  expect(judged(hq, request)).toBe('accepted')
  must(hq.replica.execute('right.transfer', { right: 'job-number', amount: 5, to: tablet.replica.actor }))
})

test('JDG-51 one op burns no more than 500 numbers, however it names them', () => {
  const { hq, tablet } = aSite()
  craft(
    tablet,
    Array.from({ length: 400 }, (_, i) =>
      spending('job-number', [{ year: 0, from: i * 500 + 1, to: i * 500 + 500 }]),
    ),
  )
  pull(hq, tablet)
  const job = must(hq.replica.execute('job.create', { title: 'Next' }))
  expect(['J-0001', 'J-0501']).toContain(job.number)
})

test('JDG-52 numbers burnt one by one hold up nobody: the policy answers, and those who asked later too', () => {
  const site = aSite()
  const { hq, tablet, other } = site
  for (let op = 0; op < 3; op += 1)
    craft(tablet, [
      spending(
        'job-number',
        Array.from({ length: 500 }, (_, i) => {
          const number = 2 * (op * 500 + i) + 1
          return { year: 0, from: number, to: number }
        }),
      ),
    ])
  must(tablet.replica.execute('request.numbers', { right: 'job-number', amount: 1000 }))
  pull(hq, tablet)
  must(other.replica.execute('request.numbers', { right: 'job-number', amount: 3 }))
  pull(hq, other)
  expect(hq.replica.decideWaiting(5)).toBe(2)
  expect(requestsAt(hq).map(({ state }) => state)).toEqual(['accepted', 'accepted'])
})

test('JDG-54 an op of a moment that no screen could show is refused at the door', () => {
  const { hq } = aSite()
  const last = 8_640_000_000_000_000
  expect(craft(hq, [{ type: 'create', kind: 'case' }], { wall: last }).outcome).toBe('stored')
  expect(craft(hq, [{ type: 'create', kind: 'case' }], { wall: last + 1 })).toMatchObject({
    outcome: 'refused',
  })
  expect(new Intl.DateTimeFormat('en').format(new Date(last))).not.toBe('')
})

/** How many questions a device asks its database while it judges and folds a note of so many edits anew. */
function questionsFor(edits: number): number {
  const { desk, tablet } = aSite()
  const record = newJob(desk)
  const { note } = must(desk.replica.execute('note.add', { record, text: 'x' }))
  for (let i = 1; i <= edits; i += 1)
    must(desk.replica.execute('note.edit', { record, note, text: 'x'.repeat(i + 1) }))
  const clone = copyOf(tablet)
  newJob(tablet)
  newJob(clone, [], 'Apart')
  for (const one of [tablet, clone]) pull(desk, one)
  let asked = 0
  const prepare = (text: string): Statement => {
    const statement = desk.sql.prepare(text)
    return {
      run: (...parameters) => statement.run(...parameters),
      get: (...parameters) => ((asked += 1), statement.get(...parameters)),
      all: (...parameters) => ((asked += 1), statement.all(...parameters)),
    }
  }
  const replica = openReplica(
    { ...desk.world, sql: { ...desk.sql, prepare } },
    desk.signer,
    desk.replica.site,
  )
  expect(replica.diagnose().findings).toEqual([])
  return asked
}

test('JDG-53 the work on a long note grows with its edits and not with their square, though a device somewhere forked', () => {
  expect(questionsFor(160)).toBeLessThan(2.5 * questionsFor(80))
})
