/** Real nodes that go on together while the disk of one takes nothing. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { blobPath } from '../../main/store/whole-files.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { until } from '../crash/snapshots.ts'
import { failingDisk, type FailingDisk } from '../support/failing-disk.ts'
import {
  answered,
  runNode,
  scratchFolder,
  type NodeProcess,
  type Surroundings,
} from '../support/node-process.ts'

const undo: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close()
})

function scratch(): string {
  const folder = scratchFolder()
  undo.push(() => folder.remove())
  return folder.path
}

function disk(): FailingDisk {
  const made = failingDisk()
  undo.push(() => made.remove())
  return made
}

async function started(data: string, surroundings?: Surroundings): Promise<NodeProcess> {
  const node = await runNode(data, ['--no-mdns'], surroundings)
  undo.push(() => node.stop())
  return node
}

const found = ({ client }: NodeProcess) => client.do('setup.init', { site: 'Hall', name: 'Headquarters' })
const make = async ({ client }: NodeProcess, title: string): Promise<string> =>
  answered(await client.do('job.create', { title })).record
const admitted = async (hq: NodeProcess, { client }: NodeProcess) => {
  const { code } = answered(await hq.client.do('invite.create', { role: 'technician', name: 'Tablet' }))
  return client.do('setup.join', { code, name: 'Tablet' })
}
const isWell = async ({ client }: NodeProcess): Promise<boolean> =>
  answered(await client.query('status', {})).storage === null
const knows = async ({ client }: NodeProcess, record: string): Promise<boolean> =>
  (await client.query('record', { record })).ok

function photo(folder: string): string {
  const file = join(folder, 'photo.png')
  // Whole pieces: of another one the last would be fetched anew after a start.
  writeFileSync(file, Buffer.alloc(LIMITS.blobChunk * 20, 'a photo of a pump'))
  return file
}

test('KEEP-38 who asks to be admitted by a device without room is refused, the device goes on, and admits once there is room', async () => {
  const full = disk()
  const hq = await started(full.data, full.surroundings)
  answered(await found(hq))
  const tablet = await started(scratch())
  const { code } = answered(await hq.client.do('invite.create', { role: 'technician', name: 'Tablet' }))
  full.fail('full')
  const refused = await tablet.client.do('setup.join', { code, name: 'Tablet' })
  expect(refused.ok ? null : refused.error.code).toBe('pairing-refused')
  expect(answered(await hq.client.query('board', {})).rows).toEqual([])
  full.mend()
  await until('that there is room', () => isWell(hq))
  answered(await admitted(hq, tablet))
  expect(answered(await hq.client.query('members', {})).members).toHaveLength(2)
})

test('KEEP-38 a photo leaves a device that has no room, and what others wrote comes to it once there is', async () => {
  const home = scratch()
  const full = disk()
  const first = await started(home)
  answered(await found(first))
  const tablet = await started(full.data, full.surroundings)
  answered(await admitted(first, tablet))
  await first.stop()
  const record = await make(tablet, 'Pump')
  const { sha256 } = answered(await tablet.client.do('attachment.add', { record, file: photo(scratch()) }))
  full.fail('full')
  const hq = await started(home)
  const other = await make(hq, 'From headquarters')
  await until('the photo', () => existsSync(blobPath(join(home, 'blobs'), sha256)))
  expect(await knows(hq, record)).toBe(true)
  expect(await knows(tablet, other)).toBe(false)
  full.mend()
  await until('what headquarters wrote', () => knows(tablet, other), 120_000)
}, 300_000)

test('KEEP-38 a file that came whole while nothing can be noted ends nothing', async () => {
  const full = disk()
  const before = await started(full.data, full.surroundings)
  answered(await found(before))
  const record = await make(before, 'Pump')
  const { sha256 } = answered(await before.client.do('attachment.add', { record, file: photo(scratch()) }))
  await before.stop()
  const blobs = join(full.data, 'blobs')
  mkdirSync(blobs, { recursive: true })
  renameSync(blobPath(blobs, sha256), join(blobs, `${sha256}.part`))
  full.fail('full')
  const node = await started(full.data, full.surroundings)
  await until('the file', () => existsSync(blobPath(blobs, sha256)))
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await knows(node, record)).toBe(true)
})
