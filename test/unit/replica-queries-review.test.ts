import { expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import type { ReviewItem } from '../../shared/api/rows.ts'
import { parseOpId } from '../../shared/model/ids.ts'
import { coreOf, craft } from '../support/crafting.ts'
import { copyOf, must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import {
  aSite,
  judged,
  lastOp,
  newJob,
  page,
  requestsAt,
  setTitle,
  settle,
  titles,
  type Site,
} from '../support/site.ts'

const reviewAt = ({ replica }: Device): readonly ReviewItem[] =>
  must(replica.query('review', {}, REACH)).items

const item = (device: Device, op: string): ReviewItem | undefined =>
  reviewAt(device).find((one) => one.op === op)

const rowOf = ({ replica }: Device, record: string): QueryAnswer<'board'>['rows'][number] | undefined =>
  must(replica.query('board', {}, REACH)).rows.find((row) => row.record === record)

const close = ({ hq, desk }: Site, record: string, command: 'request.close' | 'request.reopen'): void => {
  must(desk.replica.execute(command, { record }))
  pull(hq, desk)
  const request = requestsAt(hq).find(({ state }) => state === 'waiting')?.request ?? ''
  must(hq.replica.execute('decide', { request, accept: true }))
}

/** A job that was closed while a tablet, out of reach, changed its title. */
function lateEdit(site: Site): { record: string; op: string } {
  const record = newJob(site.desk)
  settle(site)
  close(site, record, 'request.close')
  const op = setTitle(site.tablet, record, 'Pump 7')
  settle(site)
  return { record, op }
}

test('QRY-9 a late edit waits with its reason; nobody may adopt it before a reopening, and a technician never', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const { record, op } = lateEdit(site)
  for (const device of [hq, desk])
    expect(item(device, op)).toMatchObject({ state: 'open', judgement: 'late', reason: { code: 'frozen', params: { number: 'A-2026-0001' } }, own: false, adoptable: false, obstacle: { code: 'frozen' }, settled: null, record, title: 'Pump', name: 'Tablet 1', effects: [{ what: 'set', field: 'title', value: 'Pump 7' }] }) // prettier-ignore
  expect(item(tablet, op)).toMatchObject({ own: true, adoptable: false })
  close(site, record, 'request.reopen')
  settle(site)
  for (const device of [hq, desk]) expect(item(device, op)).toMatchObject({ adoptable: true, obstacle: null })
  for (const device of [tablet, other])
    expect(item(device, op)).toMatchObject({
      adoptable: false,
      obstacle: { code: 'not-permitted', params: { role: 'technician' } },
    })
})

test('QRY-9 what was adopted shows who did it, counts as accepted, and is open no more', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const { record, op } = lateEdit(site)
  close(site, record, 'request.reopen')
  settle(site)
  must(desk.replica.execute('review.adopt', { op }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(item(device, op)).toMatchObject({ state: 'adopted', settled: { name: 'Desk', reason: null }, judgement: 'late', reason: { code: 'frozen' }, adoptable: false, obstacle: null }) // prettier-ignore
    expect(judged(device, op)).toBe('accepted')
    expect(page(device, record)).toMatchObject({ title: 'Pump 7', review: [{ op, state: 'adopted' }] })
    expect(device.replica.status().review).toBe(0)
    expect(rowOf(device, record)).toMatchObject({ review: 0, title: 'Pump 7' })
  }
})

test('QRY-9 what was dismissed shows who did it and why, and does not count', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const { record, op } = lateEdit(site)
  expect(rowOf(tablet, record)?.review).toBe(1)
  must(desk.replica.execute('review.dismiss', { op, reason: 'Agreed by phone' }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(item(device, op)).toMatchObject({
      state: 'dismissed',
      settled: { name: 'Desk', reason: 'Agreed by phone' },
    })
    expect(judged(device, op)).toBe('late frozen')
    expect(page(device, record)).toMatchObject({ title: 'Pump', review: [{ op, state: 'dismissed' }] })
  }
})

test('QRY-9 what rests on a fallen creation says so: that one is to be adopted', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  settle(site)
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  const record = newJob(tablet)
  pull(desk, tablet)
  const op = setTitle(desk, record, 'Pump 7')
  settle(site)
  expect(item(desk, op)).toMatchObject({
    judgement: 'rejected',
    reason: { code: 'rests-on' },
    adoptable: false,
    obstacle: { code: 'rests-on' },
  })
  const creation = reviewAt(desk).find(({ author }) => author === tablet.replica.actor)
  expect(creation).toMatchObject({ adoptable: true, reason: { code: 'cut' } })
  must(desk.replica.execute('review.adopt', { op: creation?.op ?? '' }))
  settle(site)
  for (const device of [hq, desk]) expect(page(device, record).title).toBe('Pump 7')
  expect(item(hq, op)).toBeUndefined()
})

test('QRY-9 what nobody can adopt leaves the review when it is dismissed: what rests on a fallen record, and an act in vain', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  const made = newJob(tablet)
  pull(desk, tablet)
  const resting = setTitle(desk, made, 'Pump 7')
  const { op: late } = lateEdit({ ...site, tablet: site.other })
  const ref = parseOpId(late)
  if (!ref) throw new Error('an op')
  const hash = coreOf(desk).log.hashOf(coreOf(desk).log.numberAt(ref) ?? 0)
  craft(desk, [{ type: 'adopt', op: ref, hash }])
  const inVain = lastOp(desk)
  settle(site)
  expect(judged(hq, inVain)).toBe('rejected frozen')
  const ops = [resting, inVain]
  for (const op of ops) expect(item(hq, op)).toMatchObject({ state: 'open', adoptable: false })
  must(hq.replica.execute('review.dismiss', { ops, reason: 'Lost with the tablet' }))
  settle(site)
  for (const device of [hq, desk]) {
    for (const op of ops) expect(item(device, op)).toMatchObject({ state: 'dismissed' })
    expect(device.replica.status().review).toBe(2)
    expect(device.replica.diagnose().findings).toEqual([])
  }
  const making = reviewAt(desk).find(
    ({ author, state }) => author === tablet.replica.actor && state === 'open',
  )
  must(desk.replica.execute('review.adopt', { op: making?.op ?? '' }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(judged(device, resting)).toBe('accepted')
    expect(item(device, resting)).toBeUndefined()
    expect(item(device, inVain)).toMatchObject({ state: 'dismissed' })
    expect(device.replica.status().review).toBe(1)
    expect(device.replica.status().state_hash).toBe(hq.replica.status().state_hash)
    expect(device.replica.diagnose().findings).toEqual([])
  }
})

test('QRY-10 what a late edit would have changed is in no count of any device; dismissed, it is not in review either', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk, ['inspect valve'])
  settle(site)
  const task = page(desk, record).tasks[0]?.task ?? ''
  close(site, record, 'request.close')
  const ops = [
    must(tablet.replica.execute('task.tick', { record, task })).op,
    must(tablet.replica.execute('task.add', { record, text: 'grease' })).op,
    must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 30 })).op,
    must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'pump' })).op,
    setTitle(tablet, record, 'Pump 7'),
  ]
  const before = rowOf(desk, record)
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(rowOf(device, record)).toMatchObject({ title: 'Pump', tags: [], progress: { done: 0, total: 1 }, review: 5, conflicts: 0, updated: before?.updated ?? 0 }) // prettier-ignore
    expect(page(device, record)).toMatchObject({ title: 'Pump', tags: [], tallies: { labour: 0 } })
    expect(page(device, record).tasks.map(({ done }) => done)).toEqual([false])
    expect(must(device.replica.query('board', {}, REACH)).counts).toEqual({ todo: 0, doing: 0, waiting: 0, closed: 1 }) // prettier-ignore
    expect(must(device.replica.query('board', {}, REACH)).tags).toEqual([])
    expect(device.replica.status().review).toBe(5)
  }
  must(desk.replica.execute('review.dismiss', { ops, reason: 'Done twice' }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(rowOf(device, record)).toMatchObject({ review: 0, progress: { done: 0, total: 1 } })
    expect(device.replica.status().review).toBe(0)
    expect(reviewAt(device).map(({ state }) => state)).toEqual(ops.map(() => 'dismissed'))
    expect(device.replica.diagnose().findings).toEqual([])
  }
})

test('QRY-10 a job of a cut device stands on no board and in no stock, and its request waits nowhere', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter', quantity: 5 })).record
  const right = `stock:${item}`
  must(hq.replica.execute('right.transfer', { right, amount: 3, to: tablet.replica.actor }))
  settle(site)
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  const record = newJob(tablet)
  must(tablet.replica.execute('right.spend', { right, amount: 2, record }))
  must(tablet.replica.execute('request.close', { record }))
  expect(tablet.replica.status().waiting).toBe(1)
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(rowOf(device, record)).toBeUndefined()
    expect(device.replica.status()).toMatchObject({ waiting: 0, review: 3 })
    const [stock] = must(device.replica.query('stock', {}, REACH)).items
    expect(stock).toMatchObject({ on_hand: 5, drawn: 0, held: [{ name: 'HQ', amount: 5 }] })
    expect(requestsAt(device)).toEqual([])
  }
})

test('QRY-12 of two ops under one name the one that stands is shown, and the feed has both, each once, page by page', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const clone = copyOf(tablet)
  const record = newJob(tablet, [], 'Pump')
  newJob(clone, [], 'Fan')
  pull(hq, tablet)
  setTitle(hq, record, 'Pump 7')
  pull(desk, clone)
  sync(hq, desk)
  const op = `${tablet.replica.actor}:1`
  for (const device of [hq, desk]) {
    expect(judged(device, op)).toBe('accepted')
    const pages: string[] = []
    for (let after: string | null | undefined; after !== null;) {
      const got: QueryAnswer<'feed'> = must(
        device.replica.query('feed', { limit: 1, ...(after ? { after } : {}) }, REACH),
      )
      pages.push(...got.rows.map((row) => `${row.op} ${row.judgement}`))
      after = got.next
    }
    const whole = must(device.replica.query('feed', { limit: 500 }, REACH)).rows
    expect(pages).toEqual(whole.map((row) => `${row.op} ${row.judgement}`))
    expect(pages.filter((one) => one.startsWith(op)).sort()).toEqual([`${op} accepted`, `${op} rejected`])
  }
})

test('QRY-17 what is superseded is the value of the branch that the author had seen, whatever the other is called', () => {
  for (let i = 0; i < 6; i += 1) {
    const site = aSite()
    const { hq, desk, tablet } = site
    const record = newJob(hq)
    settle(site)
    const clone = copyOf(tablet)
    setTitle(tablet, record, `Pump ${i}`)
    setTitle(clone, record, `Fan ${i}`)
    must(clone.replica.execute('set.add', { record, field: 'tags', key: 'fan' }))
    pull(hq, tablet)
    setTitle(hq, record, 'Settled')
    pull(desk, clone)
    sync(hq, desk)
    for (const device of [hq, desk]) {
      expect(titles(device, record)).toEqual(['Settled'])
      expect(page(device, record).tags).toEqual([])
      expect(device.replica.diagnose().findings).toEqual([])
    }
    expect(desk.replica.status().state_hash).toBe(hq.replica.status().state_hash)
  }
})

test('QRY-17 an adopted change of the other branch stands beside the one of the same name, alike everywhere, until both are settled', () => {
  for (let i = 0; i < 4; i += 1) {
    const site = aSite()
    const { hq, desk, tablet } = site
    const record = newJob(hq)
    settle(site)
    const clone = copyOf(tablet)
    setTitle(tablet, record, `Pump ${i}`)
    const op = setTitle(clone, record, `Fan ${i}`)
    pull(hq, tablet)
    setTitle(hq, newJob(hq), 'It names the branch')
    pull(desk, clone)
    sync(hq, desk)
    must(hq.replica.execute('review.adopt', { op }))
    settle(site)
    for (const device of [hq, desk, site.other]) {
      expect(titles(device, record)).toEqual([`Fan ${i}`, `Pump ${i}`])
      expect(device.replica.status().state_hash).toBe(hq.replica.status().state_hash)
    }
    const choices = [{ record, field: 'title', value: 'Settled' }]
    must(desk.replica.execute('conflict.resolve', { choices }))
    settle(site)
    for (const device of [hq, desk, site.other]) {
      expect(titles(device, record)).toEqual(['Settled'])
      expect(device.replica.diagnose().findings).toEqual([])
    }
  }
})
