/** A disk that is full, on a file system of a few megabytes: real nodes, a local command, what a peer sends, a start. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { invariant } from '../../shared/base/invariant.ts'
import { answered, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

const undo: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close()
})

function run(program: string, ...args: readonly string[]): void {
  const done = spawnSync(program, args, { encoding: 'utf8' })
  invariant(done.status === 0, `${program} ${args.join(' ')}: ${done.stderr}`)
}

type Disk = { readonly data: string; readonly fill: () => void; readonly empty: () => void }

/** A small disk of its own, which can be filled to the last byte. */
function smallDisk(): Disk {
  const folder = scratchFolder()
  const { path } = folder
  run('mount', '-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', path)
  undo.push(() => {
    run('umount', '-l', path)
    folder.remove()
  })
  const data = join(path, 'data')
  mkdirSync(data)
  const filler = join(path, 'filler')
  let topping: NodeJS.Timeout | undefined
  const top = () => {
    // To the last byte, whatever was freed since.
    for (const size of [65_536, 4096, 512, 1]) while (fits(filler, size));
  }
  undo.push(() => clearInterval(topping))
  return {
    data,
    fill() {
      top()
      topping = setInterval(top, 20)
    },
    empty() {
      clearInterval(topping)
      rmSync(filler)
    },
  }
}

function fits(file: string, size: number): boolean {
  try {
    appendFileSync(file, Buffer.alloc(size, 1))
    return true
  } catch {
    return false
  }
}

async function started(data: string, args: readonly string[] = []): Promise<NodeProcess> {
  const node = await runNode(data, ['--no-mdns', ...args])
  undo.push(() => node.stop())
  return node
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 90_000
  while (!(await holds())) {
    invariant(Date.now() < end, `it did not come: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const titlesAt = async ({ client }: NodeProcess): Promise<string[]> =>
  answered(await client.query('board', {}))
    .rows.map(({ title }) => title)
    .toSorted()

const statusOf = async ({ client }: NodeProcess) => answered(await client.query('status', {}))

const make = ({ client }: NodeProcess, title: string) => client.do('job.create', { title })

/** Until nothing goes in any more: the write-ahead log may hold a little room. */
async function untilRefused(node: NodeProcess): Promise<{ readonly made: string[]; readonly code: string }> {
  const made: string[] = []
  for (let i = 0; ; i += 1) {
    const title = `Filling ${i} ${'x'.repeat(150)}`
    const done = await make(node, title)
    if (!done.ok) return { made, code: done.error.code }
    made.push(title)
    invariant(i < 5_000, 'a disk without room refuses at last')
  }
}

async function pair(): Promise<{ hq: NodeProcess; tablet: NodeProcess; disk: Disk }> {
  const home = scratchFolder()
  undo.push(() => home.remove())
  const hq = await started(home.path)
  answered(await hq.client.do('setup.init', { site: 'Hall', name: 'Headquarters' }))
  const disk = smallDisk()
  const tablet = await started(disk.data)
  const { code } = answered(await hq.client.do('invite.create', { role: 'technician', name: 'Tablet' }))
  answered(await tablet.client.do('setup.join', { code, name: 'Tablet' }))
  answered(await make(tablet, 'Before'))
  await until('the first job', async () => (await titlesAt(hq)).includes('Before'))
  return { hq, tablet, disk }
}

test('KEEP-20 a full disk refuses and is shown, the node goes on answering, and it recovers by itself', async () => {
  const { hq, tablet, disk } = await pair()
  disk.fill()
  const { made, code } = await untilRefused(tablet)
  expect(code).toBe('disk-full')
  const { storage } = await statusOf(tablet)
  expect(storage?.code).toBe('disk-full')
  expect(await titlesAt(tablet)).toEqual(['Before', ...made].toSorted())
  // What was answered reaches the others also now.
  await until('what was stored', async () => (await titlesAt(hq)).length === made.length + 1)
  disk.empty()
  await until('that it writes again', async () => (await statusOf(tablet)).storage === null)
  answered(await make(tablet, 'After'))
  expect(await titlesAt(tablet)).toEqual(['After', 'Before', ...made].toSorted())
  await until('the rest', async () => (await titlesAt(hq)).includes('After'))
  expect(answered(await tablet.client.do('node.doctor', {})).findings).toEqual([])
})

test('KEEP-21 what a peer sends and a full disk does not take is not acknowledged, and comes once there is room', async () => {
  const { hq, tablet, disk } = await pair()
  disk.fill()
  const { made } = await untilRefused(tablet)
  await until('what was stored', async () => (await titlesAt(hq)).length === made.length + 1)
  const { op } = answered(await make(hq, `Too much ${'y'.repeat(180)}`))
  await until('that the tablet has noticed', async () => (await statusOf(tablet)).storage !== null)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const where = async () => answered(await hq.client.query('op', { op })).where
  expect((await titlesAt(tablet)).some((title) => title.startsWith('Too much'))).toBe(false)
  expect(await where()).toEqual([])
  disk.empty()
  await until('that it came', async () =>
    (await titlesAt(tablet)).some((title) => title.startsWith('Too much')),
  )
  await until('that it is known to be there', async () => (await where()).length === 1)
})

test.each(['stop', 'kill'] as const)(
  'KEEP-22 after a %s a start on a full disk answers, refuses what is new, and recovers by itself',
  async (end) => {
    const { hq, tablet, disk } = await pair()
    await tablet[end]()
    disk.fill()
    const before = Date.now()
    const again = await started(disk.data)
    expect(await titlesAt(again)).toEqual(['Before'])
    // What a killed node left of its write-ahead log may be room for a little.
    const { made, code } = await untilRefused(again)
    if (end === 'stop') expect(made).toEqual([])
    expect(code).toBe('disk-full')
    const { storage } = await statusOf(again)
    expect(storage?.code).toBe('disk-full')
    expect(storage?.since).toBeGreaterThanOrEqual(before)
    expect(await titlesAt(again)).toEqual(['Before', ...made].toSorted())
    disk.empty()
    await until('that it writes again', async () => (await statusOf(again)).storage === null)
    answered(await make(again, 'After'))
    await until('the rest', async () => (await titlesAt(hq)).includes('After'))
    expect(answered(await again.client.do('node.doctor', {})).findings).toEqual([])
    await again.kill()
    expect(await titlesAt(await started(disk.data))).toEqual(['After', 'Before', ...made].toSorted())
  },
)

test('KEEP-22 a folder that was never started on is refused on a full disk, by name, and works once there is room', async () => {
  const disk = smallDisk()
  disk.fill()
  await expect(started(disk.data)).rejects.toThrow(/disk is full|disk-full/)
  disk.empty()
  const node = await started(disk.data)
  answered(await node.client.do('setup.init', { site: 'Hall', name: 'Desk' }))
  answered(await make(node, 'After'))
})
