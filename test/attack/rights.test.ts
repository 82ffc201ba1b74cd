/**
 * What a modified device says over the wire to get what it has no right to: stored and relayed by everybody, judged
 * alike by every replica, and no reason to end a session.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromHex } from '../../shared/base/bytes.ts'
import { formatOpId, parseRecordId, type ActorId, type OpRef, type RecordId } from '../../shared/model/ids.ts'
import { auditNumber, stockRight, tokenRight, type Share } from '../../shared/model/rights.ts'
import { EFFECT_CODES } from '../../shared/op/codes.ts'
import type { KnownEffect } from '../../shared/op/effect.ts'
import { coreOf, craft, craftRaw } from '../support/crafting.ts'
import { answered } from '../support/node-process.ts'
import { copyOf, pull, REACH } from '../support/replicas.ts'
import { HonestSite, refOf, run, until } from './honest-site.ts'
import { said, type Modified } from './modified-device.ts'

const site = new HonestSite()
let desk: Modified
let tablet: Modified
/** The audit numbers that the modified desk holds, from and to included. */
let block: readonly [number, number]

const YEAR = new Date().getUTCFullYear()
const NOWHERE = '00000000000000000000000000000000' as RecordId

const units = (count: number): Share => ({ units: count, spans: [] })
const numbers = (year: number, from: number, to = from): Share => ({ units: 0, spans: [{ year, from, to }] })
const closing = (record: RecordId): KnownEffect => ({ type: 'request', action: 'close', record })
const accepting = (request: OpRef, count: number): KnownEffect => ({
  type: 'decide',
  request,
  accept: true,
  number: { year: YEAR, count },
  reason: null,
})

const reaches = ({ device: { replica } }: Modified, op: string): Promise<void> =>
  until(() => replica.query('op', { op }, REACH).ok, `${op} reaches ${replica.actor}`)

type Job = { readonly record: RecordId; readonly creation: string; readonly request: OpRef }

/** A job of the honest tablet, with its closing asked for. */
async function askedToClose(zone: string): Promise<Job> {
  const { record, op } = await run(site.tablet, 'job.create', { title: `In ${zone}`, zone })
  const { request } = await run(site.tablet, 'request.close', { record })
  await Promise.all([reaches(desk, request), reaches(tablet, request)])
  return { record: recordId(record), creation: op, request: refOf(request) }
}

function recordId(text: string): RecordId {
  const id = parseRecordId(text)
  if (!id) throw new Error(`${text} is the id of a record`)
  return id
}

beforeAll(async () => {
  await site.found()
  desk = await site.modified('Modified desk', 'supervisor')
  tablet = await site.modified('Modified tablet', 'technician')
  const to = desk.actor
  await run(site.hq, 'right.transfer', { right: tokenRight('North'), amount: 1, to })
  const { op, ranges } = await run(site.hq, 'right.transfer', { right: 'audit-number', amount: 5, to })
  block = ranges[0] ?? [0, 0]
  await reaches(desk, op)
}, 120_000)

afterAll(() => site.close())

test('ATK-20 closing twice, outside the zone of the token or with a number outside the block is rejected on every replica', async () => {
  const [first, last] = block
  const north = await askedToClose('North')
  const south = await askedToClose('South')
  const open = await askedToClose('North')
  const verdicts = await site.judgements(desk, {
    'what it may': [accepting(north.request, first)],
    'the same again': [accepting(north.request, first + 1)],
    'another zone': [accepting(south.request, first + 1)],
    'a number beyond the block': [accepting(open.request, last + 1)],
    'a number used before': [accepting(open.request, first)],
    'no number': [{ type: 'decide', request: open.request, accept: true, number: null, reason: null }],
  })
  expect(verdicts).toEqual({
    'what it may': 'accepted',
    'the same again': 'rejected already-decided',
    'another zone': 'rejected token-elsewhere',
    'a number beyond the block': 'rejected number-outside',
    'a number used before': 'rejected number-outside',
    'no number': 'rejected number-used',
  })
  const again = desk.say([closing(north.record)])
  expect(await site.judgement(again)).toBe('accepted')
  expect(await site.judgement(desk.say([accepting(refOf(again), first + 1)]))).toBe('rejected already-closed')
  const found = answered(await site.desk.client.query('record', { record: open.record }))
  expect(found).toMatchObject({ status: 'open', audit_number: null })
  // The number beyond the block would have been the next.
  const decided = await run(site.hq, 'decide', { request: formatOpId(south.request), accept: true })
  expect(decided.audit_number).toBe(auditNumber({ year: YEAR, count: last + 2 }))
  await site.expectUndisturbed()
})

test('ATK-21 passing on or using more than one holds, what may not be passed on, or what does not exist is rejected on every replica', async () => {
  const { record: item } = await run(site.hq, 'stock.create', { name: 'Filter', quantity: 20 })
  const stock = stockRight(recordId(item))
  const { op } = await run(site.hq, 'right.transfer', { right: stock, amount: 5, to: desk.actor })
  const { record } = await askedToClose('North')
  await reaches(desk, op)
  const to = await site.actorOf(site.tablet)
  const pass = (right: string, share: Share): KnownEffect => ({ type: 'transfer', right, to, share })
  const spend = (right: string, share: Share): KnownEffect => ({ type: 'spend', right, share, record })
  const verdicts = await site.judgements(desk, {
    'more stock than it holds': [pass(stock, units(6))],
    'more in two parts': [pass(stock, units(3)), pass(stock, units(3))],
    'more drawn than it holds': [spend(stock, units(6))],
    'numbers that it does not hold': [pass('audit-number', numbers(YEAR, block[1] + 1))],
    'a job number of nobody': [spend('job-number', numbers(0, 900_000))],
    'the token': [pass(tokenRight('North'), units(1))],
    'a right of no such name': [pass('gold', units(1))],
    'what it mints itself': [{ type: 'mint', right: stock, to: desk.actor, share: units(100) }],
    'what it holds': [pass(stock, units(5))],
    'what it held': [pass(stock, units(1))],
  })
  expect(verdicts).toEqual({
    'more stock than it holds': 'rejected not-enough',
    'more in two parts': 'rejected not-enough',
    'more drawn than it holds': 'rejected not-enough',
    'numbers that it does not hold': 'rejected number-outside',
    'a job number of nobody': 'rejected number-outside',
    'the token': 'rejected token-passed',
    'a right of no such name': 'rejected unknown-right',
    'what it mints itself': 'rejected not-permitted',
    'what it holds': 'accepted',
    'what it held': 'rejected not-enough',
  })
  const { items } = answered(await site.desk.client.query('stock', {}))
  expect(items.find((one) => one.record === item)).toMatchObject({ on_hand: 20, drawn: 0 })
  await site.expectUndisturbed()
})

test('ATK-22 deciding, adopting and governing without the right, and asking about what is not there, is rejected on every replica', async () => {
  const { record, creation, request } = await askedToClose('North')
  const hq = await site.actorOf(site.hq)
  const { log } = coreOf(desk.device)
  const no = log.numberAt(refOf(creation))
  if (no === null) throw new Error('the creation is here')
  const adopt: KnownEffect = { type: 'adopt', op: refOf(creation), hash: log.hashOf(no) }
  const cut: KnownEffect = { type: 'cut', actor: hq, through: 0, hash: new Uint8Array(0), reason: 'a coup' }
  const promote: KnownEffect = { type: 'setRole', actor: tablet.actor, role: 'supervisor', through: 0 }
  expect(
    await site.judgements(desk, {
      'adopts what counts': [adopt],
      'cuts the authority': [cut],
      'asks to close what is not there': [closing(NOWHERE)],
      'asks for the role of the authority': [
        { type: 'request', action: 'role', actor: desk.actor, role: 'authority' },
      ],
    }),
  ).toEqual({
    'adopts what counts': 'rejected not-in-review',
    'cuts the authority': 'rejected not-permitted',
    'asks to close what is not there': 'rejected unknown-record',
    'asks for the role of the authority': 'rejected one-authority',
  })
  expect(
    await site.judgements(tablet, {
      decides: [accepting(request, block[0] + 2)],
      adopts: [adopt],
      'cuts the authority': [cut],
      'promotes itself': [promote],
      'signs off a job': [{ type: 'sign', record }],
    }),
  ).toEqual({
    decides: 'rejected not-permitted',
    adopts: 'rejected not-permitted',
    'cuts the authority': 'rejected not-permitted',
    'promotes itself': 'rejected not-permitted',
    'signs off a job': 'rejected cannot-sign',
  })
  await site.expectUndisturbed()
})

test('ATK-23 a role that this version does not know is held on every replica and changes nothing', async () => {
  const target = fromHex(tablet.actor)
  if (!target) throw new Error('an actor is hex')
  const op = said(desk.device, craftRaw(desk.device, [[EFFECT_CODES.setRole, target, 99, 0]]))
  expect(await site.judgement(op)).toBe('held newer-version')
  const { members } = answered(await site.desk.client.query('members', {}))
  expect(members.find(({ actor }) => actor === tablet.actor)).toMatchObject({
    role: 'technician',
    cut: false,
  })
  await site.expectUndisturbed()
})

test('ATK-24 a back-dated op of a cut device is rejected on every replica, whatever context and clock it claims and whoever carries it', async () => {
  await site.expectUndisturbed()
  const before = tablet.say([{ type: 'create', kind: 'job' }])
  expect(await site.judgement(before)).toBe('accepted')
  await tablet.network.stop()
  const { op: cut } = await run(site.hq, 'member.cut', { actor: tablet.actor, reason: 'lost in the yard' })
  await reaches(desk, cut)
  // It signs as if it were long ago, having heard of nothing since.
  const backDated = tablet.say([{ type: 'create', kind: 'job' }], { wall: Date.UTC(2020, 0, 1) })
  const asked = tablet.say([{ type: 'request', action: 'numbers', right: 'job-number', amount: 10 }])
  pull(desk.device, tablet.device)
  expect(await site.judgement(backDated)).toBe('rejected cut')
  expect(await site.judgement(asked)).toBe('rejected cut')
  expect(await site.judgement(before)).toBe('accepted')
  // The two had found each other, and the tablet was stopped.
  expect(desk.ends.filter((end) => !('reason' in end && end.reason === 'stopping'))).toEqual([])
  const { requests } = answered(await site.hq.client.query('requests', {}))
  expect(requests.map(({ request }) => request)).not.toContain(asked)
})

test('ATK-28 a device that gives the same stock away on two branches is cut by the authority by itself, and the sum holds on every replica', async () => {
  const forger = await site.modified('Forger', 'technician')
  const { record: item } = await run(site.hq, 'stock.create', { name: 'Valve', quantity: 10 })
  const right = stockRight(recordId(item))
  const { op } = await run(site.hq, 'right.transfer', { right, amount: 4, to: forger.actor })
  await reaches(forger, op)
  const twin = copyOf(forger.device)
  const give = (to: ActorId): KnownEffect => ({ type: 'transfer', right, to, share: units(4) })
  const second = said(twin, craft(twin, [give(await site.actorOf(site.tablet))]))
  const first = forger.say([give(await site.actorOf(site.desk))])
  expect(second, 'one number, two ops').toBe(first)
  pull(forger.device, twin)
  for (const { client } of [site.hq, site.desk, site.tablet]) {
    const isCut = async (): Promise<boolean> =>
      answered(await client.query('members', {})).members.some(
        ({ actor, forked, cut_reason }) => actor === forger.actor && forked && cut_reason === 'forked',
      )
    await until(isCut, 'the forger is cut')
    const { items } = answered(await client.query('stock', {}))
    const valves = items.find((one) => one.record === item)
    expect(valves?.on_hand).toBe(10)
    expect(valves?.held.reduce((sum, { amount }) => sum + amount, 0)).toBe(10)
  }
})
