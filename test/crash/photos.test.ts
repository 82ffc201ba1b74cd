/** A photo on its way while either side is killed: it goes on, and arrives as it was. */
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { invariant } from '../../shared/base/invariant.ts'
import { LIMITS } from '../../shared/op/limits.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

const folder = scratchFolder()
const running: NodeProcess[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()))
  folder.remove()
})

async function start(name: string, ...args: readonly string[]): Promise<NodeProcess> {
  const node = await runNode(join(folder.path, name), ['--no-mdns', ...args])
  running.push(node)
  return node
}

async function until(holds: () => boolean | Promise<boolean>, sentence: string): Promise<void> {
  const end = Date.now() + 120_000
  while (!(await holds())) {
    invariant(Date.now() < end, `within two minutes: ${sentence}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('PHO-16 a photo on its way goes on where it stood after a kill of the receiver, and after one of the sender', async () => {
  let hq = await start('hq')
  answered(await hq.client.do('setup.init', { site: 'Hall', name: 'hq' }))
  await hq.stop()
  hq = await start('hq')
  for (const [name, role] of [
    ['tablet', 'technician'],
    ['desk', 'supervisor'],
  ] as const) {
    const node = await start(name, '--peer', String(hq.ready.listen))
    const { code } = answered(await hq.client.do('invite.create', { role, name }))
    answered(await node.client.do('setup.join', { code, name }))
    // Each must know the other before they meet without headquarters.
    await until(async () => answered(await node.client.query('status', {})).role === role, 'it is admitted')
    await node.stop()
  }
  let tablet = await start('tablet', '--peer', String(hq.ready.listen))
  await until(async () => {
    const { members } = answered(await tablet.client.query('members', {}))
    return members.length === 3
  }, 'the tablet knows the desk')
  await hq.stop()
  const bytes = randomBytes(40 * 1024 * 1024)
  const file = join(folder.path, 'photo.jpg')
  writeFileSync(file, bytes)
  const { record } = answered(await tablet.client.do('job.create', { title: 'Pump' }))
  const { sha256 } = answered(await tablet.client.do('attachment.add', { record, file }))
  const data = join(folder.path, 'desk')
  const part = join(data, 'blobs', `${sha256}.part`)
  const whole = join(data, 'blobs', sha256.slice(0, 2), sha256)
  const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const isOnItsWay = (chunks: number) => () => sizeOf(part) >= chunks * LIMITS.blobChunk || sizeOf(whole) > 0

  let desk = await start('desk', '--peer', String(tablet.ready.listen))
  await until(isOnItsWay(10), 'the photo is on its way')
  await desk.kill()
  const stood = sizeOf(part)
  expect(sizeOf(whole)).toBe(0)
  expect(stood).toBeGreaterThan(0)
  desk = await start('desk', '--peer', String(tablet.ready.listen))
  expect(sizeOf(part)).toBeGreaterThan(stood - LIMITS.blobChunk)
  await until(isOnItsWay(Math.ceil(stood / LIMITS.blobChunk) + 10), 'it goes on')
  await tablet.kill()
  const again = sizeOf(part)
  expect(again).toBeGreaterThanOrEqual(stood)
  expect(sizeOf(whole)).toBe(0)
  tablet = await start('tablet', '--peer', String(desk.ready.listen))
  await until(() => sizeOf(whole) > 0, 'it is whole')
  expect(readFileSync(whole).equals(bytes)).toBe(true)
  expect(sizeOf(part)).toBe(0)
  const { actor } = answered(await desk.client.query('status', {}))
  await until(async () => {
    const { attachments } = answered(await tablet.client.query('record', { record }))
    return attachments[0]?.where.includes(actor) ?? false
  }, 'the desk has acknowledged it')
})
