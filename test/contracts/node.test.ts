/** The life of a node: founding, joining, importing, deciding, stopping, and what its folder may not be. */
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DeskApi } from '../../shared/api/desk-api.ts'
import { openDatabase } from '../../main/store/database.ts'
import type { RunningNode } from '../../main/node/node.ts'
import { codeOf, eventually, must, scratch, startDesk } from './desks.ts'

async function founded(data = scratch()): Promise<RunningNode> {
  const node = await startDesk(data)
  must(await node.api.do('setup.init', { site: 'Hall', name: 'Headquarters' }))
  return node
}

type Role = 'technician' | 'supervisor' | 'edge'

async function joined(
  authority: DeskApi,
  name: string,
  data = scratch(),
  role: Role = 'technician',
): Promise<RunningNode> {
  const { code } = must(await authority.do('invite.create', { role, name }))
  const node = await startDesk(data)
  must(await node.api.do('setup.join', { code, name }))
  return node
}

const hashOf = async (api: DeskApi) => must(await api.query('status', {})).state_hash

const sameState = (a: DeskApi, b: DeskApi) =>
  eventually('the same state on both', async () => ((await hashOf(a)) === (await hashOf(b)) ? true : null))

const CSV = 'work_order,title,activity\nWO-1,Pump,Replace\nWO-2,Fan,\nWO-3\nWO-4,Belt,Inspect\n'

test('NOD-1 a device that has joined can work at once, alone, also after a restart', async () => {
  const hq = await founded()
  const data = scratch()
  const tablet = await joined(hq.api, 'Tablet', data)
  await hq.close()
  must(await tablet.api.do('job.create', { title: 'Alone' }))
  await tablet.close()
  const again = await startDesk(data, { network: null })
  must(await again.api.do('job.create', { title: 'Alone again' }))
  expect(must(await again.api.query('board', {})).rows.length).toBe(2)
})

test('NOD-1 what one device does arrives at the other, both ways, and after both were restarted', async () => {
  const [first, second] = [scratch(), scratch()]
  let hq = await founded(first)
  let tablet = await joined(hq.api, 'Tablet', second)
  must(await hq.api.do('job.create', { title: 'From headquarters' }))
  must(await tablet.api.do('job.create', { title: 'From the tablet' }))
  await sameState(hq.api, tablet.api)
  await Promise.all([hq.close(), tablet.close()])
  tablet = await startDesk(second)
  must(await tablet.api.do('job.create', { title: 'While away' }))
  hq = await startDesk(first)
  await sameState(hq.api, tablet.api)
  expect(must(await hq.api.query('board', {})).rows.length).toBe(3)
})

test('NOD-2 a code that is wrong, used or of nobody is refused, and the device can still join with a right one', async () => {
  const hq = await founded()
  const { code } = must(await hq.api.do('invite.create', { role: 'technician', name: 'Tablet' }))
  const node = await startDesk()
  const join = (text: string) => node.api.do('setup.join', { code: text, name: 'Tablet' })
  expect(codeOf(await join('not a code'))).toBe('bad-pairing-code')
  expect(codeOf(await join(code.slice(0, -1)))).toBe('bad-pairing-code')
  expect(must(await node.api.query('node', {})).phase).toBe('setup')
  must(await join(code))
  const third = await startDesk()
  expect(codeOf(await third.api.do('setup.join', { code, name: 'Third' }))).toBe('pairing-used')
  await hq.close()
  const late = await startDesk()
  expect(codeOf(await late.api.do('setup.join', { code, name: 'Late' }))).toBe('pairing-unreachable')
})

test('NOD-3 only the authority invites', async () => {
  const hq = await founded()
  const desk = await joined(hq.api, 'Desk', scratch(), 'supervisor')
  expect(codeOf(await desk.api.do('invite.create', { role: 'edge', name: 'Edge' }))).toBe('not-authority')
})

test('NOD-4 peers and members go by their names, and status tells the links', async () => {
  const hq = await founded()
  const tablet = await joined(hq.api, 'Tablet')
  const row = await eventually('the link', async () => {
    const { peers } = must(await hq.api.query('peers', {}))
    return peers.find(({ link }) => link === 'up') ?? null
  })
  expect(row).toMatchObject({ name: 'Tablet', role: 'technician', via: 'lan' })
  const status = must(await tablet.api.query('status', {}))
  expect(status).toMatchObject({ name: 'Tablet', role: 'technician', authority: { name: 'Headquarters' } })
  expect(must(await hq.api.query('status', {})).wan.state).toBe('self')
  await eventually(
    'word of the authority',
    async () => must(await tablet.api.query('status', {})).authority_heard,
  )
})

test('NOD-5 the authority answers a close request by its policy, with an audit number', async () => {
  const hq = await founded()
  const tablet = await joined(hq.api, 'Tablet')
  const { record } = must(await tablet.api.do('job.create', { title: 'Pump' }))
  const { request } = must(await tablet.api.do('request.close', { record }))
  const answered = await eventually('the decision', async () => {
    const { requests } = must(await tablet.api.query('requests', {}))
    return requests.find((row) => row.request === request && row.state === 'accepted') ?? null
  })
  expect(answered.audit_number).toMatch(/^A-\d{4}-0001$/)
})

test('NOD-5 with --decide manual the request waits until a person decides', async () => {
  const data = scratch()
  const hq = await startDesk(data, { decide: 'manual' })
  must(await hq.api.do('setup.init', { site: 'Hall', name: 'Headquarters' }))
  const { record } = must(await hq.api.do('job.create', { title: 'Pump' }))
  const { request } = must(await hq.api.do('request.close', { record }))
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(must(await hq.api.query('requests', {})).requests).toMatchObject([{ state: 'waiting' }])
  const { audit_number } = must(await hq.api.do('decide', { request, accept: true }))
  expect(audit_number).toMatch(/^A-\d{4}-0001$/)
})

test('NOD-6 after a start the authority decides only once a peer has compared logs with it', async () => {
  const [first, second] = [scratch(), scratch()]
  const before = await founded(first)
  const pair = await joined(before.api, 'Tablet', second)
  await sameState(before.api, pair.api)
  await Promise.all([before.close(), pair.close()])
  const hq = await startDesk(first)
  const { record } = must(await hq.api.do('job.create', { title: 'Pump' }))
  must(await hq.api.do('request.close', { record }))
  const stateNow = async () => must(await hq.api.query('requests', {})).requests[0]?.state
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(await stateNow()).toBe('waiting')
  await startDesk(second)
  await eventually('the decision', async () => ((await stateNow()) === 'accepted' ? true : null))
})

test('NOD-6 an authority that stays alone decides after its wait', async () => {
  const [first, second] = [scratch(), scratch()]
  const before = await founded(first)
  await (await joined(before.api, 'Tablet', second)).close()
  await before.close()
  const hq = await startDesk(first, { authorityWait: 300 })
  const { record } = must(await hq.api.do('job.create', { title: 'Pump' }))
  must(await hq.api.do('request.close', { record }))
  await eventually('the decision', async () => {
    return must(await hq.api.query('requests', {})).requests[0]?.state === 'accepted' ? true : null
  })
})

test('IMP-6 an import reports every row that it could not read, imports the rest, and nothing twice', async () => {
  const { api } = await founded()
  const first = must(await api.do('import.csv', { content: CSV }))
  expect(first).toMatchObject({ imported: 3, known: 0, changed: [], failed: [{ line: 4, text: 'WO-3' }] })
  const second = must(await api.do('import.csv', { content: CSV }))
  expect(second).toMatchObject({ imported: 0, known: 3, changed: [], failed: [{ line: 4 }] })
  const { rows } = must(await api.query('board', {}))
  expect(rows.map(({ reference }) => reference).toSorted()).toEqual(['WO-1', 'WO-2', 'WO-4'])
  expect(rows.find(({ reference }) => reference === 'WO-1')?.tags).toEqual(['Replace'])
})

test('IMP-6 a row that says something else than its record is reported and changes nothing', async () => {
  const { api } = await founded()
  must(await api.do('import.csv', { content: CSV }))
  const changed = must(await api.do('import.csv', { content: CSV.replace('Fan', 'Big fan') }))
  expect(changed).toMatchObject({
    imported: 0,
    known: 2,
    changed: [{ line: 3, key: 'WO-2', fields: ['title'] }],
  })
  const { rows } = must(await api.query('board', {}))
  expect(rows.find(({ reference }) => reference === 'WO-2')?.title).toBe('Fan')
})

test('IMP-6 the same keys of another source are other records', async () => {
  const { api } = await founded()
  must(await api.do('import.csv', { content: CSV }))
  expect(must(await api.do('import.csv', { content: CSV, source: 'second system' })).imported).toBe(3)
})

test('IMP-7 two devices that import the same file apart have each record once when they meet', async () => {
  const hq = await founded()
  const desk = await joined(hq.api, 'Desk', scratch(), 'supervisor')
  must(await desk.api.do('network.set', { lan: false, wan: false }))
  expect(must(await hq.api.do('import.csv', { content: CSV })).imported).toBe(3)
  expect(must(await desk.api.do('import.csv', { content: CSV })).imported).toBe(3)
  must(await desk.api.do('network.set', { lan: true, wan: true }))
  await sameState(hq.api, desk.api)
  const board = must(await desk.api.query('board', {}))
  expect(board.rows.length).toBe(3)
  expect(board.rows.map(({ conflicts }) => conflicts)).toEqual([0, 0, 0])
})

test('IMP-8 a whole file is imported while the node goes on answering', async () => {
  const { api } = await founded()
  const content = readFileSync(join(import.meta.dirname, '../../main/demo/work-orders.csv'), 'utf8')
  const importing = api.do('import.csv', { content })
  const seen = new Set<number>()
  const look = async (): Promise<void> => {
    const { todo } = must(await api.query('board', { limit: 1 })).counts
    seen.add(todo)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (todo < 760) await look()
  }
  await look()
  expect(must(await importing)).toEqual({ imported: 760, known: 0, changed: [], failed: [] })
  expect([...seen].filter((count) => count > 0 && count < 760).length).toBeGreaterThan(2)
})

test.each([
  ['the site', 'PRAGMA user_version = 99', (version: number) => `PRAGMA user_version = ${version}`],
  ['this device', 'UPDATE node_schema SET version = 99', () => 'UPDATE node_schema SET version = 1'],
])(
  'STO-12 a folder whose tables of %s are of a later version is refused and not touched',
  async (_, raise, restore) => {
    const data = scratch()
    await (await founded(data)).close()
    const file = join(data, 'tallydesk.db')
    const known = changeSchema(file, raise)
    const before = readFileSync(file)
    await expect(startDesk(data)).rejects.toMatchObject({ code: 'data-folder-newer' })
    expect(readFileSync(file).equals(before)).toBe(true)
    changeSchema(file, restore(known))
    expect(must(await (await startDesk(data)).api.query('status', {})).site_name).toBe('Hall')
  },
)

/** Answers the schema version that the database had before. */
function changeSchema(file: string, text: string): number {
  const sql = openDatabase(file)
  const row = sql.prepare('PRAGMA user_version').get<{ user_version: number }>()
  sql.exec(text)
  sql.close()
  return row?.user_version ?? 0
}

test('STO-4 a database that is damaged is named, and the folder is free for a repair', async () => {
  const data = scratch()
  await (await founded(data)).close()
  writeFileSync(join(data, 'tallydesk.db'), 'not a database, but long enough to be looked at '.repeat(200))
  await expect(startDesk(data)).rejects.toMatchObject({ code: 'database-damaged' })
  await expect(startDesk(data)).rejects.toMatchObject({ code: 'database-damaged' })
})

test('PHO-20 what was half fetched and nobody names goes after a day, and not before', async () => {
  const data = scratch()
  await (await founded(data)).close()
  const blobs = join(data, 'blobs')
  mkdirSync(blobs, { recursive: true })
  const part = (letter: string): string => join(blobs, `${letter.repeat(64)}.part`)
  const [old, fresh] = [part('a'), part('b')]
  for (const file of [old, fresh]) writeFileSync(file, 'half of it')
  const dayBefore = new Date(Date.now() - 2 * 86_400_000)
  utimesSync(old, dayBefore, dayBefore)
  await startDesk(data)
  await eventually('that it goes', () => Promise.resolve(existsSync(old) ? null : true))
  expect(existsSync(fresh)).toBe(true)
})
