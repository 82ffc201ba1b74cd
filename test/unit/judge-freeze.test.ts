import { expect, test } from 'vitest'
import { must, pull, REACH, restart, sync } from '../support/replicas.ts'
import {
  aSite,
  judged,
  newJob,
  page,
  refusal,
  requestsAt,
  setTitle,
  settle,
  titles,
  type Site,
} from '../support/site.ts'

/** The desk asks, headquarters decides; the others hear of it only when the test says so. */
function close(
  { hq, desk }: Site,
  record: string,
  command: 'request.close' | 'request.reopen' = 'request.close',
): void {
  must(desk.replica.execute(command, { record }))
  pull(hq, desk)
  hq.replica.decideWaiting(10)
  pull(desk, hq)
}

test('JDG-1 an edit of a frozen field that the closing had not seen is late, everywhere, and shown with the number', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  settle(site)
  const late = setTitle(tablet, record, 'Too late')
  close(site, record)
  pull(hq, tablet)
  pull(tablet, hq)
  for (const device of [hq, tablet]) {
    expect(judged(device, late)).toBe('late frozen')
    expect(titles(device, record)).toEqual(['Pump'])
    const [item] = must(device.replica.query('review', {}, REACH)).items
    expect(item).toMatchObject({ op: late, judgement: 'late', name: 'Tablet 1', record })
    expect(item?.reason.text).toContain('A-2026-0001')
  }
  expect(page(hq, record).review.map((one) => one.op)).toEqual([late])
})

test('JDG-1 an edit that the closing had seen counts, whoever gets it later', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  settle(site)
  const early = setTitle(tablet, record, 'In time')
  pull(hq, tablet)
  close(site, record)
  pull(other, hq)
  expect(judged(other, early)).toBe('accepted')
  expect(titles(other, record)).toEqual(['In time'])
})

test('JDG-1 the closing may come before or after the late edit: both replicas judge it alike', () => {
  const site = aSite()
  const { hq, desk, tablet, other, edge } = site
  const record = newJob(desk, ['inspect valve'])
  settle(site)
  const task = page(tablet, record).tasks[0]?.task ?? ''
  must(desk.replica.execute('task.tick', { record, task }))
  must(tablet.replica.execute('task.tick', { record, task }))
  const late = [
    must(tablet.replica.execute('task.untick', { record, task })).op,
    must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 5 })).op,
    must(tablet.replica.execute('task.add', { record, text: 'one more' })).op,
  ]
  close(site, record)
  pull(other, tablet)
  pull(other, hq)
  pull(edge, hq)
  pull(edge, tablet)
  for (const op of late) expect([judged(other, op), judged(edge, op)]).toEqual(['late frozen', 'late frozen'])
  expect(other.replica.status().state_hash).toBe(edge.replica.status().state_hash)
  expect(page(other, record)).toMatchObject({ tallies: { labour: 0 }, status: 'closed' })
  expect(page(other, record).tasks.map((one) => [one.text, one.done])).toEqual([['inspect valve', true]])
})

test('JDG-1 notes stay open after the closing', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  settle(site)
  const note = must(tablet.replica.execute('note.add', { record, text: 'Filter was cracked' }))
  close(site, record)
  sync(hq, tablet)
  const after = must(
    tablet.replica.execute('note.edit', { record, note: note.note, text: 'Filter was cracked twice' }),
  )
  pull(hq, tablet)
  expect([judged(hq, note.op), judged(hq, after.op)]).toEqual(['accepted', 'accepted'])
  expect(page(hq, record).notes.map((one) => one.text)).toEqual(['Filter was cracked twice'])
})

test('JDG-1 a device that knows of the closing refuses edits of frozen fields, by name', () => {
  const site = aSite()
  const { desk } = site
  const record = newJob(desk, ['inspect valve'])
  const task = page(desk, record).tasks[0]?.task ?? ''
  must(desk.replica.execute('task.tick', { record, task }))
  close(site, record)
  const { replica } = desk
  expect(refusal(replica.execute('field.set', { record, field: 'title', value: 'x' }))).toBe('frozen')
  expect(refusal(replica.execute('field.set', { record, child: task, field: 'text', value: 'x' }))).toBe(
    'frozen',
  )
  expect(refusal(replica.execute('field.set', { record, field: 'label', value: 'x' }))).toBe('frozen')
  expect(refusal(replica.execute('set.add', { record, field: 'tags', key: 'x' }))).toBe('frozen')
  expect(refusal(replica.execute('tally.add', { record, field: 'labour', amount: 1 }))).toBe('frozen')
  for (const command of ['task.tick', 'task.untick', 'task.remove'] as const)
    expect(refusal(replica.execute(command, { record, task }))).toBe('frozen')
  expect(refusal(replica.execute('task.add', { record, text: 'x' }))).toBe('frozen')
  expect(refusal(replica.execute('note.add', { record, text: 'x' }))).toBeNull()
})

test('JDG-2 what was written knowing of the reopening counts; what was late stays late', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  settle(site)
  const late = setTitle(tablet, record, 'Too late')
  const unaware = setTitle(other, record, 'Unaware')
  close(site, record)
  close(site, record, 'request.reopen')
  sync(hq, tablet)
  const again = setTitle(tablet, record, 'After the reopening')
  sync(hq, tablet)
  sync(hq, other)
  for (const device of [hq, other]) {
    expect([late, unaware, again].map((op) => judged(device, op))).toEqual([
      'late frozen',
      'late frozen',
      'accepted',
    ])
    expect(titles(device, record)).toEqual(['After the reopening'])
  }
})

test('JDG-2 a second closing freezes again, for those who knew only of the reopening', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  close(site, record)
  close(site, record, 'request.reopen')
  pull(tablet, hq)
  const between = setTitle(tablet, record, 'Between')
  close(site, record)
  pull(hq, tablet)
  expect(judged(hq, between)).toBe('late frozen')
  expect(page(hq, record)).toMatchObject({ freeze_epoch: 3, audit_number: 'A-2026-0002' })
})

test('JDG-12 requests, withdrawals and decisions are never late', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  settle(site)
  const asked = must(tablet.replica.execute('request.close', { record }))
  close(site, record)
  pull(hq, tablet)
  expect(judged(hq, asked.op)).toBe('accepted')
  expect(hq.replica.decideWaiting(10)).toBe(0)
  expect(requestsAt(hq).find((one) => one.request === asked.request)).toMatchObject({
    state: 'accepted',
    audit_number: 'A-2026-0001',
  })
})

test('JDG-13 what does not count is left out of every counter, and only the review shows it', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk, ['inspect valve'])
  const task = page(desk, record).tasks[0]?.task ?? ''
  must(desk.replica.execute('task.tick', { record, task }))
  settle(site)
  must(tablet.replica.execute('task.add', { record, text: 'late task' }))
  must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'late' }))
  close(site, record)
  sync(hq, tablet)
  for (const device of [hq, tablet]) {
    const board = must(device.replica.query('board', {}, REACH))
    expect(board.rows[0]).toMatchObject({
      progress: { done: 1, total: 1 },
      tags: [],
      review: 2,
      conflicts: 0,
    })
    expect(board.tags).toEqual([])
    expect(device.replica.status().review).toBe(2)
    restart(device)
    expect(device.replica.status().review).toBe(2)
  }
})
