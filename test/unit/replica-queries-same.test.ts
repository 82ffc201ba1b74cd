import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommandInput, SiteCommandName } from '../../shared/api/commands.ts'
import { coreOf } from '../support/crafting.ts'
import { copyOf, must, pull, REACH, sync, type Device } from '../support/replicas.ts'
import { aSite, requestsAt, settle, type Site } from '../support/site.ts'
import { SEED } from '../support/seed.ts'

const seed = SEED
const RUNS = { numRuns: Number(process.env.LAWS_RUNS ?? 20), seed }

const ACTS = [
  'job', 'item', 'title', 'give', 'pass', 'number', 'draw', 'close', 'reopen', 'decide', 'adopt', 'dismiss', 'reclaim',
  'sign', 'cut', 'turn', 'turn', 'ghost', 'meet', 'meet',
] as const // prettier-ignore
type Step = {
  readonly by: number
  readonly act: (typeof ACTS)[number]
  readonly a: number
  readonly b: number
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.nat(3),
  act: fc.constantFrom(...ACTS),
  a: fc.nat(50),
  b: fc.nat(50),
})

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)]

/** Does what it may: a refusal is an answer like another. */
const attempt = <C extends SiteCommandName>({ replica }: Device, command: C, input: CommandInput<C>): void =>
  void replica.execute(command, input)

function records(device: Device, kind: 'job' | 'stock' | 'incident'): string[] {
  return must(device.replica.query('board', { kind }, REACH)).rows.map((row) => row.record)
}

function act(devices: readonly Device[], { by, act: what, a, b }: Step): void {
  const device = devices[by]
  const other = devices[a % devices.length]
  if (!device || !other) return
  const to = other.replica.actor
  const [record, item] = [at(records(device, 'job'), b) ?? '', at(records(device, 'stock'), b) ?? '']
  const right = at(['job-number', 'audit-number', 'decide:close:North', `stock:${item}`], b) ?? ''
  const amount = b % 4 === 2 ? 1 : 1 + (a % 4)
  switch (what) {
    case 'job':
      return attempt(device, 'job.create', { title: `Job ${a}`, ...(b % 2 ? { zone: 'North' } : {}) })
    case 'item':
      if (b % 3 === 0) return attempt(device, 'incident.create', { title: `Fall ${a}` })
      return attempt(device, 'stock.create', { name: `Item ${a}`, quantity: 10 })
    case 'title':
      return attempt(device, 'field.set', { record, field: 'title', value: `Title ${a}` })
    case 'give':
      return attempt(devices[0] ?? device, 'right.transfer', { right, amount, to })
    case 'pass':
      return attempt(device, 'right.transfer', { right, amount, to })
    case 'number':
      return attempt(device, 'right.spend', { right: 'job-number', amount: 1, record })
    case 'draw':
      return attempt(device, 'right.spend', { right: `stock:${item}`, amount: 1 + (a % 3), record })
    case 'close':
      return attempt(device, 'request.close', {
        record: at(records(device, a % 3 ? 'job' : 'incident'), b) ?? '',
      })
    case 'turn':
      return turn(devices, device, record, b)
    case 'reopen':
      return attempt(device, 'request.reopen', { record })
    case 'decide': {
      const mine = requestsAt(device).filter((row) => row.mine)
      return attempt(device, 'decide', { request: at(mine, a)?.request ?? '', accept: b % 4 > 0 })
    }
    case 'adopt':
    case 'dismiss': {
      const open = must(device.replica.query('review', {}, REACH)).items.filter(
        ({ state }) => state === 'open',
      )
      const op = at(open, a)?.op ?? ''
      if (what === 'adopt') return attempt(device, 'review.adopt', { op })
      return attempt(device, 'review.dismiss', { op, reason: 'because' })
    }
    case 'reclaim':
      return attempt(device, 'right.reclaim', { right, actor: to })
    case 'sign':
      return attempt(device, 'incident.sign', { record: at(records(device, 'incident'), a) ?? '' })
    case 'cut':
      return b % 5 === 0 ? attempt(device, 'member.cut', { actor: to, reason: 'lost' }) : undefined
    case 'ghost':
      return b % 3 === 0 && by > 0 ? haunt(device, devices, record) : undefined
    case 'meet':
      return other === device ? undefined : sync(device, other)
  }
}

/** A copy of a device says something else under the same number to one that it meets. */
function haunt(device: Device, devices: readonly Device[], record: string): void {
  const ghost = copyOf(device)
  attempt(ghost, 'field.set', { record, field: 'title', value: 'Ghost' })
  attempt(device, 'field.set', { record, field: 'title', value: 'Flesh' })
  const other = devices.find((one) => one !== device)
  if (other) pull(other, ghost)
}

/** A closing, or the reopening of what is closed, from the question to the answer: whoever may decide it does. */
function turn(devices: readonly Device[], device: Device, record: string, b: number): void {
  attempt(device, 'request.close', { record })
  attempt(device, 'request.reopen', { record })
  for (const decider of devices) {
    if (decider !== device) sync(decider, device)
    const request = requestsAt(decider).find((row) => row.mine && row.record === record)?.request
    if (request) return attempt(decider, 'decide', { request, accept: b % 4 > 0 })
  }
}

/** What must be the same wherever it is asked. */
function observe({ replica }: Device): unknown {
  const requests = must(replica.query('requests', {}, REACH)).requests
  const { rights, zones } = must(replica.query('rights', {}, REACH))
  const { members } = must(replica.query('members', {}, REACH))
  const { items } = must(replica.query('review', {}, REACH))
  return {
    hash: replica.status().state_hash,
    requests: requests.map(({ mine: _, waits_for, ...row }) => ({ ...row, waits_for: waits_for?.actor })),
    rights: rights.map(({ self: _, ...row }) => row),
    zones,
    stock: must(replica.query('stock', {}, REACH)).items,
    members: members.map(({ self: _, ...row }) => row),
    review: items.map(({ adoptable: _a, obstacle: _o, own: _w, ...item }) => item),
  }
}

function checkCounts(device: Device): void {
  const open = must(device.replica.query('review', {}, REACH)).items.filter(({ state }) => state === 'open')
  expect(device.replica.status().review).toBe(open.length)
  expect(device.replica.status().waiting).toBe(
    requestsAt(device).filter(({ state }) => state === 'waiting').length,
  )
  for (const { record, review, number, audit_number } of must(
    device.replica.query('board', { limit: 500 }, REACH),
  ).rows) {
    const page = must(device.replica.query('record', { record }, REACH))
    expect(page).toMatchObject({ number, audit_number })
    expect(page.review.filter(({ state }) => state === 'open')).toHaveLength(review)
  }
  for (const { on_hand, held } of must(device.replica.query('stock', {}, REACH)).items)
    expect(held.reduce((sum, { amount }) => sum + amount, 0)).toBe(on_hand)
}

function checkDeciders(devices: readonly Device[]): void {
  const mine = devices.flatMap((device) => requestsAt(device).filter((row) => row.mine))
  expect(new Set(mine.map(({ request }) => request)).size).toBe(mine.length)
}

/** A morning before the steps: work, stock and rights at hand. */
function open(site: Site): void {
  const { hq, desk, tablet } = site
  for (const zone of ['North', 'South']) attempt(desk, 'job.create', { title: `In the ${zone}`, zone })
  attempt(tablet, 'incident.create', { title: 'Fall' })
  attempt(hq, 'stock.create', { name: 'Filter', quantity: 20 })
  const rights = ['job-number', 'audit-number', `stock:${records(hq, 'stock')[0] ?? ''}`]
  for (const { replica } of [desk, tablet])
    for (const right of rights) attempt(hq, 'right.transfer', { right, amount: 5, to: replica.actor })
  attempt(hq, 'right.transfer', { right: 'decide:close:North', amount: 1, to: desk.replica.actor })
  settle(site)
}

function play(site: Site, steps: readonly Step[]): void {
  const devices = [site.hq, site.desk, site.tablet, site.other]
  open(site)
  for (const one of steps) act(devices, one)
  settle(site)
  settle(site)
  const first = observe(site.hq)
  for (const device of devices) {
    expect(observe(device)).toEqual(first)
    expect(coreOf(device).stateHash.value()).toBe(device.replica.status().state_hash)
    checkCounts(device)
  }
  checkDeciders(devices)
  expect(site.desk.replica.diagnose().findings).toEqual([])
}

test(
  'QRY-16 devices that hold the same answer the same, their counts are what their lists show, and one decides',
  () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) =>
        play(aSite(), steps),
      ),
      RUNS,
    )
  },
  5 * 60_000,
)
