/** Parcels: content handed in for review, and what a desk takes over of it. */
import { describe, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { encodeCbor } from '../../shared/base/cbor.ts'
import { toBase64Url } from '../../shared/base/bytes.ts'
import { packed, parseParcel, PARCEL_LIMITS, type ParcelContent } from '../../shared/replica/parcel.ts'
import { foundSite, joinSite, must, pull, REACH, type Device } from '../support/replicas.ts'
import {
  aSite,
  newJob,
  page,
  refusal,
  setTitle,
  settle,
  shareWith,
  titles,
  type Site,
} from '../support/site.ts'
import { editedBy } from '../support/two-places.ts'

const contentOf = ({ replica, name }: Device, change: Partial<ParcelContent> = {}): ParcelContent => ({
  site: replica.site,
  actor: replica.actor,
  name,
  cause: 'restored',
  ops: replica.unsent(),
  ...change,
})

/** What only this device has, as one parcel. */
function parcelOf(device: Device): Uint8Array {
  const [content, ...more] = packed(contentOf(device))
  expect(more).toEqual([])
  if (!content) throw new Error('there is nothing to hand in')
  return content
}

const parcelsAt = ({ replica }: Device): QueryAnswer<'parcels'>['parcels'] =>
  must(replica.query('parcels', {}, REACH)).parcels

/** The tablet's unsent work, handed in at the desk; the tablet itself is heard of no more. */
function handedIn({ desk, tablet }: Site): string {
  return must(desk.replica.handIn(parcelOf(tablet))).parcel
}

const take = ({ replica }: Device, parcel: string, items: readonly number[]) =>
  replica.execute('parcel.take', { parcel, items: [...items] })

const rowsAt = ({ replica }: Device): QueryAnswer<'board'>['rows'] =>
  must(replica.query('board', {}, REACH)).rows

const obstacles = (device: Device): (string | null)[] =>
  parcelsAt(device).flatMap(({ items }) => items.map(({ obstacle }) => obstacle?.code ?? null))

describe('the content of a parcel', () => {
  test('PAR-1 what is read from its bytes is what was packed', () => {
    const { tablet } = aSite()
    const record = newJob(tablet, ['Drain'], 'Pümp')
    setTitle(tablet, record, 'Fan')
    const parsed = parseParcel(parcelOf(tablet))
    if (!parsed.ok) throw new Error(parsed.error)
    expect(parsed.value).toMatchObject({
      site: tablet.replica.site,
      actor: tablet.replica.actor,
      name: 'Tablet 1',
      cause: 'restored',
    })
    expect(parsed.value.ops.map(({ seq }) => seq)).toEqual([1, 2])
    expect(parsed.value.ops[1]?.effects[0]).toMatchObject({ type: 'assign', value: 'Fan' })
  })

  test('PAR-1 bytes that are damaged anywhere, or cut off, are refused in words and never throw', () => {
    const { tablet } = aSite()
    newJob(tablet)
    const content = parcelOf(tablet)
    for (let at = 0; at < content.length; at += 7) {
      const damaged = content.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 0x81
      const parsed = parseParcel(damaged)
      if (!parsed.ok) expect(parsed.error.length).toBeGreaterThan(3)
      expect(parseParcel(content.subarray(0, at)).ok).toBe(false)
    }
  })

  test('PAR-1 what is another version, empty, out of order or of several devices is refused', () => {
    const { tablet, other } = aSite()
    newJob(tablet)
    newJob(tablet)
    newJob(other)
    const { ops, ...head } = contentOf(tablet)
    const repacked = (change: Partial<ParcelContent>) =>
      parseParcel(packed({ ...head, ops, ...change })[0] ?? Uint8Array.of(0))
    expect(repacked({ ops: ops.toReversed() })).toMatchObject({ ok: false })
    expect(repacked({ ops: [...ops, ...other.replica.unsent()] })).toMatchObject({ ok: false })
    expect(repacked({ actor: other.replica.actor })).toMatchObject({ ok: false })
    expect(repacked({ ops: [] })).toMatchObject({ ok: false })
    expect(repacked({ ops: [Uint8Array.of(1, 2, 3)] })).toMatchObject({ ok: false })
    expect(parseParcel(encodeCbor([2, 'a later version']))).toMatchObject({ ok: false })
    expect(repacked({})).toMatchObject({ ok: true })
  })

  test('PAR-2 more than a parcel holds becomes several, each within its bounds and none empty', () => {
    const { tablet } = aSite()
    const record = newJob(tablet)
    const [op] = tablet.replica.unsent()
    if (!op) throw new Error('a job is an op')
    expect(record).toHaveLength(32)
    const many = packed(contentOf(tablet, { ops: Array.from({ length: PARCEL_LIMITS.ops + 1 }, () => op) }))
    expect(many).toHaveLength(2)
    const large = new Uint8Array(60_000)
    const heavy = packed(contentOf(tablet, { ops: Array.from({ length: 150 }, () => large) }))
    expect(heavy).toHaveLength(2)
    for (const content of [...many, ...heavy]) expect(content.length).toBeLessThanOrEqual(PARCEL_LIMITS.bytes)
    expect(packed(contentOf(tablet, { ops: [] }))).toEqual([])
  })
})

describe('handing in', () => {
  test('PAR-3 unsent work is what no other device has acknowledged', () => {
    const { tablet, edge } = aSite()
    newJob(tablet)
    pull(edge, tablet)
    expect(tablet.replica.unsent()).toEqual([])
    expect(tablet.replica.heldElsewhere()).toMatchObject({ seq: 1 })
    newJob(tablet)
    newJob(tablet)
    expect(tablet.replica.unsent()).toHaveLength(2)
    expect(tablet.replica.ownSeq()).toBe(3)
  })

  test('PAR-3 a parcel of many parts arrives whole everywhere, with whose work it is and why it came', () => {
    const site = aSite()
    const { desk, hq, tablet } = site
    const record = newJob(tablet)
    must(tablet.replica.execute('note.add', { record, text: 'word '.repeat(30_000) }))
    const { parcel, items } = must(desk.replica.handIn(parcelOf(tablet)))
    expect(items).toBeGreaterThan(3)
    shareWith(site, desk)
    expect(parcelsAt(hq)).toMatchObject([
      { parcel, author: tablet.replica.actor, name: 'Tablet 1', cause: 'restored', complete: true },
    ])
    expect(parcelsAt(hq)[0]?.items).toHaveLength(items)
    expect(parcelsAt(hq)[0]?.handed_in_by).toBe('Desk')
  })

  test('PAR-3 a technician hands in what its own device could not send', () => {
    const site = aSite()
    newJob(site.tablet)
    const content = parcelOf(site.tablet)
    expect(must(site.other.replica.handIn(content)).items).toBe(1)
  })

  test('PAR-4 the same parcel again, one of another site, and what is none are refused', () => {
    const site = aSite()
    newJob(site.tablet)
    const content = parcelOf(site.tablet)
    must(site.desk.replica.handIn(content))
    expect(refusal(site.desk.replica.handIn(content))).toBe('parcel-known')
    shareWith(site, site.desk)
    expect(refusal(site.hq.replica.handIn(content))).toBe('parcel-known')
    const elsewhere = foundSite('another site')
    const stranger = joinSite(elsewhere, 'Stranger', 'technician')
    newJob(stranger)
    expect(refusal(site.desk.replica.handIn(parcelOf(stranger)))).toBe('bad-parcel')
    expect(refusal(site.desk.replica.handIn(Uint8Array.of(0x80)))).toBe('bad-parcel')
  })

  test('PAR-4 nothing of a parcel counts before it is taken over', () => {
    const site = aSite()
    newJob(site.tablet)
    handedIn(site)
    expect(rowsAt(site.desk)).toEqual([])
    expect(parcelsAt(site.desk)[0]?.items).toMatchObject([{ state: 'open', title: 'Pump', obstacle: null }])
  })
})

describe('taking over', () => {
  test('PAR-5 a new job with its tasks is a job of the taker, and what followed is done to that one', () => {
    const site = aSite()
    const { tablet, desk, hq } = site
    const record = newJob(tablet, ['Drain', 'Refill'])
    const [first] = page(tablet, record).tasks
    must(tablet.replica.execute('task.tick', { record, task: first?.task ?? '' }))
    must(tablet.replica.execute('set.add', { record, field: 'tags', key: 'urgent' }))
    setTitle(tablet, record, 'Big pump')
    must(tablet.replica.execute('tally.add', { record, field: 'labour', amount: 30 }))
    must(tablet.replica.execute('task.add', { record, text: 'Paint' }))
    must(tablet.replica.execute('task.remove', { record, task: page(tablet, record).tasks[1]?.task ?? '' }))
    const parcel = handedIn(site)
    expect(obstacles(desk)).toEqual(Array.from({ length: 7 }, () => null))
    expect(must(take(desk, parcel, [0, 1, 2, 3, 4, 5, 6])).taken).toBe(7)
    shareWith(site, desk)
    const [row] = rowsAt(hq)
    const taken = page(hq, row?.record ?? '')
    expect(taken).toMatchObject({ tags: ['urgent'], tallies: { labour: 30 }, created: { name: 'Desk' } })
    expect(titles(hq, taken.record)).toEqual(['Big pump'])
    expect(taken.tasks.map(({ text, done, by }) => ({ text, done, by }))).toEqual([
      { text: 'Drain', done: true, by: ['Desk'] },
      { text: 'Paint', done: false, by: [] },
    ])
    expect(parcelsAt(hq)[0]?.items.map(({ state }) => state)).toEqual(
      Array.from({ length: 7 }, () => 'taken'),
    )
  })

  test('PAR-5 a value is set over what stands now, and no conflict comes of it', () => {
    const site = aSite()
    const record = newJob(site.hq)
    shareWith(site, site.hq)
    setTitle(site.tablet, record, 'As the tablet had it')
    setTitle(site.desk, record, 'Meanwhile')
    const parcel = handedIn(site)
    must(take(site.desk, parcel, [0]))
    expect(titles(site.desk, record)).toEqual(['As the tablet had it'])
  })

  test('PAR-5 items are taken one by one, also parts of what an earlier one made', () => {
    const site = aSite()
    const { tablet, desk } = site
    const record = newJob(tablet, ['Drain'])
    must(tablet.replica.execute('task.tick', { record, task: page(tablet, record).tasks[0]?.task ?? '' }))
    const parcel = handedIn(site)
    expect(refusal(take(desk, parcel, [1]))).toBe('bad-item')
    must(take(desk, parcel, [0]))
    must(take(desk, parcel, [1]))
    const [row] = rowsAt(desk)
    expect(page(desk, row?.record ?? '').tasks).toMatchObject([{ text: 'Drain', done: true, by: ['Desk'] }])
  })

  test('PAR-6 two desks that take the same job apart make one job', () => {
    const site = aSite()
    newJob(site.tablet)
    const parcel = handedIn(site)
    shareWith(site, site.desk)
    must(take(site.desk, parcel, [0]))
    must(take(site.hq, parcel, [0]))
    settle({ ...site, tablet: site.other })
    expect(rowsAt(site.hq)).toHaveLength(1)
    expect(rowsAt(site.hq)[0]?.conflicts).toBe(0)
    expect(site.hq.replica.status().state_hash).toBe(site.desk.replica.status().state_hash)
  })

  test('PAR-7 words go into the note as it is now, and those that find no place are a note of their own', () => {
    const site = aSite()
    const { hq, desk, tablet } = site
    const record = newJob(hq)
    const { note } = must(hq.replica.execute('note.add', { record, text: 'The valve leaks.' }))
    shareWith(site, hq)
    must(tablet.replica.execute('note.edit', { record, note, text: 'The valve leaks badly.' }))
    must(tablet.replica.execute('note.edit', { record, note, text: 'The valve leaks badly. Call Ana.' }))
    must(desk.replica.execute('note.edit', { record, note, text: 'Hall 3: The valve leaks.' }))
    const parcel = handedIn(site)
    must(take(desk, parcel, [0]))
    expect(page(desk, record).notes.map(({ text }) => text)).toEqual(['Hall 3: The valve leaks badly.'])
    must(take(desk, parcel, [1]))
    expect(page(desk, record).notes.map(({ text }) => text)).toEqual([
      'Hall 3: The valve leaks badly.',
      ' Call Ana.',
    ])
  })

  test('PAR-7 a new note comes with all its words, and a whole shift of them in one go', () => {
    const site = aSite()
    const record = newJob(site.hq)
    shareWith(site, site.hq)
    const { note } = must(site.tablet.replica.execute('note.add', { record, text: 'One\nTwo' }))
    must(site.tablet.replica.execute('note.edit', { record, note, text: 'One\nTwo\nThree' }))
    const parcel = handedIn(site)
    must(take(site.desk, parcel, [0, 1]))
    expect(page(site.desk, record).notes.map(({ text }) => text)).toEqual(['One\nTwo\nThree'])
  })

  test('PAR-7 words under clocks that another branch of the device has used already are not lost', () => {
    const site = aSite()
    const record = newJob(site.hq)
    const { note } = must(site.hq.replica.execute('note.add', { record, text: 'Base.' }))
    shareWith(site, site.hq)
    const [kept, restored] = editedBy(site.tablet, record, note, ['Base. Known.', 'Base. Lost?'])
    shareWith(site, kept)
    const parcel = must(site.desk.replica.handIn(parcelOf(restored))).parcel
    must(take(site.desk, parcel, [0]))
    const texts = page(site.desk, record).notes.map(({ text }) => text)
    expect(texts[0]).toBe('Base. Known.')
    expect(texts.join('\n')).toContain('Lost?')
  })

  test('PAR-8 what cannot be taken over says why, and refuses all that was asked with it', () => {
    const site = aSite()
    const { tablet, desk, hq } = site
    const record = newJob(hq)
    const gone = newJob(hq)
    const { note } = must(hq.replica.execute('note.add', { record: gone, text: 'x' }))
    shareWith(site, hq)
    must(tablet.replica.execute('request.close', { record }))
    setTitle(tablet, record, 'Closed meanwhile')
    must(tablet.replica.execute('note.remove', { record: gone, note }))
    must(tablet.replica.execute('set.add', { record: gone, field: 'tags', key: 'same' }))
    newJob(tablet)
    must(desk.replica.execute('set.add', { record: gone, field: 'tags', key: 'same' }))
    must(desk.replica.execute('note.remove', { record: gone, note }))
    const { request } = must(hq.replica.execute('request.close', { record }))
    must(hq.replica.execute('decide', { request, accept: true }))
    pull(desk, hq)
    const parcel = handedIn(site)
    expect(obstacles(desk)).toEqual(['parcel-control', 'parcel-frozen', 'parcel-gone', 'parcel-same', null])
    const answer = take(desk, parcel, [4, 1])
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-item', params: { item: 2 } } })
    expect(parcelsAt(desk)[0]?.items.map(({ state }) => state)).toEqual([
      'open',
      'open',
      'open',
      'open',
      'open',
    ])
    must(take(desk, parcel, [4]))
  })

  test('PAR-8 work that came by another way after all is not taken twice', () => {
    const site = aSite()
    newJob(site.tablet)
    const parcel = handedIn(site)
    pull(site.desk, site.tablet)
    expect(obstacles(site.desk)).toEqual(['parcel-here'])
    expect(refusal(take(site.desk, parcel, [0]))).toBe('bad-item')
    expect(rowsAt(site.desk)).toHaveLength(1)
  })

  test('PAR-9 an item is settled once: taken over, or dismissed with a reason', () => {
    const site = aSite()
    newJob(site.tablet)
    newJob(site.tablet)
    const parcel = handedIn(site)
    must(take(site.desk, parcel, [0]))
    must(site.desk.replica.execute('parcel.dismiss', { parcel, items: [1], reason: 'made by mistake' }))
    shareWith(site, site.desk)
    expect(parcelsAt(site.hq)[0]?.items.map(({ state }) => state)).toEqual(['taken', 'dismissed'])
    expect(refusal(take(site.hq, parcel, [0]))).toBe('item-settled')
    expect(refusal(take(site.hq, parcel, [1]))).toBe('item-settled')
    expect(refusal(take(site.hq, parcel, [2]))).toBe('not-found')
    expect(refusal(take(site.hq, 'f'.repeat(32), [0]))).toBe('not-found')
  })

  test('PAR-9 a technician takes nothing over', () => {
    const site = aSite()
    newJob(site.tablet)
    const parcel = handedIn(site)
    shareWith(site, site.desk)
    expect(refusal(take(site.other, parcel, [0]))).toBe('not-permitted')
  })

  test('PAR-9 the doctor finds nothing after parcels came and were taken over', () => {
    const site = aSite()
    newJob(site.tablet, ['Drain'])
    const parcel = handedIn(site)
    must(take(site.desk, parcel, [0]))
    expect(site.desk.replica.diagnose().findings).toEqual([])
    expect(toBase64Url(parcelOf(site.tablet)).length).toBeGreaterThan(100)
  })
})
