/** A device is cut from the site: its links end everywhere, it learns why, and its unsent work is not lost. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeOf, eventually, must, scratch } from './desks.ts'
import {
  ALONE,
  actorOf,
  calling,
  codeFor,
  founded,
  isLinked,
  isShared,
  joined,
  linkTo,
  memberAt,
  newJob,
  restart,
  sees,
  statusOf,
  titlesAt,
  type Place,
} from './places.ts'

const LOST = 'lost in the yard'

const cut = async (hq: Place, { node }: Place): Promise<void> =>
  void must(await hq.node.api.do('member.cut', { actor: node.identity().actor ?? '', reason: LOST }))

const knowsItsCut = (place: Place) =>
  eventually('the word of the cut', async () => (await statusOf(place)).cut)

test('NOD-30 a cut ends the links with the device at every node that hears of it, within five seconds', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  const tablet = await joined(hq, 'Tablet')
  must(await tablet.node.api.do('peer.dial', { address: desk.node.identity().listen ?? '' }))
  await isLinked(desk, tablet)
  await isLinked(hq, tablet)
  await cut(hq, tablet)
  const heard = eventually(
    'the cut at the desk',
    async () => (await memberAt(desk, actorOf(tablet)))?.cut || null,
  )
  const began = performance.now()
  for (const place of [hq, desk]) {
    await heard
    await eventually('the end of the link', async () =>
      (await linkTo(place, actorOf(tablet))) === 'up' ? null : true,
    )
  }
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(await knowsItsCut(tablet)).toMatchObject({ reason: LOST })
  must(await newJob(hq, 'After the cut'))
  await sees(desk, 'After the cut')
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await titlesAt(tablet)).toEqual([])
})

test('NOD-31 a device that was away learns it when it calls, and shows it also after a restart, alone', async () => {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet')
  const actor = actorOf(tablet)
  await tablet.node.close()
  await cut(hq, tablet)
  await restart(tablet, calling(hq))
  expect(await knowsItsCut(tablet)).toMatchObject({ reason: LOST, by: actorOf(hq) })
  await restart(tablet, ALONE)
  expect((await statusOf(tablet)).cut).toMatchObject({ reason: LOST })
  expect(await memberAt(tablet, actor)).toMatchObject({ cut: true, cut_reason: LOST, self: true })
})

test('NOD-31 a device in good standing shows no cut', async () => {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet')
  await isLinked(hq, tablet)
  expect((await statusOf(tablet)).cut).toBeNull()
  expect((await statusOf(tablet)).halted).toBeNull()
  expect(await memberAt(tablet, actorOf(tablet))).toMatchObject({ cut: false, cut_reason: null })
})

test('NOD-32 a cut device saves its unsent work as a file for its owner alone, which a desk hands in', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  const tablet = await joined(hq, 'Tablet')
  must(await newJob(tablet, 'Sent'))
  await isShared(tablet)
  await tablet.node.close()
  await cut(hq, tablet)
  await restart(tablet, ALONE)
  must(await newJob(tablet, 'Unsent'))
  await restart(tablet, calling(hq))
  await knowsItsCut(tablet)
  const file = join(scratch(), 'tablet.parcel')
  expect(must(await tablet.node.api.do('parcel.save', { file }))).toEqual({ items: 1, file, content: null })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(codeOf(await tablet.node.api.do('parcel.save', { file }))).toBe('file-exists')
  const { parcel, items } = must(await desk.node.api.do('parcel.import', { file }))
  expect(items).toBe(1)
  const content = readFileSync(file).toString('base64url')
  expect(codeOf(await desk.node.api.do('parcel.import', { content }))).toBe('parcel-known')
  must(await desk.node.api.do('parcel.take', { parcel, items: [0] }))
  await sees(hq, 'Sent', 'Unsent')
})

test('NOD-32 a file that is no parcel, not there or too large is refused', async () => {
  const hq = await founded()
  const ask = (file: string) => hq.node.api.do('parcel.import', { file })
  expect(codeOf(await ask(join(hq.data, 'tallydesk.log')))).toBe('bad-parcel')
  expect(codeOf(await ask(join(hq.data, 'nowhere')))).toBe('file-unreadable')
  expect(codeOf(await ask(hq.data))).toBe('file-unreadable')
  expect(codeOf(await hq.node.api.do('parcel.import', { content: 'A' }))).toBe('bad-parcel')
  expect(must(await hq.node.api.do('parcel.save', {}))).toMatchObject({
    content: expect.any(String) as string,
  })
})

test('NOD-33 a cut device joins again with a new code, and hands in what it had not sent', async () => {
  const hq = await founded()
  const tablet = await joined(hq, 'Tablet')
  const before = actorOf(tablet)
  await tablet.node.close()
  await cut(hq, tablet)
  await restart(tablet, ALONE)
  must(await newJob(tablet, 'Unsent'))
  await restart(tablet, calling(hq))
  await knowsItsCut(tablet)
  const code = await codeFor(hq.node.api, 'Found again')
  must(await tablet.node.api.do('setup.join', { code, name: 'Found again' }))
  expect(actorOf(tablet)).not.toBe(before)
  expect((await statusOf(tablet)).cut).toBeNull()
  const parcel = await eventually('the parcel', async () => {
    return must(await hq.node.api.query('parcels', {})).parcels[0] ?? null
  })
  expect(parcel).toMatchObject({ author: before, cause: 'cut', items: [{ title: 'Unsent', state: 'open' }] })
  must(await newJob(tablet, 'Back'))
  await sees(hq, 'Back')
})
