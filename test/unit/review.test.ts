import { expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { coreOf, craft, writeEffects } from '../support/crafting.ts'
import { must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import {
  aSite, judged, lastOp, newJob, page, refusal, setTitle, settle, titles, type Site,
} from '../support/site.ts' // prettier-ignore

const review = ({ replica }: Device): QueryAnswer<'review'>['items'] =>
  must(replica.query('review', {}, REACH)).items

const open = (device: Device): string[] =>
  review(device)
    .filter(({ state }) => state === 'open')
    .map(({ op }) => op)

const turn = ({ hq, desk }: Site, command: 'request.close' | 'request.reopen', record: string): void => {
  must(desk.replica.execute(command, { record }))
  pull(hq, desk)
  hq.replica.decideWaiting(5)
  pull(desk, hq)
}

/** A tick and a title by the tablet, made before it heard of the closing. */
function late(): { site: Site; record: string; ops: string[] } {
  const site = aSite()
  const record = newJob(site.desk, ['inspect valve'])
  const task = page(site.desk, record).tasks[0]?.task ?? ''
  settle(site)
  const ops = [
    setTitle(site.tablet, record, 'Too late'),
    must(site.tablet.replica.execute('task.add', { record, text: 'One more' })).op,
  ]
  must(site.desk.replica.execute('task.tick', { record, task }))
  turn(site, 'request.close', record)
  settle(site)
  return { site, record, ops }
}

test('REV-1 late ops stand in review with author, reason and what they would have changed, and count nowhere', () => {
  const { site, record, ops } = late()
  for (const device of [site.hq, site.desk, site.tablet]) {
    expect(open(device).sort()).toEqual([...ops].sort())
    expect(device.replica.status().review).toBe(2)
    expect(page(device, record).tasks).toHaveLength(1)
    expect(titles(device, record)).toEqual(['Pump'])
  }
  const item = review(site.desk).find(({ op }) => op === ops[0])
  expect(item).toMatchObject({ name: 'Tablet 1', judgement: 'late', own: false, reason: { code: 'frozen' } })
  expect(item?.effects).toMatchObject([{ what: 'set', field: 'title', value: 'Too late' }])
  expect(review(site.tablet).every(({ own }) => own)).toBe(true)
})

test('REV-2 adopting a late change needs a reopening that the adopter has seen', () => {
  const { site, record, ops } = late()
  const { hq, desk, tablet } = site
  expect(review(desk)[0]).toMatchObject({ adoptable: false, obstacle: { code: 'frozen' } })
  expect(refusal(desk.replica.execute('review.adopt', { ops }))).toBe('not-adoptable')
  turn(site, 'request.reopen', record)
  expect(review(desk).every(({ adoptable }) => adoptable)).toBe(true)
  expect(must(desk.replica.execute('review.adopt', { ops })).adopted).toBe(2)
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(ops.map((op) => judged(device, op))).toEqual(['accepted', 'accepted'])
    expect(titles(device, record)).toEqual(['Too late'])
    expect(page(device, record).tasks.map(({ text }) => text)).toContain('One more')
    expect(device.replica.status().review).toBe(0)
  }
  expect(review(tablet).find(({ op }) => op === ops[0])).toMatchObject({
    state: 'adopted',
    settled: { name: 'Desk' },
    own: true,
  })
  expect(desk.replica.diagnose().findings).toEqual([])
})

test('REV-3 an op adopted by several counts once, under its own dots', () => {
  const { site, record } = late()
  const { hq, desk, tablet, other } = site
  turn(site, 'request.reopen', record)
  settle(site)
  const mine = must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 30 })).op
  turn(site, 'request.close', record)
  turn(site, 'request.reopen', record)
  settle(site)
  expect(judged(hq, mine)).toBe('late frozen')
  must(desk.replica.execute('review.adopt', { op: mine }))
  must(hq.replica.execute('review.adopt', { op: mine }))
  settle(site)
  for (const device of [hq, desk, other]) expect(page(device, record).tallies).toEqual({ labour: 30 })
  expect(refusal(desk.replica.execute('review.adopt', { op: mine }))).toBe('not-in-review')
})

test('REV-4 dismissing carries a reason; the author sees it; and an adoption beats it', () => {
  const { site, record, ops } = late()
  const { hq, desk, tablet } = site
  const [title = '', task = ''] = ops
  must(desk.replica.execute('review.dismiss', { ops, reason: 'Done twice' }))
  settle(site)
  expect([hq, tablet].map(open)).toEqual([[], []])
  expect(tablet.replica.status().review).toBe(0)
  expect(review(tablet).find(({ op }) => op === title)).toMatchObject({
    state: 'dismissed',
    settled: { name: 'Desk', reason: 'Done twice' },
  })
  expect(review(hq).find(({ op }) => op === task)).toMatchObject({ adoptable: false })
  turn(site, 'request.reopen', record)
  settle(site)
  expect(review(hq).find(({ op }) => op === task)).toMatchObject({ state: 'dismissed', adoptable: true })
  must(hq.replica.execute('review.adopt', { op: task }))
  settle(site)
  expect(judged(tablet, task)).toBe('accepted')
  expect(review(tablet).find(({ op }) => op === task)).toMatchObject({ state: 'adopted' })
})

test('REV-5 work of a cut device is adopted item by item, and what rested on it comes back', () => {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const first = newJob(tablet)
  sync(hq, tablet)
  const record = newJob(tablet, ['inspect valve'], 'Unseen')
  pull(other, tablet)
  const onIt = setTitle(other, record, 'Seen by another')
  must(hq.replica.execute('member.cut', { actor: tablet.replica.actor, reason: 'lost' }))
  for (const device of [desk, hq]) pull(device, other)
  settle(site)
  const made = `${tablet.replica.actor}:2`
  expect([judged(desk, made), judged(desk, onIt)]).toEqual(['rejected cut', 'rejected rests-on'])
  must(desk.replica.execute('review.adopt', { op: made }))
  settle(site)
  for (const device of [hq, other]) {
    expect([judged(device, made), judged(device, onIt)]).toEqual(['accepted', 'accepted'])
    expect(titles(device, record)).toEqual(['Seen by another'])
    expect(titles(device, first)).toEqual(['Pump'])
  }
})

test('REV-6 what is no one’s to adopt is refused: what counts, what is malformed, what only asked or decided', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  const title = setTitle(desk, record, 'Valve')
  craft(tablet, [{ type: 'setRole', actor: tablet.replica.actor, role: 'supervisor', through: 0 }])
  const forged = lastOp(tablet)
  settle(site)
  expect(refusal(desk.replica.execute('review.adopt', { op: title }))).toBe('not-in-review')
  expect(refusal(desk.replica.execute('review.adopt', { op: forged }))).toBe('not-adoptable')
  expect(refusal(desk.replica.execute('review.adopt', { op: `${desk.replica.actor}:900` }))).toBe('not-found')
  expect(refusal(tablet.replica.execute('review.adopt', { op: forged }))).toBe('not-adoptable')
  const { log } = coreOf(desk)
  const ref = { actor: desk.replica.actor, seq: Number(title.split(':')[1]) }
  craft(desk, [{ type: 'adopt', op: ref, hash: log.hashAt(ref.actor, ref.seq) ?? new Uint8Array(32) }])
  pull(hq, desk)
  expect(judged(hq, lastOp(desk))).toBe('rejected not-in-review')
})

test('REV-7 a fact that was accepted is revoked with a reason: every view mends itself, and the feed keeps why', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk, ['inspect valve'])
  setTitle(desk, record, 'Rude words')
  settle(site)
  must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 5 }))
  must(desk.replica.execute('tally.add', { record, field: 'labour', amount: 500 }))
  settle(site)
  const value = page(hq, record).fields.title?.values[0]
  must(hq.replica.execute('fact.revoke', { dot: value?.dot ?? '', reason: 'Not in our house' }))
  must(hq.replica.execute('fact.revoke', { dot: `${lastOp(desk)}.0`, reason: 'A nought too many' }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(titles(device, record)).toEqual(['Pump'])
    expect(page(device, record).tallies).toEqual({ labour: 5 })
    const feed = must(device.replica.query('feed', { record }, REACH)).rows.flatMap(({ changes }) => changes)
    expect(feed).toContainEqual(expect.objectContaining({ what: 'revoked', reason: 'Not in our house' }))
    expect(device.replica.diagnose().findings).toEqual([])
  }
  expect(refusal(tablet.replica.execute('fact.revoke', { dot: value?.dot ?? '', reason: 'Me too' }))).toBe(
    'not-permitted',
  )
  const made = `${record ? desk.replica.actor : ''}:1.0`
  expect(refusal(hq.replica.execute('fact.revoke', { dot: made, reason: 'All of it' }))).toBe('not-revocable')
})

test('REV-7 a task whose making is revoked is gone with all its parts, also what others add to it later', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  const { task, op } = must(desk.replica.execute('task.add', { record, text: 'Climb the rack' }))
  settle(site)
  must(hq.replica.execute('fact.revoke', { dot: `${op}.0`, reason: 'Forbidden' }))
  must(tablet.replica.execute('task.tick', { record, task }))
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect(page(device, record).tasks).toEqual([])
    expect(device.replica.diagnose().findings).toEqual([])
  }
})

/** What a feed says of one op. */
const fed = ({ replica }: Device, record: string, op: string) =>
  must(replica.query('feed', { record }, REACH)).rows.find((row) => row.op === op)

test('REV-12 the feed tells of a value, a child and what is about it that they were withdrawn, and not what they said', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  settle(site)
  const title = setTitle(tablet, record, 'Rude words')
  const { task, op: made } = must(tablet.replica.execute('task.add', { record, text: 'Ruder words' }))
  const { note, op: wrote } = must(tablet.replica.execute('note.add', { record, text: 'Rudest words' }))
  settle(site)
  must(hq.replica.execute('task.tick', { record, task }))
  const ticked = lastOp(hq)
  must(hq.replica.execute('note.edit', { record, note, text: 'Rudest words of all' }))
  const edited = lastOp(hq)
  for (const op of [title, made, wrote])
    must(hq.replica.execute('fact.revoke', { dot: `${op}.0`, reason: 'Not in our house' }))
  settle(site)
  const part = (field: string) => ({ what: 'withdrawn', of: 'part', field })
  for (const device of [hq, desk, tablet]) {
    expect(fed(device, record, title)?.changes).toEqual([{ what: 'withdrawn', of: 'value', field: 'title' }])
    expect(fed(device, record, made)?.changes).toEqual([
      { what: 'withdrawn', of: 'child', field: 'tasks' },
      part('tasks'),
    ])
    expect(fed(device, record, wrote)?.changes).toEqual([
      { what: 'withdrawn', of: 'child', field: 'notes' },
      part('notes'),
    ])
    expect(fed(device, record, ticked)?.changes).toEqual([part('tasks')])
    expect(fed(device, record, edited)?.changes).toEqual([part('notes')])
    const everything = JSON.stringify(must(device.replica.query('feed', {}, REACH)).rows)
    expect(everything).not.toMatch(/rude/i)
  }
})

test('REV-13 the feed names what of an edit this device may withdraw: values, and with a child all that its op says of it', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk, ['inspect valve'])
  const title = setTitle(desk, record, 'Rude words')
  const { op: made } = must(desk.replica.execute('task.add', { record, text: 'Ruder words' }))
  settle(site)
  const dots = (device: Device, op: string) => fed(device, record, op)?.withdrawable.map(({ dot }) => dot)
  expect(dots(hq, title)).toEqual([`${title}.0`])
  expect(dots(desk, title)).toEqual([`${title}.0`])
  expect(dots(tablet, title)).toEqual([])
  expect(fed(hq, record, made)?.withdrawable).toMatchObject([
    {
      dot: `${made}.0`,
      changes: [
        { what: 'child-added', field: 'tasks' },
        { what: 'set', value: 'Ruder words' },
      ],
    },
  ])
  for (const { dot } of must(hq.replica.query('feed', { record }, REACH)).rows.flatMap(
    (row) => row.withdrawable,
  ))
    must(hq.replica.execute('fact.revoke', { dot, reason: 'All of it' }))
  expect(must(hq.replica.query('feed', { record }, REACH)).rows.flatMap((row) => row.withdrawable)).toEqual(
    [],
  )
  settle(site)
  expect(page(tablet, record).tasks).toEqual([])
})

test('REV-13 of a closed record only the authority may withdraw what is frozen', () => {
  const site = aSite()
  const { hq, desk } = site
  const record = newJob(desk)
  const title = setTitle(desk, record, 'Rude words')
  settle(site)
  turn(site, 'request.close', record)
  settle(site)
  expect(fed(hq, record, title)?.withdrawable).toHaveLength(1)
  expect(fed(desk, record, title)?.withdrawable).toEqual([])
})

test('REV-3 of several that are adopted at once, one that counts by itself again takes nothing from the others', () => {
  const site = aSite()
  const { hq, desk, tablet } = site
  const record = newJob(desk)
  settle(site)
  const first = setTitle(tablet, record, 'By the tablet')
  pull(hq, tablet)
  must(hq.replica.execute('member.setRole', { actor: tablet.replica.actor, role: 'edge' }))
  const second = must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 9 })).op
  pull(desk, hq)
  pull(desk, tablet)
  const third = must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'wet' })).op
  pull(desk, tablet)
  expect([judged(desk, second), judged(desk, third)]).toEqual(Array(2).fill('rejected not-permitted'))
  must(desk.replica.execute('review.adopt', { ops: [second, third] }))
  writeEffects(hq, [
    { type: 'setRole', actor: tablet.replica.actor, role: 'technician', through: seqOf(first) },
  ])
  writeEffects(hq, [{ type: 'setRole', actor: tablet.replica.actor, role: 'edge', through: seqOf(second) }])
  settle(site)
  for (const device of [hq, desk, tablet]) {
    expect([judged(device, second), judged(device, third)]).toEqual(['accepted', 'accepted'])
    expect(page(device, record)).toMatchObject({ tallies: { labour: 9 }, tags: ['wet'] })
  }
})

const seqOf = (op: string): number => Number(op.split(':')[1])
