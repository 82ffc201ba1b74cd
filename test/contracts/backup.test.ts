/** Backup and restore with real nodes: what is in it, what refuses, and how a device comes back. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readManifest } from '../../main/node/keeping/manifest.ts'
import { restore } from '../../main/node/keeping/restoring.ts'
import { blobPath } from '../../main/store/whole-files.ts'
import { tallydesk } from './command.ts'
import { codeOf, eventually, must, scratch, startDesk } from './desks.ts'
import {
  ALONE,
  actorOf,
  calling,
  codeFor,
  founded,
  isShared,
  joined,
  newJob,
  restart,
  sees,
  statusOf,
  titlesAt,
  type Place,
} from './places.ts'

const NOW = Date.UTC(2026, 10, 26)

const backUp = async ({ node }: Place, folder = join(scratch(), 'backup')) =>
  must(await node.api.do('node.backup', { folder }))

/** Adds a file of these bytes to a record and answers its hash. */
async function attach({ node }: Place, record: string, content: string): Promise<string> {
  const file = join(scratch(), 'photo.png')
  writeFileSync(file, content)
  return must(await node.api.do('attachment.add', { record, file })).sha256
}

const restored = (backup: string, data: string, onlyDevice = false) =>
  restore({ backup, data, onlyDevice, now: NOW })

const refusal = (code: string) => expect.objectContaining({ code }) as Error

/** Every file under a folder with its content. */
function picture(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()
  const files = names.filter((name) => statSync(join(folder, name)).isFile())
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'base64')]))
}

describe('a backup', () => {
  test('KEEP-1 holds the database, the keys and the attachments of a running node that goes on working', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'Before'))
    const photo = await attach(hq, record, 'a photo')
    const folder = join(scratch(), 'backup')
    const working = Promise.all([hq.node.api.do('node.backup', { folder }), newJob(hq, 'Meanwhile')])
    const [made] = await working
    expect(must(made)).toMatchObject({ folder, blobs: 1, copied: 1, damaged: 0 })
    const manifest = readManifest(folder)
    expect(manifest).toMatchObject({ actor: actorOf(hq), name: 'Headquarters', site_name: 'Hall', others: 0 })
    expect(manifest?.keys.map(({ name }) => name)).toEqual(['op-key.pem', 'tls-key.pem', 'tls-cert.pem'])
    expect(readFileSync(blobPath(join(folder, 'blobs'), photo), 'utf8')).toBe('a photo')
    expect(statSync(join(folder, manifest?.database.name ?? '')).mode & 0o777).toBe(0o600)
    expect(existsSync(join(folder, `${manifest?.database.name}-wal`))).toBe(false)
    await restored(folder, join(scratch(), 'data'))
  })

  test('KEEP-1 says what is in it, and the database in it is as the status was', async () => {
    const hq = await founded()
    must(await newJob(hq, 'One'))
    const { folder, ops } = await backUp(hq)
    const { state_hash, log } = await statusOf(hq)
    expect(ops).toBe(log.ops)
    expect(readManifest(folder)).toMatchObject({ ops, state_hash })
  })

  test('KEEP-2 made again into its folder it takes the place of the last, and copies only what is new', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'One'))
    await attach(hq, record, 'first')
    const { folder } = await backUp(hq)
    const first = readManifest(folder)
    await attach(hq, record, 'second')
    expect(await backUp(hq, folder)).toMatchObject({ blobs: 2, copied: 1 })
    const second = readManifest(folder)
    expect(second?.database.name).not.toBe(first?.database.name)
    expect(readdirSync(folder).toSorted()).toEqual(
      [
        'blobs',
        second?.database.name,
        'manifest.json',
        'op-key.pem',
        'tls-cert.pem',
        'tls-key.pem',
      ].toSorted(),
    )
    await restored(folder, join(scratch(), 'data'))
  })

  test('KEEP-2 one that fails leaves the last as it was, and in a new folder nothing that looks like one', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'One'))
    const { folder } = await backUp(hq)
    const before = picture(folder)
    await attach(hq, record, 'a photo')
    // The place of the attachments is taken by a file: nothing can be written there.
    writeFileSync(join(folder, 'blobs'), '')
    expect(codeOf(await hq.node.api.do('node.backup', { folder }))).toBe('data-folder-unreadable')
    rmSync(join(folder, 'blobs'))
    expect(picture(folder)).toEqual(before)
    const fresh = scratch()
    writeFileSync(join(fresh, 'blobs'), '')
    expect(codeOf(await hq.node.api.do('node.backup', { folder: fresh }))).toBe('data-folder-unreadable')
    expect(readdirSync(fresh)).toEqual(['blobs'])
    expect(codeOf(await hq.node.api.do('node.backup', { folder: join(fresh, 'blobs', 'x') }))).toBe(
      'data-folder-unreadable',
    )
  })

  test('KEEP-2 an attachment that is damaged on the disk is left out and told, and the rest is whole', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'One'))
    const whole = await attach(hq, record, 'whole')
    const spoilt = await attach(hq, record, 'spoilt')
    writeFileSync(blobPath(join(hq.data, 'blobs'), spoilt), 'noise!')
    const { folder, blobs, damaged } = await backUp(hq)
    expect({ blobs, damaged }).toEqual({ blobs: 1, damaged: 1 })
    expect(readManifest(folder)?.blobs.map(({ sha256 }) => sha256)).toEqual([whole])
    await restored(folder, join(scratch(), 'data'))
  })

  test('KEEP-3 a folder with other things, of another device, or inside the data folder is refused and left alone', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    const { folder } = await backUp(hq)
    const photos = scratch()
    writeFileSync(join(photos, 'holiday.png'), 'x')
    const before = [picture(folder), picture(photos)]
    const ask = async (place: Place, target: string) =>
      codeOf(await place.node.api.do('node.backup', { folder: target }))
    expect(await ask(tablet, folder)).toBe('backup-of-another')
    expect(await ask(hq, photos)).toBe('folder-not-empty')
    expect(await ask(hq, tablet.data)).toBe('folder-not-empty')
    expect(await ask(hq, join(hq.data, 'backup'))).toBe('backup-inside')
    expect(await ask(hq, 'backup')).toBe('bad-input')
    expect([picture(folder), picture(photos)]).toEqual(before)
    const both = await Promise.all([ask(hq, folder), ask(hq, folder)])
    expect(both.toSorted()).toEqual(['backup-busy', 'ok'])
  })
})

describe('restoring', () => {
  test('KEEP-4 checks everything first: what is missing or has changed refuses, and nothing is written', async () => {
    const hq = await founded()
    const { record } = must(await newJob(hq, 'One'))
    const photo = await attach(hq, record, 'a photo')
    const { folder } = await backUp(hq)
    const database = readManifest(folder)?.database.name ?? ''
    const spoils: ((copy: string) => void)[] = [
      (copy) => rmSync(join(copy, 'manifest.json')),
      (copy) => rmSync(join(copy, 'op-key.pem')),
      (copy) => rmSync(blobPath(join(copy, 'blobs'), photo)),
      (copy) => appendFileSync(blobPath(join(copy, 'blobs'), photo), 'x'),
      (copy) => appendFileSync(join(copy, database), 'x'),
      (copy) => {
        const text = readFileSync(join(copy, 'manifest.json'), 'utf8')
        writeFileSync(join(copy, 'manifest.json'), text.replace('"own_seq": ', '"own_seq": 1'))
      },
    ]
    for (const spoil of spoils) {
      const copy = join(scratch(), 'copy')
      cpSync(folder, copy, { recursive: true })
      spoil(copy)
      const data = join(scratch(), 'data')
      await expect(restored(copy, data)).rejects.toEqual(refusal('backup-damaged'))
      expect(existsSync(data)).toBe(false)
    }
  })

  test('KEEP-4 a folder that holds anything is refused and left as it is', async () => {
    const hq = await founded()
    const { folder } = await backUp(hq)
    const taken = scratch()
    writeFileSync(join(taken, 'mine'), 'x')
    await expect(restored(folder, taken)).rejects.toEqual(refusal('folder-not-empty'))
    await expect(restored(folder, hq.data)).rejects.toEqual(refusal('folder-not-empty'))
    expect(readdirSync(taken)).toEqual(['mine'])
  })

  test('KEEP-5 one that was cut off is no data folder yet, and can be begun again', async () => {
    const hq = await founded()
    must(await newJob(hq, 'One'))
    const { folder } = await backUp(hq)
    const data = join(scratch(), 'data')
    await restored(folder, data)
    rmSync(join(data, 'tallydesk.db'))
    writeFileSync(join(data, 'restore-unfinished'), '')
    await expect(startDesk(data, ALONE)).rejects.toEqual(refusal('restore-unfinished'))
    await restored(folder, data)
    const back = { data, node: await startDesk(data, ALONE) }
    expect(await titlesAt(back)).toEqual(['One'])
  })
})

describe('a device that comes back', () => {
  /** A tablet that is backed up, works on with and without a link, and loses its folder. */
  async function lost() {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    must(await newJob(tablet, 'Shared before'))
    await isShared(tablet)
    await restart(tablet, ALONE)
    const { record } = must(await newJob(tablet, 'Unsent at the backup'))
    await attach(tablet, record, 'a photo')
    const { folder } = await backUp(tablet)
    must(await newJob(tablet, 'After, lost'))
    const actor = actorOf(tablet)
    await tablet.node.close()
    return { hq, actor, folder, old: tablet.data }
  }

  test('KEEP-6 reads what it had, writes nothing, and with nobody in reach stays so', async () => {
    const { folder, actor } = await lost()
    const data = join(scratch(), 'data')
    expect(await restored(folder, data)).toMatchObject({ actor, name: 'Tablet', writes: false })
    const back: Place = { data, node: await startDesk(data, ALONE) }
    expect(await titlesAt(back)).toEqual(['Shared before', 'Unsent at the backup'])
    expect((await statusOf(back)).halted).toEqual({ cause: 'restored', since: NOW })
    expect(codeOf(await newJob(back, 'Never'))).toBe('device-halted')
    await restart(back, { firstWriteWait: 10 })
    expect(codeOf(await newJob(back, 'Never'))).toBe('device-halted')
    expect(must(await back.node.api.do('node.doctor', {})).findings).toEqual([])
  })

  test('KEEP-6 sends no branch, and hands in what was unsent once it joins again under a new key', async () => {
    const { hq, folder, actor } = await lost()
    const data = join(scratch(), 'data')
    await restored(folder, data)
    const back: Place = { data, node: await startDesk(data, calling(hq)) }
    must(await newJob(hq, 'News'))
    await sees(back, 'News', 'Shared before', 'Unsent at the backup')
    expect(await titlesAt(hq)).toEqual(['News', 'Shared before'])
    const code = await codeFor(hq.node.api, 'Tablet again')
    const again = must(await back.node.api.do('setup.join', { code, name: 'Tablet again' }))
    expect(again.actor).not.toBe(actor)
    const parcels = await eventually('the parcel', async () => {
      const found = must(await hq.node.api.query('parcels', {})).parcels
      return found.length > 0 ? found : null
    })
    expect(parcels).toMatchObject([{ author: actor, cause: 'restored' }])
    expect(parcels[0]?.items.map(({ title }) => title)).toContain('Unsent at the backup')
    must(await newJob(back, 'Writing again'))
    await sees(hq, 'News', 'Shared before', 'Writing again')
    const { members } = must(await hq.node.api.query('members', {}))
    expect(members.find((member) => member.actor === actor)).toMatchObject({ forked: false })
  })

  test('KEEP-6 learns from a peer in reach what it did after the backup, and owes none of that', async () => {
    const hq = await founded()
    const tablet = await joined(hq, 'Tablet')
    must(await newJob(tablet, 'Before'))
    const { folder } = await backUp(tablet)
    must(await newJob(tablet, 'After'))
    await isShared(tablet)
    await tablet.node.close()
    rmSync(tablet.data, { recursive: true })
    const data = join(scratch(), 'data')
    await restored(folder, data)
    const back: Place = { data, node: await startDesk(data, calling(hq)) }
    await sees(back, 'After', 'Before')
    expect(codeOf(await newJob(back, 'Never'))).toBe('device-halted')
    const unsent = async () => must(await back.node.api.do('parcel.save', {})).items
    await eventually('that the peer has it all', async () => ((await unsent()) === 0 ? true : null))
    const code = await codeFor(hq.node.api, 'Again')
    must(await back.node.api.do('setup.join', { code, name: 'Again' }))
    must(await newJob(back, 'Under the new key'))
    await sees(hq, 'After', 'Before', 'Under the new key')
    expect(must(await hq.node.api.query('parcels', {})).parcels).toEqual([])
  })

  test('KEEP-7 the only device of a site goes on as it is, which is refused where the backup knows others', async () => {
    const hq = await founded()
    must(await newJob(hq, 'Alone'))
    const { folder } = await backUp(hq)
    await hq.node.close()
    const data = join(scratch(), 'data')
    expect(await restored(folder, data, true)).toMatchObject({ writes: true })
    const back: Place = { data, node: await startDesk(data) }
    must(await newJob(back, 'Going on'))
    const tablet = await joined(back, 'Tablet')
    await sees(tablet, 'Alone', 'Going on')
    const second = await backUp(back)
    await expect(restored(second.folder, join(scratch(), 'data'), true)).rejects.toEqual(
      refusal('not-only-device'),
    )
  })
})

test('KEEP-8 backup and restore by the command line: a stopped node, people and JSON, exit codes', async () => {
  const hq = await founded()
  must(await newJob(hq, 'One'))
  await hq.node.close()
  const folder = join(scratch(), 'backup')
  const made = await tallydesk(['backup', folder, '--data', hq.data])
  expect(made).toMatchObject({ code: 0, err: '' })
  expect(made.out).toContain(folder)
  expect(made.out).toContain('keep it as safe as the device')
  const data = join(scratch(), 'data')
  const back = await tallydesk(['restore', folder, '--data', data])
  expect(back).toMatchObject({ code: 0, err: '' })
  expect(back.out).toContain('Restored Headquarters')
  expect(back.out).toContain('tallydesk join CODE')
  const again = await tallydesk(['restore', folder, '--data', data, '--json'])
  expect(again.code).toBe(1)
  expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'folder-not-empty' } })
  expect((await tallydesk(['restore', '--data', data])).code).toBe(2)
  expect((await tallydesk(['restore', scratch(), '--data', join(data, 'x')])).code).toBe(1)
})
