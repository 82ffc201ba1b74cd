/** The story that the product exists for, over real nodes and the command line: an outage, and nothing lost by it. */
import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QueryAnswer, QueryName } from '../../shared/api/queries.ts'
import { CLI, runNode, scratchFolder, type NodeProcess } from '../support/node-process.ts'

type Answer = Readonly<Record<string, unknown>>
type Device = 'hq' | 'edge' | 'desk' | 'tablet' | 'phone'

const folder = scratchFolder()
const nodes = new Map<Device, NodeProcess>()
const dataOf = (device: Device): string => `${folder.path}/${device}`

/** One command line, as a person would type it; answers the JSON that it printed. */
function tallydesk(...args: string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CLI, ...args], (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Answer)
      } catch {
        reject(new Error(`${args.join(' ')}: ${stdout}${stderr}`))
      }
    })
  })
}

async function run(device: Device, command: string, input: unknown): Promise<Answer> {
  const answer = await tallydesk('do', '--data', dataOf(device), command, JSON.stringify(input))
  expect(answer, `${device}: ${command}`).not.toHaveProperty('error')
  return answer
}

const ask = async <Q extends QueryName>(device: Device, query: Q, input: unknown): Promise<QueryAnswer<Q>> =>
  (await tallydesk(
    'query',
    '--data',
    dataOf(device),
    query,
    JSON.stringify(input),
  )) as unknown as QueryAnswer<Q>

/** Waits until what a device answers is as the story has it. */
async function until<Q extends QueryName>(
  device: Device,
  query: Q,
  input: unknown,
  holds: (answer: QueryAnswer<Q>) => boolean,
): Promise<QueryAnswer<Q>> {
  const client = nodes.get(device)?.client
  if (!client) throw new Error(`${device} does not run`)
  const end = Date.now() + 30_000
  for (;;) {
    const answer = await client.query(query, input as never)
    if (answer.ok && holds(answer.value)) return answer.value
    if (Date.now() > end) throw new Error(`${device}: ${query} stayed ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const offline = (device: Device): Promise<Answer> => run(device, 'network.set', { lan: false, wan: false })
const online = (device: Device): Promise<Answer> => run(device, 'network.set', { lan: true, wan: true })

async function start(device: Device, args: readonly string[] = []): Promise<string> {
  const node = await runNode(dataOf(device), ['--no-mdns', ...args])
  nodes.set(device, node)
  return String(node.ready.listen)
}

async function join(device: Device, role: string, args: readonly string[]): Promise<string> {
  const { code } = await tallydesk('invite', '--data', dataOf('hq'), '--role', role, '--name', device)
  const joined = await tallydesk('join', String(code), '--data', dataOf(device), '--name', device)
  expect(joined).toMatchObject({ role })
  return start(device, args)
}

beforeAll(async () => {
  const founded = await tallydesk('init', '--data', dataOf('hq'), '--site', 'Story', '--name', 'hq')
  expect(founded).toHaveProperty('recovery')
  const hq = await start('hq')
  const edge = await join('edge', 'edge', ['--hq', hq])
  await join('desk', 'supervisor', ['--hq', hq, '--peer', edge])
  await join('tablet', 'technician', ['--peer', edge])
  await join('phone', 'technician', ['--peer', edge])
}, 120_000)

afterAll(async () => {
  await Promise.all([...nodes.values()].map((node) => node.stop()))
  folder.remove()
})

test('STORY-1 a job worked on through an outage: notes, a conflict, a closing that waits, a late tick', async () => {
  const tasks = ['inspect valve', 'replace filter', 'upload photo']
  const { record } = await run('desk', 'job.create', { title: 'Pump 3', tasks })
  const has = (answer: QueryAnswer<'record'>): boolean => answer.tasks.length === 3
  const seen = await until('phone', 'record', { record }, has)
  await until('tablet', 'record', { record }, has)
  const task = (text: string): string => seen.tasks.find((one) => one.text === text)?.task ?? ''

  // The phone leaves the Wi-Fi and goes on; headquarters is out of reach for the building.
  await offline('hq')
  await offline('phone')
  await run('phone', 'note.add', { record, text: 'Filter was cracked' })
  await run('phone', 'task.tick', { record, task: task('replace filter') })
  await online('phone')
  const arrived = (answer: QueryAnswer<'record'>): boolean =>
    answer.notes.some((note) => note.text === 'Filter was cracked') &&
    answer.tasks.some((one) => one.text === 'replace filter' && one.done && one.by.includes('phone'))
  await until('edge', 'record', { record }, arrived)
  await until('tablet', 'record', { record }, arrived)
  const atHeadquarters = await ask('hq', 'record', { record })
  expect(arrived(atHeadquarters), 'headquarters has not heard of it yet').toBe(false)

  // Two titles, set apart.
  await offline('tablet')
  await run('tablet', 'field.set', { record, field: 'title', value: 'Pump 3 leaks' })
  await run('phone', 'field.set', { record, field: 'title', value: 'Coolant pump, aisle 3' })
  await online('tablet')
  const { conflicts } = await until('desk', 'conflicts', {}, (answer) => answer.conflicts.length === 1)
  const values = conflicts[0]?.values ?? []
  expect(values.map(({ value, name }) => ({ value, name }))).toEqual(
    expect.arrayContaining([
      { value: 'Pump 3 leaks', name: 'tablet' },
      { value: 'Coolant pump, aisle 3', name: 'phone' },
    ]),
  )
  const pick = values.find(({ name }) => name === 'phone')?.dot
  const settled = await run('desk', 'conflict.resolve', { choices: [{ record, field: 'title', pick }] })
  expect(settled).toMatchObject({ resolved: 1 })
  for (const device of ['desk', 'tablet', 'phone'] as const) {
    await until(
      device,
      'record',
      { record },
      ({ fields, title }) => title === 'Coolant pump, aisle 3' && fields.title?.values.length === 1,
    )
  }

  // The phone finishes and asks to close: it waits, and says for whom.
  await run('phone', 'task.tick', { record, task: task('inspect valve') })
  await run('phone', 'task.tick', { record, task: task('upload photo') })
  await until('tablet', 'record', { record }, (answer) => answer.tasks.every((one) => one.done))
  const { request } = await run('phone', 'request.close', { record })
  const waiting = await until('desk', 'requests', {}, ({ requests }) =>
    requests.some(({ action }) => action === 'close'),
  )
  expect(waiting.requests[0]).toMatchObject({ request, state: 'waiting', name: 'phone', audit_number: null })
  expect(waiting.requests[0]?.waits_for).toMatchObject({ name: 'hq', why: 'wan-out' })

  // The tablet leaves before the answer; headquarters returns and decides.
  await offline('tablet')
  await online('hq')
  const accepted = (answer: QueryAnswer<'requests'>): boolean => answer.requests[0]?.state === 'accepted'
  const answered = await until('phone', 'requests', {}, accepted)
  const number = `A-${new Date().getUTCFullYear()}-0001`
  expect(answered.requests[0]?.audit_number).toBe(number)
  const closed = await until('edge', 'record', { record }, ({ status }) => status === 'closed')
  expect(closed).toMatchObject({ audit_number: number, freeze_epoch: 1 })

  // A tick by someone who had not seen the closing is late, and shown; notes stay open.
  await run('tablet', 'task.untick', { record, task: task('upload photo') }).catch(() => undefined)
  const late = await run('tablet', 'task.tick', { record, task: task('inspect valve') })
  await run('tablet', 'note.add', { record, text: 'Wiped the floor' })
  await online('tablet')
  const review = await until('desk', 'review', {}, ({ items }) => items.some((item) => item.op === late.op))
  const item = review.items.find(({ op }) => op === late.op)
  expect(item).toMatchObject({
    name: 'tablet',
    judgement: 'late',
    reason: { code: 'frozen', params: { number } },
  })
  await until('tablet', 'op', { op: late.op }, ({ judgement }) => judgement === 'late')
  const after = await until('hq', 'record', { record }, ({ notes }) =>
    notes.some(({ text }) => text === 'Wiped the floor'),
  )
  expect(
    after.tasks.every((one) => one.done),
    'what is late changes nothing',
  ).toBe(true)

  // Everybody has everything, and it is the same.
  const { state_hash } = await ask('hq', 'status', {})
  for (const device of ['edge', 'desk', 'tablet', 'phone'] as const) {
    await until(device, 'status', {}, (status) => status.state_hash === state_hash)
  }
})
