/** What a desk takes over of a parcel, and what it cannot. */
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { edits, shownAt } from '../support/editor.ts'
import { handedIn, obstacles, parcelOf, parcelsAt, rowsAt, take } from '../support/parcels.ts'
import { must, pull } from '../support/replicas.ts'
import { aSite, newJob, page, refusal, setTitle, settle, shareWith, titles } from '../support/site.ts'
import { editedBy } from '../support/two-places.ts'

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

  test('PAR-7 what an editor wrote keeps its marks and headings, and takes away what it took away', () => {
    const site = aSite()
    const { hq, desk, tablet } = site
    const record = newJob(hq)
    const { note } = must(
      hq.replica.execute('note.add', { record, text: 'Old heading\nCheck the red valve' }),
    )
    shareWith(site, hq)
    const editor = edits(tablet, record, note)
    editor((fragment) => {
      const heading = new Y.XmlElement('heading')
      heading.setAttribute('level', '2')
      const text = new Y.XmlText()
      text.insert(0, 'New heading')
      heading.insert(0, [text])
      fragment.insert(0, [heading])
      fragment.delete(1, 1)
    })
    editor((fragment) => {
      const text = (fragment.get(1) as Y.XmlElement).get(0) as Y.XmlText
      text.format(10, 3, { bold: true })
      ;((fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(3, ' main')
    })
    must(desk.replica.execute('note.edit', { record, note, text: 'Old heading\nCheck the red valve today' }))
    const parcel = handedIn(site)
    must(take(desk, parcel, [0, 1]))
    shareWith(site, desk)
    for (const device of [desk, hq])
      expect(shownAt(device, record, note)).toBe(
        '<heading level="2">New main heading</heading>' +
          '<paragraph>Check the <bold>red</bold> valve today</paragraph>',
      )
    expect(desk.replica.diagnose().findings).toEqual([])
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
  })
})
