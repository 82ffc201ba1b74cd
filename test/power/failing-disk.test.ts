/** A disk that fails writes: a real node, started on it, with every write, growth and sync of its folder refused. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { invariant } from '../../shared/base/invariant.ts'
import { readControlFile } from '../../main/node/control-file.ts'
import { inDatabase } from '../contracts/worn.ts'
import { failingDisk, type FailingDisk } from '../support/failing-disk.ts'
import { answered, runNode, type NodeProcess } from '../support/node-process.ts'

const undo: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of undo.splice(0).reverse()) await close()
})

async function started({ data, surroundings }: FailingDisk): Promise<NodeProcess> {
  const node = await runNode(data, ['--no-mdns'], surroundings)
  undo.push(() => node.stop())
  return node
}

const make = ({ client }: NodeProcess, title: string) => client.do('job.create', { title })

const titlesAt = async ({ client }: NodeProcess): Promise<string[]> =>
  answered(await client.query('board', {}))
    .rows.map(({ title }) => title)
    .toSorted()

const troubleAt = async ({ client }: NodeProcess) => answered(await client.query('status', {})).storage

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await holds())) {
    invariant(Date.now() < end, `it did not come: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test.each(['stop', 'kill'] as const)(
  'KEEP-22 after a %s a start on a disk that fails writes answers, refuses by name, and recovers by itself',
  async (end) => {
    const disk = failingDisk()
    undo.push(() => disk.remove())
    const before = await started(disk)
    answered(await before.client.do('setup.init', { site: 'Hall', name: 'Desk' }))
    answered(await make(before, 'Before'))
    await before[end]()
    disk.fail('broken')
    const node = await started(disk)
    expect(await titlesAt(node)).toEqual(['Before'])
    expect(await make(node, 'Refused')).toMatchObject({ ok: false, error: { code: 'storage-failed' } })
    expect(await troubleAt(node)).toMatchObject({ code: 'storage-failed' })
    disk.mend()
    await until('that it writes again', async () => (await troubleAt(node)) === null)
    answered(await make(node, 'After'))
    expect(await titlesAt(node)).toEqual(['After', 'Before'])
    await until('that the command line finds it', () => {
      const shown = readControlFile(join(disk.data, 'control.json'))
      return shown?.address === node.ready.control
    })
    expect(answered(await node.client.do('node.doctor', {})).findings).toEqual([])
    await node.kill()
    expect(await titlesAt(await started(disk))).toEqual(['After', 'Before'])
  },
)

test('KEEP-37 on a full disk what is to be judged anew is shown as it was, also to who watches, and is judged once there is room', async () => {
  const disk = failingDisk()
  undo.push(() => disk.remove())
  const before = await started(disk)
  answered(await before.client.do('setup.init', { site: 'Hall', name: 'Desk' }))
  for (const title of ['One', 'Three', 'Two']) answered(await make(before, title))
  await before.stop()
  // As a crash leaves it amid judging anew, of what reaches many records.
  const toJudge = (): unknown =>
    inDatabase(disk.data, (sql) => sql.prepare('SELECT count(*) FROM dirty').pluck().get())
  inDatabase(disk.data, (sql) => sql.exec('INSERT INTO dirty SELECT no FROM record'))
  disk.fail('full')
  const node = await started(disk)
  expect(await titlesAt(node)).toEqual(['One', 'Three', 'Two'])
  const watched: number[] = []
  const over = node.client.watch('board', {}, (answer) => {
    if (answer.ok) watched.push(answer.value.rows.length)
  })
  await until('that who watches is answered', () => watched.length > 0)
  over()
  expect(watched).toEqual([3])
  expect(await make(node, 'Refused')).toMatchObject({ ok: false, error: { code: 'disk-full' } })
  disk.mend()
  await until('that it writes again', async () => (await troubleAt(node)) === null)
  answered(await make(node, 'After'))
  expect(await titlesAt(node)).toEqual(['After', 'One', 'Three', 'Two'])
  await node.stop()
  expect(toJudge()).toBe(0)
})
