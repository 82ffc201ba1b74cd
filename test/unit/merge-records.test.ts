import { expect, test } from 'vitest'
import { must, pull, REACH, sync } from '../support/replicas.ts'
import { aSite, newJob, page, refusal, setTitle, settle, titles } from '../support/site.ts'

test('MRG-5 a removed task goes, and takes along only what its remover had seen', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk, ['inspect valve', 'replace filter', 'upload photo'])
  settle(site)
  const [first, second, third] = page(desk, record).tasks.map((one) => one.task)
  for (const task of [first, second]) must(desk.replica.execute('task.remove', { record, task: task ?? '' }))
  must(tablet.replica.execute('task.tick', { record, task: second ?? '' }))
  settle(site)
  for (const device of [desk, tablet, hq])
    expect(page(device, record).tasks.map((one) => [one.task, one.done])).toEqual([
      [second, true],
      [third, false],
    ])
  expect(refusal(hq.replica.execute('task.tick', { record, task: first ?? '' }))).toBe('not-found')
  must(hq.replica.execute('task.remove', { record, task: second ?? '' }))
  sync(hq, tablet)
  expect(page(tablet, record).tasks.map((one) => one.task)).toEqual([third])
})

test('MRG-5 a note that is edited while another removes it stays, with the edit', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk)
  const { note } = must(desk.replica.execute('note.add', { record, text: 'Filter was cracked' }))
  settle(site)
  must(desk.replica.execute('note.remove', { record, note }))
  must(tablet.replica.execute('note.edit', { record, note, text: 'Filter was badly cracked' }))
  settle(site)
  expect(page(hq, record).notes.map((one) => one.text)).toEqual(['Filter was badly cracked'])
})

test('MRG-6 a tag added elsewhere meanwhile outlives its removal; one that the remover saw does not', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const record = newJob(desk)
  for (const key of ['pump', 'seal']) must(desk.replica.execute('set.add', { record, field: 'tags', key }))
  settle(site)
  for (const key of ['pump', 'seal']) must(desk.replica.execute('set.remove', { record, field: 'tags', key }))
  must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'pump' }))
  settle(site)
  expect(page(hq, record).tags).toEqual(['pump'])
  expect(refusal(hq.replica.execute('set.remove', { record, field: 'tags', key: 'seal' }))).toBe('not-found')
})

test('MRG-7 minutes counted apart add up, each once, however often they come', () => {
  const site = aSite()
  const { desk, tablet, other, hq } = site
  const record = newJob(desk)
  settle(site)
  for (const [device, amount] of [
    [desk, 30],
    [tablet, 45],
    [other, -5],
  ] as const)
    must(device.replica.execute('tally.add', { record, field: 'labour', amount }))
  settle(site)
  settle(site)
  sync(hq, tablet)
  for (const device of [desk, tablet, other, hq]) expect(page(device, record).tallies).toEqual({ labour: 70 })
})

test('MRG-8 two settlements made apart are a new conflict, between the two', () => {
  const site = aSite()
  const { desk, tablet, other, hq } = site
  const record = newJob(desk)
  settle(site)
  setTitle(tablet, record, 'Valve')
  setTitle(other, record, 'Belt')
  settle(site)
  for (const [device, value] of [
    [desk, 'Valve and belt'],
    [hq, 'Belt and valve'],
  ] as const)
    must(device.replica.execute('conflict.resolve', { choices: [{ record, field: 'title', value }] }))
  settle(site)
  expect(titles(tablet, record).sort()).toEqual(['Belt and valve', 'Valve and belt'])
  expect(tablet.replica.status().conflicts).toBe(1)
})

test('MRG-9 many conflicts are settled in one op, all or none', () => {
  const site = aSite()
  const { desk, tablet, other } = site
  const records = [newJob(desk), newJob(desk), newJob(desk)]
  settle(site)
  for (const record of records) {
    setTitle(tablet, record, 'Valve')
    setTitle(other, record, 'Belt')
  }
  settle(site)
  const choices = must(desk.replica.query('conflicts', {}, REACH)).conflicts.map((conflict) => ({
    record: conflict.record,
    field: conflict.field,
    pick: conflict.values[0]?.dot ?? '',
  }))
  const [first] = choices
  if (!first) throw new Error('three conflicts')
  const ops = desk.replica.status().log.ops
  const stale = desk.replica.execute('conflict.resolve', {
    choices: [...choices.slice(1), { ...first, pick: `${desk.replica.actor}:1.0` }],
  })
  const twice = desk.replica.execute('conflict.resolve', {
    choices: [first, { record: first.record, field: 'title', value: 'Both' }],
  })
  expect([refusal(stale), refusal(twice)]).toEqual(['stale-choice', 'stale-choice'])
  expect(desk.replica.status()).toMatchObject({ conflicts: 3, log: { ops } })
  expect(must(desk.replica.execute('conflict.resolve', { choices })).resolved).toBe(3)
  expect(desk.replica.status()).toMatchObject({ conflicts: 0, log: { ops: ops + 1 } })
})

test('MRG-10 a settlement taken back stands again as the conflict that it was; a field that moved on stays', () => {
  const site = aSite()
  const { desk, tablet, other, hq } = site
  const [record, moved] = [newJob(desk), newJob(desk)]
  settle(site)
  for (const one of [record, moved]) {
    setTitle(tablet, one, 'Valve')
    setTitle(other, one, 'Belt')
  }
  settle(site)
  const choices = [record, moved].map((one) => ({ record: one, field: 'title', value: 'Settled' }))
  const { op } = must(desk.replica.execute('conflict.resolve', { choices }))
  setTitle(desk, moved, 'Moved on')
  expect(must(desk.replica.execute('conflict.restore', { op })).restored).toBe(1)
  pull(hq, desk)
  expect(titles(hq, record).sort()).toEqual(['Belt', 'Valve'])
  expect(titles(hq, moved)).toEqual(['Moved on'])
})

test('MRG-10 a settlement is not taken back on a closed record', () => {
  const site = aSite()
  const { desk, tablet, other, hq } = site
  const record = newJob(desk)
  settle(site)
  setTitle(tablet, record, 'Valve')
  setTitle(other, record, 'Belt')
  settle(site)
  const { op } = must(
    desk.replica.execute('conflict.resolve', { choices: [{ record, field: 'title', value: 'Settled' }] }),
  )
  must(desk.replica.execute('request.close', { record }))
  sync(hq, desk)
  hq.replica.decideWaiting(1)
  sync(hq, desk)
  expect(refusal(desk.replica.execute('conflict.restore', { op }))).toBe('no-such-conflict')
})

test('MRG-11 rows imported apart under one key are one record with one value; differing titles are a conflict', () => {
  const site = aSite()
  const { desk, tablet, hq } = site
  const row = { line: 2, key: 'W-1', tags: ['pump'], text: '' }
  must(desk.replica.importRows('orders', [{ ...row, title: 'Pump' }]))
  must(tablet.replica.importRows('orders', [{ ...row, title: 'Pump' }]))
  settle(site)
  const rows = must(hq.replica.query('board', {}, REACH)).rows
  expect(rows.map((one) => [one.reference, one.title, one.conflicts, one.tags])).toEqual([
    ['W-1', 'Pump', 0, ['pump']],
  ])
  must(desk.replica.importRows('orders', [{ ...row, key: 'W-2', title: 'Valve' }]))
  must(tablet.replica.importRows('orders', [{ ...row, key: 'W-2', title: 'Belt' }]))
  settle(site)
  const record =
    must(hq.replica.query('board', {}, REACH)).rows.find((one) => one.reference === 'W-2')?.record ?? ''
  expect(titles(hq, record).sort()).toEqual(['Belt', 'Valve'])
})
