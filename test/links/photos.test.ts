/** Photos over real links: real nodes, TLS on the loopback, real folders. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { Blobs } from '../../main/store/blobs.ts'
import { eventually, must, scratch } from '../contracts/desks.ts'
import {
  actorOf,
  calling,
  founded,
  isLinked,
  joined,
  newJob,
  restart,
  statusOf,
  titlesAt,
  type Place,
} from '../contracts/places.ts'

const MIB = 1024 * 1024

function photo(megabytes: number, name = 'photo.jpg'): string {
  const file = join(scratch(), name)
  writeFileSync(file, randomBytes(megabytes * MIB))
  return file
}

type Attachment = QueryAnswer<'record'>['attachments'][number]

async function attachmentAt({ node }: Place, record: string): Promise<Attachment | null> {
  const found = await node.api.query('record', { record })
  return found.ok ? (found.value.attachments[0] ?? null) : null
}

const isAt = async (place: Place, record: string): Promise<boolean> =>
  (await attachmentAt(place, record))?.where.includes(actorOf(place)) ?? false

const arrives = (place: Place, record: string): Promise<true> =>
  eventually('the photo', async () => ((await isAt(place, record)) ? true : null))

async function taken(
  place: Place,
  file: string,
): Promise<{ record: string; sha256: string; attachment: string }> {
  const { record } = must(await newJob(place, 'Pump'))
  return { record, ...must(await place.node.api.do('attachment.add', { record, file })) }
}

test('PHO-10 a large photo arrives over TLS while ops flow past it, and counts as shared once its bytes are there', async () => {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet', 'technician', calling(hq))
  await isLinked(hq, tablet)
  const file = photo(24)
  const { record, sha256 } = await taken(tablet, file)
  await eventually('its op', () => attachmentAt(hq, record))
  const titles: string[] = []
  let past = 0
  while (past < 5 && !(await isAt(hq, record))) {
    const title = `Past ${titles.length}`
    must(await newJob(tablet, title))
    titles.push(title)
    await eventually('the op', async () => ((await titlesAt(hq)).includes(title) ? true : null))
    if (!(await isAt(hq, record))) past += 1
  }
  // They were written while the photo was on its way, and were there before it.
  expect(past).toBeGreaterThan(0)
  await arrives(hq, record)
  expect(readFileSync(new Blobs(join(hq.data, 'blobs')).pathOf(sha256)).equals(readFileSync(file))).toBe(true)
  await eventually('the acknowledgement', async () => ((await statusOf(tablet)).outbox === 0 ? true : null))
  const there = await attachmentAt(tablet, record)
  expect(there?.where).toEqual([actorOf(tablet), actorOf(hq)])
  await restart(tablet, calling())
  expect((await attachmentAt(tablet, record))?.where).toEqual([actorOf(tablet), actorOf(hq)])
})

test('PHO-11 a photo that nobody has acknowledged is not shared, though its op is', async () => {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet', 'technician', calling(hq))
  const other = await joined(hq, 'Other', 'technician', calling(tablet))
  await isLinked(other, tablet)
  await hq.node.close()
  const { record } = await taken(tablet, photo(1))
  await eventually('its op', () => attachmentAt(other, record))
  expect((await statusOf(tablet)).outbox).toBeGreaterThan(0)
  // It is known who has it, though it is not here.
  const seen = await attachmentAt(other, record)
  expect(seen?.where).toEqual([actorOf(tablet)])
  expect(seen?.holders).toMatchObject([{ actor: actorOf(tablet), name: 'Tablet' }])
})

test('PHO-12 a photo goes on to a desk through an edge, when its tablet is gone; a tablet gets what somebody opens', async () => {
  const hq = await founded()
  const edge = await joined(hq, 'Edge', 'edge', calling(hq))
  const tablet = await joined(hq, 'Tablet', 'technician', calling(edge))
  await isLinked(edge, tablet)
  await isLinked(hq, edge)
  const { record, attachment, sha256 } = await taken(tablet, photo(3))
  await arrives(edge, record)
  await arrives(hq, record)
  await tablet.node.close()
  const desk = await joined(hq, 'Desk', 'supervisor', calling(edge))
  await arrives(desk, record)
  const other = await joined(hq, 'Other', 'technician', calling(edge))
  await eventually('its op', () => attachmentAt(other, record))
  await eventually('who has it', async () =>
    (await attachmentAt(other, record))?.where.includes(actorOf(edge)) ? true : null,
  )
  expect(await isAt(other, record)).toBe(false)
  const asked = must(await other.node.api.do('attachment.fetch', { record, attachment }))
  expect(asked).toMatchObject({ sha256, size: 3 * MIB, state: 'coming' })
  await arrives(other, record)
  const again = must(await other.node.api.do('attachment.fetch', { record, attachment }))
  expect(again).toMatchObject({ state: 'here', done: 3 * MIB })
})

test('PHO-13 a tablet lets go of what others hold, the least recently opened first, and never of what it alone holds', async () => {
  const hq = await founded()
  const limited = { ...calling(hq), photosQuota: 2.5 * MIB }
  const tablet = await joined(hq, 'Tablet', 'technician', limited)
  await isLinked(hq, tablet)
  const [first, second] = [await taken(tablet, photo(1)), await taken(tablet, photo(1))]
  await arrives(hq, first.record)
  await arrives(hq, second.record)
  await eventually('both acknowledged', async () => ((await statusOf(tablet)).outbox === 0 ? true : null))
  must(await tablet.node.api.do('attachment.fetch', { record: first.record, attachment: first.attachment }))
  const third = await taken(tablet, photo(1))
  await eventually('room', async () => ((await isAt(tablet, second.record)) ? null : true))
  expect([await isAt(tablet, first.record), await isAt(tablet, third.record)]).toEqual([true, true])
  expect((await attachmentAt(tablet, second.record))?.where).toEqual([actorOf(hq)])
  await arrives(hq, third.record)
  await hq.node.close()
  const own = [await taken(tablet, photo(2)), await taken(tablet, photo(2))]
  await eventually('what others hold made room', async () =>
    (await isAt(tablet, third.record)) ? null : true,
  )
  for (const { record } of own) expect(await isAt(tablet, record)).toBe(true)
})
