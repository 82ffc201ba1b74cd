/** What nodes do by themselves with rights and policies, and the bytes of attachments. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Blobs } from '../../main/store/blobs.ts'
import { codeOf, eventually, must, scratch, startDesk } from './desks.ts'
import {
  ALONE,
  actorOf,
  calling,
  memberAt,
  sees,
  statusOf,
  founded,
  isLinked,
  joined,
  newJob,
  restart,
  type Place,
} from './places.ts'
import { LIMITS } from '../../shared/op/limits.ts'

const numberOf = async ({ node }: Place, record: string) =>
  must(await node.api.query('record', { record })).number

const heldBy = async ({ node }: Place, right: string): Promise<number> => {
  const { rights } = must(await node.api.query('rights', {}))
  return rights.filter((row) => row.self && row.right === right).reduce((sum, { left }) => sum + left, 0)
}

const attachmentsOf = async ({ node }: Place, record: string) =>
  must(await node.api.query('record', { record })).attachments

function fileWith(content: string | Buffer, name = 'photo.png'): string {
  const file = join(scratch(), name)
  writeFileSync(file, content)
  return file
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex')

describe('rights', () => {
  test('NOD-34 a device gets a block of job numbers by itself, and a job made before it has a number then', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    const { record } = must(await newJob(tablet, 'Pump'))
    expect(await eventually('its number', () => numberOf(tablet, record))).toMatch(/^J-\d{4}$/)
    await eventually('a block', async () => ((await heldBy(tablet, 'job-number')) > 1 ? true : null))
    const held = await heldBy(tablet, 'job-number')
    await restart(tablet, ALONE)
    const offline = must(await newJob(tablet, 'Fan'))
    expect(offline.number).toMatch(/^J-\d{4}$/)
    expect(await heldBy(tablet, 'job-number')).toBe(held - 1)
  })

  test('NOD-34 no two devices ever get one number', async () => {
    const hq = await founded()
    const places = [hq, await joined(hq, 'One'), await joined(hq, 'Two')]
    const made = await Promise.all(
      places.flatMap((place) =>
        [1, 2, 3].map(async (n) => ({ place, ...must(await newJob(place, `${n}`)) })),
      ),
    )
    const numbers = await Promise.all(
      made.map(({ place, record }) => eventually('a number', () => numberOf(place, record))),
    )
    expect(new Set(numbers).size).toBe(made.length)
  })

  test('NOD-35 a desk admits technicians only, as many as it was given leave for, and only while it may', async () => {
    const hq = await founded()
    const desk = await joined(hq, 'Desk', 'supervisor')
    const ask = (role: 'technician' | 'supervisor') => desk.node.api.do('invite.create', { role, name: 'x' })
    expect(codeOf(await ask('technician'))).toBe('not-authority')
    must(await hq.node.api.do('right.transfer', { right: 'enrol', amount: 1, to: actorOf(desk) }))
    await eventually('the right', async () => ((await heldBy(desk, 'enrol')) === 1 ? true : null))
    expect(codeOf(await ask('supervisor'))).toBe('not-authority')
    await hq.node.close()
    const tablet = await joined(desk, 'Tablet')
    expect(await memberAt(desk, actorOf(tablet))).toMatchObject({
      name: 'Tablet',
      role: 'technician',
      cut: false,
    })
    expect(codeOf(await ask('technician'))).toBe('not-authority')
  })
})

describe('attachments', () => {
  test('NOD-36 a file is kept by its content before the record says that it has it, once for the same content', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'Pump'))
    const add = (file: string) => hq.node.api.do('attachment.add', { record, file })
    const added = must(await add(fileWith('a photo')))
    expect(added.sha256).toBe(sha256('a photo'))
    must(await add(fileWith('a photo', 'Same größer.JPG')))
    expect(await attachmentsOf(hq, record)).toMatchObject([
      { name: 'photo.png', sha256: added.sha256, size: 7, where: [actorOf(hq)] },
      { name: 'Same größer.JPG', sha256: added.sha256, size: 7, where: [actorOf(hq)] },
    ])
    const kept = join(hq.data, 'blobs', added.sha256.slice(0, 2), added.sha256)
    expect(readFileSync(kept, 'utf8')).toBe('a photo')
    expect(statSync(kept).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(hq.data, 'blobs'))).toEqual([added.sha256.slice(0, 2)])
  })

  test('NOD-36 a device that has heard of an attachment names who has the bytes, and not itself', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    const { record } = must(await newJob(hq, 'Pump'))
    must(await hq.node.api.do('attachment.add', { record, file: fileWith('x') }))
    const seen = await eventually('the attachment', async () => {
      const answer = await tablet.node.api.query('record', { record })
      return answer.ok && answer.value.attachments.length > 0 ? answer.value.attachments : null
    })
    expect(seen).toMatchObject([{ sha256: sha256('x'), size: 1, where: [actorOf(hq)], coming: null }])
  })

  test('NOD-37 what is no file, too large, or for no record is refused, and nothing is kept of it', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'Pump'))
    const add = (file: string, to = record) => hq.node.api.do('attachment.add', { record: to, file })
    const large = fileWith('')
    truncateSync(large, LIMITS.blobBytes + 1)
    expect(codeOf(await add(large))).toBe('too-large')
    expect(codeOf(await add(hq.data))).toBe('file-unreadable')
    expect(codeOf(await add(join(hq.data, 'nowhere.png')))).toBe('file-unreadable')
    expect(codeOf(await add('photo.png'))).toBe('bad-input')
    expect(codeOf(await add(fileWith('x'), 'f'.repeat(32)))).toBe('not-found')
    expect(await attachmentsOf(hq, record)).toEqual([])
  })

  test('NOD-37 a file that cannot be kept leaves nothing half behind', async () => {
    const folder = join(scratch(), 'blobs')
    mkdirSync(folder)
    const hash = sha256('x')
    // A file stands where the folder for this content would be.
    writeFileSync(join(folder, hash.slice(0, 2)), '')
    await expect(new Blobs(folder).keep(fileWith('x'))).rejects.toMatchObject({
      code: 'data-folder-unreadable',
    })
    expect(readdirSync(folder)).toEqual([hash.slice(0, 2)])
    expect(new Blobs(folder).has(hash)).toBe(false)
    expect(new Blobs(folder).has('../escape')).toBe(false)
  })

  test('PHO-18 bytes that are kept already become an attachment with its small picture; what is not here is refused', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'Pump'))
    const { sha256: kept } = must(await hq.node.api.do('attachment.add', { record, file: fileWith('x') }))
    const small = Buffer.alloc(LIMITS.thumbnailBytes, 7).toString('base64')
    const add = (hash: string, thumbnail: string) =>
      hq.node.api.do('attachment.add', { record, sha256: hash, name: 'Größe.jpg', thumbnail })
    must(await add(kept, small))
    expect((await attachmentsOf(hq, record))[1]).toMatchObject({
      name: 'Größe.jpg'.normalize('NFC'),
      mime: 'image/jpeg',
      size: 1,
      thumbnail: small,
    })
    expect(codeOf(await add(sha256('not here'), small))).toBe('not-found')
    expect(codeOf(await add(kept, `${small}AAAA`))).toBe('bad-input')
    expect(codeOf(await add(kept, 'no picture!'))).toBe('bad-input')
    expect(await attachmentsOf(hq, record)).toHaveLength(2)
  })

  test('NOD-38 the authority takes what the retention policy does not let stay out by itself', async () => {
    const hq = await founded({ authorityWait: 100 })
    const tablet = await joined(hq, 'Tablet')
    await isLinked(hq, tablet)
    const { record } = must(await newJob(tablet, 'Pump'))
    must(
      await tablet.node.api.do('attachment.add', { record, file: fileWith('x'.repeat(2000), 'large.png') }),
    )
    must(await tablet.node.api.do('attachment.add', { record, file: fileWith('small', 'small.png') }))
    must(await hq.node.api.do('policy.set', { max_bytes: 1000 }))
    await eventually('the large one gone everywhere', async () => {
      const left = await Promise.all(
        [hq, tablet].map((place) => attachmentsOf(place, record).catch(() => [])),
      )
      return left.every((names) => names.length === 1 && names[0]?.name === 'small.png') ? true : null
    })
  })
})

test('NOD-39 the authority cuts a device of which two branches have come, and the device learns it', async () => {
  const hq = await founded()
  const desk = await joined(hq, 'Desk', 'supervisor')
  const tablet = await joined(hq, 'Tablet')
  const actor = actorOf(tablet)
  must(await newJob(tablet, 'Both'))
  await sees(hq, 'Both')
  await sees(desk, 'Both')
  await Promise.all([hq.node.close(), tablet.node.close()])
  const data = scratch()
  cpSync(tablet.data, data, { recursive: true })
  await restart(desk, {})
  const copy: Place = { data, node: await startDesk(data, calling(desk)) }
  must(await newJob(copy, 'Copy'))
  await sees(desk, 'Both', 'Copy')
  await Promise.all([copy.node.close(), desk.node.close()])
  tablet.node = await startDesk(tablet.data, ALONE)
  must(await newJob(tablet, 'Original'))
  hq.node = await startDesk(hq.data, { authorityWait: 100 })
  await restart(tablet, calling(hq))
  await sees(hq, 'Both', 'Original')
  desk.node = await startDesk(desk.data, calling(hq))
  for (const place of [hq, desk])
    await eventually('the cut', async () => {
      const member = await memberAt(place, actor)
      return member?.cut === true && member.forked ? member : null
    })
  // No word of the authority had gone beyond where the two part: both are in review, and nothing of them is lost.
  await sees(desk, 'Both')
  const { items } = must(await desk.node.api.query('review', {}))
  expect(items.map(({ state, author }) => ({ state, author }))).toEqual([
    { state: 'open', author: actor },
    { state: 'open', author: actor },
  ])
  await eventually('the word at the device', async () => {
    const { cut, halted } = await statusOf(tablet)
    return cut ?? halted
  })
})
