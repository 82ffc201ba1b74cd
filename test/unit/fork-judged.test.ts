import { expect, test } from 'vitest'
import type { RecordId } from '../../shared/model/ids.ts'
import { stockRight } from '../../shared/model/rights.ts'
import { coreOf } from '../support/crafting.ts'
import { copyOf, must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, judged, lastOp, newJob, page, setTitle, settle, titles, type Site } from '../support/site.ts'

/** A tablet and its clone that both go on; the desk meets one of them, another tablet the other. */
function cloned(): { site: Site; clone: Device; record: string } {
  const site = aSite()
  const record = newJob(site.tablet)
  settle(site)
  const clone = copyOf(site.tablet)
  setTitle(site.tablet, record, 'By the tablet')
  setTitle(clone, record, 'By its clone')
  return { site, clone, record }
}

const branches = (at: Device, of: Device): string[] => {
  const { log } = coreOf(at)
  return log.numbersAt({ actor: of.replica.actor, seq: 2 }).map((no) => {
    const { judgement, reason } = log.rowByNumber(no)
    return `${judgement} ${reason === null ? '' : (JSON.parse(reason) as { code: string }).code}`.trim()
  })
}

test('FRK-20 the branch that the authority had seen stands, the other falls, whichever came first', () => {
  const { site, clone, record } = cloned()
  const { hq, desk, tablet, other } = site
  pull(hq, tablet)
  newJob(hq)
  pull(desk, tablet)
  pull(other, clone)
  expect(titles(other, record)).toEqual(['By its clone'])
  for (const device of [desk, other]) pull(device, hq)
  sync(desk, other)
  for (const device of [desk, other]) {
    expect(titles(device, record)).toEqual(['By the tablet'])
    expect(branches(device, tablet).sort()).toEqual(['0', '2 forked'])
    expect(device.replica.diagnose().findings).toEqual([])
  }
  expect(desk.replica.status().state_hash).toBe(other.replica.status().state_hash)
})

test('FRK-20 while the authority has named neither branch, neither stands', () => {
  const { site, clone, record } = cloned()
  const { desk, tablet, other } = site
  pull(desk, tablet)
  pull(other, clone)
  sync(desk, other)
  for (const device of [desk, other]) {
    expect(titles(device, record)).toEqual(['Pump'])
    expect(branches(device, tablet)).toEqual(['2 forked', '2 forked'])
  }
})

test('FRK-21 the authority cuts a forked device by itself, and its later work falls', () => {
  const { site, clone, record } = cloned()
  const { hq, tablet, desk } = site
  pull(hq, tablet)
  newJob(hq)
  pull(hq, clone)
  expect(hq.replica.cutForked()).toBe(true)
  expect(hq.replica.cutForked()).toBe(false)
  setTitle(tablet, record, 'Still here')
  pull(hq, tablet)
  pull(desk, hq)
  expect(judged(desk, lastOp(tablet))).toBe('rejected forked')
  expect(titles(desk, record)).toEqual(['By the tablet'])
  expect(
    must(desk.replica.query('members', {}, REACH)).members.find(({ name }) => name === 'Tablet 1'),
  ).toMatchObject({
    cut: true,
    forked: true,
    cut_reason: 'forked',
  })
})

test('FRK-22 spending the same twice by a fork counts once: stock and numbers stay whole', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const item = must(hq.replica.execute('stock.create', { name: 'Filter', quantity: 10 })).record
  const right = stockRight(item as RecordId)
  for (const [name, amount] of [
    [right, 4],
    ['job-number', 1],
  ] as const)
    must(hq.replica.execute('right.transfer', { right: name, amount, to: tablet.replica.actor }))
  settle(site)
  const clone = copyOf(tablet)
  for (const device of [tablet, clone]) {
    newJob(device)
    must(device.replica.execute('right.spend', { right, amount: 4 }))
  }
  pull(hq, tablet)
  newJob(hq)
  pull(other, clone)
  pull(desk, hq)
  sync(desk, other)
  for (const device of [desk, other]) {
    expect(must(device.replica.query('stock', {}, REACH)).items[0]).toMatchObject({ on_hand: 6, drawn: 4 })
    const numbers = must(device.replica.query('board', {}, REACH)).rows.map(({ number }) => number)
    expect(numbers.filter((number) => number === 'J-0001')).toHaveLength(1)
  }
})

test('FRK-23 what others did on a fallen branch rests on it, and an adoption of its op brings both back', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  settle(site)
  newJob(tablet)
  settle(site)
  const clone = copyOf(tablet)
  newJob(tablet, [], 'Seen by HQ')
  const record = newJob(clone, [], 'Made by the clone')
  pull(hq, tablet)
  newJob(hq)
  pull(other, clone)
  const onIt = setTitle(other, record, 'Changed by another')
  for (const device of [other, desk]) pull(device, hq)
  sync(desk, other)
  expect(judged(desk, onIt)).toBe('rejected rests-on')
  must(desk.replica.execute('review.adopt', { op: `${tablet.replica.actor}:2` }))
  sync(desk, other)
  for (const device of [desk, other]) {
    expect(judged(device, onIt)).toBe('accepted')
    expect(page(device, record).title).toBe('Changed by another')
  }
  expect(desk.replica.status().state_hash).toBe(other.replica.status().state_hash)
})

test('FRK-24 a text holds the words of the branch that stands, and others’ words on the fallen ones rest on them', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const record = newJob(desk)
  const { note } = must(
    tablet.replica.execute('note.add', { record: sharedWith(site, record), text: 'Filter' }),
  )
  settle(site)
  const clone = copyOf(tablet)
  const write = ({ replica }: Device, text: string): string =>
    must(replica.execute('note.edit', { record, note, text })).op
  write(tablet, 'Filter was cracked')
  write(clone, 'Filter is fine')
  const more = write(clone, 'Filter is fine, I think')
  pull(hq, tablet)
  newJob(hq)
  pull(other, clone)
  const onIt = write(other, 'Filter is fine, I think so too')
  const apart = write(desk, 'The Filter')
  for (const device of [desk, other]) pull(device, hq)
  sync(desk, other)
  for (const device of [desk, other]) {
    expect(page(device, record).notes.map(({ text }) => text)).toEqual(['The Filter was cracked'])
    expect([judged(device, onIt), judged(device, apart)]).toEqual(['rejected rests-on', 'accepted'])
    expect(device.replica.diagnose().findings).toEqual([])
  }
  expect(more).toContain(tablet.replica.actor)
  expect(desk.replica.status().state_hash).toBe(other.replica.status().state_hash)
})

/** Lets the tablet hear of a record that the desk made. */
function sharedWith({ tablet, desk }: Site, record: string): string {
  pull(tablet, desk)
  return record
}
