/** Two branches of a forked chain make things at the same dots: records and parts of records of the same ids. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { copyOf, must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, newJob, page, type Site } from '../support/site.ts'

/** The desk hears of the tablet first, another tablet of its clone; headquarters then of the tablet. */
function afterBoth(work: (device: Device, name: string) => void): Site {
  const site = aSite()
  const { hq, desk, tablet, other } = site
  const clone = copyOf(tablet)
  work(tablet, 'Tablet')
  work(clone, 'Clone')
  pull(desk, tablet)
  pull(other, clone)
  pull(hq, tablet)
  newJob(hq)
  sync(desk, other)
  sync(desk, hq)
  sync(other, hq)
  return site
}

function expectAlike({ hq, desk, other }: Site): void {
  for (const device of [desk, other]) {
    expect(device.replica.status().state_hash).toBe(hq.replica.status().state_hash)
    expect(device.replica.diagnose().findings).toEqual([])
  }
}

test('FRK-30 a note and a task that both branches make under one id are judged and shown alike, whichever came first', () => {
  let record = ''
  const site = afterBoth((device, name) => {
    record = newJob(device, ['look'], name)
    must(device.replica.execute('note.add', { record, text: `by ${name}` }))
    const { task } = must(device.replica.execute('task.add', { record, text: `more by ${name}` }))
    must(device.replica.execute('task.tick', { record, task }))
  })
  expectAlike(site)
  for (const device of [site.hq, site.desk, site.other]) {
    const { title, notes, tasks } = page(device, record)
    expect({ title, notes: notes.map(({ text }) => text) }).toEqual({ title: 'Tablet', notes: ['by Tablet'] })
    expect(tasks.map(({ text, done }) => ({ text, done }))).toEqual([
      { text: 'look', done: false },
      { text: 'more by Tablet', done: true },
    ])
  }
})

test('FRK-30 records of two kinds that the branches make at one dot are two records', () => {
  const site = afterBoth(({ replica }, name) => {
    const kind = name === 'Tablet' ? 'case.create' : 'incident.create'
    const { record } = must(replica.execute(kind, { title: name }))
    must(replica.execute('set.add', { record, field: 'tags', key: name }))
  })
  expectAlike(site)
})

test('FRK-31 a decision shows at once on the record that it is about, whatever another branch says under the name of its request', () => {
  // Which branch comes first by its hash is chance: among some, both are.
  for (const title of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const { hq, tablet } = aSite()
    const record = newJob(tablet, [], title)
    pull(hq, tablet)
    const clone = copyOf(tablet)
    must(tablet.replica.execute('request.close', { record }))
    must(clone.replica.execute('set.add', { record, field: 'tags', key: title }))
    pull(hq, tablet)
    newJob(hq)
    pull(hq, clone)
    newJob(hq)
    expect(hq.replica.decideWaiting(1)).toBe(1)
    const { rows } = must(hq.replica.query('board', { status: 'closed' }, REACH))
    expect(rows).toMatchObject([{ record, stage: 'closed', audit_number: 'A-2026-0001' }])
    expect(hq.replica.diagnose().findings).toEqual([])
  }
})

test('FRK-32 what is revoked at a dot of a forked device is gone whichever branch stands, and a retention policy comes to its end', () => {
  for (const title of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const { hq, tablet, desk } = aSite()
    const record = newJob(tablet, [], title)
    pull(hq, tablet)
    const clone = copyOf(tablet)
    must(tablet.replica.attach(record, photo('tablet', title)))
    must(clone.replica.attach(record, photo('clone', title)))
    pull(hq, tablet)
    newJob(hq)
    pull(hq, clone)
    newJob(hq)
    must(hq.replica.execute('policy.set', { max_bytes: 1000 }))
    let written = 0
    while (hq.replica.retain()) expect((written += 1)).toBeLessThan(3)
    pull(desk, hq)
    for (const device of [hq, desk]) {
      expect(page(device, record).attachments).toEqual([])
      expect(device.replica.diagnose().findings).toEqual([])
    }
  }
})

const photo = (by: string, title: string): Parameters<Device['replica']['attach']>[1] => ({
  name: `${by}-${title}.jpg`,
  sha256: createHash('sha256')
    .update(by + title)
    .digest('hex'),
  size: 5000,
  mime: 'image/jpeg',
})
