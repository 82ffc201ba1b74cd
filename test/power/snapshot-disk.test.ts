/** A disk that is full while a real node fetches a snapshot, begins from one, or makes one. */
import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { comeApart, leftovers, logOf, lookInto, start, until, wear, type Apart } from '../crash/snapshots.ts'
import { failingDisk, type FailingDisk } from '../support/failing-disk.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

const folder = scratchFolder()
const undo: (() => Promise<void> | void)[] = []
let apart: Apart

beforeAll(async () => {
  apart = await comeApart(folder.path)
}, 300_000)

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close()
})

afterAll(async () => {
  await apart.hq.close()
  folder.remove()
})

function diskWith(template: string): FailingDisk {
  const disk = failingDisk()
  undo.push(() => disk.remove())
  rmSync(disk.data, { recursive: true, force: true })
  cpSync(template, disk.data, { recursive: true })
  return disk
}

async function running(disk: FailingDisk, ...args: readonly string[]): Promise<NodeProcess> {
  const node = await runNode(disk.data, ['--no-mdns', ...args], disk.surroundings)
  undo.push(() => node.kill())
  return node
}

const calls = (): string[] => ['--peer', apart.hq.identity().listen ?? '']
const hasBegun = (data: string): boolean => logOf(data).includes('goes on from a snapshot')

async function isReadable({ client }: NodeProcess): Promise<void> {
  for (const op of apart.ops) answered(await client.query('op', { op }))
}

async function isWholeAnew(disk: FailingDisk): Promise<void> {
  await lookInto(disk.data, ({ holds, dropped, replica }) => {
    expect(apart.ops.filter((op) => !holds(op))).toEqual([])
    expect(dropped).toBeGreaterThan(0)
    expect(replica.diagnose().findings).toEqual([])
  })
  expect(leftovers(disk.data)).toEqual([])
}

test.each(['full', 'broken'] as const)(
  'CKP-38 on a disk that is %s while it would fetch a snapshot a device stays readable, and begins from it once there is room',
  async (how) => {
    const disk = diskWith(apart.tablet)
    disk.fail(how)
    const node = await running(disk, ...calls())
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await isReadable(node)
    expect(existsSync(join(disk.data, 'tallydesk.db.begun'))).toBe(false)
    disk.mend()
    await until('that it begins anew', () => hasBegun(disk.data), 150_000)
    await isReadable(node)
    await node.stop()
    await isWholeAnew(disk)
  },
  240_000,
)

/** A device whose disk became full while it began from a snapshot: now and then it is through before that. */
async function stoppedWhileItBegins(): Promise<{ readonly disk: FailingDisk; readonly node: NodeProcess }> {
  for (;;) {
    const disk = diskWith(apart.tablet)
    const node = await running(disk, ...calls())
    const unfinished = join(disk.data, 'tallydesk.db.begun.unfinished')
    await until('that it begins', () => existsSync(unfinished) || hasBegun(disk.data))
    disk.fail('full')
    await until('that it is put off', () => !existsSync(unfinished) || hasBegun(disk.data))
    if (!existsSync(join(disk.data, 'tallydesk.db.begun')) && !hasBegun(disk.data)) return { disk, node }
    disk.mend()
    await node.stop()
  }
}

test('CKP-38 on a disk that becomes full while it begins from a snapshot a device goes on as it was, and begins later', async () => {
  const { disk, node } = await stoppedWhileItBegins()
  await isReadable(node)
  expect(hasBegun(disk.data)).toBe(false)
  expect(existsSync(join(disk.data, 'tallydesk.db.begun'))).toBe(false)
  disk.mend()
  await until('that it begins anew', () => hasBegun(disk.data), 150_000)
  answered(await node.client.do('job.create', { title: 'There is room' }))
  await node.stop()
  await isWholeAnew(disk)
}, 240_000)

test('CKP-38 on a disk that becomes full while it makes a snapshot an authority loses nothing and leaves nothing over', async () => {
  const template = join(folder.path, 'making')
  const made = await start(template, null)
  answered(await made.api.do('setup.init', { site: 'Quay', name: 'HQ' }))
  const { record } = answered(await made.api.do('job.create', { title: 'Pump' }))
  await wear(made.api, record)
  await made.close()
  const disk = diskWith(template)
  const node = await running(disk)
  const { op } = answered(await node.client.do('checkpoint.publish', {}))
  const isMade = (): boolean => logOf(disk.data).includes('a snapshot was made')
  await until('that it is made', () => existsSync(join(disk.data, 'tallydesk.db.snapshot')) || isMade())
  disk.fail('full')
  await until('that it is put off', () => leftovers(disk.data).length === 0)
  answered(await node.client.query('op', { op }))
  expect(leftovers(disk.data)).toEqual([])
  disk.mend()
  answered(await node.client.do('job.create', { title: 'There is room' }))
  await node.stop()
  const again = await running(disk)
  await until('the snapshot', () => logOf(disk.data).includes('a snapshot was made'))
  await again.stop()
  await lookInto(disk.data, ({ holds }) => expect(holds(op)).toBe(true))
  expect(leftovers(disk.data)).toEqual([])
}, 240_000)
