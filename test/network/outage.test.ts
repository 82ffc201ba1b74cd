/**
 * Two hours without the internet, played with real nodes: the building works on and closes what it may close, one
 * tablet is cut at headquarters meanwhile, one is copied and used twice, and then the WAN comes back.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QueryAnswer } from '../../shared/api/queries.ts'
import { Building, type Device } from './building.ts'

type Job = { readonly record: string; readonly task: string; readonly number: string | null }
type Review = QueryAnswer<'review'>['items']

const building = new Building()
const { hq } = building
let desk: Device
let edge: Device
/** Works through the outage. */
let first: Device
/** Is cut at headquarters while the WAN is out. */
let lost: Device
/** Is copied, and used twice. */
let copied: Device
let copy: Device
let honest: readonly Device[]
let item: string

const north: Job[] = []
const south: Job[] = []
/** Audit numbers by record, as the desk gave them in the outage. */
const closed = new Map<string, string | null>()
/** Ops of the lost tablet, and what others did on top of them. */
const afterCut: string[] = []

const FILTERS = 100
const OPS_OF_BRANCH = 3

beforeAll(async () => {
  await building.found()
  desk = await building.join('desk', 'supervisor')
  edge = await building.join('edge', 'edge')
  first = await building.join('tablet 1', 'technician')
  lost = await building.join('tablet 2', 'technician')
  copied = await building.join('tablet 3', 'technician')
  honest = [hq, desk, edge, first]
  await giveRights()
  await building.agree([...honest, lost, copied])
}, 200_000)

afterAll(() => building.close())

/** What the building may need while headquarters is out of reach. */
async function giveRights(): Promise<void> {
  await hq.do('right.transfer', { right: 'decide:close:North', amount: 1, to: desk.actor })
  await hq.do('right.transfer', { right: 'audit-number', amount: 40, to: desk.actor })
  ;({ record: item } = await hq.do('stock.create', { name: 'Filter', quantity: FILTERS }))
  const right = `stock:${item}`
  for (const { actor } of [desk, first, lost, copied])
    await hq.do('right.transfer', { right, amount: 10, to: actor })
  for (const device of [desk, first, lost, copied]) {
    const holds = ({ rights }: QueryAnswer<'rights'>): boolean =>
      ['job-number', right].every((name) => rights.some((row) => row.self && row.right === name))
    await device.sees('rights', {}, holds, 'holds job numbers and filters')
  }
}

async function newJob(device: Device, zone: string): Promise<Job> {
  const title = `${zone} by ${device.name}`
  const { record, number } = await device.do('job.create', { title, zone, tasks: ['inspect'] })
  const { tasks } = await device.ask('record', { record })
  return { record, number, task: tasks[0]?.task ?? '' }
}

const tick = (device: Device, { record, task }: Job): Promise<{ readonly op: string }> =>
  device.do('task.tick', { record, task })

test('NET-50 with the WAN out a desk closes the jobs of its zone with numbers given before, and what needs the authority waits and says why', async () => {
  hq.place.link('down')
  await desk.sees('status', {}, ({ wan }) => wan.state === 'down', 'the WAN is out')
  for (const [device, count] of [
    [first, 20],
    [copied, 10],
  ] as const)
    for (let i = 0; i < count; i += 1) north.push(await newJob(device, 'North'))
  expect(north.map(({ number }) => number)).not.toContain(null)
  expect(new Set(north.map(({ number }) => number)).size).toBe(30)
  await tickAll()
  await closeAll()
  await waitForAuthority()
}, 240_000)

/** The lost tablet ticks three of the first tablet's jobs; every other is ticked by who made it. */
async function tickAll(): Promise<void> {
  await lost.sees('board', { zone: 'North', limit: 100 }, ({ rows }) => rows.length === 30, 'has all jobs')
  for (const [i, job] of north.entries()) {
    const { op } = await tick(i < 3 ? lost : i < 20 ? first : copied, job)
    if (i < 3) afterCut.push(op)
  }
  const done = ({ rows }: QueryAnswer<'board'>): boolean => rows.every(({ progress }) => progress.done === 1)
  await desk.sees('board', { zone: 'North', limit: 100 }, done, 'every task is ticked')
}

async function closeAll(): Promise<void> {
  for (const [i, { record }] of north.entries())
    await (i < 20 ? first : copied).do('request.close', { record })
  const mine = ({ requests }: QueryAnswer<'requests'>): boolean =>
    requests.filter((row) => row.mine && row.state === 'waiting').length === 30
  const { requests } = await desk.sees('requests', {}, mine, 'thirty closings are its own to decide')
  for (const { request, record, mine: isMine } of requests) {
    if (!isMine || record === null) continue
    const { audit_number } = await desk.do('decide', { request, accept: true })
    closed.set(record, audit_number)
  }
  expect(new Set(closed.values()).size).toBe(30)
  const all = ({ rows }: QueryAnswer<'board'>): boolean => rows.length === 30
  await first.sees('board', { zone: 'North', status: 'closed', limit: 100 }, all, 'all are closed')
}

async function waitForAuthority(): Promise<void> {
  for (const [device, count] of [
    [first, 6],
    [desk, 4],
  ] as const) {
    for (let i = 0; i < count; i += 1) {
      const job = await newJob(device, 'South')
      await tick(device, job)
      await device.do('request.close', { record: job.record })
      south.push(job)
    }
  }
  for (const device of [desk, first]) {
    const waiting = ({ requests }: QueryAnswer<'requests'>): boolean =>
      requests.filter(({ state }) => state === 'waiting').length === 10
    const { requests } = await device.sees('requests', {}, waiting, 'ten closings wait')
    for (const { state, waits_for } of requests.filter((one) => one.state === 'waiting')) {
      expect({ state, waits_for }).toMatchObject({ waits_for: { name: 'hq', why: 'wan-out' } })
    }
  }
}

test('NET-51 what a device does after its cut, of which the building cannot know yet, counts there until the WAN is back', async () => {
  await hq.do('member.cut', { actor: lost.actor, reason: 'left in a taxi' })
  const { record, op } = await lost.do('job.create', { title: 'Taxi', zone: 'South' })
  const note = await lost.do('note.add', { record, text: 'On the way' })
  const drawn = await lost.do('right.spend', { right: `stock:${item}`, amount: 2, record })
  const request = await lost.do('request.close', { record })
  afterCut.push(op, note.op, drawn.op, request.op)
  await desk.has(request.op)
  // Whoever built on it is set aside with it.
  afterCut.push((await desk.do('set.add', { record, field: 'tags', key: 'urgent' })).op)
  expect((await desk.ask('op', { op })).judgement).toBe('accepted')
}, 240_000)

test('NET-52 a device that was copied and used twice is halted in both places once they meet', async () => {
  await copied.place.stop()
  copy = building.copyOf(copied)
  building.wifi.corner('yard')
  for (const { place } of [copy, first]) place.walk('yard')
  await copied.start()
  await copy.start('--peer', first.place.listen)
  const original = await branch(copied, 'Original', 1)
  await Promise.all([desk, edge].map((device) => device.has(original)))
  const second = await branch(copy, 'Copy', 2)
  await first.has(second)
  expect(second, 'both signed under one number').toBe(original)
  for (const { place } of [copy, first]) place.walk('air')
  for (const device of [copied, copy]) {
    const { halted } = await device.sees('status', {}, (status) => status.halted !== null, 'is halted')
    expect(halted?.cause).toBe('forked')
    const refused = await device.place.desk.do('job.create', { title: 'No more' })
    expect(refused).toMatchObject({ ok: false, error: { code: 'device-halted' } })
  }
  const forked = ({ members }: QueryAnswer<'members'>): boolean =>
    members.some(({ actor, forked: is }) => actor === copied.actor && is)
  for (const device of [desk, edge, first]) await device.sees('members', {}, forked, 'knows of the fork')
  await building.agree([desk, edge, first])
}, 240_000)

/** A job, a note and some filters; answers the last op. */
async function branch(device: Device, title: string, filters: number): Promise<string> {
  const { record } = await device.do('job.create', { title, zone: 'Annex' })
  await device.do('note.add', { record, text: `${title}: seen to` })
  return (await device.do('right.spend', { right: `stock:${item}`, amount: filters, record })).op
}

test('NET-53 after the WAN is back all replicas agree, each closing keeps its number, and what waited is decided', async () => {
  hq.place.link('up')
  const decided = ({ requests }: QueryAnswer<'requests'>): boolean =>
    south.every(({ record }) => requests.some((row) => row.record === record && row.state === 'accepted'))
  await first.sees('requests', {}, decided, 'the ten are decided')
  const cut = ({ members }: QueryAnswer<'members'>): boolean =>
    [lost, copied].every(({ actor }) => members.some((row) => row.actor === actor && row.cut))
  const { members } = await first.sees('members', {}, cut, 'both are cut')
  expect(members.find(({ actor }) => actor === lost.actor)?.cut_reason).toBe('left in a taxi')
  expect(members.find(({ actor }) => actor === copied.actor)?.cut_reason).toBe('forked')
  await building.agree(honest)
  for (const device of honest) {
    await expectNumbers(device)
    expect((await device.do('node.doctor', {})).findings).toEqual([])
  }
}, 240_000)

async function expectNumbers(device: Device): Promise<void> {
  const { rows } = await device.ask('board', { status: 'closed', limit: 100 })
  const numbers = new Map(rows.map(({ record, audit_number }) => [record, audit_number]))
  expect(numbers.size).toBe(40)
  expect(new Set(numbers.values()).size, 'no audit number stands twice').toBe(40)
  for (const [record, number] of closed) expect(numbers.get(record)).toBe(number)
  const jobs = await device.ask('board', { limit: 100 })
  const named = jobs.rows.map(({ number }) => number)
  expect(new Set(named).size, 'no job number stands twice').toBe(named.length)
}

test('NET-54 the review holds the work of the cut device, what stands on it, and the branch that does not count, and nothing else', async () => {
  for (const device of honest) await expectReview(device)
})

/** A tablet's op by its name and what the review says of it; the branches bear the same names, and so say what they are. */
async function expectReview(device: Device): Promise<void> {
  const { items } = await device.ask('review', {})
  const [forked, others] = partition(items, ({ author }) => author === copied.actor)
  const said = others.map(({ op, author, judgement, reason }) => ({
    op,
    author,
    judgement,
    why: reason.code,
  }))
  const expected = afterCut.map((op) => {
    const own = op.startsWith(lost.actor)
    return { op, author: own ? lost.actor : desk.actor, judgement: 'rejected', why: own ? 'cut' : 'rests-on' }
  })
  expect(byOp(said)).toEqual(byOp(expected))
  const { rows } = await device.ask('board', { zone: 'Annex' })
  const standing = rows.map(({ title }) => title)
  expect(standing.length, 'one branch counts at most').toBeLessThan(2)
  const fallen = ['Copy', 'Original'].filter((title) => !standing.includes(title))
  expect(titlesIn(forked)).toEqual(fallen)
  expect(forked.length, 'a branch falls as a whole').toBe(OPS_OF_BRANCH * fallen.length)
}

const byOp = <T extends { readonly op: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (a.op < b.op ? -1 : 1))

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))]
}

/** The titles that these ops set. */
const titlesIn = (items: Review): string[] =>
  items
    .flatMap(({ effects }) => effects)
    .flatMap((change) => (change.what === 'set' && change.field === 'title' ? [String(change.value)] : []))
    .sort()

test('NET-55 what was counted in lies with its holders or was drawn, to the last piece, on every replica', async () => {
  for (const device of honest) {
    const { items } = await device.ask('stock', {})
    const filters = items.find(({ record }) => record === item)
    const held = filters?.held.reduce((sum, { amount }) => sum + amount, 0)
    expect((filters?.on_hand ?? 0) + (filters?.drawn ?? 0)).toBe(FILTERS)
    expect(held).toBe(filters?.on_hand)
  }
})
